//! The protocol, RESP 2: commands to bytes, bytes to replies. Knows no command and no connection.

use std::io::{self, BufRead, Read};

/// Commands, encoded one behind the other, to be sent in one go.
#[derive(Clone, Debug, Default)]
pub struct Sending {
    pub bytes: Vec<u8>,
    /// How many replies will come.
    pub count: usize,
}

impl Sending {
    pub fn command<P: AsRef<[u8]>>(&mut self, parts: &[P]) {
        self.begin(parts.len());
        for part in parts {
            self.part(part.as_ref());
        }
    }

    /// Begins a command of so many parts, each to be given by `part`.
    pub fn begin(&mut self, parts: usize) {
        self.number(b'*', parts);
        self.count += 1;
    }

    pub fn part(&mut self, part: &[u8]) {
        self.number(b'$', part.len());
        self.bytes.extend_from_slice(part);
        self.bytes.extend_from_slice(b"\r\n");
    }

    fn number(&mut self, sign: u8, number: usize) {
        self.bytes.push(sign);
        self.bytes.extend_from_slice(number.to_string().as_bytes());
        self.bytes.extend_from_slice(b"\r\n");
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    Nil,
    Status(String),
    Error(String),
    Integer(i64),
    Text(Vec<u8>),
    List(Vec<Reply>),
}

/// What a server may say at most: a longer answer is not read, because nobody asked for it.
const LONGEST: usize = 512 << 20;
const DEEPEST: usize = 32;
/// Room for a list is made as its items come.
const ROOM: usize = 1024;

impl Reply {
    /// Reads one; an error only where the bytes are no reply or do not come.
    pub fn read(from: &mut impl BufRead) -> io::Result<Reply> {
        read(from, 0)
    }

    pub fn text(&self) -> Option<&[u8]> {
        match self {
            Reply::Text(bytes) => Some(bytes),
            Reply::Status(word) => Some(word.as_bytes()),
            _ => None,
        }
    }

    pub fn integer(&self) -> Option<i64> {
        match self {
            Reply::Integer(number) => Some(*number),
            Reply::Text(bytes) => std::str::from_utf8(bytes).ok()?.parse().ok(),
            _ => None,
        }
    }

    pub fn items(&self) -> &[Reply] {
        match self {
            Reply::List(items) => items,
            _ => &[],
        }
    }

    pub fn error(&self) -> Option<&str> {
        match self {
            Reply::Error(text) => Some(text),
            _ => None,
        }
    }
}

fn read(from: &mut impl BufRead, depth: usize) -> io::Result<Reply> {
    let line = line(from)?;
    let (sign, rest) = line.split_first().ok_or_else(|| strange("an empty line"))?;
    let text = || String::from_utf8_lossy(rest).into_owned();
    Ok(match sign {
        b'+' => Reply::Status(text()),
        b'-' => Reply::Error(text()),
        b':' => Reply::Integer(number(rest)?),
        b'$' => match number(rest)? {
            -1 => Reply::Nil,
            length => {
                let length = size(length)?;
                let mut bytes = Vec::with_capacity(length.min(1 << 16));
                from.take(length as u64).read_to_end(&mut bytes)?;
                let mut end = [0; 2];
                from.read_exact(&mut end)?;
                if bytes.len() != length || end != *b"\r\n" {
                    return Err(strange("a text that does not end where it should"));
                }
                Reply::Text(bytes)
            }
        },
        b'*' => match number(rest)? {
            -1 => Reply::Nil,
            _ if depth == DEEPEST => return Err(strange("lists in lists in lists")),
            length => {
                let length = size(length)?;
                let mut items = Vec::with_capacity(length.min(ROOM));
                for _ in 0..length {
                    items.push(read(from, depth + 1)?);
                }
                Reply::List(items)
            }
        },
        _ => return Err(strange("a reply of no kind that there is")),
    })
}

/// Without its end. No line of the protocol is long.
fn line(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    from.take(1 << 16).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    match line.strip_suffix(b"\r\n") {
        Some(text) => Ok(text.to_vec()),
        None => Err(strange("a line without an end")),
    }
}

fn number(digits: &[u8]) -> io::Result<i64> {
    let text = std::str::from_utf8(digits).ok();
    let number = text.and_then(|text| text.parse().ok());
    number.ok_or_else(|| strange("a number that is none"))
}

fn size(number: i64) -> io::Result<usize> {
    match usize::try_from(number) {
        Ok(size) if size <= LONGEST => Ok(size),
        _ => Err(strange("a length that nothing has")),
    }
}

fn strange(what: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("what answers is no Redis: it says {what}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_its_parts_with_their_lengths() {
        let mut sending = Sending::default();
        sending.command(&["SET", "a", "\r\n"]);
        assert_eq!(
            sending.bytes,
            b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$2\r\n\r\n\r\n"
        );
        assert_eq!(sending.count, 1);
    }

    #[test]
    fn each_kind_of_reply_is_read() {
        let bytes = b"*7\r\n+OK\r\n-ERR no\r\n:-7\r\n$-1\r\n*-1\r\n$2\r\n\r\n\r\n*0\r\n";
        let read = Reply::read(&mut &bytes[..]).expect("a reply");
        let expected = Reply::List(vec![
            Reply::Status("OK".into()),
            Reply::Error("ERR no".into()),
            Reply::Integer(-7),
            Reply::Nil,
            Reply::Nil,
            Reply::Text(b"\r\n".to_vec()),
            Reply::List(vec![]),
        ]);
        assert_eq!(read, expected);
    }

    #[test]
    fn what_is_no_reply_is_an_error_and_costs_nothing() {
        for bytes in [
            &b""[..],
            b"HTTP/1.1 400 Bad Request\r\n",
            b"$99999999999\r\n",
            b"*2147483647\r\n:1\r\n",
            b":x\r\n",
            b"$3\r\nab",
            b"$1\r\nabc",
            b"+never ends",
        ] {
            Reply::read(&mut &bytes[..]).expect_err("no reply");
        }
        let deep = b"*1\r\n".repeat(100);
        Reply::read(&mut &deep[..]).expect_err("too deep");
    }
}

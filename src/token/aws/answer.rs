//! An HTTP answer, read strictly and no further than 64 KiB: status, date, body.

use std::io::{self, BufRead, BufReader, Read, Take};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

pub struct Answer {
    pub status: u16,
    /// The sender's clock.
    pub date: Option<OffsetDateTime>,
    pub body: String,
}

/// Head and body together.
const LONGEST: u64 = 64 * 1024;

enum Body {
    Sized(usize),
    Chunked,
    UntilEnd,
}

pub fn read(stream: impl Read) -> io::Result<Answer> {
    let mut stream = BufReader::new(stream.take(LONGEST));
    match parts(&mut stream) {
        Err(_) if stream.get_ref().limit() == 0 => Err(no("it is longer than 64 KiB")),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(no("it ends early")),
        answer => answer,
    }
}

fn parts(stream: &mut BufReader<Take<impl Read>>) -> io::Result<Answer> {
    let first = line(stream)?;
    let status = first
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.get(2..5))
        .and_then(|digits| digits.parse().ok())
        .filter(|status| (200..600).contains(status))
        .ok_or_else(|| no("it is no HTTP"))?;
    let (mut body, mut date) = (Body::UntilEnd, None);
    loop {
        let header = line(stream)?;
        if header.is_empty() {
            break;
        }
        let (name, value) = header.split_once(':').ok_or_else(|| no("it is no HTTP"))?;
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => {
                let length = value.parse().map_err(|_| no("its length is no number"))?;
                if !matches!(body, Body::Chunked) {
                    body = Body::Sized(length);
                }
            }
            "transfer-encoding" if value.eq_ignore_ascii_case("chunked") => body = Body::Chunked,
            "transfer-encoding" => return Err(no("its encoding is not spoken here")),
            "date" => date = OffsetDateTime::parse(value, &Rfc2822).ok(),
            _ => {}
        }
    }
    let mut bytes = Vec::new();
    match body {
        Body::Sized(length) => sized(stream, length, &mut bytes)?,
        Body::Chunked => chunks(stream, &mut bytes)?,
        Body::UntilEnd => {
            stream.read_to_end(&mut bytes)?;
            if stream.get_ref().limit() == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
    Ok(Answer {
        status,
        date,
        body: String::from_utf8(bytes).map_err(|_| no("it is not UTF-8"))?,
    })
}

/// Without its end.
fn line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    match line.strip_suffix('\n') {
        Some(line) => Ok(line.strip_suffix('\r').unwrap_or(line).to_string()),
        None => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

fn sized(stream: &mut impl Read, length: usize, bytes: &mut Vec<u8>) -> io::Result<()> {
    if length as u64 > LONGEST {
        return Err(no("it is longer than 64 KiB"));
    }
    let begin = bytes.len();
    bytes.resize(begin + length, 0);
    stream.read_exact(&mut bytes[begin..])
}

fn chunks(stream: &mut impl BufRead, bytes: &mut Vec<u8>) -> io::Result<()> {
    loop {
        let size = line(stream)?;
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| no("a chunk has no length"))?;
        if size == 0 {
            return Ok(());
        }
        sized(stream, size, bytes)?;
        if !line(stream)?.is_empty() {
            return Err(no("a chunk is longer than it says"));
        }
    }
}

fn no(why: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("the answer cannot be read: {why}"),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn body(text: &str) -> String {
        match read(text.as_bytes()) {
            Ok(answer) => format!("{} {}", answer.status, answer.body),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn bodies_end_where_their_head_says() {
        for (text, expected) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc", "200 ab"),
            ("HTTP/1.0 403 No\r\n\r\nabc", "403 abc"),
            ("HTTP/1.1 200\r\n\r\n", "200 "),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n2;x=y\r\nab\r\nA\r\n0123456789\r\n0\r\n\r\n",
                "200 ab0123456789",
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
                "200 a",
            ),
        ] {
            assert_eq!(body(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        let long = format!("HTTP/1.1 200 OK\r\n\r\n{}", "a".repeat(LONGEST as usize));
        let head = format!("HTTP/1.1 200 OK\r\nX: {}", "a".repeat(LONGEST as usize));
        for (text, expected) in [
            ("", "ends early"),
            ("SSH-2.0-OpenSSH\r\n\r\n", "no HTTP"),
            ("HTTP/1.1 100 Continue\r\n\r\n", "no HTTP"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
                "ends early",
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc",
                "no number",
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\nabc",
                "64 KiB",
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "no number",
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                "not spoken",
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "no length",
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
                "longer than it says",
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
                "ends early",
            ),
            (&long, "64 KiB"),
            (&head, "64 KiB"),
        ] {
            let said = body(text);
            assert!(said.contains(expected), "{:.60}: {said}", text);
        }
    }

    #[test]
    fn a_date_is_the_senders_clock() {
        let text =
            "HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 13:37:09 GMT\r\nContent-Length: 0\r\n\r\n";
        let date = read(text.as_bytes()).unwrap().date.unwrap();
        assert_eq!(date.unix_timestamp(), 1_795_268_229);
    }
}

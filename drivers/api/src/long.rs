//! A text that is too long to be held: it is read again from its beginning, or from the middle, as
//! often as it is needed, and must be the same each time. Opens no file: the engine brings the opener.

use crate::error::{Code, Error, Result};
use std::hash::Hasher;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Opens the text anew at a byte of it.
pub trait Reopen: Send + Sync {
    fn open(&self, from: u64) -> io::Result<Box<dyn Read>>;
}

/// A text elsewhere, without its byte order mark.
#[derive(Clone)]
pub struct Long {
    /// As messages call it.
    pub file: String,
    pub length: u64,
    opener: Arc<dyn Reopen>,
    /// The sum of its bytes, when it was read to its end for the first time.
    seen: Arc<OnceLock<u64>>,
}

impl Long {
    pub fn new(file: impl Into<String>, length: u64, opener: impl Reopen + 'static) -> Long {
        Long {
            file: file.into(),
            length,
            opener: Arc::new(opener),
            seen: Arc::default(),
        }
    }

    pub fn whole(&self) -> Slice {
        self.slice(0..self.length)
    }

    pub fn slice(&self, range: Range<u64>) -> Slice {
        Slice {
            long: self.clone(),
            range,
        }
    }

    /// A piece of it, as a text of its own.
    pub fn part(&self, range: Range<u64>) -> Long {
        let length = range.end - range.start;
        let opener = self.opener.clone();
        Long::new(self.file.clone(), length, Piece { opener, range })
    }

    /// All of it, unless it is longer than `most`.
    pub fn text(&self, most: u64) -> Result<String> {
        if self.length > most {
            let message = format!(
                "{} is {} MiB long, and at most {} MiB are kept of a script like this",
                self.file,
                self.length >> 20,
                most >> 20
            );
            return Err(Error::new(Code::ScriptTooLong, message)
                .help("write it shorter: what undoes or cleans up is kept in the ledger"));
        }
        let mut text = String::new();
        let mut input = self.whole().input(Breaks::Kept)?;
        while !input.is_over() {
            let length = text.len();
            input.fill(&mut text, length + (1 << 16))?;
        }
        Ok(text)
    }
}

struct Piece {
    opener: Arc<dyn Reopen>,
    range: Range<u64>,
}

impl Reopen for Piece {
    fn open(&self, from: u64) -> io::Result<Box<dyn Read>> {
        let from = self.range.start + from;
        let left = self.range.end.saturating_sub(from);
        Ok(Box::new(self.opener.open(from)?.take(left)))
    }
}

impl std::fmt::Debug for Long {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Long({}, {} bytes)", self.file, self.length)
    }
}

impl PartialEq for Long {
    fn eq(&self, other: &Long) -> bool {
        self.file == other.file && self.length == other.length
    }
}

impl Eq for Long {}

/// The file is not what it was when the plan was made.
pub fn changed(file: &str) -> Error {
    Error::new(
        Code::FileChanged,
        format!("{file} was changed while this run was reading it"),
    )
    .help("nothing of its transaction was committed; start again")
}

/// What becomes of `\r\n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaks {
    Kept,
    Unix,
}

/// A part of a long text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    pub long: Long,
    pub range: Range<u64>,
}

impl Slice {
    pub fn input(&self, breaks: Breaks) -> Result<Input> {
        let file = &self.long.file;
        let reader = self.long.opener.open(self.range.start);
        Ok(Input {
            reader: reader.map_err(|error| unreadable(file, &error))?,
            left: self.range.end - self.range.start,
            pending: Vec::new(),
            breaks,
            sum: Sum::default(),
            slice: self.clone(),
        })
    }
}

/// Sums bytes, however they are cut. It finds what changed by accident; the checksum in the ledger
/// is the cryptographic one.
#[derive(Clone, Debug, Default)]
pub struct Sum(std::hash::DefaultHasher);

impl Sum {
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    pub fn value(&self) -> u64 {
        self.0.finish()
    }
}

/// Reads a slice into windows of whole characters.
pub struct Input {
    reader: Box<dyn Read>,
    /// Bytes that were not read yet.
    left: u64,
    /// The beginning of a character, or a `\r` whose `\n` may follow.
    pending: Vec<u8>,
    breaks: Breaks,
    sum: Sum,
    slice: Slice,
}

impl Input {
    /// Everything was put into windows.
    pub fn is_over(&self) -> bool {
        self.left == 0 && self.pending.is_empty()
    }

    /// Appends until the window has about `wanted` bytes or the slice ends.
    pub fn fill(&mut self, window: &mut String, wanted: usize) -> Result<()> {
        while window.len() < wanted && !self.is_over() {
            let room = (wanted - window.len()).clamp(4, 1 << 16) as u64;
            let mut bytes = std::mem::take(&mut self.pending);
            let known = bytes.len();
            let most = room.min(self.left);
            let read = (&mut self.reader).take(most).read_to_end(&mut bytes);
            read.map_err(|error| unreadable(&self.slice.long.file, &error))?;
            let new = (bytes.len() - known) as u64;
            self.left -= new;
            self.sum.add(&bytes[known..]);
            if new < most {
                return Err(changed(&self.slice.long.file));
            }
            if self.left == 0 {
                self.is_the_same()?;
            }
            self.append(window, bytes)?;
        }
        Ok(())
    }

    fn append(&mut self, window: &mut String, mut bytes: Vec<u8>) -> Result<()> {
        let mut whole = match std::str::from_utf8(&bytes) {
            Ok(_) => bytes.len(),
            Err(error) if error.error_len().is_none() && self.left > 0 => error.valid_up_to(),
            Err(_) => return Err(not_utf8(&self.slice.long.file)),
        };
        let unix = self.breaks == Breaks::Unix;
        if unix && self.left > 0 && bytes[..whole].last() == Some(&b'\r') {
            whole -= 1;
        }
        self.pending = bytes.split_off(whole);
        let text = String::from_utf8(bytes).map_err(|_| not_utf8(&self.slice.long.file))?;
        match unix {
            true => window.push_str(&text.replace("\r\n", "\n")),
            false => window.push_str(&text),
        }
        Ok(())
    }

    /// A file that is read as a whole is the same each time.
    fn is_the_same(&mut self) -> Result<()> {
        let long = &self.slice.long;
        if self.slice.range != (0..long.length) {
            return Ok(());
        }
        let mut more = [0];
        let longer = matches!(self.reader.read(&mut more), Ok(1));
        let sum = self.sum.value();
        match longer || *long.seen.get_or_init(|| sum) != sum {
            true => Err(changed(&long.file)),
            false => Ok(()),
        }
    }
}

fn unreadable(file: &str, error: &io::Error) -> Error {
    Error::new(
        Code::FileUnreadable,
        format!("cannot read {file}: {}", error.to_string().to_lowercase()),
    )
    .help("is the volume still mounted?")
}

fn not_utf8(file: &str) -> Error {
    Error::new(Code::FileUnreadable, format!("{file} is not UTF-8")).help("save it as UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Bytes(&'static str);

    impl Reopen for Bytes {
        fn open(&self, from: u64) -> io::Result<Box<dyn Read>> {
            Ok(Box::new(&self.0.as_bytes()[from as usize..]))
        }
    }

    #[test]
    fn a_piece_ends_where_it_was_cut_and_is_read_as_often_as_one_likes() {
        let text = "up é;\ndown;\nmore";
        let part = Long::new("a.sql", text.len() as u64, Bytes(text)).part(7..12);
        for _ in 0..2 {
            assert_eq!(part.text(100).expect("read"), "down;");
        }
        assert_eq!(part.part(1..3).text(100).expect("read"), "ow");
    }

    #[test]
    fn a_sum_does_not_depend_on_how_the_bytes_are_cut() {
        let text: Vec<u8> = (0..2000u32).map(|n| (n * 7) as u8).collect();
        let mut whole = Sum::default();
        whole.add(&text);
        for cut in [1, 3, 7, 8, 64, 999] {
            let mut parts = Sum::default();
            text.chunks(cut).for_each(|part| parts.add(part));
            assert_eq!(parts.value(), whole.value(), "{cut}");
        }
    }
}

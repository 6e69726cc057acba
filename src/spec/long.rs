//! A script that is too long to be held: opened again each time it is read. Nothing of it is kept.

use super::read::not_utf16;
use initium_driver::{Code, Error, Long, Reopen, Result};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

struct OnDisk {
    path: PathBuf,
    /// Behind the byte order mark.
    begin: u64,
}

impl Reopen for OnDisk {
    fn open(&self, from: u64) -> io::Result<Box<dyn Read>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.begin + from))?;
        Ok(Box::new(file))
    }
}

/// `head` is how the file begins.
pub(super) fn open(path: PathBuf, shown: String, head: &[u8]) -> Result<Long> {
    not_utf16(head, &shown, Code::FileUnreadable)?;
    let begin = match head.starts_with(b"\xef\xbb\xbf") {
        true => 3,
        false => 0,
    };
    let length = fs::metadata(&path)
        .map_err(|error| {
            let message = format!("cannot read {shown}: {error}");
            Error::new(Code::FileUnreadable, message).help("is the volume still mounted?")
        })?
        .len();
    let length = length.saturating_sub(begin);
    Ok(Long::new(shown, length, OnDisk { path, begin }))
}

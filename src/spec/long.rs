//! A script that is too long to be held: opened again each time it is read. Nothing of it is kept.

use super::gate::{self, Refusal, Within};
use super::read::not_utf16;
use initium_driver::{Code, Error, Long, Reopen, Result};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

struct OnDisk {
    path: PathBuf,
    within: Within,
    /// Behind the byte order mark.
    begin: u64,
}

impl Reopen for OnDisk {
    fn open(&self, from: u64) -> io::Result<Box<dyn Read>> {
        // Through the gate each time: what lies there now may be something else.
        let mut file = gate::open(&self.path, &self.within).map_err(|refusal| match refusal {
            Refusal::Failed(error) => error,
            Refusal::Outside | Refusal::Irregular => io::Error::other("it is not the file it was"),
        })?;
        file.seek(SeekFrom::Start(self.begin + from))?;
        Ok(Box::new(file))
    }
}

/// `head` is how the file begins that is open now and lies at `path`.
pub(super) fn open(
    path: PathBuf,
    within: Within,
    file: &File,
    shown: String,
    head: &[u8],
) -> Result<Long> {
    not_utf16(head, &shown, Code::FileUnreadable)?;
    let begin = match head.starts_with(b"\xef\xbb\xbf") {
        true => 3,
        false => 0,
    };
    let length = file
        .metadata()
        .map_err(|error| {
            let message = format!("cannot read {shown}: {error}");
            Error::new(Code::FileUnreadable, message).help("is the volume still mounted?")
        })?
        .len();
    let length = length.saturating_sub(begin);
    let there = OnDisk {
        path,
        within,
        begin,
    };
    Ok(Long::new(shown, length, there))
}

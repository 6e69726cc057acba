//! What the server answers: done, failed, columns, the end of rows. Must never take what it does
//! not understand for success.

use crate::bytes::Bytes;
use crate::error::{Fault, Said};

/// The status of a session: more answers follow; a backslash is a backslash; something is told.
const MORE: u16 = 8;
const PLAIN_BACKSLASHES: u16 = 0x200;
const CHANGED: u16 = 0x4000;

/// A table of a server has no more columns, nor has an answer.
const MOST_COLUMNS: u64 = 4096;
const SUCCESS: u8 = 0;
const FAILED: u8 = 0xff;
const END: u8 = 0xfe;
const LOCAL_FILE: u8 = 0xfb;

/// Done.
#[derive(Debug, Default)]
pub struct Done {
    status: u16,
    /// What the session became, as `told` reads it.
    pub changes: Vec<u8>,
}

impl Done {
    pub fn has_more(&self) -> bool {
        self.status & MORE != 0
    }

    pub fn plain_backslashes(&self) -> bool {
        self.status & PLAIN_BACKSLASHES != 0
    }
}

/// The beginning of an answer.
pub enum Answer {
    Done(Done),
    Columns(usize),
}

pub struct Column {
    pub name: String,
    pub kind: u8,
    pub charset: u16,
}

pub fn done(packet: &[u8]) -> Result<Done, Fault> {
    let mut bytes = Bytes::new(packet);
    bytes.u8()?;
    bytes.counted()?;
    bytes.counted()?;
    let status = bytes.u16()?;
    bytes.u16()?;
    let mut changes = Vec::new();
    // Proxies leave out what is empty.
    if !bytes.is_empty() {
        bytes.text()?;
        if status & CHANGED != 0 {
            changes = bytes.text()?.unwrap_or_default().to_vec();
        }
    }
    Ok(Done { status, changes })
}

/// What the server said, if it said that it failed.
pub fn failure(packet: &[u8]) -> Result<(), Fault> {
    if packet.first() != Some(&FAILED) {
        return Ok(());
    }
    let mut bytes = Bytes::new(&packet[1..]);
    let code = bytes.u16()?;
    let rest = bytes.rest();
    let (state, message) = match rest.split_first_chunk::<6>() {
        Some(([b'#', state @ ..], message)) => (&state[..], message),
        _ => (&b"HY000"[..], rest),
    };
    Err(Fault::Said(Said {
        code,
        state: String::from_utf8_lossy(state).into_owned(),
        message: String::from_utf8_lossy(message).into_owned(),
    }))
}

pub fn answer(packet: &[u8]) -> Result<Answer, Fault> {
    failure(packet)?;
    match packet.first() {
        Some(&SUCCESS) => done(packet).map(Answer::Done),
        // It was told that there is no way to get one.
        Some(&LOCAL_FILE) => Err(Fault::Torn("it asks for a local file")),
        _ => match Bytes::new(packet).counted()? {
            Some(count @ 1..=MOST_COLUMNS) => Ok(Answer::Columns(count as usize)),
            _ => Err(Fault::Torn(
                "it answers with more columns than there can be",
            )),
        },
    }
}

pub fn column(packet: &[u8]) -> Result<Column, Fault> {
    failure(packet)?;
    let mut bytes = Bytes::new(packet);
    // Catalog, schema, table, and the table's own name.
    for _ in 0..4 {
        bytes.text()?;
    }
    let name = bytes.text()?.unwrap_or_default();
    bytes.text()?;
    bytes.counted()?;
    let charset = bytes.u16()?;
    bytes.u32()?;
    Ok(Column {
        name: String::from_utf8_lossy(name).into_owned(),
        kind: bytes.u8()?,
        charset,
    })
}

/// The end of columns or rows, or `None`: a row. `length` is that of the whole packet.
pub fn end(packet: &[u8], length: usize) -> Result<Option<Done>, Fault> {
    failure(packet)?;
    if packet.first() != Some(&END) || length >= 9 {
        return Ok(None);
    }
    let mut bytes = Bytes::new(&packet[1..]);
    bytes.u16()?;
    Ok(Some(Done {
        status: bytes.u16()?,
        ..Done::default()
    }))
}

/// The cells of a row.
pub fn cells(packet: &[u8], count: usize) -> Result<Vec<Option<&[u8]>>, Fault> {
    let mut bytes = Bytes::new(packet);
    (0..count).map(|_| bytes.text()).collect()
}

//! The checksums of other tools over the text of a file, to compare with those in their ledgers. A rule
//! that cannot be followed to the letter is not followed at all: a false alarm would be worse.

use super::super::Origin;
use super::crc32::crc32;
use super::siphash::siphash;
use super::{Row, Tool};
use sha2::{Digest, Sha256, Sha384};
use std::fmt::Write;

/// What the ledger's checksum says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sum {
    Same,
    Changed,
    /// The tool keeps none, or none of this one.
    NotKept,
    /// Its rule cannot be followed here.
    NotChecked,
}

impl Sum {
    pub fn word(self) -> &'static str {
        match self {
            Sum::Same => "same",
            Sum::Changed => "changed",
            Sum::NotKept => "not_kept",
            Sum::NotChecked => "not_checked",
        }
    }
}

/// What there is to compare with.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    pub tool: Tool,
    pub origin: &'a Origin,
    /// The file, letter for letter; absent where only a piece of it is at hand.
    pub text: Option<&'a str>,
}

pub fn sum(kept: Kept, row: &Row) -> Sum {
    let Some(theirs) = row.checksum.as_deref().filter(|sum| !sum.is_empty()) else {
        return Sum::NotKept;
    };
    match ours(kept, row) {
        None => Sum::NotChecked,
        Some(ours) if ours == theirs.trim_start_matches("h1:") => Sum::Same,
        // It replaces `${...}` first in what runs again, by what only its settings say.
        Some(_) if is_filled(kept, row) => Sum::NotChecked,
        Some(_) => Sum::Changed,
    }
}

fn ours(kept: Kept, row: &Row) -> Option<String> {
    if kept.tool == Tool::Atlas {
        let sum = kept.origin.sum.as_deref()?;
        return Some(sum.trim_start_matches("h1:").into());
    }
    of_text(kept.tool, kept.text?, &row.version, &row.title)
}

/// The checksum as the tool's ledger has it.
pub(super) fn of_text(tool: Tool, text: &str, version: &str, title: &str) -> Option<String> {
    match tool {
        Tool::Flyway => Some(flyway(text).to_string()),
        Tool::Sqlx => Some(hex(&Sha384::digest(text))),
        Tool::Prisma | Tool::Drizzle => Some(hex(&Sha256::digest(text))),
        Tool::Refinery => refinery(text, version, title),
        _ => None,
    }
}

fn is_filled(kept: Kept, row: &Row) -> bool {
    let text = kept.text.unwrap_or_default();
    kept.tool == Tool::Flyway && row.version.is_empty() && text.contains("${")
}

/// Over the lines, without their ends; a signed number.
fn flyway(text: &str) -> i32 {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut crc = 0;
    for line in text.split(['\n', '\r']) {
        crc = crc32(crc, line.as_bytes());
    }
    crc as i32
}

/// Over name, number and text as Rust hashes them.
fn refinery(text: &str, version: &str, title: &str) -> Option<String> {
    let number: i32 = version.parse().ok()?;
    let mut bytes = title.as_bytes().to_vec();
    bytes.push(0xff);
    bytes.extend(number.to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes.push(0xff);
    Some(siphash(&bytes).to_string())
}

fn hex(bytes: &[u8]) -> String {
    let mut hex = String::new();
    for byte in bytes {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

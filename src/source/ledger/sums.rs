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
    let bare = |sum: &str| sum.trim_start_matches("h1:").to_string();
    let ours = ours(kept, row);
    match ours.as_slice() {
        [] => Sum::NotChecked,
        ours if ours.iter().any(|ours| bare(ours) == bare(theirs)) => Sum::Same,
        // It replaces `${...}` first in what runs again, by what only its settings say.
        _ if is_filled(kept, row) => Sum::NotChecked,
        _ => Sum::Changed,
    }
}

/// What it may be; none where its rule cannot be followed.
fn ours(kept: Kept, row: &Row) -> Vec<String> {
    let (version, title) = (&row.version, &row.title);
    let of = |text: &str| of_text(kept.tool, text, version, title);
    match (kept.tool, kept.text) {
        // Of the folder up to it, or of a file that is cut into pieces.
        (Tool::Atlas | Tool::Drizzle | Tool::Sqitch, _) => {
            kept.origin.sum.iter().cloned().collect()
        }
        (Tool::Liquibase, _) => liquibase(kept.origin, row),
        // It may count versions in numbers twice as wide.
        (Tool::Refinery, Some(text)) => {
            let wide = version.parse().ok();
            let wide = wide.map(|number: i64| refinery(text, &number.to_le_bytes(), title));
            of(text).into_iter().chain(wide).collect()
        }
        // A mark at the beginning is not a part of the text; some tools count it all the same.
        (Tool::Sqlx | Tool::Prisma, Some(text)) => {
            let marked = format!("\u{feff}{text}");
            of(text).into_iter().chain(of(&marked)).collect()
        }
        (_, Some(text)) => of(text).into_iter().collect(),
        (_, None) => Vec::new(),
    }
}

/// Those of the version that the row has; none where a file lets all pass.
fn liquibase(origin: &Origin, row: &Row) -> Vec<String> {
    let version = |sum: &str| sum.split(':').next().map(str::to_string);
    let theirs = row.checksum.as_deref().and_then(version);
    let known = || origin.sum.iter().flat_map(|sums| sums.split(' '));
    if known().any(|sum| sum.to_ascii_lowercase().ends_with("any")) {
        return Vec::new();
    }
    let same = |sum: &&str| version(sum) == theirs;
    known().filter(same).map(str::to_string).collect()
}

/// The checksum as the tool's ledger has it.
pub(super) fn of_text(tool: Tool, text: &str, version: &str, title: &str) -> Option<String> {
    match tool {
        Tool::Flyway => Some(flyway(text).to_string()),
        Tool::Sqlx => Some(hex(&Sha384::digest(text))),
        Tool::Prisma => Some(hex(&Sha256::digest(text))),
        Tool::Refinery => {
            let number: i32 = version.parse().ok()?;
            Some(refinery(text, &number.to_le_bytes(), title))
        }
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
fn refinery(text: &str, version: &[u8], title: &str) -> String {
    let parts = [title.as_bytes(), &[0xff], version, text.as_bytes(), &[0xff]];
    siphash(&parts.concat()).to_string()
}

fn hex(bytes: &[u8]) -> String {
    let mut hex = String::new();
    for byte in bytes {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

//! Folders of other tools to migrations: whose a folder is, and what its files say. Pure: the files
//! come as texts, nothing here opens one. One file for each tool; `pair`, `lines` and `version` are
//! what several of them share.

mod dbmate;
mod evidence;
mod flyway;
mod goose;
mod lines;
mod pair;
#[cfg(test)]
mod tests;
mod version;

use initium_driver::{Code, Error, Place, Result, Source};

/// A file of a folder, by its path below it (`/` between the parts).
#[derive(Clone, Debug)]
pub struct File {
    pub name: String,
    pub text: Source,
}

/// Whose rules a folder follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    GolangMigrate,
    Flyway,
    Goose,
    Dbmate,
}

impl Format {
    pub const ALL: [Format; 4] = [
        Format::GolangMigrate,
        Format::Flyway,
        Format::Goose,
        Format::Dbmate,
    ];

    /// As a spec says it.
    pub const fn word(self) -> &'static str {
        match self {
            Format::GolangMigrate => "golang-migrate",
            Format::Flyway => "flyway",
            Format::Goose => "goose",
            Format::Dbmate => "dbmate",
        }
    }

    pub fn parse(word: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// When a migration runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Once, in its place.
    Once,
    /// Behind the others, and again when its text changes.
    Repeatable,
    /// Instead of all before it, where nothing was applied yet.
    Baseline,
}

/// Whether its statements may stand in a transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Within {
    #[default]
    Transaction,
    Nothing,
}

/// A text of one kind of database, or of all.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    pub database: Option<&'static str>,
    pub text: Source,
}

/// A migration as a folder says it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// As the tool writes it into its own ledger; empty where it has none.
    pub version: String,
    /// Its file without what the rules take off, which is its id.
    pub name: String,
    pub turn: Turn,
    pub within: Within,
    pub up: Vec<Script>,
    pub down: Vec<Script>,
    pub place: Place,
}

/// The migrations of a folder in the order in which its tool runs them, and whose folder it is:
/// `format`, or what the files themselves say.
pub fn read(folder: &str, files: &[File], format: Option<Format>) -> Result<(Format, Vec<Found>)> {
    let format = match format {
        Some(format) => format,
        None => evidence::of(folder, files)?,
    };
    let found = match format {
        Format::GolangMigrate => pair::read(files),
        Format::Flyway => flyway::read(files),
        Format::Goose => goose::read(files),
        Format::Dbmate => dbmate::read(files),
    }?;
    Ok((format, found))
}

/// Where a file begins.
fn start(file: &File) -> Place {
    file.text.place(0)
}

/// What a folder says wrongly.
fn wrong(file: &File, message: impl Into<String>) -> Error {
    Error::new(Code::SpecInvalid, message).place(start(file))
}

//! Folders of other tools to migrations: whose a folder is, and what its files say. Pure: the files
//! come as texts, nothing here opens one. One file for each tool; `pair`, `lines` and `version` are
//! what several of them share.

mod dbmate;
mod evidence;
mod flyway;
mod goose;
pub mod ledger;
mod lines;
mod order;
mod pair;
#[cfg(test)]
mod tests;
pub mod version;

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
    pub const ALL: &[Format] = &[
        Format::GolangMigrate,
        Format::Flyway,
        Format::Goose,
        Format::Dbmate,
    ];

    /// As a spec says them.
    pub const WORDS: &[&str] = &{
        let mut words = [""; Format::ALL.len()];
        let mut n = 0;
        while n < words.len() {
            words[n] = Format::ALL[n].word();
            n += 1;
        }
        words
    };

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
        let mut all = Format::ALL.iter();
        all.find(|one| one.word() == word).copied()
    }
}

/// When a migration runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Turn {
    /// Once, in its place.
    #[default]
    Once,
    /// Behind the others, and again when its text changes.
    Repeatable,
    /// Instead of all before it, where nothing was applied yet.
    Baseline,
}

/// Whether statements may stand in a transaction.
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

/// One way of a migration, up or down.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Way {
    /// Those of one database in the order in which they run.
    pub scripts: Vec<Script>,
    pub within: Within,
}

impl Way {
    /// One text for every database.
    pub fn of(text: Source, within: Within) -> Way {
        let script = Script {
            database: None,
            text,
        };
        Way {
            scripts: vec![script],
            within,
        }
    }
}

/// Where a migration comes from, in the words of the tool that it was written for: by these it is
/// found in that tool's ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub format: Format,
    /// As the tool's ledger writes it; empty where it has none.
    pub version: String,
    /// What the tool makes of the rest of the name.
    pub title: String,
    /// Its path below the folder.
    pub file: String,
    /// The checksum that stands in a file of the tool, where one does.
    pub sum: Option<String>,
}

/// A migration as a folder says it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub origin: Origin,
    /// What its file is called, without what only says its kind.
    pub id: String,
    pub turn: Turn,
    pub up: Way,
    pub down: Option<Way>,
    /// Queries that fail, or answer false, where it did not do what it should.
    pub verify: Vec<Script>,
    pub tags: Vec<String>,
    pub place: Place,
}

/// When a text runs that is no migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Before the first of a run, and behind the last.
    BeforeAll,
    AfterAll,
    /// Before each migration, and behind it.
    BeforeEach,
    AfterEach,
    /// When one failed.
    OnError,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Callback {
    pub moment: Moment,
    pub script: Script,
}

/// What a folder says.
#[derive(Clone, Debug, PartialEq)]
pub struct Folder {
    pub format: Format,
    /// In the order in which its tool runs them.
    pub found: Vec<Found>,
    pub callbacks: Vec<Callback>,
}

/// What the files of a folder say, by the rules of `format`, or of the tool that they were written
/// for as they say themselves.
pub fn read(folder: &str, files: &[File], format: Option<Format>) -> Result<Folder> {
    let format = match format {
        Some(format) => format,
        None => evidence::of(folder, files)?,
    };
    let (found, callbacks) = match format {
        Format::GolangMigrate => (pair::read(files)?, Vec::new()),
        Format::Flyway => (flyway::read(files)?, Vec::new()),
        Format::Goose => (goose::read(files)?, Vec::new()),
        Format::Dbmate => (dbmate::read(files)?, Vec::new()),
    };
    Ok(Folder {
        format,
        found,
        callbacks,
    })
}

/// A name as an id may be.
fn id(name: &str) -> String {
    let sign = |c: char| match c.is_ascii_alphanumeric() || "._-".contains(c) {
        true => c,
        false => '-',
    };
    let id: String = name.chars().map(sign).collect();
    id.trim_start_matches(['.', '_', '-']).into()
}

/// Files of SQL, whatever else lies beside them.
fn scripts(files: &[File]) -> impl Iterator<Item = &File> {
    files.iter().filter(|file| file.name.ends_with(".sql"))
}

/// Where a file begins.
fn start(file: &File) -> Place {
    file.text.place(0)
}

/// What a folder says wrongly.
fn wrong(file: &File, message: impl Into<String>) -> Error {
    Error::new(Code::SpecInvalid, message).place(start(file))
}

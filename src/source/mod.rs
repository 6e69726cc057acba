//! Folders of other tools to migrations: whose a folder is, and what its files say. Pure: the files
//! come as texts, nothing here opens one. One file for each tool; `pair`, `lines`, `cut`, `order`
//! and `version` are what several of them share.

mod atlas;
mod cut;
mod dbmate;
mod diesel;
mod digest;
mod drizzle;
mod evidence;
mod flyway;
mod golang_migrate;
mod goose;
pub mod ledger;
mod lines;

mod liquibase;
pub mod next;
mod node_pg_migrate;
mod order;
mod pair;
mod plain;
mod prisma;
mod refinery;
mod sqitch;
mod sqlx;
mod sum;
#[cfg(test)]
mod tests;
pub mod version;

use initium_driver::{Code, Error, Place, Result, Source};

/// Whether this build knows what other tools write. Asked where the way to it begins, so that a build
/// without it carries nothing of what lies behind.
pub const SOURCES: bool = cfg!(feature = "sources");

/// What a build without it says to whoever asks.
pub fn missing(what: &str) -> Error {
    Error::new(
        Code::SourcesMissing,
        format!("{what}: this build knows nothing of other tools' migrations"),
    )
    .help("take a build with the feature `sources`, as the published ones are")
}

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
    Sqlx,
    Diesel,
    Refinery,
    Atlas,
    Liquibase,
    Sqitch,
    Prisma,
    Drizzle,
    NodePgMigrate,
    /// Nobody's: files of SQL, in the order of their names.
    Plain,
}

impl Format {
    pub const ALL: &[Format] = &[
        Format::GolangMigrate,
        Format::Flyway,
        Format::Goose,
        Format::Dbmate,
        Format::Sqlx,
        Format::Diesel,
        Format::Refinery,
        Format::Atlas,
        Format::Liquibase,
        Format::Sqitch,
        Format::Prisma,
        Format::Drizzle,
        Format::NodePgMigrate,
        Format::Plain,
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
            Format::Sqlx => "sqlx",
            Format::Diesel => "diesel",
            Format::Refinery => "refinery",
            Format::Atlas => "atlas",
            Format::Liquibase => "liquibase",
            Format::Sqitch => "sqitch",
            Format::Prisma => "prisma",
            Format::Drizzle => "drizzle",
            Format::NodePgMigrate => "node-pg-migrate",
            Format::Plain => "plain",
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
    let mut callbacks = Vec::new();
    let found = match format {
        Format::GolangMigrate => golang_migrate::read(files),
        Format::Flyway => flyway::read(files, &mut callbacks),
        Format::Goose => goose::read(files),
        Format::Dbmate => dbmate::read(files),
        Format::Sqlx => sqlx::read(files),
        Format::Diesel => diesel::read(files),
        Format::Refinery => refinery::read(files),
        Format::Atlas => atlas::read(files),
        Format::Liquibase => liquibase::read(files),
        Format::Sqitch => sqitch::read(files),
        Format::Prisma => prisma::read(files),
        Format::Drizzle => drizzle::read(files),
        Format::NodePgMigrate => node_pg_migrate::read(files),
        Format::Plain => plain::read(files),
    }?;
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

/// Files of SQL, whatever else lies beside them. `.SQL` counts, so that a tool that does not see it
/// is no reason for us to be silent about it.
fn scripts(files: &[File]) -> impl Iterator<Item = &File> {
    files.iter().filter(|file| extension(&file.name) == "sql")
}

fn extension(name: &str) -> String {
    let behind = name.rsplit_once('.').map_or("", |(_, behind)| behind);
    behind.to_ascii_lowercase()
}

/// A name without what says that it is SQL.
fn stem(name: &str) -> &str {
    name.strip_suffix(".sql").unwrap_or(name)
}

/// Without the folders before it.
fn base(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// A file with this name.
fn named<'a>(files: &'a [File], name: &str) -> Option<&'a File> {
    files.iter().find(|file| file.name == name)
}

/// Where a file begins.
fn start(file: &File) -> Place {
    lines::Spot::START.place(&file.text)
}

/// What a folder says wrongly.
fn wrong(file: &File, message: impl Into<String>) -> Error {
    Error::new(Code::SpecInvalid, message).place(start(file))
}

/// Migrations that are programs cannot be run by us, and must not be left out.
fn no_programs(files: &[File], tool: &str, is_one: &dyn Fn(&File) -> bool) -> Result<()> {
    match files.iter().find(|file| is_one(file)) {
        None => Ok(()),
        Some(file) => {
            let message = format!("{} is a program, not a script", file.name);
            let help = format!("write what it does in SQL, or keep {tool} for this folder");
            Err(wrong(file, message).help(help))
        }
    }
}

/// A name that the tool would leave out without a word.
fn unfit(file: &File, tool: &str, called: &str) -> Error {
    wrong(file, format!("{} is no name that {tool} runs", file.name)).help(format!(
        "such a file is called {called}; move others out of the folder"
    ))
}

/// A migration whose file is its script; what differs is set behind this.
fn begun(format: Format, file: &File, version: &str, title: &str, id: &str) -> Found {
    Found {
        origin: Origin {
            format,
            version: version.into(),
            title: title.into(),
            file: file.name.clone(),
            sum: None,
        },
        id: self::id(id),
        turn: Turn::Once,
        up: Way::of(file.text.clone(), Within::Transaction),
        down: None,
        verify: Vec::new(),
        tags: Vec::new(),
        place: start(file),
    }
}

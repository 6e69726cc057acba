//! The ledger of another tool as it would have written it itself, in statements: so that a folder that
//! was applied here can go back to it. Makes texts; who sends them decides.

use super::super::Origin;
use super::super::version::compare;
use super::rows::{Row, Standing};
use super::sums::{Kept, Sum, of_text, sum};
use super::{Kind, Tool};
use initium_driver::sql::name::TableName;
use initium_driver::{Code, Error, Result};

/// A migration that our ledger has.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    pub origin: &'a Origin,
    /// The file, letter for letter, where it is at hand.
    pub text: Option<&'a str>,
    /// It ran instead of those before it.
    pub instead: bool,
    /// RFC 3339.
    pub at: &'a str,
    pub millis: u64,
}

/// What makes the table, where it is missing, and what fills it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub table: Vec<String>,
    pub rows: Vec<String>,
}

pub fn can_write(tool: Tool) -> bool {
    definition(tool, Kind::Postgres).is_some()
}

/// `there`: the rows of the table, where it is there. A row that is there stays, and one that says
/// something else than ours is an error.
pub fn written(
    tool: Tool,
    table: &TableName,
    kind: Kind,
    entries: &[Entry],
    there: Option<&[Row]>,
) -> Result<Written> {
    let mut written = Written::default();
    let path = kind.path(table);
    if there.is_none() {
        for text in definition(tool, kind).unwrap_or_default() {
            let index = kind.quoted(&format!("{}_s_idx", table.table));
            let text = text.replace("{table}", &path).replace("{index}", &index);
            let key = kind.quoted(&format!("{}_pk", table.table));
            written.table.push(text.replace("{key}", &key));
        }
    }
    let there = there.unwrap_or_default();
    if tool == Tool::GolangMigrate {
        written.rows.extend(current(&path, entries, there)?);
        return Ok(written);
    }
    let mut rank = there.len() + 1;
    for entry in entries {
        let same = |row: &&Row| is_of(row, entry.origin);
        if let Some(row) = there.iter().find(same) {
            agrees(tool, row, entry)?;
            continue;
        }
        written.rows.push(insert(tool, &path, kind, entry, rank)?);
        rank += 1;
    }
    Ok(written)
}

fn is_of(row: &Row, origin: &Origin) -> bool {
    match origin.version.is_empty() {
        true => row.version.is_empty() && row.title == origin.title,
        false => !row.version.is_empty() && compare(&row.version, &origin.version).is_eq(),
    }
}

fn agrees(tool: Tool, row: &Row, entry: &Entry) -> Result<()> {
    let kept = Kept {
        tool,
        origin: entry.origin,
        text: entry.text,
    };
    let says = match (row.standing, sum(kept, row)) {
        (Standing::Applied | Standing::Instead, Sum::Changed) => "it has another checksum",
        (Standing::Applied | Standing::Instead | Standing::Current, _) => return Ok(()),
        (Standing::Failed, _) => "it failed there",
        (Standing::Undone, _) => "it was undone there",
        (Standing::Baseline, _) => return Ok(()),
    };
    Err(refused(tool, &entry.origin.file, says))
}

fn refused(tool: Tool, file: &str, says: &str) -> Error {
    let message = format!(
        "the ledger of {} says something else of {file}: {says}",
        tool.word()
    );
    Error::new(Code::ExportRefused, message)
        .help("settle it with that tool, or write into another table with --ledger")
}

/// One row holds the last of all.
fn current(path: &str, entries: &[Entry], there: &[Row]) -> Result<Option<String>> {
    let Some(last) = entries.iter().map(|one| one.origin).reduce(later) else {
        return Ok(None);
    };
    match there.first() {
        None => Ok(Some(format!(
            "INSERT INTO {path} (version, dirty) VALUES ({}, {})",
            number(&last.version)?,
            "FALSE"
        ))),
        Some(row) if row.standing == Standing::Failed => {
            Err(refused(Tool::GolangMigrate, &last.file, "it is dirty"))
        }
        Some(row) if compare(&row.version, &last.version).is_eq() => Ok(None),
        // What was applied since; it says nothing else.
        Some(row) if compare(&row.version, &last.version).is_lt() => Ok(Some(format!(
            "UPDATE {path} SET version = {} WHERE version = {} AND NOT dirty",
            number(&last.version)?,
            number(&row.version)?
        ))),
        Some(row) => {
            let says = format!("it is at version {}", row.version);
            Err(refused(Tool::GolangMigrate, &last.file, &says))
        }
    }
}

fn later<'a>(one: &'a Origin, other: &'a Origin) -> &'a Origin {
    match compare(&one.version, &other.version).is_lt() {
        true => other,
        false => one,
    }
}

/// Written without quotes, so it has to be one.
fn number(version: &str) -> Result<&str> {
    match !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit()) {
        true => Ok(version),
        false => {
            let message = format!("'{version}' is no number, as this ledger has them");
            Err(Error::new(Code::ExportRefused, message))
        }
    }
}

fn insert(tool: Tool, path: &str, kind: Kind, entry: &Entry, rank: usize) -> Result<String> {
    let Entry { origin, millis, .. } = entry;
    let at = kind.text(&time(entry.at, kind));
    let text = |text: &str| kind.text(text);
    let sum = || match entry.text {
        Some(file) => of_text(tool, file, &origin.version, &origin.title).unwrap_or_default(),
        None => String::new(),
    };
    let needed = || match entry.text {
        Some(_) => Ok(sum()),
        None => {
            let message = format!("{} is too long to take its checksum", origin.file);
            Err(Error::new(Code::ExportRefused, message))
        }
    };
    Ok(match tool {
        Tool::Flyway => {
            let version = match origin.version.as_str() {
                "" => "NULL".into(),
                version => text(version),
            };
            let how = match entry.instead {
                true => "SQL_BASELINE",
                false => "SQL",
            };
            let by = match kind {
                Kind::Postgres => "current_user",
                Kind::MySql => "SUBSTRING_INDEX(CURRENT_USER(), '@', 1)",
                Kind::Sqlite => "''",
            };
            format!(
                "INSERT INTO {path} (installed_rank, version, description, type, script, checksum, \
                 installed_by, installed_on, execution_time, success) VALUES \
                 ({rank}, {version}, {}, '{how}', {}, {}, {by}, {at}, {millis}, TRUE)",
                text(&origin.title),
                text(&origin.file),
                needed()?
            )
        }
        Tool::Sqlx => {
            let sum = needed()?;
            let sum = match kind {
                Kind::Postgres => format!("decode('{sum}', 'hex')"),
                Kind::MySql | Kind::Sqlite => format!("X'{sum}'"),
            };
            format!(
                "INSERT INTO {path} (version, description, installed_on, success, checksum, execution_time) \
                 VALUES ({}, {}, {at}, TRUE, {sum}, {})",
                number(&origin.version)?,
                text(&origin.title),
                millis.saturating_mul(1_000_000)
            )
        }
        _ => format!(
            "INSERT INTO {path} (version) VALUES ({})",
            text(&origin.version)
        ),
    })
}

/// As a column of times takes it; ours is in UTC.
fn time(at: &str, kind: Kind) -> String {
    let day = at.get(..10).unwrap_or_default();
    let time = at.get(11..19).unwrap_or_default();
    let zone = match kind {
        Kind::Postgres => "+00",
        Kind::MySql | Kind::Sqlite => "",
    };
    format!("{day} {time}{zone}")
}

/// As the tool makes it; `None` where it is none that is written.
fn definition(tool: Tool, kind: Kind) -> Option<Vec<&'static str>> {
    Some(match (tool, kind) {
        (Tool::GolangMigrate, Kind::Sqlite) => vec![
            "CREATE TABLE {table} (version uint64,dirty bool)",
            "CREATE UNIQUE INDEX version_unique ON {table} (version)",
        ],
        (Tool::GolangMigrate, _) => vec![
            "CREATE TABLE {table} (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)",
        ],
        (Tool::Dbmate, Kind::Postgres) => {
            vec!["CREATE TABLE {table} (version varchar PRIMARY KEY)"]
        }
        (Tool::Dbmate, _) => vec!["CREATE TABLE {table} (version varchar(128) PRIMARY KEY)"],
        (Tool::Sqlx, Kind::Postgres) => vec![
            "CREATE TABLE {table} (version bigint PRIMARY KEY, description text NOT NULL, \
             installed_on timestamptz NOT NULL DEFAULT now(), success boolean NOT NULL, \
             checksum bytea NOT NULL, execution_time bigint NOT NULL)",
        ],
        (Tool::Sqlx, _) => vec![
            "CREATE TABLE {table} (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
             installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, \
             checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)",
        ],
        (Tool::Flyway, Kind::Postgres) => vec![
            "CREATE TABLE {table} (installed_rank integer NOT NULL, version varchar(50), \
             description varchar(200) NOT NULL, type varchar(20) NOT NULL, script varchar(1000) NOT NULL, \
             checksum integer, installed_by varchar(100) NOT NULL, \
             installed_on timestamp NOT NULL DEFAULT now(), execution_time integer NOT NULL, \
             success boolean NOT NULL, CONSTRAINT {key} PRIMARY KEY (installed_rank))",
            "CREATE INDEX {index} ON {table} (success)",
        ],
        (Tool::Flyway, Kind::MySql) => vec![
            "CREATE TABLE {table} (installed_rank INT NOT NULL, version VARCHAR(50), \
             description VARCHAR(200) NOT NULL, type VARCHAR(20) NOT NULL, script VARCHAR(1000) NOT NULL, \
             checksum INT, installed_by VARCHAR(100) NOT NULL, \
             installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, execution_time INT NOT NULL, \
             success BOOL NOT NULL, PRIMARY KEY (installed_rank), KEY {index} (success))",
        ],
        (Tool::Flyway, Kind::Sqlite) => vec![
            "CREATE TABLE {table} (\"installed_rank\" INT NOT NULL PRIMARY KEY, \"version\" VARCHAR(50), \
             \"description\" VARCHAR(200) NOT NULL, \"type\" VARCHAR(20) NOT NULL, \
             \"script\" VARCHAR(1000) NOT NULL, \"checksum\" INT, \"installed_by\" VARCHAR(100) NOT NULL, \
             \"installed_on\" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')), \
             \"execution_time\" INT NOT NULL, \"success\" BOOLEAN NOT NULL)",
            "CREATE INDEX {index} ON {table} (\"success\")",
        ],
        _ => return None,
    })
}

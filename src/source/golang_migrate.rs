//! golang-migrate: `1_name.up.sql` and `1_name.down.sql`; in folders for several databases
//! `1_name.postgres.up.sql` or `postgres/1_name.up.sql`, and `.autocommit` for what stands in no
//! transaction.

use super::order::by_version;
use super::pair::{Named, Side, put_together, side};
use super::version::{bare, digits};
use super::{File, Format, Found, Within, scripts, stem, unfit};
use initium_driver::Result;

/// Databases as such names call them, and as we do. What is for a database that we do not know is
/// left out, as the tool does on each of ours.
const CALLED: &[(&str, Option<&str>)] = &[
    ("postgres", Some("postgres")),
    ("postgresql", Some("postgres")),
    ("pgx", Some("postgres")),
    ("mysql", Some("mysql")),
    ("mariadb", Some("mariadb")),
    ("sqlite", Some("sqlite")),
    ("sqlite3", Some("sqlite")),
    ("cockroach", None),
    ("cockroachdb", None),
    ("mssql", None),
    ("sqlserver", None),
    ("clickhouse", None),
    ("spanner", None),
    ("snowflake", None),
];

/// The database that a word of a name means.
fn called(word: &str) -> Option<Option<&'static str>> {
    let known = CALLED.iter().find(|(called, _)| *called == word);
    known.map(|(_, ours)| *ours)
}

/// The digits and the side of such a name.
pub fn is_one(name: &str) -> Option<(&str, Side)> {
    let (folder, name) = name.rsplit_once('/').unwrap_or(("", name));
    let (digits, rest) = digits(name)?;
    let (_, side) = side(rest.strip_prefix('_')?.strip_suffix(".sql")?)?;
    (folder.is_empty() || called(folder).is_some()).then_some((digits, side))
}

pub fn read(files: &[File]) -> Result<Vec<Found>> {
    let mut all = Vec::new();
    for file in scripts(files) {
        let Some((version, side)) = is_one(&file.name) else {
            return Err(unfit(
                file,
                "golang-migrate",
                "1_name.up.sql or 1_name.down.sql",
            ));
        };
        let (folder, name) = file.name.rsplit_once('/').unwrap_or(("", &file.name));
        let mut database = called(folder);
        let mut within = Within::Transaction;
        let mut title = stem(&name[version.len() + 1..]);
        title = &title[..title.rfind('.').unwrap_or(title.len())];
        // Another word before the side is part of the title: `1_a.b.up.sql` is one of theirs.
        while let Some((before, word)) = title.rsplit_once('.') {
            match called(word) {
                _ if word == "autocommit" => within = Within::Nothing,
                Some(named) if database.is_none() => database = Some(named),
                _ => break,
            }
            title = before;
        }
        if database == Some(None) {
            continue;
        }
        all.push(Named {
            file,
            version: bare(version).into(),
            title: title.into(),
            id: format!("{version}_{title}"),
            side,
            database: database.flatten(),
            within,
        });
    }
    by_version(put_together(Format::GolangMigrate, all)?)
}

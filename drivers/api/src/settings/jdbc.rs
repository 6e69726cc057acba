//! JDBC's URLs of PostgreSQL, MySQL, MariaDB and SQLite. They are decoded like forms: `+` is a blank,
//! because those who write them (operators, mostly) encode a blank so.

use super::draft::{Draft, Spelling};
use super::fault::Fault;
use super::percent::decode;
use super::{Settings, sqlite, url};
use crate::error::Result;

const KINDS: &[(&str, &str)] = &[
    ("postgresql", "postgres"),
    ("mysql", "mysql"),
    ("mariadb", "mariadb"),
];

/// What stands between the kind and `//` where a driver is to spread its connections.
const SPREAD: &[&str] = &["loadbalance:", "replication:", "sequential:"];

/// `rest` stands behind `jdbc:`.
pub(super) fn read(rest: &str, origin: &str) -> Result<Settings> {
    let fault = Fault::new(origin);
    if let Some(rest) = rest.strip_prefix("sqlite:") {
        return sqlite::jdbc(rest, origin);
    }
    let form = || {
        fault.other(
            "it is no JDBC URL that is read here",
            "write jdbc:postgresql://, jdbc:mysql:// or jdbc:mariadb:// with host:port/database?user=...&password=..., \
             or jdbc:sqlite: with a path",
        )
    };
    let (kind, rest) = rest.split_once(':').ok_or_else(form)?;
    let (_, database) = KINDS
        .iter()
        .find(|(word, _)| *word == kind)
        .ok_or_else(form)?;
    let mut draft = Draft::new(database, Spelling::Jdbc, origin);
    let spread = SPREAD.iter().find_map(|word| rest.strip_prefix(word));
    if spread.is_some() && *database != "postgres" {
        draft.remark("hosts are tried in their order; connections are not spread over them");
    }
    match spread.unwrap_or(rest).strip_prefix("//") {
        Some(rest) => url::read(rest, &mut draft)?,
        None if *database == "postgres" => nearby(rest, &mut draft)?,
        None => return Err(form()),
    }
    draft.finish()
}

/// `jdbc:postgresql:name` and `jdbc:postgresql:/`, on this machine.
fn nearby(rest: &str, draft: &mut Draft) -> Result<()> {
    let fault = draft.fault();
    let (name, query) = rest.split_once('?').unwrap_or((rest, ""));
    let name = name.strip_prefix('/').unwrap_or(name);
    if name.contains(['@', ':', '/']) || name.chars().any(char::is_control) {
        return Err(fault.encode("the database name has a sign in it that belongs to an address"));
    }
    let name = decode(name, draft.plus()).map_err(|what| fault.encode(what))?;
    draft.name(name)?;
    url::query(query, draft)
}

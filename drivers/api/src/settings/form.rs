//! Which form a text has: what it says itself counts, what somebody else says of the kind of database
//! only settles what the text leaves open.

use super::draft::{Draft, Spelling};
use super::fault::Fault;
use super::{Settings, godsn, jdbc, keyvalue, options, redis, sqlite, url};
use crate::error::Result;

const SCHEMES: &[(&str, &str)] = &[
    ("postgres", "postgres"),
    ("postgresql", "postgres"),
    ("pgsql", "postgres"),
    ("mysql", "mysql"),
    ("mysql2", "mysql"),
    ("mariadb", "mariadb"),
    ("sqlite", "sqlite"),
    ("sqlite3", "sqlite"),
];

/// Without the one line end that a mounted file has.
pub(super) fn trimmed(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

pub(super) fn read(text: &str, origin: &str, kind: Option<&str>) -> Result<Settings> {
    let fault = Fault::new(origin);
    let text = trimmed(text);
    if text.is_empty() {
        return Err(fault.form("it is empty"));
    }
    if let Some(rest) = text.strip_prefix("jdbc:") {
        return jdbc::read(rest, origin);
    }
    if let Some((scheme, rest)) = scheme(text) {
        if let Some(settings) = of_scheme(scheme, rest, &fault)? {
            return Ok(settings);
        }
        if !godsn::looks_like(text) && rest.starts_with("//") {
            return other(scheme, &rest[2..], &fault);
        }
    }
    let mysql = kind.filter(|kind| matches!(*kind, "mysql" | "mariadb"));
    if mysql.is_some() || (kind.is_none() && godsn::looks_like(text)) {
        let mut draft = Draft::new(mysql.unwrap_or("mysql"), Spelling::Go, origin);
        godsn::read(text, &mut draft)?;
        return draft.finish();
    }
    let key = keyvalue::first_key(text);
    let ours = |key| options::meaning("postgres", Spelling::KeyValue, key).is_some();
    if (kind.is_none() && key.is_some_and(ours)) || (kind == Some("postgres") && text.contains('='))
    {
        let mut draft = Draft::new("postgres", Spelling::KeyValue, origin);
        keyvalue::read(text, &mut draft)?;
        return draft.finish();
    }
    if kind == Some("sqlite") || (kind.is_none() && sqlite::looks_like(text)) {
        return sqlite::bare(text, origin);
    }
    Err(match text.contains(':') {
        true => fault.form("it has none of the forms that are known"),
        false => fault.form("it has no scheme such as postgres: or sqlite:"),
    })
}

/// A word and what stands behind its colon.
fn scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let word = |b: u8| b.is_ascii_alphanumeric() || b"+.-".contains(&b);
    let begins = scheme.bytes().next()?.is_ascii_alphabetic();
    (begins && scheme.len() <= 40 && scheme.bytes().all(word)).then_some((scheme, rest))
}

/// The database that the scheme of a text names, whatever stands behind it.
pub(super) fn database(text: &str) -> Option<&'static str> {
    let (scheme, _) = scheme(text.strip_prefix("jdbc:").unwrap_or(text))?;
    let base = scheme.split('+').next().unwrap_or(scheme);
    let found = SCHEMES.iter().find(|(word, _)| *word == base);
    found
        .map(|(_, database)| *database)
        .or(redis::is_scheme(scheme).then_some("redis"))
}

/// `None`: the scheme is none of ours, or not a scheme at all.
fn of_scheme(scheme: &str, rest: &str, fault: &Fault) -> Result<Option<Settings>> {
    let origin = &fault.origin;
    if scheme == "file" {
        return sqlite::file(rest, origin).map(Some);
    }
    if redis::is_scheme(scheme) && rest.starts_with("//") {
        return redis::read(scheme, &rest[2..], origin).map(Some);
    }
    // SQLAlchemy's `postgresql+psycopg` names a driver of Python.
    let base = scheme.split('+').next().unwrap_or(scheme);
    let Some((_, database)) = SCHEMES.iter().find(|(word, _)| *word == base) else {
        return match SCHEMES
            .iter()
            .any(|(word, _)| word.eq_ignore_ascii_case(base))
        {
            true => Err(fault.form("its scheme is not written in lower case")),
            false => Ok(None),
        };
    };
    if *database == "sqlite" {
        return match scheme == base {
            true => sqlite::url(rest, origin),
            false => sqlite::alchemy(rest, origin),
        }
        .map(Some);
    }
    let Some(rest) = rest.strip_prefix("//") else {
        // `mysql:password@tcp(host)/name` is a login.
        return match *database != "postgres" && godsn::looks_like(rest) {
            true => Ok(None),
            false => Err(fault.form("after the scheme stands no //")),
        };
    };
    let mut draft = Draft::new(database, Spelling::Url, origin);
    url::read(rest, &mut draft)?;
    draft.finish().map(Some)
}

/// A database that nobody here knows: who has no driver says so. Its options mean nothing.
fn other(scheme: &str, rest: &str, fault: &Fault) -> Result<Settings> {
    if scheme.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(fault.form("its scheme is not written in lower case"));
    }
    let mut draft = Draft::new(scheme, Spelling::Url, &fault.origin);
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    if query.contains('@') {
        return Err(fault.encode("an @, / or ? in the password is not encoded"));
    }
    url::read(address, &mut draft)?;
    draft.finish()
}

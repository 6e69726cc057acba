//! Variables that hold a URL, and `NAME_FILE`, the path of a file that does.

use super::super::arguments::plain;
use super::file;
use initium_driver::{Code, Error, Result, Settings};
use std::env::{VarError, var};

/// What platforms call the way around their pooler: schema changes need a session of their own.
const DIRECT: &[&str] = &[
    "DATABASE_URL_UNPOOLED",
    "POSTGRES_URL_NON_POOLING",
    "DIRECT_URL",
    "DIRECT_DATABASE_URL",
];

const USUAL: &str = "DATABASE_URL";

/// The variable that somebody named.
pub fn needed(name: &str, kind: Option<&str>) -> Result<Settings> {
    read(name, kind)?.ok_or_else(|| {
        let name = plain(name);
        Error::new(
            Code::ConnectionMissing,
            format!("neither {name} nor {name}_FILE is set"),
        )
        .help("it should hold the connection URL; in Kubernetes take it from a secret with secretKeyRef")
    })
}

/// `DATABASE_URL`, or what is better than it, or what stands in for it.
pub fn usual(kind: Option<&str>) -> Result<Option<Settings>> {
    for name in DIRECT {
        if let Some(mut settings) = read(name, kind)? {
            if is_set(USUAL) {
                settings.remarks.push(format!(
                    "{name} is used instead of {USUAL}: schema changes need a session that no pooler shares"
                ));
            }
            return Ok(Some(settings));
        }
    }
    if let Some(settings) = read(USUAL, kind)? {
        return Ok(Some(settings));
    }
    let others: &[&str] = match kind {
        Some("postgres") => &["POSTGRES_URL", "POSTGRESQL_URL"],
        Some("mysql") => &["MYSQL_URL"],
        Some("mariadb") => &["MARIADB_URL", "MYSQL_URL"],
        _ => &[],
    };
    for name in others {
        if let Some(settings) = read(name, kind)? {
            return Ok(Some(settings));
        }
    }
    Ok(None)
}

fn is_set(name: &str) -> bool {
    [name.to_string(), format!("{name}_FILE")]
        .iter()
        .any(|name| var(name).is_ok_and(|value| !value.is_empty()))
}

/// The value of the file that NAME_FILE names, or of NAME.
fn read(name: &str, kind: Option<&str>) -> Result<Option<Settings>> {
    let of_file = format!("{name}_FILE");
    if let Some(path) = var(&of_file).ok().filter(|path| !path.is_empty()) {
        let text = file::secret(&path, &of_file)?;
        return Settings::parse_as(text.reveal(), &of_file, kind).map(Some);
    }
    match var(name) {
        Ok(url) if !url.is_empty() => Settings::parse_as(&url, name, kind).map(Some),
        Err(VarError::NotUnicode(_)) => Err(Error::new(
            Code::ConnectionInvalid,
            format!("the value of {name} is not UTF-8"),
        )),
        _ => Ok(None),
    }
}

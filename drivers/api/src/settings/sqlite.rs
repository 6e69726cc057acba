//! Paths of SQLite files. Behind `sqlite:` and `sqlite://` stands a path; `sqlite:///x` is the
//! absolute path `/x` (as sqlx, Rails and the rest of the world read it; SQLAlchemy and Django read
//! it as relative). Where that is likely to be meant, it is said: a remark for a file right below
//! the root, and `sqlite:///./x`, which nobody writes for an absolute path, is relative; so is
//! `sqlite+driver:///x`, which is SQLAlchemy's own.
//! `file:` is SQLite's own URI. A bare path is taken as it is.

use super::draft::{Draft, Spelling};
use super::fault::Fault;
use super::percent::{Plus, decode};
use super::{Settings, url as urls};
use crate::error::Result;

const MEMORY: &str = ":memory:";

/// Whether a text without scheme is a path.
pub(super) fn looks_like(text: &str) -> bool {
    text == MEMORY
        || [".db", ".sqlite", ".sqlite3"]
            .iter()
            .any(|end| text.ends_with(end))
}

pub(super) fn bare(path: &str, origin: &str) -> Result<Settings> {
    named(path.into(), "", origin)
}

/// What stands behind `sqlite+driver:`, which only SQLAlchemy writes: its three slashes are relative.
pub(super) fn alchemy(rest: &str, origin: &str) -> Result<Settings> {
    match rest.strip_prefix("///") {
        Some(path) if !path.starts_with('/') => url(path, origin),
        _ => url(rest, origin),
    }
}

/// What stands behind `sqlite:`.
pub(super) fn url(rest: &str, origin: &str) -> Result<Settings> {
    let fault = Fault::new(origin);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = decode(path, Plus::Itself).map_err(|what| fault.other(what, PATH))?;
    let Some(path) = path.strip_prefix("//") else {
        return named(path, query, origin);
    };
    if path == "/:memory:" {
        return named(MEMORY.into(), query, origin);
    }
    if path.starts_with("/./") || path.starts_with("/../") {
        let mut settings = named(path[1..].into(), query, origin)?;
        settings.remark("sqlite:///. is read as a path below the working folder");
        return Ok(settings);
    }
    // Four slashes are SQLAlchemy's absolute path.
    let path = match path.strip_prefix("//") {
        Some(rest) => format!("/{}", rest.trim_start_matches('/')),
        None => path.to_string(),
    };
    let below_root = path.starts_with('/') && path.matches('/').count() == 1;
    let mut settings = named(path, query, origin)?;
    if below_root {
        settings.remark(
            "sqlite:/// is followed by an absolute path here; for a file in the working folder write sqlite:NAME",
        );
    }
    Ok(settings)
}

/// What stands behind `file:`, as SQLite reads it.
pub(super) fn file(rest: &str, origin: &str) -> Result<Settings> {
    let fault = Fault::new(origin);
    let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = match path.strip_prefix("//") {
        None => path,
        Some(path) => match path.split_once('/') {
            Some(("" | "localhost", _)) => &path[path.find('/').unwrap_or(0)..],
            _ => {
                return Err(fault.other(
                    "a file: URI names another machine",
                    "write file:relative, file:/absolute or file:///absolute",
                ));
            }
        },
    };
    let path = decode(path, Plus::Itself).map_err(|what| fault.other(what, PATH))?;
    named(path, query, origin)
}

/// What stands behind `jdbc:sqlite:`: a path as it is, or a URI.
pub(super) fn jdbc(rest: &str, origin: &str) -> Result<Settings> {
    if let Some(rest) = rest.strip_prefix("file:") {
        return file(rest, origin);
    }
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    named(path.into(), query, origin)
}

const PATH: &str =
    "write it as sqlite:relative/path or sqlite:/absolute/path, with % as %25 and ? as %3F";

fn named(path: String, query: &str, origin: &str) -> Result<Settings> {
    let fault = Fault::new(origin);
    let mut draft = Draft::new("sqlite", Spelling::Url, origin);
    if path.is_empty() {
        return Err(fault.other("it names no file", PATH));
    }
    if path.chars().any(char::is_control) {
        return Err(fault.other(
            "the path has a line end or another control character in it",
            PATH,
        ));
    }
    // `user:password@host` under the wrong scheme would be shown as a path.
    let before = path.split_once('@').map(|(before, _)| before);
    if before.is_some_and(|before| before.contains(':') && !path.starts_with('/')) {
        return Err(fault.other("it looks like a login, and a file has none", PATH));
    }
    draft.name(path)?;
    urls::query(query, &mut draft)?;
    let mut settings = draft.finish()?;
    // A file with mode=memory keeps that, for the driver to refuse: what is migrated would be gone.
    let memory = settings.name.as_deref() == Some(MEMORY);
    let idle = |key: &str, value: &str| match (key, value) {
        ("cache", "private") | ("immutable", "0" | "false" | "no" | "off") => true,
        ("mode", "memory") => memory,
        _ => false,
    };
    settings.options.retain(|(key, value)| !idle(key, value));
    Ok(settings)
}

//! Asks a database which databases there are: once, and only to read.

use super::super::arguments::{Common, Words};
use super::super::connection::{Targets, settings, settled};
use super::super::duration;
use super::super::session::{aside, limits};
use crate::spec::{Entry, Spec, TargetsQuery, answered};
use initium_driver::driver::Access;
use initium_driver::{Code, Error, Result, Settings};
use std::time::Duration;

/// The entries that the query names, in the order of the answer.
pub fn ask(
    query: &TargetsQuery,
    base: &Result<Settings>,
    spec: &Spec,
    common: &Common,
    patience: Duration,
) -> Result<Vec<Entry>> {
    let of_query = |error: Error| error.target("targets_query");
    let settings = match (&query.connection, base) {
        // Flags are about the databases, not about who names them.
        (Some(own), _) => settings(own, &Common::default(), Targets::Several)?,
        (None, Ok(base)) => settled(base.clone())?,
        (None, Err(error)) => return Err(error.clone()),
    };
    let mut driver = aside(&settings, common, spec, patience, Access::Read).map_err(of_query)?;
    let rows = driver
        .query(&query.query)
        .map_err(|error| match error.code() {
            Code::StatementFailed => Error::new(
                Code::TargetsInvalid,
                format!("targets_query: {}", error.message()),
            )
            .server(error.server_said().clone())
            .help("it is asked before any migration runs, over the connection of its target"),
            _ => of_query(error),
        })?;
    let entries = answered(&rows.columns, &rows.rows)?;
    if entries.is_empty() {
        log::warn!("targets_query names no database");
    }
    Ok(entries)
}

/// `wait` waits for this server too.
pub fn patience(verb: &str, words: &Words, common: &Common) -> Result<Duration> {
    match (verb, words.value("--timeout")) {
        ("wait", text) => duration::setting("--timeout", text, None, super::super::wait::TIMEOUT),
        _ => limits::patience(common),
    }
}

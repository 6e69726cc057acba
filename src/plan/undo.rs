//! What `rollback` does: newest first, by the `down` of the spec or the one kept in the ledger.

use super::later::{Scripts, planned, scripts};
use super::{Facts, Plan};
use crate::source::Turn;
use crate::spec::Transaction;
use initium_driver::{Code, Error, History, Phase, Record, Result, State};
use std::collections::BTreeMap;

/// How far back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Until {
    Steps(usize),
    /// This one stays, and so does what the spec has before it.
    Migration {
        id: String,
        /// The spec's migrations behind it.
        later: Vec<String>,
    },
}

/// Plans the rollback of one target; `stored` holds the `down` texts of its ledger by id.
pub fn plan_rollback(
    facts: &Facts,
    until: &Until,
    stored: &BTreeMap<String, String>,
) -> Result<Plan> {
    let repeated = facts
        .wanted
        .iter()
        .filter(|one| one.migration.turn == Turn::Repeatable);
    let repeated: Vec<&str> = repeated.map(|one| one.migration.id.as_str()).collect();
    let migrations = chosen(facts.history, until, &repeated)
        .into_iter()
        .map(|record| planned(facts, record, Phase::Down, down(facts, record, stored)?))
        .collect::<Result<_>>()?;
    Ok(Plan {
        migrations,
        ..Plan::default()
    })
}

/// The records to undo, newest first. What runs again whenever it changes is not undone: it belongs to
/// no release.
pub fn chosen<'a>(history: &'a History, until: &Until, repeated: &[&str]) -> Vec<&'a Record> {
    let newest = history.records.iter().rev();
    let newest = newest.filter(|record| !repeated.contains(&record.id.as_str()));
    match until {
        Until::Steps(n) => newest.take(*n).collect(),
        Until::Migration { id, .. } if history.record(id).is_some() => {
            newest.take_while(|record| record.id != *id).collect()
        }
        // Not a migration of this target: the spec says what comes after it.
        Until::Migration { later, .. } => {
            newest.filter(|record| later.contains(&record.id)).collect()
        }
    }
}

fn down(facts: &Facts, record: &Record, stored: &BTreeMap<String, String>) -> Result<Scripts> {
    let id = &record.id;
    let missing = |why: &str, help: &str| {
        Error::new(
            Code::DownMissing,
            format!("migration '{id}' cannot be rolled back: {why}"),
        )
        .help(help)
        .migration(id)
        .target(facts.target)
    };
    match record.state {
        // Nothing ran, so nothing is undone.
        State::NotApplicable => return Ok((Vec::new(), Transaction::Auto)),
        State::Baseline => {
            return Err(missing(
                "it was adopted by a baseline, not applied",
                "undo it by hand, or by a new migration",
            ));
        }
        State::Cleaned => {
            return Err(missing(
                "its old half was cleaned up",
                "write a new migration that brings it back",
            ));
        }
        State::Applied | State::Verified => {}
    }
    scripts(facts, id, Phase::Down, stored)?.ok_or_else(|| {
        missing(
            "neither the spec nor the ledger has a `down` for it",
            "add `down:` to it in the spec, or write a new migration that undoes it",
        )
    })
}

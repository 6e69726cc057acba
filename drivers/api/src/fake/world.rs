//! The one database behind all connections of a fake.

use super::bulk::Mark;
use crate::error::{Code, Error, Result};
use crate::ledger::{Attempt, Record, Step};
use std::collections::{BTreeMap, BTreeSet};

/// Where a connection breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The event does not happen.
    Before,
    /// It happens, and nobody hears of it.
    After,
}

#[derive(Default)]
pub struct World {
    /// What is committed, and what the one open transaction sees: the fake runs one script at a
    /// time, so nobody looks in between.
    pub kept: Kept,
    pub events: Vec<String>,
    /// Ledger table -> connection that holds its lock.
    pub locks: BTreeMap<String, Lock>,
    /// What somebody should know of the server.
    pub remarks: Vec<String>,
    /// How often a `busy n` line has been tried.
    pub(super) tried: BTreeMap<String, usize>,
    pub(super) connections: u64,
    /// Connections that were ended from outside.
    pub(super) ended: Vec<u64>,
    cut: Option<(usize, Cut)>,
}

/// Tables, rows and ledgers.
#[derive(Clone, Default)]
pub struct Kept {
    pub tables: BTreeMap<String, usize>,
    pub ledgers: BTreeMap<String, Book>,
    /// Statements that ran where no transaction proves it.
    pub(super) marks: BTreeSet<Mark>,
}

/// The ledger behind one table name.
#[derive(Clone, Default)]
pub struct Book {
    pub records: Vec<Record>,
    pub steps: Vec<Step>,
    pub attempts: Vec<Attempt>,
    /// Written by a newer tool.
    pub newer: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    pub connection: u64,
    pub run: String,
}

/// Whether an event happens, and whether its answer arrives.
pub(super) enum Fate {
    Happens,
    Lost,
    Unheard,
}

impl World {
    pub(super) fn cut_after(&mut self, n: usize, cut: Cut) {
        self.cut = Some((n, cut));
    }

    /// Writes an event down.
    pub(super) fn note(&mut self, event: &str) -> Fate {
        let Some((n, cut)) = self.cut else {
            self.events.push(event.into());
            return Fate::Happens;
        };
        if n > 1 {
            self.cut = Some((n - 1, cut));
            self.events.push(event.into());
            return Fate::Happens;
        }
        self.cut = None;
        match cut {
            Cut::Before => {
                self.events.push(format!("cut before {event}"));
                Fate::Lost
            }
            Cut::After => {
                self.events.push(event.into());
                self.events.push(format!("cut after {event}"));
                Fate::Unheard
            }
        }
    }
}

pub(super) fn lost() -> Error {
    Error::new(Code::ConnectionLost, "the connection was cut").help("run the same command again")
}

/// The book of a table, refused where a newer tool wrote it.
pub(super) fn book<'a>(kept: &'a Kept, table: &str) -> Result<Option<&'a Book>> {
    match kept.ledgers.get(table) {
        Some(Book {
            newer: Some(format),
            ..
        }) => Err(Error::new(
            Code::LedgerNewer,
            format!("the ledger {table} has format {format}"),
        )
        .help("a newer initium wrote it; use that version or a later one")),
        found => Ok(found),
    }
}

//! What the fake does as Redis does it: a line that works through many keys in batches, marks that
//! prove what ran where no transaction does, and a lock that may end while its holder works.

use super::Flavour;
use super::connection::Connection;
use super::world::World;
use crate::driver::{Preview, Progress, Verdict};
use crate::error::{At, Code, Error, Result};
use crate::ledger::{Entry, Phase, Step};
use crate::source::Statement;

/// How many rows one batch adds.
const BATCH: usize = 2;

/// `bulk t 7` gives the table seven rows; with `bad 2` behind it two keys more fail.
pub(super) struct Bulk<'a> {
    pub table: &'a str,
    pub rows: usize,
    pub bad: usize,
}

pub(super) fn parse(text: &str) -> Option<Bulk<'_>> {
    let words: Vec<_> = text.split_whitespace().collect();
    let (table, rows, bad) = match words.as_slice() {
        ["bulk", table, rows] => (table, rows, "0"),
        ["bulk", table, rows, "bad", bad] => (table, rows, *bad),
        _ => return None,
    };
    Some(Bulk {
        table,
        rows: rows.parse().ok()?,
        bad: bad.parse().ok()?,
    })
}

/// Ledger table, migration, phase and number of a statement.
pub(super) type Mark = (String, String, &'static str, u64);

impl Connection {
    pub(super) fn mark(&self, id: &str, phase: Phase, number: u64) -> Mark {
        (self.run.table.clone(), id.into(), phase.word(), number)
    }

    /// The statement that these entries announce.
    pub(super) fn announced(&self, before: &[Entry]) -> Option<Mark> {
        before.iter().find_map(|entry| match entry {
            Entry::Intent { step, .. } => Some(self.mark(&step.id, step.phase, step.number)),
            _ => None,
        })
    }

    /// Works through the keys, a batch at a time, and goes on where it stopped.
    pub(super) fn bulk(
        &mut self,
        statement: &Statement,
        tell: &mut dyn FnMut(&Progress) -> Result<()>,
    ) -> Result<()> {
        let at = |error: Error| error.at(At::default());
        let Some(bulk) = parse(&statement.text) else {
            let message = format!("'{}' is not understood", statement.text);
            return Err(at(Error::new(Code::StatementFailed, message)));
        };
        let there = |world: &mut World| *world.kept.tables.entry(bulk.table.into()).or_default();
        let before = self.at(&format!("scan {}", bulk.table), |world| Ok(there(world)));
        let mut progress = Progress {
            skipped: before.map_err(at)?.min(bulk.rows) as u64,
            total: (bulk.rows + bulk.bad) as u64,
            ..Progress::default()
        };
        loop {
            tell(&progress).map_err(at)?;
            let left = bulk.rows - (progress.processed + progress.skipped) as usize;
            if left == 0 {
                break;
            }
            let mine = self.lease();
            let added = self.at(&format!("batch {}", bulk.table), |world| {
                mine.holds(world)?;
                let added = left.min(BATCH);
                *world.kept.tables.entry(bulk.table.into()).or_default() += added;
                Ok(added)
            });
            progress.processed += added.map_err(at)? as u64;
        }
        if bulk.bad > 0 {
            progress.failed = bulk.bad as u64;
            tell(&progress).map_err(at)?;
            let message = format!("{} of {} keys failed", bulk.bad, progress.total);
            return Err(at(Error::new(Code::KeysFailed, message).help("mend them")));
        }
        Ok(())
    }

    /// What became of a statement, by its mark, or of one that goes on by itself.
    pub(super) fn judge_of<'a>(
        &self,
        step: &Step,
        statement: &'a Statement,
    ) -> impl FnOnce(&World) -> Option<Verdict> + use<'a> {
        let mark = self.mark(&step.id, step.phase, step.number);
        let flavour = self.dialect.0;
        move |world| {
            let ran = match (parse(&statement.text), flavour) {
                (Some(bulk), _) => {
                    let rows = world.kept.tables.get(bulk.table).copied();
                    bulk.bad == 0 && rows >= Some(bulk.rows)
                }
                (None, Flavour::Plain) => world.kept.marks.contains(&mark),
                (None, _) => return None,
            };
            let without = Verdict::Without { clear: Vec::new() };
            Some(if ran { Verdict::With } else { without })
        }
    }

    pub(super) fn foreseen(&mut self, statement: &Statement) -> Result<Option<Preview>> {
        let Some(bulk) = parse(&statement.text) else {
            return Ok(None);
        };
        self.at(&format!("preview {}", bulk.table), |world| {
            let there = world.kept.tables.get(bulk.table).copied().unwrap_or(0);
            let name = |n: usize| format!("{}:{n}", bulk.table);
            Ok(Some(Preview {
                keys: bulk.rows.saturating_sub(there) as u64,
                counted: false,
                samples: vec![(name(1), name(2))],
            }))
        })
    }
}

/// The lock of a connection, which may end while it works.
pub(super) struct Lease {
    table: String,
    connection: u64,
    flavour: Flavour,
}

impl Lease {
    /// Nothing is written once another run has the lock, where a lock can end by itself.
    pub(super) fn holds(&self, world: &World) -> Result<()> {
        let taken = world.locks.get(&self.table);
        match taken.is_some_and(|lock| lock.connection != self.connection) {
            true if self.flavour == Flavour::Plain => Err(Error::new(
                Code::LeaseLost,
                "the lock ended by itself, and another run took it",
            )
            .help("look at what the other run does, then run the same command again")),
            _ => Ok(()),
        }
    }
}

impl Connection {
    pub(super) fn lease(&self) -> Lease {
        Lease {
            table: self.run.table.clone(),
            connection: self.number,
            flavour: self.dialect.0,
        }
    }
}

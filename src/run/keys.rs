//! Statements that work through many keys: what came of them, told while they run and kept for the
//! log. Decides nothing but when to stop, which is between two batches.

use super::lock::interrupted;
use super::{Connection, Context, Event};
use crate::plan::Planned;
use initium_driver::driver::Progress;
use initium_driver::error::At;
use initium_driver::{Effect, Entry, Outcome, Result, Script};
use std::time::Instant;

/// What came of the keys of one migration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Keys {
    before: Progress,
    /// Of the statement that runs; a driver that goes on where it stopped counts from its beginning.
    now: Progress,
}

impl Keys {
    pub(super) fn all(&self) -> Progress {
        Progress {
            processed: self.before.processed + self.now.processed,
            skipped: self.before.skipped + self.now.skipped,
            failed: self.before.failed + self.now.failed,
            total: self.before.total + self.now.total,
        }
    }

    /// Of one migration, if it has such a statement at all.
    pub(super) fn of(&self, planned: &Planned) -> Option<Progress> {
        planned.has_bulk().then(|| self.all())
    }

    /// The log row says what came of the keys.
    pub(super) fn write(&self, planned: &Planned, script: &mut Script) {
        let (Some(keys), Script::Together(parts)) = (self.of(planned), script) else {
            return;
        };
        for entry in parts.iter_mut().flat_map(|part| &mut part.entries) {
            if let Entry::Attempt(row) = entry
                && row.outcome == Outcome::Ok
            {
                row.message = Some(words(&keys));
            }
        }
    }
}

fn words(keys: &Progress) -> String {
    let mut text = format!("processed {}, skipped {}", keys.processed, keys.skipped);
    if keys.failed > 0 {
        text += &format!(", failed {}", keys.failed);
    }
    text
}

/// Sends a script. Where its statement works through many keys, tells how far it is, and stops
/// between two batches where somebody asked for it.
pub(super) fn send(
    connection: &mut Connection,
    planned: &Planned,
    group: usize,
    script: &Script,
    keys: &mut Keys,
    context: &mut Context,
) -> Result<()> {
    match script {
        Script::Alone { statement, .. } if statement.effect == Effect::Bulk => {}
        _ => return connection.driver.execute(script),
    }
    let start = Instant::now();
    let at = planned.first_of(group);
    let number = planned.count(0..at) + 1;
    let of = planned.count(0..planned.statements.len());
    let before = keys.before;
    let mut tell = |progress: &Progress| {
        keys.now = *progress;
        (context.tell)(&Event::Progress {
            target: &planned.target,
            id: &planned.id,
            number,
            of,
            progress,
            elapsed: start.elapsed(),
        });
        interrupted(context)
    };
    let answer = connection.driver.execute_telling(script, &mut tell);
    match answer {
        Ok(()) => {
            keys.before = keys.all();
            keys.now = Progress::default();
            Ok(())
        }
        Err(error) => {
            keys.before = before;
            Err(match error.failed_at() {
                Some(_) => error,
                None => error.at(At::default()),
            })
        }
    }
}

/// A bulk statement that lost its connection is gone on with, as long as that leads anywhere.
#[derive(Debug, Default)]
pub(super) struct Losses {
    count: usize,
    seen: Option<u64>,
}

/// A network that breaks that often in one run will not let it end.
const MOST: usize = 20;

impl Losses {
    pub(super) fn may_go_on(
        &mut self,
        planned: &Planned,
        stopped: &super::execute::Stopped,
    ) -> bool {
        let at = stopped
            .error
            .failed_at()
            .map_or(planned.done, |at| at.statement);
        let seen = Some(stopped.keys.seen());
        let further = self.seen != seen;
        self.count += 1;
        self.seen = seen;
        planned.is_bulk(at) && further && self.count <= MOST
    }
}

//! Plan and driver to a [`Report`]: lock, apply, verify, clean up, roll back. The only room that
//! writes to a database. It tells events and returns values; it never prints.

mod apply;
mod baseline;
mod callback;
mod cleanup;
mod declare;
mod desired;
mod edits;
mod execute;
mod export;
mod facts;
mod failure;
mod foreign;
mod foresee;
mod ground;
mod import;
mod keys;
mod lock;
mod lost;
mod repair;
mod rollback;
mod squash;
mod unlock;
mod verify;

pub use apply::{apply, plan};
pub use baseline::{Adopt, baseline};
pub use cleanup::{cleanup, plan as preview_cleanup};
pub use declare::{compare, declare, drift, drifted};
pub use desired::{Compared, Ground, Here, Look, Wanted, between, ddl, declared, replayed};
pub use export::{Given, export, preview_export};
pub use facts::{Gate, Past, gate, histories, look, prospects};
pub use foreign::{tables, unexpected};
pub use foresee::foresee;
pub use ground::grounds;
pub use import::{Taken, Wish, accepted, import, preview_import};
pub use lock::{describe, with_lock};
pub use repair::{Repair, repair};
pub use rollback::{preview_rollback, rollback};
pub use squash::{Rows, Squashed, squash};
pub use unlock::{holders, unlock};
pub use verify::verify;

use crate::plan::{Author, Skipped};
use initium_driver::driver::Progress;
use initium_driver::{Driver, Error, Holder, Phase};
use std::time::Duration;

/// An open connection and the target it is for.
pub struct Connection {
    pub target: String,
    /// Where its lock is, in words that two runs agree on whatever their specs call the target.
    pub address: String,
    pub driver: Box<dyn Driver>,
    /// Another one like it, for when this one is lost.
    pub reopen: Open,
    /// One to an empty database, in which SQL is built to be compared; absent where nobody named one.
    pub scratch: Option<Open>,
}

/// Opens a connection.
pub type Open = Box<dyn FnMut() -> initium_driver::Result<Box<dyn Driver>>>;

/// What every run needs to know.
pub struct Context<'a> {
    pub author: Author,
    pub lock_wait: Duration,
    /// What the environment says.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// Who asked to stop, if anybody did.
    pub stop: &'a dyn Fn() -> Option<Stop>,
    pub tell: &'a mut dyn FnMut(&Event),
}

/// A signal asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    pub signal: i32,
    pub patience: Patience,
}

/// Whether what runs may run to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    Left,
    /// The grace is over: what ran was ended.
    Over,
}

/// Whose work was found after a connection was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Us,
    /// Before there was a new connection, another run had the lock.
    AnotherRun,
}

/// Told while running.
#[derive(Debug)]
pub enum Event<'a> {
    /// Another run holds the lock.
    Waiting {
        target: &'a str,
        holder: &'a Holder,
    },
    Started {
        target: &'a str,
        id: &'a str,
        phase: Phase,
    },
    /// A change that loses data or breaks running programs, and is made all the same.
    Breaking {
        target: &'a str,
        what: &'a str,
    },
    /// It stands before an applied one, and is left out.
    Skipped(&'a Skipped),
    /// A statement could not get a lock of the database and is tried again.
    Retrying {
        target: &'a str,
        id: &'a str,
        error: &'a Error,
        /// Whose sessions it waits for, as far as the server tells.
        blockers: &'a [Holder],
    },
    /// The connection was lost, and a new one shows that what was sent is there.
    Proven {
        target: &'a str,
        id: &'a str,
        error: &'a Error,
        by: By,
    },
    /// How far a statement is that works through many keys.
    Progress {
        target: &'a str,
        id: &'a str,
        /// Which statement, from 1, of how many.
        number: usize,
        of: usize,
        progress: &'a Progress,
        /// Since this run began with it.
        elapsed: Duration,
    },
    /// The connection was lost in the middle of such a statement; over a new one it goes on.
    Resuming {
        target: &'a str,
        id: &'a str,
        error: &'a Error,
    },
    Finished {
        done: &'a Done,
    },
}

/// One migration, after it was worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    pub target: String,
    pub id: String,
    pub name: String,
    pub outcome: Outcome,
    pub duration: Duration,
    pub statements: usize,
    pub reason: Option<String>,
    /// What came of the keys, where statements worked through many.
    pub keys: Option<Progress>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Applied,
    /// It is, for there was nothing to move.
    Empty,
    /// It was before, and ran once more.
    Rerun,
    NotApplicable,
    RolledBack,
    Verified,
    CleanedUp,
    Adopted,
    Repaired,
    /// It is no migration.
    Called,
    /// To a spec.
    Added,
    Failed,
}

/// What happened, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub done: Vec<Done>,
}

/// An error and what was done before it.
#[derive(Debug)]
pub struct Failure {
    pub report: Report,
    pub error: Error,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure {
            report: Report::default(),
            error,
        }
    }
}

impl AsRef<Error> for Failure {
    fn as_ref(&self) -> &Error {
        &self.error
    }
}

pub type Outcomes = Result<Report, Failure>;

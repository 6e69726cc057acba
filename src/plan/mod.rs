//! Facts to a [`Plan`]: what is pending, in which order, in which transactions, and how it is
//! undone. Pure: no driver, no clock, no file is reachable from here, so nothing that decides can
//! write.

mod callback;
mod choice;
mod cleanup;
mod course;
mod declared;
mod edits;
mod fill;
mod import;
mod later;
mod logical;
mod order;
mod resume;
mod rules;
mod script;
mod secrecy;
mod stand;
mod status;
mod steps;
mod stored;
mod undo;
mod wanted;

pub use callback::{around, callbacks};
pub use choice::{Order, Skipped, Tags, skipped};
pub use cleanup::{Cleanup, plan_cleanup, plan_cleanups};
pub use course::replay;
pub use declared::check_breaking;
pub use fill::{Given, Unset, fill};
pub use import::{Fate, Lenience, Mapping, Matched, Taking, take, text};
pub use logical::Kept;
pub use order::{audit, plan_apply};
pub use resume::{Judged, clearing, statement_of};
pub use rules::{Ahead, Beside, Recheck, Rules, TxMode};
pub use script::{
    Author, EMPTY, Stage, accept, attempt, baseline, empty, imported, not_applicable, removal,
    rerunning, scripts, state, together, why_not,
};
pub use secrecy::{HIDDEN, discreet, told};
pub use status::{Half, Known, Status, statuses};
pub use steps::check_one_transaction;
pub use stored::edited_since;
pub use undo::{Until, chosen, plan_rollback};
pub use wanted::{Up, Wanted, expected, hash, wanted};

use crate::diff::Difference;
use crate::spec::{Is, Secrecy};
use initium_driver::catalog::{Catalog, Sizes};
use initium_driver::driver::Preview;
use initium_driver::sorted;
use initium_driver::{Dialect, Effect, Error, History, Phase, Result, State, Statement, Step};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// What is known of one target when a plan is made.
pub struct Facts<'a> {
    pub target: &'a str,
    pub dialect: &'a dyn Dialect,
    pub history: &'a History,
    /// What became of the statements that the history has only the intent of.
    pub verdicts: &'a [Judged],
    pub wanted: Vec<Wanted<'a>>,
    pub seen: Seen<'a>,
    /// What lies between the database and its declared schema, where somebody looked.
    pub difference: Option<&'a Difference>,
}

/// What the database holds. Only changes need to know it, so it is asked where some are pending.
#[derive(Clone, Copy, Debug, Default)]
pub enum Seen<'a> {
    #[default]
    Nothing,
    Held {
        catalog: &'a Catalog,
        sizes: &'a Sizes,
    },
    /// Nothing is made, whatever is there.
    Adopted,
}

/// Ordered, printable, comparable: everything a run will do.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub migrations: Vec<Planned>,
    /// The targets whose declared schema is looked at once these migrations ran.
    pub later: Vec<String>,
    /// What is left out because of the order.
    pub skipped: Vec<Skipped>,
    /// The migration where it ends, and why: what that one needs to know is known only behind those
    /// before it.
    pub unforeseen: Option<(String, Error)>,
    /// What runs around the migrations and is none.
    pub before: Vec<Planned>,
    pub after: Vec<Planned>,
}

/// One plan over all targets, in the order of the spec. It ends where it ends on one of them.
pub fn united(plans: Vec<Plan>, order: &HashMap<&str, usize>) -> Result<Plan> {
    let mut all = Plan::default();
    let place = |id: &str| order.get(id).copied();
    for plan in plans {
        all.migrations.extend(plan.migrations);
        all.later.extend(plan.later);
        all.before.extend(plan.before);
        all.after.extend(plan.after);
        all.skipped.extend(plan.skipped);
        if let Some((id, error)) = plan.unforeseen
            && all
                .unforeseen
                .as_ref()
                .is_none_or(|(known, _)| place(&id) < place(known))
        {
            all.unforeseen = Some((id, error));
        }
    }
    if let Some((id, _)) = &all.unforeseen {
        let end = place(id);
        all.migrations.retain(|one| place(&one.id) < end);
    }
    arrange(&mut all.migrations, &|one| place(&one.id));
    match all.unforeseen {
        Some((_, error)) if all.migrations.is_empty() => Err(error),
        _ => Ok(all),
    }
}

/// Those of several targets in one order; what has the same place stays as it stands. One rule of any
/// kind, because a sort is compiled anew for each type of rule: four kilobytes.
pub fn arrange(migrations: &mut [Planned], place: &dyn Fn(&Planned) -> Option<usize>) {
    sorted::by_key(migrations, place);
}

/// One list of statements of one migration on one target.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    pub target: String,
    pub id: String,
    pub name: String,
    pub tags: Vec<String>,
    pub phase: Phase,
    pub start: Start,
    /// A list of steps that an earlier run left unfinished, and that has no meaning behind this one.
    pub stale: Option<Phase>,
    pub secrecy: Secrecy,
    pub checksum: String,
    /// A query and the reason to record where it answers false.
    pub condition: Option<Condition>,
    pub statements: Vec<Statement>,
    /// How many of them already ran, in an earlier run that failed.
    pub done: usize,
    /// Those of them that ran in a run that died before it could say so; recorded with the rest.
    pub took: Vec<usize>,
    /// Run first: they remove what a dead run left of the next statement.
    pub clear: Vec<Statement>,
    pub groups: Vec<Group>,
    pub proof: Proof,
    /// What the statements are made of, where no file says them; nothing where an earlier run made them.
    pub difference: Option<Difference>,
    /// What looking at the database tells of statements, by their index; empty until somebody looks.
    pub previews: BTreeMap<usize, Preview>,
    /// The normal form of each statement, hashed, for the step records.
    pub fingerprints: Vec<String>,
    /// Whether there is a `down`.
    pub reversible: bool,
    /// Kept in the ledger, to show what is edited later.
    pub up: Option<String>,
    /// Kept in the ledger, so that an image without the scripts can undo.
    pub down: Option<String>,
    pub cleanup: Option<String>,
    /// It is recorded so without being run.
    pub settled: Option<Settled>,
    /// The row that keeps the statements while some of them ran and some did not: those that are made
    /// of changes cannot be made again.
    pub keeps: Option<Step>,
}

impl Planned {
    /// Whether a statement works through many keys.
    pub fn is_bulk(&self, n: usize) -> bool {
        let statement = self.statements.get(n);
        statement.is_some_and(|statement| statement.effect == Effect::Bulk)
    }

    /// Whether any statement that is left does.
    pub fn has_bulk(&self) -> bool {
        (self.done..self.statements.len()).any(|n| self.is_bulk(n))
    }

    /// Whether it does nothing but move what is there.
    pub fn only_moves(&self) -> bool {
        self.phase == Phase::Up
            && !self.statements.is_empty()
            && (0..self.statements.len()).all(|n| self.is_bulk(n))
    }

    /// The first statement of a group.
    pub fn first_of(&self, group: usize) -> usize {
        match self.groups.get(group) {
            Some(Group::Together(range)) => range.start,
            Some(Group::Alone(n)) => *n,
            None => 0,
        }
    }

    /// How many statements these entries stand for.
    pub fn count(&self, entries: Range<usize>) -> usize {
        self.statements[entries].iter().map(Statement::count).sum()
    }
}

/// How a migration is recorded that another one stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    pub state: State,
    pub reason: String,
    /// Records that it takes the place of.
    pub forgets: Vec<String>,
}

impl Settled {
    fn by(state: State, reason: String) -> Settled {
        Settled {
            state,
            reason,
            forgets: Vec::new(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    pub question: Question,
    pub reason: Option<String>,
}

/// What is asked before a migration runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    Query(String),
    /// Of the environment of the run.
    Variable(String, Is),
}

impl Question {
    /// As plans and records show it.
    pub fn told(&self, secrecy: Secrecy) -> String {
        match self {
            Question::Query(text) => told(secrecy, text).into(),
            Question::Variable(name, Is::Set) => format!("{name} is set"),
            Question::Variable(name, Is::Unset) => format!("{name} is not set"),
        }
    }
}

/// Statements that commit together, or one that cannot be part of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Group {
    Together(Range<usize>),
    Alone(usize),
}

/// Why an `up` is in the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    #[default]
    Pending,
    /// It did not apply here, and is asked again.
    Recheck,
    /// The declared schema is another one than the one that is recorded.
    Redeclared,
    /// It is one that runs again whenever its text changes, and it did.
    Changed,
    /// It is no migration: it runs with those of a run.
    Callback,
    /// It is applied, and runs once more, for what was written behind it.
    Rerun,
}

/// What proves that a statement ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proof {
    /// Its transaction, or what the catalog shows.
    #[default]
    Transaction,
    /// There are no transactions: a mark, which the driver writes with the statement under the name
    /// that the intent gives it. So the two travel together.
    Mark,
}

impl Plan {
    pub fn is_empty(&self) -> bool {
        self.migrations.is_empty()
    }

    /// With what runs around them.
    pub fn all(&self) -> impl Iterator<Item = &Planned> {
        self.before
            .iter()
            .chain(&self.migrations)
            .chain(&self.after)
    }

    pub fn statements(&self) -> usize {
        self.migrations
            .iter()
            .map(|m| m.count(m.done..m.statements.len()))
            .sum()
    }
}

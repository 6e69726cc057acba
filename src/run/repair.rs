//! `repair`: settles one named thing, and leaves a row that says who did it and why.

use super::facts::{histories, look};
use super::lock::{waiting, with_lock};
use super::{Connection, Context, Done, Event, Outcome, Outcomes, Report};
use crate::plan::{Facts, accept, attempt};
use crate::spec::Spec;
use initium_driver::{Code, Entry, Error, Script, Step, StepState};
use std::time::Duration;

/// What is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repair {
    /// The edited text is right.
    Accept { id: String },
    /// The undecided statement took effect.
    Done { id: String, statement: u64 },
    /// It did not.
    Retry { id: String, statement: u64 },
}

impl Repair {
    pub fn id(&self) -> &str {
        match self {
            Repair::Accept { id } | Repair::Done { id, .. } | Repair::Retry { id, .. } => id,
        }
    }
}

/// Repairs. Exactly one target may be concerned.
pub fn repair(
    spec: &Spec,
    connections: &mut [Connection],
    what: &Repair,
    context: &mut Context,
) -> Outcomes {
    with_lock(connections, context, |connections, context| {
        let histories = waiting(context, || histories(spec, connections))?;
        let mut found = Vec::new();
        for (n, facts) in look(spec, connections, &histories)?.iter().enumerate() {
            if let Some(script) = script(facts, what, context) {
                found.push((n, script));
            }
        }
        let [(n, script)] = found.as_slice() else {
            return Err(refused(what, found.len()).into());
        };
        let connection = &mut connections[*n];
        if let Repair::Accept { .. } = what {
            // What an older version left has no place for the text.
            waiting(context, || connection.driver.prepare_ledger())
                .map_err(|e| e.target(&connection.target))?;
        }
        connection
            .driver
            .execute(script)
            .map_err(|e| e.target(&connection.target))?;
        let done = Done {
            target: connection.target.clone(),
            id: what.id().into(),
            name: what.id().into(),
            outcome: Outcome::Repaired,
            duration: Duration::ZERO,
            statements: 0,
            reason: context.author.reason.clone(),
            keys: None,
        };
        (context.tell)(&Event::Finished { done: &done });
        Ok(Report { done: vec![done] })
    })
}

fn script(facts: &Facts, what: &Repair, context: &Context) -> Option<Script> {
    let log = attempt(Some(what.id()), None, &context.author);
    match what {
        Repair::Accept { id } => {
            let one = facts.wanted.iter().find(|one| one.migration.id == *id)?;
            facts
                .history
                .record(id)
                .filter(|record| record.checksum != one.checksum)?;
            Some(accept(one, &context.author))
        }
        Repair::Done { id, statement } => {
            let step = undecided(facts, id, *statement)?.clone().done();
            Some(Script::entries(vec![Entry::Step(step), log]))
        }
        Repair::Retry { id, statement } => {
            let step = undecided(facts, id, *statement)?;
            let unstep = Entry::Unstep {
                id: id.clone(),
                phase: step.phase,
                number: step.number,
            };
            Some(Script::entries(vec![unstep, log]))
        }
    }
}

fn undecided<'a>(facts: &Facts<'a>, id: &str, statement: u64) -> Option<&'a Step> {
    facts
        .history
        .steps
        .iter()
        .find(|s| s.id == id && s.number == statement && s.state == StepState::Intent)
}

fn refused(what: &Repair, found: usize) -> Error {
    let id = what.id();
    let message = match (what, found) {
        (_, 2..) => format!("'{id}' needs repair on several targets; choose one with --target"),
        (Repair::Accept { .. }, _) => {
            format!("migration '{id}' is not an applied migration that was edited")
        }
        (Repair::Done { statement, .. } | Repair::Retry { statement, .. }, _) => {
            format!("statement {statement} of migration '{id}' is not undecided")
        }
    };
    Error::new(Code::RepairRefused, message)
        .help("see `initium migrate status` for what is wrong; repair settles only what is named")
        .migration(id)
}

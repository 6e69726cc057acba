//! What is known of a failure: where it stands, who was in the way, whether the statement left
//! something all the same, and the row that remembers it.

use super::lock::{describe, discreet_if_ours, stopped};
use super::{Connection, Context, Patience};
use crate::plan::{Group, Planned, attempt, clearing, removal, rerunning, told};
use crate::spec::Secrecy;
use initium_driver::{Code, Entry, Error, Holder, Result, Script, Verdict};
use std::time::Duration;

/// Whose sessions the statement waited for. They may be gone by now; that is no error.
pub(super) fn blockers(connection: &mut Connection, script: &Script, error: &Error) -> Vec<Holder> {
    let at = error.failed_at().unwrap_or_default();
    let statement = match script {
        Script::Together(parts) => parts
            .get(at.part)
            .and_then(|part| part.statements.get(at.statement)),
        Script::Alone { statement, .. } => Some(statement.as_ref()),
    };
    let ask = |statement| connection.driver.blockers(statement).unwrap_or_default();
    let found = statement.map(ask).unwrap_or_default();
    found.into_iter().map(discreet_if_ours).collect()
}

pub(super) fn blocked(error: Error, blockers: &[Holder]) -> Error {
    match blockers {
        [] => error,
        some => {
            let some: Vec<_> = some.iter().map(describe).collect();
            error.help(format!("it waited for {}", some.join("; ")))
        }
    }
}

/// The grace was over and the statement was ended: that is the story, not what the server calls it.
pub(super) fn ended(error: Error, context: &Context) -> Error {
    match (context.stop)() {
        Some(stop) if stop.patience == Patience::Over && error.code() == Code::StatementFailed => {
            let told = stopped(
                stop,
                "while a statement ran, which was ended and rolled back",
            );
            let told = told.server(error.server_said().clone());
            match error.failed_at() {
                Some(at) => told.at(at),
                None => told,
            }
        }
        _ => error,
    }
}

/// The place in the file the user edits, with the line for the caret.
pub(super) fn placed(error: Error, planned: &Planned) -> Error {
    let error = error.migration(&planned.id).target(&planned.target);
    let Some((at, statement)) = error
        .failed_at()
        .and_then(|at| Some((at, planned.statements.get(at.statement)?)))
    else {
        return error;
    };
    let offset = at.offset.unwrap_or(0);
    let error = match stays(planned, at.statement) {
        0 => error,
        _ if error.code() == Code::LeaseLost => error,
        n => error.help(format!(
            "{} before it took effect and {}: mend this one and apply again, it goes on here",
            count(n),
            if n == 1 { "stays" } else { "stay" }
        )),
    };
    let before = planned.count(0..at.statement);
    let of = planned.count(0..planned.statements.len());
    match (error.spot().statement, planned.secrecy) {
        // One of a stretch: the driver has read it and told its place.
        (Some((number, _)), _) => error.statement(before + number, of),
        (None, secrecy) => {
            let error = error
                .place(statement.place_of(offset))
                .statement(before + 1, of);
            match secrecy {
                Secrecy::Open => error.excerpt(statement.excerpt_of(offset)),
                Secrecy::Sensitive => error,
            }
        }
    }
}

/// How many statements before this one are committed, where not all are one transaction.
fn stays(planned: &Planned, statement: usize) -> usize {
    let starts = planned.groups.iter().map(|group| match group {
        Group::Together(range) if range.contains(&statement) => range.start,
        Group::Together(range) => range.end.min(statement),
        Group::Alone(n) => *n,
    });
    match planned.groups.len() {
        1 => planned.done,
        _ => starts
            .filter(|start| *start <= statement)
            .max()
            .unwrap_or(0),
    }
}

fn count(n: usize) -> String {
    match n {
        1 => "the statement".into(),
        n => format!("the {n} statements"),
    }
}

/// What becomes of the intent of a statement that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Intent {
    /// The statement left nothing, so it never ran.
    Goes,
    /// It did leave something: the next run looks at it.
    Stays,
}

/// A statement outside a transaction failed: whether it left something, and if so, that goes.
pub(super) fn settle(
    connection: &mut Connection,
    planned: &Planned,
    error: Error,
) -> (Error, Intent) {
    let alone = |n: usize| planned.groups.contains(&Group::Alone(n));
    let Some(at) = error.failed_at().filter(|at| alone(at.statement)) else {
        return (error, Intent::Goes);
    };
    // The ledger belongs to another run now.
    if error.code() == Code::LeaseLost {
        return (error, Intent::Stays);
    }
    // It stopped between two batches, and goes on there.
    if error.code() == Code::Interrupted && planned.is_bulk(at.statement) {
        return (error, Intent::Stays);
    }
    // Who cannot look, for want of a connection or of rights, knows as little as before.
    match look(connection, planned, at.statement) {
        Err(_) | Ok(Verdict::Invisible(_)) => (error, Intent::Goes),
        Ok(Verdict::Without { clear }) => {
            let run = |text: &String| {
                let statement = clearing(text, &planned.id, at.statement as u64 + 1);
                connection.driver.execute(&removal(&statement))
            };
            match clear.iter().try_for_each(run) {
                Ok(()) => (error, Intent::Goes),
                Err(_) => (error.and(LEFT), Intent::Stays),
            }
        }
        Ok(Verdict::With) => (error.and(TOOK), Intent::Stays),
        Ok(Verdict::Otherwise(found)) => {
            let found = told(planned.secrecy, &found);
            let what = format!("it failed and changed the schema: {found}");
            (error.and(&what), Intent::Stays)
        }
    }
}

const LEFT: &str = "what it left behind is removed by the next run";
const TOOK: &str = "it took effect all the same, and the next run goes on behind it";

fn look(connection: &mut Connection, planned: &Planned, n: usize) -> Result<Verdict> {
    let number = n as u64 + 1;
    let history = connection.driver.history()?;
    let mine = |id: &str, phase| id == planned.id && phase == planned.phase;
    let mut steps = history.steps.iter();
    let step = steps.find(|s| mine(&s.id, s.phase) && s.number == number);
    match (step, planned.statements.get(n)) {
        (Some(step), Some(statement)) => connection.driver.verdict(step, statement),
        _ => Ok(Verdict::Invisible("there is no intent of it".into())),
    }
}

/// The log keeps failures too.
pub(super) fn remember(
    connection: &mut Connection,
    planned: &Planned,
    error: &Error,
    intent: Intent,
    spent: Duration,
    context: &Context,
) {
    // What is written now would stand among the rows of the run that has the lock.
    if error.code() == Code::LeaseLost {
        return;
    }
    let mut entries = Vec::new();
    if let Some(at) = error
        .failed_at()
        .filter(|at| planned.groups.contains(&Group::Alone(at.statement)))
        .filter(|_| intent == Intent::Goes)
    {
        entries.push(Entry::Unstep {
            id: planned.id.clone(),
            phase: planned.phase,
            number: at.statement as u64 + 1,
        });
    }
    let author = rerunning(planned, &context.author);
    let mut row = attempt(Some(&planned.id), Some(error), &author);
    if let Entry::Attempt(attempt) = &mut row {
        attempt.duration_ms = spent.as_millis() as u64;
    }
    entries.push(row);
    // The migration's own error is the one to report, not a second one on top.
    let _ = connection.driver.execute(&Script::entries(entries));
}

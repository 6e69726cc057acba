//! A lost connection: nobody knows what became of what was sent. A new connection takes the lock,
//! which an orphan of the old one keeps for as long as it works, and then the ledger tells. Must
//! never send anything a second time: whoever comes here plans again.

use super::execute::{Stopped, end_of, finish};
use super::keys::Losses;
use super::lock::take;
use super::{By, Connection, Context, Event, Outcome, Report};
use crate::plan::{Plan, Planned, rerunning};
use initium_driver::{Code, Error, Result};
use std::time::Duration;

/// How many rows of the log are looked at: more than one run can write while we reconnect.
const ROWS: u64 = 200;

/// A new connection under a new lock; the error of the old one where that cannot be.
pub(super) fn reconnect(
    connection: &mut Connection,
    error: Error,
    context: &mut Context,
) -> Result<Error> {
    match (connection.reopen)() {
        Ok(driver) => connection.driver = driver,
        Err(_) => return Err(error),
    }
    match take(connection, context) {
        Ok(()) => Ok(error),
        Err(_) => Err(error),
    }
}

/// Whether the ledger has what only the end of this list of statements writes.
pub(super) fn proven(
    connection: &mut Connection,
    planned: &Planned,
    context: &Context,
) -> Result<bool> {
    let author = rerunning(planned, &context.author);
    let rows = connection.driver.attempts(ROWS)?;
    Ok(rows.iter().any(|row| {
        row.run == author.run
            && row.action == author.action
            && row.id.as_deref() == Some(planned.id.as_str())
            && row.outcome == initium_driver::Outcome::Ok
    }))
}

/// How it became known that a list of statements ran, or that it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Answered,
    /// Over a new connection, under a new lock: what was planned before may be done by others.
    Proven,
    /// So is this, and it is to be sent again: it works through many keys and goes on where it was.
    Again,
}

/// What came of a list of statements, also where the connection took the answer with it.
pub(super) fn or_proven(
    connection: &mut Connection,
    planned: &Planned,
    answer: Result<(), Stopped>,
    losses: &mut Losses,
    context: &mut Context,
    report: &mut Report,
) -> Result<Known> {
    let stopped = match answer {
        Ok(()) => return Ok(Known::Answered),
        Err(stopped) if stopped.error.code() == Code::ConnectionLost => stopped,
        Err(stopped) => return Err(stopped.error),
    };
    let may_go_on = losses.may_go_on(planned, &stopped);
    let (error, keys) = (stopped.error, stopped.keys);
    let failed = |error, context: &mut Context, report: &mut Report| {
        let keys = planned.has_bulk().then_some(keys);
        finish(
            planned,
            Outcome::Failed,
            Duration::ZERO,
            keys,
            context,
            report,
        );
        Err(error)
    };
    let error = match reconnect(connection, error, context) {
        Ok(error) => error,
        Err(error) => return failed(error, context, report),
    };
    if !proven(connection, planned, context)? {
        if may_go_on {
            resuming(planned, &error, context);
            return Ok(Known::Again);
        }
        return failed(nothing_of_it(error), context, report);
    }
    tell(planned, &error, By::Us, context);
    finish(
        planned,
        end_of(planned),
        Duration::ZERO,
        None,
        context,
        report,
    );
    Ok(Known::Proven)
}

/// Tells that a statement goes on over a new connection.
pub(super) fn resuming(planned: &Planned, error: &Error, context: &mut Context) {
    (context.tell)(&Event::Resuming {
        target: &planned.target,
        id: &planned.id,
        error,
    });
}

/// Tells that what was sent is there, though no answer came.
pub(super) fn tell(planned: &Planned, error: &Error, by: By, context: &mut Context) {
    (context.tell)(&Event::Proven {
        target: &planned.target,
        id: &planned.id,
        error,
        by,
    });
}

/// Whether the new plan is further than the old one: then something of what was sent was committed,
/// and going on does not mean going round in a circle.
pub(super) fn further(lost: &Planned, plan: &Plan) -> bool {
    let same = |one: &&Planned| (&one.target, &one.id) == (&lost.target, &lost.id);
    match plan.migrations.iter().find(same) {
        Some(one) => one.done > lost.done,
        None => true,
    }
}

/// The old error, now that more is known.
pub(super) fn nothing_of_it(error: Error) -> Error {
    match error.code() {
        Code::ConnectionLost => error.help(
            "a new connection shows that what was sent was not committed; run the same command again",
        ),
        _ => error,
    }
}

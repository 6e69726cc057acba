//! Running planned migrations under the lock: script by script, with the failure logged and placed.

use super::lock::{interrupted, jitter};
use super::{Connection, Context, Done, Event, Failure, Outcome, Report};
use crate::plan::{Group, Planned, attempt, not_applicable, scripts, together, why_not};
use initium_driver::{Code, Effect, Entry, Error, Phase, Result, Script};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Runs one migration after the other; stops at the first failure.
pub(super) fn run_each(
    connection: &mut Connection,
    planned: &Planned,
    seq: u64,
    context: &mut Context,
    report: &mut Report,
) -> Result<()> {
    interrupted(context)?;
    let start = Instant::now();
    (context.tell)(&Event::Started {
        target: &planned.target,
        id: &planned.id,
        phase: planned.phase,
    });
    let outcome = match work(connection, planned, seq, start, context) {
        Ok(outcome) => outcome,
        Err(error) => {
            let error = placed(error, planned);
            remember(connection, planned, &error, start, context);
            finish(planned, Outcome::Failed, start, context, report);
            return Err(error);
        }
    };
    finish(planned, outcome, start, context, report);
    Ok(())
}

fn work(
    connection: &mut Connection,
    planned: &Planned,
    seq: u64,
    start: Instant,
    context: &mut Context,
) -> Result<Outcome> {
    if let Some(condition) = &planned.condition {
        let rows = connection.driver.query(&condition.query)?;
        if !is_true(rows.first()) {
            connection
                .driver
                .execute(&not_applicable(planned, seq, &context.author))?;
            return Ok(Outcome::NotApplicable);
        }
    }
    let mut scripts = scripts(planned, seq, &context.author);
    let many = scripts.len() > 1;
    for (script, group) in scripts.iter_mut().zip(0..) {
        if many {
            count_time(script, start.elapsed());
        }
        patiently(connection, planned, script, context)
            .map_err(|error| at_group(error, planned, group))?;
    }
    Ok(match planned.phase {
        Phase::Up => Outcome::Applied,
        Phase::Down => Outcome::RolledBack,
        Phase::Verify => Outcome::Verified,
        Phase::Cleanup => Outcome::CleanedUp,
    })
}

/// All migrations in one transaction.
pub(super) fn run_together(
    connection: &mut Connection,
    planned: &[&Planned],
    seq: u64,
    context: &mut Context,
    report: &mut Report,
) -> Result<()> {
    interrupted(context)?;
    let start = Instant::now();
    for one in planned {
        (context.tell)(&Event::Started {
            target: &one.target,
            id: &one.id,
            phase: one.phase,
        });
    }
    let script = together(planned, seq, &context.author);
    let first = planned.first().copied();
    let answer = match first {
        Some(first) => patiently(connection, first, &script, context),
        None => Ok(()),
    };
    if let Err(error) = answer {
        let failed = planned[error.failed_at().map_or(0, |at| at.part)];
        let error = placed(at_group(error, failed, 0), failed);
        remember(connection, failed, &error, start, context);
        finish(failed, Outcome::Failed, start, context, report);
        return Err(error);
    }
    for one in planned {
        finish(one, Outcome::Applied, start, context, report);
    }
    Ok(())
}

/// A statement that could not get a lock of the database is tried again until `--lock-wait` is
/// over; only where it certainly had no effect.
fn patiently(
    connection: &mut Connection,
    planned: &Planned,
    script: &Script,
    context: &mut Context,
) -> Result<()> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(100);
    let harmless = match script {
        Script::Together(_) => true,
        Script::Alone { statement, .. } => statement.effect == Effect::Schema,
    };
    loop {
        let error = match connection.driver.execute(script) {
            Err(error) if error.code() == Code::LockTimeout && harmless => error,
            answer => return answer,
        };
        // The statement did not run, which `remember` has to know.
        let here = |stop: Error| match error.failed_at() {
            Some(at) => stop.at(at),
            None => stop,
        };
        interrupted(context).map_err(here)?;
        if start.elapsed() + pause > context.lock_wait {
            return Err(error);
        }
        (context.tell)(&Event::Retrying {
            target: &planned.target,
            id: &planned.id,
            error: &error,
        });
        sleep(jitter(pause));
        pause = (pause * 2).min(Duration::from_secs(5));
    }
}

/// What the scripts before this one took belongs to the migration's duration.
fn count_time(script: &mut Script, spent: Duration) {
    let entries: Vec<&mut Entry> = match script {
        Script::Together(parts) => parts
            .iter_mut()
            .flat_map(|part| &mut part.entries)
            .collect(),
        Script::Alone { after, .. } => after.iter_mut().collect(),
    };
    for entry in entries {
        match entry {
            Entry::Record(record) => record.duration_ms = spent.as_millis() as u64,
            Entry::Attempt(attempt) => attempt.duration_ms = spent.as_millis() as u64,
            _ => {}
        }
    }
}

/// The statement's number in the migration, from its number in the script.
fn at_group(error: Error, planned: &Planned, group: usize) -> Error {
    let Some(mut at) = error.failed_at() else {
        return error;
    };
    at.statement += match planned.groups.get(group) {
        Some(Group::Together(range)) => range.start,
        Some(Group::Alone(n)) => *n,
        None => 0,
    };
    error.at(at)
}

/// The place in the file the user edits, with the line for the caret.
fn placed(error: Error, planned: &Planned) -> Error {
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
        n => error.help(format!(
            "{} before it took effect and {}: mend this one and apply again, it goes on here",
            count(n),
            if n == 1 { "stays" } else { "stay" }
        )),
    };
    let before = planned.count(0..at.statement);
    let of = planned.count(0..planned.statements.len());
    match error.spot().statement {
        // One of a stretch: the driver has read it and told its place.
        Some((number, _)) => error.statement(before + number, of),
        None => error
            .place(statement.place_of(offset))
            .excerpt(statement.excerpt_of(offset))
            .statement(before + 1, of),
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

/// The log keeps failures too; a statement that failed on its own did not run.
fn remember(
    connection: &mut Connection,
    planned: &Planned,
    error: &Error,
    start: Instant,
    context: &Context,
) {
    if error.code() == Code::ConnectionLost {
        return;
    }
    let mut entries = Vec::new();
    if let Some(at) = error
        .failed_at()
        .filter(|at| planned.groups.contains(&Group::Alone(at.statement)))
    {
        let number = at.statement as u64 + 1;
        entries.push(Entry::Unstep {
            id: planned.id.clone(),
            phase: planned.phase,
            number,
        });
    }
    let mut row = attempt(Some(&planned.id), Some(error), &context.author);
    if let Entry::Attempt(attempt) = &mut row {
        attempt.duration_ms = start.elapsed().as_millis() as u64;
    }
    entries.push(row);
    // The migration's own error is the one to report, not a second one on top.
    let _ = connection.driver.execute(&Script::entries(entries));
}

fn finish(
    planned: &Planned,
    outcome: Outcome,
    start: Instant,
    context: &mut Context,
    report: &mut Report,
) {
    let reason = match outcome {
        Outcome::NotApplicable => why_not(planned),
        _ => None,
    };
    let ran = matches!(
        outcome,
        Outcome::Applied | Outcome::RolledBack | Outcome::CleanedUp
    );
    let done = Done {
        target: planned.target.clone(),
        id: planned.id.clone(),
        name: planned.name.clone(),
        outcome,
        duration: start.elapsed(),
        statements: if ran {
            planned.count(planned.done..planned.statements.len())
        } else {
            0
        },
        reason,
    };
    (context.tell)(&Event::Finished { done: &done });
    report.done.push(done);
}

/// What the databases call true.
pub(super) fn is_true(cell: Option<&str>) -> bool {
    !matches!(
        cell,
        None | Some("" | "0" | "f" | "F" | "false" | "FALSE" | "False")
    )
}

/// Ends a run: the report, or the report with the error that ended it.
pub(super) fn outcome(report: Report, answer: Result<()>) -> super::Outcomes {
    match answer {
        Ok(()) => Ok(report),
        Err(error) => Err(Failure { report, error }),
    }
}

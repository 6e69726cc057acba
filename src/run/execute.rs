//! Running planned migrations under the lock: script by script, with the failure logged and placed.

use super::failure::{Intent, blocked, blockers, ended, placed, remember, settle};
use super::keys::{Keys, send};
use super::lock::{interrupted, jitter, nap, waiting};
use super::{Connection, Context, Done, Event, Failure, Outcome, Report};
use crate::plan::{
    Condition, EMPTY, Planned, Question, Stage, Start, discreet, empty, not_applicable, removal,
    scripts, together, why_not,
};
use crate::spec::{Is, Secrecy};
use initium_driver::driver::Progress;
use initium_driver::error::At;
use initium_driver::{Code, Effect, Entry, Error, Phase, Result, Script, State};
use std::time::{Duration, Instant};

/// A migration that did not come to its end.
#[derive(Debug)]
pub(super) struct Stopped {
    pub error: Error,
    /// What was done to keys until then.
    pub keys: Progress,
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Stopped {
        Stopped {
            error,
            keys: Progress::default(),
        }
    }
}

/// Runs one migration after the other; stops at the first failure.
pub(super) fn run_each(
    connection: &mut Connection,
    planned: &Planned,
    seq: u64,
    context: &mut Context,
    report: &mut Report,
) -> Result<(), Stopped> {
    interrupted(context)?;
    let start = Instant::now();
    let mut keys = Keys::default();
    (context.tell)(&Event::Started {
        target: &planned.target,
        id: &planned.id,
        phase: planned.phase,
    });
    let outcome = match work(connection, planned, seq, start, &mut keys, context) {
        Ok(outcome) => outcome,
        // Whoever sent it has to find out what became of it.
        Err(error) if error.code() == Code::ConnectionLost => {
            let (error, keys) = (placed(error, planned), keys.all());
            return Err(Stopped { error, keys });
        }
        Err(error) => {
            let (error, intent) = settle(connection, planned, error);
            let error = placed(ended(error, context), planned);
            let spent = start.elapsed();
            remember(connection, planned, &error, intent, spent, context);
            let keys = keys.of(planned);
            finish(
                planned,
                Outcome::Failed,
                start.elapsed(),
                keys,
                context,
                report,
            );
            return Err(error.into());
        }
    };
    let keys = keys.of(planned).filter(|_| outcome == end_of(planned));
    finish(planned, outcome, start.elapsed(), keys, context, report);
    Ok(())
}

fn work(
    connection: &mut Connection,
    planned: &Planned,
    seq: u64,
    start: Instant,
    keys: &mut Keys,
    context: &mut Context,
) -> Result<Outcome> {
    if let Some(condition) = &planned.condition
        && !holds(connection, planned, condition, context)?
    {
        let script = not_applicable(planned, seq, &context.author);
        waiting(context, || connection.driver.execute(&script))?;
        return Ok(Outcome::NotApplicable);
    }
    if planned.only_moves() && planned.done == 0 && connection.driver.is_empty()? {
        let script = empty(planned, seq, &context.author);
        waiting(context, || connection.driver.execute(&script))?;
        return Ok(Outcome::Empty);
    }
    for left in &planned.clear {
        let sent = Sent {
            planned: &[planned],
            group: 0,
            script: &removal(left),
        };
        patiently(connection, &sent, keys, context).map_err(|error| {
            at_group(error, planned, 0).and("this removes what a dead run left of it")
        })?;
    }
    let mut stages = scripts(planned, seq, &context.author);
    let many = stages.len() > 1;
    for (n, Stage { script, group }) in stages.iter_mut().enumerate() {
        let group = *group;
        // What proves a statement that ran is not held up.
        if n > 0 && script.has_statements() {
            // The intent of what comes next is written already.
            interrupted(context)
                .map_err(|stop| at_group(stop.at(At::default()), planned, group))?;
        }
        if many {
            count_time(script, start.elapsed());
        }
        keys.write(planned, script);
        let sent = Sent {
            planned: &[planned],
            group,
            script,
        };
        patiently(connection, &sent, keys, context)
            .map_err(|error| at_group(error, planned, group))?;
    }
    Ok(end_of(planned))
}

fn holds(
    connection: &mut Connection,
    planned: &Planned,
    condition: &Condition,
    context: &Context,
) -> Result<bool> {
    match &condition.question {
        Question::Query(text) => {
            let rows = waiting(context, || connection.driver.query(text))
                .map_err(|error| discreet(planned.secrecy, error))?;
            Ok(is_true(rows.first()))
        }
        Question::Variable(name, is) => {
            let set = (context.variable)(name).is_some_and(|value| !value.is_empty());
            Ok(set == (*is == Is::Set))
        }
    }
}

/// What a migration is when the list ran to its end.
pub(super) fn end_of(planned: &Planned) -> Outcome {
    match planned.phase {
        Phase::Up if planned.start == Start::Rerun => Outcome::Rerun,
        Phase::Up if planned.start == Start::Callback => Outcome::Called,
        Phase::Up if planned.settled.is_some() => match planned.settled.as_ref().map(|it| it.state)
        {
            Some(State::NotApplicable) => Outcome::NotApplicable,
            _ => Outcome::Adopted,
        },
        Phase::Up => Outcome::Applied,
        Phase::Down => Outcome::RolledBack,
        Phase::Verify => Outcome::Verified,
        Phase::Cleanup => Outcome::CleanedUp,
    }
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
    let sent = Sent {
        planned,
        group: 0,
        script: &script,
    };
    if let Err(error) = patiently(connection, &sent, &mut Keys::default(), context) {
        let failed = planned[error.failed_at().map_or(0, |at| at.part)];
        if error.code() == Code::ConnectionLost {
            return Err(placed(at_group(error, failed, 0), failed));
        }
        let error = ended(error, context);
        let error = placed(at_group(error, failed, 0), failed);
        let goes = Intent::Goes;
        remember(connection, failed, &error, goes, start.elapsed(), context);
        finish(
            failed,
            Outcome::Failed,
            start.elapsed(),
            None,
            context,
            report,
        );
        return Err(error);
    }
    for one in planned {
        finish(one, end_of(one), start.elapsed(), None, context, report);
    }
    Ok(())
}

/// A script, and what it is of.
struct Sent<'a> {
    planned: &'a [&'a Planned],
    group: usize,
    script: &'a Script,
}

/// A statement that could not get a lock of the database is tried again until `--lock-wait` is
/// over; only where it certainly had no effect, or does no harm twice.
fn patiently(
    connection: &mut Connection,
    sent: &Sent,
    keys: &mut Keys,
    context: &mut Context,
) -> Result<()> {
    let Sent {
        planned,
        group,
        script,
    } = *sent;
    let Some(first) = planned.first() else {
        return Ok(());
    };
    let start = Instant::now();
    let mut pause = Duration::from_millis(100);
    let harmless = match script {
        Script::Together(_) => true,
        Script::Alone { statement, .. } => {
            matches!(statement.effect, Effect::Schema | Effect::Bulk)
        }
    };
    loop {
        let error = match send(connection, first, group, script, keys, context) {
            Err(error) if error.code() == Code::LockTimeout && harmless => {
                discreet(of_those(planned, &error), error)
            }
            answer => {
                return answer.map_err(|error| discreet(of_those(planned, &error), error));
            }
        };
        // The statement did not run, which `remember` has to know.
        let here = |stop: Error| match error.failed_at() {
            Some(at) => stop.at(at),
            None => stop,
        };
        interrupted(context).map_err(here)?;
        let blockers = blockers(connection, script, &error);
        if start.elapsed() + pause > context.lock_wait {
            return Err(blocked(error, &blockers));
        }
        (context.tell)(&Event::Retrying {
            target: &first.target,
            id: &first.id,
            error: &error,
            blockers: &blockers,
        });
        nap(jitter(pause), context);
        pause = (pause * 2).min(Duration::from_secs(5));
    }
}

/// In one transaction a failure can quote what any migration before it wrote.
fn of_those(planned: &[&Planned], error: &Error) -> Secrecy {
    let parts = error
        .failed_at()
        .map_or(planned.len(), |at| (at.part + 1).min(planned.len()));
    match planned[..parts]
        .iter()
        .any(|one| one.secrecy == Secrecy::Sensitive)
    {
        true => Secrecy::Sensitive,
        false => Secrecy::Open,
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
    at.statement += planned.first_of(group);
    error.at(at)
}

pub(super) fn finish(
    planned: &Planned,
    outcome: Outcome,
    spent: Duration,
    keys: Option<Progress>,
    context: &mut Context,
    report: &mut Report,
) {
    let reason = match outcome {
        Outcome::Empty => Some(EMPTY.to_string()),
        Outcome::NotApplicable => why_not(planned),
        _ => None,
    };
    let ran = matches!(
        outcome,
        Outcome::Applied | Outcome::Rerun | Outcome::RolledBack | Outcome::CleanedUp
    );
    let done = Done {
        target: planned.target.clone(),
        id: planned.id.clone(),
        name: planned.name.clone(),
        outcome,
        duration: spent,
        statements: if ran {
            planned.count(planned.done..planned.statements.len())
        } else {
            0
        },
        reason,
        keys,
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

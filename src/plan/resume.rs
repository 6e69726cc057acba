//! What an earlier run left of a list of statements: what is behind it, what took effect without a
//! record of it, what has to be removed first. Decides by the verdicts it is given; asks nobody.

use super::Facts;
use super::logical::{Kept as Made, kept};
use super::steps::{Wish, fingerprint, runs};
use super::stored::{self, Kept};
use crate::spec::{Again, Migration, Transaction};
use initium_driver::{
    Code, Dialect, Effect, Error, Phase, Place, Result, Source, Statement, Step, StepState, Verdict,
};

/// What the driver found out about an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    pub id: String,
    pub phase: Phase,
    pub number: u64,
    pub verdict: Verdict,
}

/// Where a list of statements goes on.
#[derive(Debug, Default)]
pub(super) struct Resume {
    /// How many statements are behind us.
    pub done: usize,
    /// Those of them of which the ledger has only the intent.
    pub took: Vec<usize>,
    pub clear: Vec<Statement>,
}

pub(super) fn resume(
    wish: &Wish,
    statements: &[Statement],
    fingerprints: &[String],
    facts: &Facts,
) -> Result<Resume> {
    let mut past = Resume::default();
    let mine = |step: &&Step| step.id == wish.id && step.phase == wish.phase;
    let counted = |step: &&Step| step.number != kept::NUMBER;
    for step in facts.history.steps.iter().filter(mine).filter(counted) {
        let n = step.number as usize;
        let same = fingerprints.get(n - 1).is_some_and(|f| *f == step.checksum);
        match (step.state, same) {
            (StepState::Done, true) => past.done = past.done.max(n),
            (StepState::Done, false) => return Err(changed(wish, step, statements)),
            (StepState::Intent, _) => match verdict(facts, step) {
                Verdict::With => {
                    past.done = past.done.max(n);
                    past.took.push(n - 1);
                }
                Verdict::Without { clear } => {
                    past.clear = clear
                        .iter()
                        .map(|text| clearing(text, &step.id, step.number))
                        .collect();
                }
                Verdict::Invisible(_) if wish.again == Again::Harmless => {}
                Verdict::Invisible(found) | Verdict::Otherwise(found) => {
                    return Err(of(step, statements, &found));
                }
            },
        }
    }
    Ok(past)
}

pub(super) fn verdict(facts: &Facts, step: &Step) -> Verdict {
    let about = |judged: &&Judged| {
        (&judged.id, judged.phase, judged.number) == (&step.id, step.phase, step.number)
    };
    let found = facts.verdicts.iter().find(about);
    let nobody = || Verdict::Invisible("nobody has looked".into());
    found.map_or_else(nobody, |judged| judged.verdict.clone())
}

/// A statement of ours, that no file holds.
pub fn clearing(text: &str, id: &str, number: u64) -> Statement {
    let place = Place {
        file: format!("what statement {number} of '{id}' left"),
        line: 1,
        column: 1,
    };
    Statement {
        text: text.into(),
        place,
        lines: initium_driver::Lines::Indented(0),
        effect: Effect::Alone,
        lock: None,
        more: None,
    }
}

/// A text that stands in the ledger alone.
pub(super) fn nowhere(id: &str) -> Place {
    Place {
        file: format!("ledger:{id}/up"),
        line: 1,
        column: 1,
    }
}

fn changed(wish: &Wish, step: &Step, statements: &[Statement]) -> Error {
    let n = step.number as usize;
    let error = Error::new(
        Code::StepChanged,
        format!(
            "statement {n} of '{}' already ran and was edited since: {}",
            wish.id, step.head
        ),
    )
    .help("an earlier run stopped after it; restore that statement, and edit only what follows")
    .migration(wish.id)
    .statement(n, statements.len());
    match statements.get(n - 1) {
        Some(statement) => error.place(statement.place.clone()),
        None => error,
    }
}

fn of(step: &Step, statements: &[Statement], found: &str) -> Error {
    let error = undecided(step, statements.len(), found);
    match statements.get(step.number as usize - 1) {
        Some(statement) => error
            .place(statement.place.clone())
            .excerpt(statement.excerpt_of(0)),
        None => error,
    }
}

/// The error for a statement of which nobody knows whether it took effect.
fn undecided(step: &Step, of: usize, found: &str) -> Error {
    let (id, n, head) = (&step.id, step.number, &step.head);
    Error::new(
        Code::StepUndecided,
        format!("a run died while statement {n} of migration '{id}' was running ({head}): {found}"),
    )
    .help(format!(
        "look whether it took effect, then settle it, with the flags of this run, by one of\n  \
         initium migrate repair done {id} --statement {n} --reason '...' --yes    (it did)\n  \
         initium migrate repair retry {id} --statement {n} --reason '...' --yes   (it did not)"
    ))
    .migration(id)
    .statement(n as usize, of)
}

/// The statement a step is about, by the spec or, where it has none, by the `stored` script of the
/// ledger, or by what it keeps of changes (`made`); `None` where there is none or where it was edited
/// since.
pub fn statement_of(
    step: &Step,
    migration: Option<&Migration>,
    stored: Option<&str>,
    made: Option<&Made>,
    dialect: &dyn Dialect,
) -> Result<Option<Statement>> {
    let written = migration.and_then(|migration| {
        let scripts = match step.phase {
            Phase::Up if migration.changes.is_some() => None,
            Phase::Up => return migration.whole_up(dialect.names()),
            Phase::Down => migration.down.as_ref(),
            Phase::Cleanup => migration.cleanup.as_ref(),
            Phase::Verify => None,
        };
        scripts?.of(dialect.names()).cloned()
    });
    let kept = made.filter(|_| step.phase == Phase::Up);
    let kept = kept.map(|made| made.up(&[], &nowhere(&step.id)));
    let written = kept.or(written);
    let (sources, transaction): (Vec<Source>, _) = match (written, stored, migration) {
        (Some(sources), _, Some(migration)) if step.phase == Phase::Down => {
            (sources, migration.undo)
        }
        (Some(sources), _, Some(migration)) => (sources, migration.transaction),
        (Some(sources), _, None) => (sources, Transaction::Auto),
        (_, Some(text), _) => match stored::load(&step.id, step.phase, text)? {
            Kept::Text(sources, transaction) => (sources, transaction),
            Kept::Nothing => return Ok(None),
        },
        _ => return Ok(None),
    };
    let statements = dialect.statements(&sources, runs(transaction, dialect))?;
    match statements.into_iter().nth(step.number as usize - 1) {
        Some(found) if fingerprint(&found, dialect)? == step.checksum => Ok(Some(found)),
        _ => Ok(None),
    }
}

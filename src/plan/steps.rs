//! A list of sources into statements, groups and what is left of a run that failed half-way.

use super::wanted::{Checksum, hash};
use super::{Group, Plan};
use crate::spec::Transaction;
use initium_driver::sql::stretch::Runs;
use initium_driver::{
    Code, Dialect, Effect, Error, History, Phase, Result, Source, Statement, StepState,
};

/// Statements and how they are grouped.
pub(super) struct Steps {
    pub statements: Vec<Statement>,
    pub fingerprints: Vec<String>,
    pub groups: Vec<Group>,
    pub done: usize,
}

pub(super) struct Wish<'a> {
    pub id: &'a str,
    pub phase: Phase,
    pub sources: &'a [Source],
    pub transaction: Transaction,
}

/// Splits, groups, and resumes where an earlier run stopped.
pub(super) fn steps(wish: &Wish, dialect: &dyn Dialect, history: &History) -> Result<Steps> {
    let runs = match wish.transaction {
        Transaction::Auto => Runs::Joined,
        Transaction::None => Runs::Parted,
    };
    let statements = dialect
        .statements(wish.sources, runs)
        .map_err(|error| error.migration(wish.id))?;
    if wish.transaction == Transaction::Auto {
        refuse_control(wish.id, &statements)?;
    }
    let fingerprints = statements
        .iter()
        .map(|statement| fingerprint(statement, dialect))
        .collect::<Result<Vec<_>>>()?;
    let done = done(wish, &statements, &fingerprints, history)?;
    let groups = groups(&statements, done, wish.transaction, dialect);
    Ok(Steps {
        statements,
        fingerprints,
        groups,
        done,
    })
}

/// Of what the statement says, or of all that it stands for.
fn fingerprint(statement: &Statement, dialect: &dyn Dialect) -> Result<String> {
    match &statement.more {
        None => Ok(hash(&dialect.normal_form(&statement.text))),
        Some(stretch) => {
            let mut sum = Checksum::default();
            dialect.stream_form(&stretch.slice, &mut sum)?;
            Ok(sum.finish())
        }
    }
}

fn refuse_control(id: &str, statements: &[Statement]) -> Result<()> {
    match statements.iter().position(|s| s.effect == Effect::Control) {
        None => Ok(()),
        Some(n) => Err(Error::new(
            Code::TransactionControl,
            format!("'{}' would end the transaction that makes migration '{id}' all or nothing", statements[n].head()),
        )
        .help("take it out: the engine begins and commits; or set `transaction: none` to run each statement on its own")
        .migration(id)
        .place(statements[n].place.clone())
        .excerpt(statements[n].excerpt_of(0))
        .statement(n + 1, statements.len())),
    }
}

/// How many statements an earlier run has behind it, if they are still the same.
fn done(
    wish: &Wish,
    statements: &[Statement],
    fingerprints: &[String],
    history: &History,
) -> Result<usize> {
    let mut done = 0;
    for step in history
        .steps
        .iter()
        .filter(|s| s.id == wish.id && s.phase == wish.phase)
    {
        let n = step.number as usize;
        if step.state == StepState::Intent {
            let error = undecided(wish.id, n, statements.len(), &step.head);
            return Err(match statements.get(n - 1) {
                Some(statement) => error
                    .place(statement.place.clone())
                    .excerpt(statement.excerpt_of(0)),
                None => error,
            });
        }
        let same = fingerprints.get(n - 1).is_some_and(|f| *f == step.checksum);
        if !same {
            let error = Error::new(
                Code::StepChanged,
                format!("statement {n} of '{}' already ran and was edited since: {}", wish.id, step.head),
            )
            .help("an earlier run stopped after it; restore that statement, and edit only what follows")
            .migration(wish.id)
            .statement(n, statements.len());
            return Err(match statements.get(n - 1) {
                Some(statement) => error.place(statement.place.clone()),
                None => error,
            });
        }
        done = done.max(n);
    }
    Ok(done)
}

/// The error for a statement of which nobody knows whether it took effect.
pub fn undecided(id: &str, n: usize, of: usize, head: &str) -> Error {
    Error::new(
        Code::StepUndecided,
        format!("a run died while statement {n} of migration '{id}' was running: {head}"),
    )
    .help(format!(
        "look whether it took effect, then settle it, with the flags of this run, by one of\n  \
         initium migrate repair done {id} --statement {n} --reason '...' --yes    (it did)\n  \
         initium migrate repair retry {id} --statement {n} --reason '...' --yes   (it did not)"
    ))
    .migration(id)
    .statement(n, of)
}

fn groups(
    statements: &[Statement],
    done: usize,
    transaction: Transaction,
    dialect: &dyn Dialect,
) -> Vec<Group> {
    let ddl = dialect.capabilities().transactional_ddl;
    let alone = |statement: &Statement| {
        transaction == Transaction::None
            || match statement.effect {
                Effect::Data => false,
                Effect::Schema => !ddl,
                Effect::Alone | Effect::Control => true,
            }
    };
    let mut groups: Vec<Group> = Vec::new();
    for (n, statement) in statements.iter().enumerate().skip(done) {
        match groups.last_mut() {
            _ if alone(statement) => groups.push(Group::Alone(n)),
            Some(Group::Together(range)) => range.end = n + 1,
            _ => groups.push(Group::Together(n..n + 1)),
        }
    }
    groups
}

/// `--tx-mode all` is a promise; it is refused where it cannot be kept.
pub fn check_one_transaction(plan: &Plan) -> Result<()> {
    for migration in &plan.migrations {
        let refuse = |why: String| {
            Error::new(Code::NotSupported, format!("--tx-mode all: {why}"))
                .help("apply it with --tx-mode each, or on its own with --to")
                .migration(&migration.id)
                .target(&migration.target)
        };
        if migration.condition.is_some() {
            return Err(refuse(format!(
                "migration '{}' has a `when`, which is asked between two migrations",
                migration.id
            )));
        }
        if let Some(Group::Alone(n)) = migration
            .groups
            .iter()
            .find(|g| matches!(g, Group::Alone(_)))
        {
            let statement = &migration.statements[*n];
            return Err(refuse(format!(
                "'{}' cannot be part of a transaction here",
                statement.head()
            ))
            .place(statement.place.clone())
            .statement(n + 1, migration.statements.len()));
        }
    }
    Ok(())
}

//! A list of sources into statements, groups and what is left of a run that failed half-way.

use super::resume::{Resume, resume};
use super::secrecy::{discreet, told};
use super::wanted::{Checksum, hash};
use super::{Facts, Group, Plan, Proof};
use crate::spec::{Again, Secrecy, Transaction};
use initium_driver::sql::stretch::Runs;
use initium_driver::{Code, Dialect, Effect, Error, Phase, Result, Source, Statement};

/// Statements and how they are grouped.
pub(super) struct Steps {
    pub statements: Vec<Statement>,
    pub fingerprints: Vec<String>,
    pub groups: Vec<Group>,
    pub proof: Proof,
    pub past: Resume,
}

pub(super) struct Wish<'a> {
    pub id: &'a str,
    pub phase: Phase,
    pub sources: &'a [Source],
    pub transaction: Transaction,
    /// What nobody can tell of is run again.
    pub again: Again,
    pub secrecy: Secrecy,
}

/// Splits, groups, and resumes where an earlier run stopped.
pub(super) fn steps(wish: &Wish, facts: &Facts) -> Result<Steps> {
    cut(wish, facts).map_err(|error| discreet(wish.secrecy, error))
}

fn cut(wish: &Wish, facts: &Facts) -> Result<Steps> {
    let dialect = facts.dialect;
    let statements = dialect
        .statements(wish.sources, runs(wish.transaction, dialect))
        .map_err(|error| error.migration(wish.id))?;
    if wish.transaction == Transaction::Auto {
        refuse_control(wish.id, &statements)?;
    }
    let fingerprints = statements
        .iter()
        .map(|statement| fingerprint(statement, dialect))
        .collect::<Result<Vec<_>>>()?;
    let past = resume(wish, &statements, &fingerprints, facts)?;
    let groups = groups(&statements, past.done, wish.transaction, dialect);
    Ok(Steps {
        statements,
        fingerprints,
        groups,
        proof: proof(dialect),
        past,
    })
}

pub(super) fn runs(transaction: Transaction, dialect: &dyn Dialect) -> Runs {
    match (transaction, proof(dialect)) {
        (Transaction::Auto, Proof::Transaction) => Runs::Joined,
        _ => Runs::Parted,
    }
}

fn proof(dialect: &dyn Dialect) -> Proof {
    match dialect.capabilities().transactions {
        true => Proof::Transaction,
        false => Proof::Mark,
    }
}

/// Of what the statement says, or of all that it stands for.
pub(super) fn fingerprint(statement: &Statement, dialect: &dyn Dialect) -> Result<String> {
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

fn groups(
    statements: &[Statement],
    done: usize,
    transaction: Transaction,
    dialect: &dyn Dialect,
) -> Vec<Group> {
    let ddl = dialect.capabilities().transactional_ddl;
    let transactions = proof(dialect) == Proof::Transaction;
    // A script with transactions of its own has nothing put around it.
    let own = statements.iter().any(|s| s.effect == Effect::Control);
    let company = |statement: &Statement| match (statement.effect, transaction) {
        (Effect::Alone | Effect::Bulk | Effect::Control, _) => Company::None,
        _ if !transactions => Company::None,
        (Effect::Schema, _) if !ddl => Company::None,
        (_, Transaction::Auto) => Company::Others,
        _ if own || calls(statement) => Company::None,
        _ => Company::Ledger,
    };
    let mut groups: Vec<Group> = Vec::new();
    for (n, statement) in statements.iter().enumerate().skip(done) {
        match (company(statement), groups.last_mut()) {
            (Company::None, _) => groups.push(Group::Alone(n)),
            (Company::Others, Some(Group::Together(range))) => range.end = n + 1,
            (Company::Others | Company::Ledger, _) => groups.push(Group::Together(n..n + 1)),
        }
    }
    groups
}

/// What a statement commits with.
enum Company {
    /// Its neighbours, and the ledger.
    Others,
    /// Its ledger row only.
    Ledger,
    /// Nothing: no transaction may stand around it.
    None,
}

/// Procedures may commit by themselves, and pragmas mean the whole connection.
fn calls(statement: &Statement) -> bool {
    let word = statement
        .text
        .split(|c: char| !c.is_ascii_alphabetic())
        .next();
    let word = word.unwrap_or_default().to_ascii_uppercase();
    matches!(word.as_str(), "CALL" | "DO" | "EXECUTE" | "PRAGMA")
}

/// `--tx-mode all` is a promise; it is refused where it cannot be kept.
pub fn check_one_transaction(plan: &Plan) -> Result<()> {
    if let Some((_, error)) = &plan.unforeseen {
        return Err(error.clone());
    }
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
                told(migration.secrecy, &statement.head())
            ))
            .place(statement.place.clone())
            .statement(n + 1, migration.statements.len()));
        }
    }
    Ok(())
}

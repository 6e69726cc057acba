//! Scripts: statements and ledger entries in one transaction, or one statement on its own. After
//! an error nothing is open and nothing of the transaction is left.

use crate::children;
use crate::dialect::SqliteDialect;
use crate::error::Trouble;
use crate::foreign_keys;
use crate::session::SqliteSession;
use crate::words::SqliteWords;
use initium_driver::driver::{Part, Script};
use initium_driver::error::At;
use initium_driver::sql::ledger::Ledger;
use initium_driver::sql::pages::Pages;
use initium_driver::{Code, Entry, Error, Result, Statement, Stretch};
use std::time::Instant;

pub fn script(session: &mut SqliteSession, ledger: &Ledger, script: &Script) -> Result<()> {
    match script {
        Script::Together(parts) => together(session, ledger, parts),
        Script::Alone {
            before,
            statement,
            after,
        } => {
            entries(session, ledger, before)?;
            alone(session, statement)?;
            entries(session, ledger, after)
        }
    }
}

fn together(session: &mut SqliteSession, ledger: &Ledger, parts: &[Part]) -> Result<()> {
    let empty = |part: &Part| part.statements.is_empty() && part.entries.is_empty();
    if parts.iter().all(empty) {
        return Ok(());
    }
    let answer = foreign_keys::as_asked(session, parts, |session| {
        session.transaction(|session| {
            foreign_keys::unbroken(session, parts, |session| {
                children::kept(session, parts, |session| {
                    let mut numbered = parts.iter().enumerate();
                    numbered.try_for_each(|(index, one)| part(session, ledger, index, one))
                })
            })
        })
    });
    // A script that builds a table anew sets it, and one that fails does not set it back.
    session.say("PRAGMA legacy_alter_table = OFF").and(answer)
}

fn part(session: &mut SqliteSession, ledger: &Ledger, index: usize, part: &Part) -> Result<()> {
    let start = Instant::now();
    for (n, statement) in part.statements.iter().enumerate() {
        let at = At {
            part: index,
            statement: n,
            offset: None,
        };
        one(session, statement, at, inside)?;
    }
    write(session, ledger, &part.entries, start)
}

/// Statements alone, each as it says, for a database that nobody else sees.
pub fn each(session: &mut SqliteSession, statements: &[Statement]) -> Result<()> {
    for (statement, text) in statements.iter().enumerate() {
        let at = At {
            statement,
            ..At::default()
        };
        one(session, text, at, run)?;
    }
    Ok(())
}

/// How a statement is run.
type Way = fn(&mut SqliteSession, &Statement, At) -> Result<()>;

fn one(session: &mut SqliteSession, statement: &Statement, at: At, way: Way) -> Result<()> {
    match &statement.more {
        Some(stretch) => again(session, stretch, at, way),
        None => way(session, statement, at),
    }
}

/// The statements of a stretch, read again from their file.
fn again(session: &mut SqliteSession, stretch: &Stretch, at: At, way: Way) -> Result<()> {
    let mut pages = Pages::again(&SqliteDialect, stretch)?;
    let mut number = 0;
    while let Some(statement) = pages.statement()? {
        number += 1;
        way(session, &statement, at).map_err(|error| stretch.placed(error, &statement, number))?;
    }
    Ok(())
}

/// A statement that leaves the transaction open in which it runs.
fn inside(session: &mut SqliteSession, statement: &Statement, at: At) -> Result<()> {
    run(session, statement, at)?;
    if session.in_transaction() {
        return Ok(());
    }
    Err(Error::new(
        Code::TransactionControl,
        "the statement ended the transaction of the migration",
    )
    .help("take it out: statements and ledger are committed together")
    .at(at))
}

fn run(session: &mut SqliteSession, statement: &Statement, at: At) -> Result<()> {
    session.run_limited(&statement.text).map_err(|trouble| {
        let offset = trouble.offset(&statement.text);
        trouble.into_error().at(At { offset, ..at })
    })
}

fn alone(session: &mut SqliteSession, statement: &Statement) -> Result<()> {
    run(session, statement, At::default())?;
    if session.in_transaction() {
        session.abandon();
        return Err(Error::new(
            Code::TransactionControl,
            "the statement left a transaction open",
        )
        .help("take it out: transactions are begun and ended here")
        .at(At::default()));
    }
    Ok(())
}

fn entries(session: &mut SqliteSession, ledger: &Ledger, entries: &[Entry]) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let start = Instant::now();
    session.transaction(|session| write(session, ledger, entries, start))
}

fn write(
    session: &mut SqliteSession,
    ledger: &Ledger,
    entries: &[Entry],
    start: Instant,
) -> Result<()> {
    let elapsed = start.elapsed().as_millis().to_string();
    ledger
        .statements(&SqliteWords, entries, &elapsed)
        .iter()
        .try_for_each(|text| session.run(text).map_err(Trouble::into_error))
}

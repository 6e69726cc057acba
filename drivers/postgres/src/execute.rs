//! Scripts, as the transactions they are made of. Nothing of a failed script remains, not even a
//! setting; what must stand alone in its message stands alone.

use crate::copy::{self, Fault, Rows};
use crate::error::Trouble;
use crate::grammar::{PostgresGrammar, RULES};
use crate::message::{Owner, Within, byte_of};
use crate::reading;
use crate::session::{GUARD, Link};
use crate::transaction::Transaction;
use crate::{noted, subject};
use initium_driver::driver::{Part, Script};
use initium_driver::error::{At, Code, Error, Result};
use initium_driver::ledger::Entry;
use initium_driver::source::{Effect, Statement};
use initium_driver::sql::ledger::Ledger;
use initium_driver::sql::pages::Pages;
use initium_driver::sql::split::words;
use initium_driver::sql::stretch::Stretch;

/// Where the second and later parts of a transaction began, as seconds since 1970.
const SINCE: &str = "SELECT pg_catalog.set_config('initium.since', \
     extract(epoch from pg_catalog.clock_timestamp())::text, true)";

/// Milliseconds of the part so far.
const ELAPSED: &str = "greatest(0, ((extract(epoch from pg_catalog.clock_timestamp()) - \
     coalesce(nullif(pg_catalog.current_setting('initium.since', true), '')::numeric, \
     extract(epoch from pg_catalog.transaction_timestamp()))) * 1000)::bigint)";

pub fn run(link: &mut Link, ledger: &Ledger, script: &Script) -> Result<()> {
    match script {
        Script::Together(parts) => together(link, ledger, parts),
        Script::Alone {
            before,
            statement,
            after,
        } => {
            entries_only(link, ledger, before)?;
            patiently(link, statement)?;
            entries_only(link, ledger, after)
        }
    }
}

/// Statements of the ledger's own, in a transaction.
pub fn commit(link: &mut Link, statements: &[String]) -> Result<()> {
    let mut transaction = Transaction::begin(link, None);
    for statement in statements {
        transaction.push(Owner::Ledger, statement)?;
    }
    transaction.commit(true)
}

fn together(link: &mut Link, ledger: &Ledger, parts: &[Part]) -> Result<()> {
    let empty = |part: &Part| part.statements.is_empty() && part.entries.is_empty();
    if parts.iter().all(empty) {
        return Ok(());
    }
    let between = format!("{};\n{SINCE}", link.reset());
    let mut transaction = Transaction::begin(link, Some(ledger));
    for (part, work) in parts.iter().enumerate() {
        if part > 0 {
            transaction.between(&between)?;
        }
        // After a mark the isolation level can no longer be set.
        let quiet = if part == 0 {
            settings(&work.statements)
        } else {
            0
        };
        for (statement, work) in work.statements.iter().enumerate() {
            let at = At {
                part,
                statement,
                offset: None,
            };
            if work.effect == Effect::Control {
                return Err(control(work, at));
            }
            if let Some(stretch) = &work.more {
                again(&mut transaction, stretch, at)?;
            } else if let Some(command) = copy::command(work) {
                let text = &work.text;
                transaction.copy(at, command, &mut Rows::Here { text })?;
            } else if statement < quiet {
                transaction.push_unmarked(at, &work.text)?;
            } else {
                transaction.push(Owner::Script { part, statement }, &work.text)?;
            }
            if reading::turns(&work.text) {
                transaction.turn()?;
            }
        }
        write(&mut transaction, ledger, &work.entries)?;
    }
    let all: Vec<_> = parts.iter().flat_map(|part| &part.entries).collect();
    transaction.commit(ends(&all))
}

/// The statements of a stretch, read again from their file.
pub fn again(transaction: &mut Transaction, stretch: &Stretch, at: At) -> Result<()> {
    let mut pages = Pages::again(&PostgresGrammar, stretch)?;
    let (part, statement) = (at.part, at.statement);
    let mut number = 0;
    while let Some(found) = pages.statement()? {
        number += 1;
        if pages.in_rows() {
            let mut rows = Rows::of(&mut pages, stretch, number);
            let answer = transaction.copy(at, &found.text, &mut rows);
            answer.map_err(|error| match error.spot().place {
                Some(_) => error,
                None => stretch.placed(error, &found, number),
            })?;
            continue;
        }
        let text = found.text.clone();
        let within = Within {
            number,
            count: stretch.count,
            statement: found,
        };
        let owner = Owner::Script { part, statement };
        transaction.push_within(owner, &text, Some(Box::new(within)))?;
    }
    Ok(())
}

/// How many statements at the beginning come before a SET TRANSACTION and only set something.
fn settings(statements: &[Statement]) -> usize {
    let words = |statement: &Statement| {
        let mut words = statement.text.split_whitespace();
        let word = words.next().unwrap_or_default().to_ascii_uppercase();
        let next = words.next().unwrap_or_default().to_ascii_uppercase();
        (word, next)
    };
    let run = statements.iter().take_while(|s| words(s).0 == "SET");
    run.enumerate()
        .filter(|(_, statement)| words(statement).1 == "TRANSACTION")
        .map(|(index, _)| index)
        .last()
        .unwrap_or(0)
}

/// A transaction that ends in the middle would leave half of it behind and prove the rest.
fn control(work: &Statement, at: At) -> Error {
    Error::new(
        Code::TransactionControl,
        format!("'{}' inside the transaction of the script", work.head()),
    )
    .help("take it out: the script is one transaction already")
    .at(at)
}

fn write(transaction: &mut Transaction, ledger: &Ledger, entries: &[Entry]) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    // Before the guard: it sees the session as the statement will.
    let note = |entry: &Entry| match entry {
        Entry::Intent { statement, .. } => noted::take(&subject::of(&statement.text)),
        _ => None,
    };
    let mut all: Vec<String> = entries.iter().filter_map(note).collect();
    all.push(GUARD.to_string());
    all.extend(ledger.statements(&transaction.link.words, entries, ELAPSED));
    transaction.push(Owner::Ledger, &all.join(";\n"))
}

fn entries_only(link: &mut Link, ledger: &Ledger, entries: &[Entry]) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut transaction = Transaction::begin(link, Some(ledger));
    write(&mut transaction, ledger, entries)?;
    transaction.commit(ends(&entries.iter().collect::<Vec<_>>()))
}

/// What works concurrently waits without stalling others, and a time-out would leave an invalid
/// index behind: no limit on its locks.
fn patiently(link: &mut Link, statement: &Statement) -> Result<()> {
    let words = words(&statement.text, &RULES);
    if !words.iter().any(|word| word == "CONCURRENTLY") {
        return alone(link, statement);
    }
    let limit = link.limits.lock.as_millis();
    link.wire
        .run("SET lock_timeout = 0")
        .map_err(Trouble::into_error)?;
    alone(link, statement)?;
    let mut message = format!("SET lock_timeout = {limit}");
    if let Some(proof) = noted::proof(&subject::of(&statement.text)) {
        message.push_str(";\n");
        message.push_str(&proof);
    }
    link.wire
        .run(&message)
        .map_err(|trouble| half_built(link, trouble))
}

/// An index that was there before, unfinished, is not ours to take away.
fn half_built(link: &mut Link, trouble: Trouble) -> Error {
    let lost = trouble.is_lost();
    let error = trouble.into_error();
    if lost || !error.message().contains(noted::INVALID) {
        return error;
    }
    let _ = link.wire.run(&link.reset());
    Error::new(Code::StatementFailed, noted::INVALID)
        .help("an earlier attempt left it behind and IF NOT EXISTS passed it over: drop it with DROP INDEX CONCURRENTLY, then run the same command again")
        .at(At::default())
}

/// Nothing may stand beside it: two statements in a message are a transaction.
fn alone(link: &mut Link, statement: &Statement) -> Result<()> {
    if let Some(command) = copy::command(statement) {
        return copy_alone(link, statement, command);
    }
    let Err(trouble) = link.wire.run(&statement.text) else {
        return Ok(());
    };
    let lost = trouble.is_lost();
    let offset = trouble.position().map(|c| byte_of(&statement.text, c));
    let error = trouble.into_error();
    if lost {
        return Err(error);
    }
    // What came before it may have set something; what this answers changes nothing.
    let _ = link.wire.run(&link.reset());
    Err(error.at(At {
        part: 0,
        statement: 0,
        offset,
    }))
}

fn copy_alone(link: &mut Link, statement: &Statement, command: &str) -> Result<()> {
    let at = At::default();
    let Some(stretch) = &statement.more else {
        let text = &statement.text;
        let answer = copy::run(&mut link.wire, command, &mut Rows::Here { text });
        return answer.map_err(|fault| match fault {
            Fault::Ours(error) => error.at(at),
            Fault::Server(trouble) if trouble.is_lost() => trouble.into_error(),
            Fault::Server(trouble) => {
                let _ = link.wire.run(&link.reset());
                let offset = trouble.row().map(|row| copy::row_at(text, row));
                trouble.into_error().at(At { offset, ..at })
            }
        });
    };
    let mut transaction = Transaction::begin(link, None);
    again(&mut transaction, stretch, at)?;
    transaction.commit(false)
}

/// Whether a migration ends here. Between its steps the session keeps what they set, as it would
/// in a transaction (`SET statement_timeout = 0` before `CREATE INDEX CONCURRENTLY`).
fn ends(entries: &[&Entry]) -> bool {
    let any = |kind: fn(&Entry) -> bool| entries.iter().any(|entry| kind(entry));
    !any(|e| matches!(e, Entry::Step(_) | Entry::Intent { .. }))
        || any(|e| matches!(e, Entry::Record(_) | Entry::ClearSteps { .. }))
}

//! What stands in a database that we were never in: tables, and the ledgers of other tools. Who applies
//! everything there would do again what is done, so that is refused until somebody says how it is.
//! Reads only.

use super::{Connection, Past};
use crate::plan::{Beside, Plan, Rules};
use crate::source::SOURCES;
use crate::source::ledger::{Foreign, Kind, Table, foreign, list, tables as read};
use crate::spec::DECLARED;
use initium_driver::{Code, Driver, Error, Result};

/// The tables where the connection looks, without the ledgers of this tool. One round trip.
pub fn tables(driver: &mut dyn Driver) -> Result<Vec<Table>> {
    match Kind::of(driver.dialect().names()) {
        Some(kind) => {
            let mut all = read(&driver.query(list(kind))?);
            // Where schema changes are no part of a transaction, a run that died left some of its own.
            let own = driver.own_tables();
            all.retain(|it| {
                !own.iter()
                    .any(|name| it.name.table.eq_ignore_ascii_case(name))
            });
            Ok(all)
        }
        None => Ok(Vec::new()),
    }
}

/// Nothing in the way of a plan; otherwise the error that says what to do about it. What a flag lets
/// through is the answer, in words for the log. Asks nobody where something was applied before.
pub fn unexpected(
    connections: &mut [Connection],
    pasts: &[Past],
    plan: &Plan,
    rules: &Rules,
) -> Result<Vec<String>> {
    let mut through = Vec::new();
    for (connection, past) in connections.iter_mut().zip(pasts) {
        let mut all = plan.migrations.iter();
        // What is declared is compared with what is there, so nothing that is there surprises it.
        let due = all.any(|one| one.target == connection.target && one.id != DECLARED);
        if due && past.history.records.is_empty() && past.history.steps.is_empty() {
            let found = of_one(connection.driver.as_mut(), rules);
            through.extend(found.map_err(|error| error.target(&connection.target))?);
        }
    }
    Ok(through)
}

fn of_one(driver: &mut dyn Driver, rules: &Rules) -> Result<Vec<String>> {
    let all = tables(driver)?;
    let ledgers = match SOURCES {
        true => foreign(&all),
        false => Vec::new(),
    };
    let first = all.iter().find(|table| table.here);
    let refused = match (ledgers.first(), first) {
        (Some(_), _) if rules.foreign_ledger == Beside::Refuse => beside_a_ledger(&ledgers),
        (None, Some(first)) if rules.not_empty == Beside::Refuse => {
            not_empty(first, all.iter().filter(|table| table.here).count())
        }
        (None, Some(_)) => return Ok(vec!["tables that are there".into()]),
        (None, None) => return Ok(Vec::new()),
        (Some(_), _) => {
            let told = |one: &Foreign| format!("the ledger of {} ({})", one.tool.word(), one.table);
            return Ok(ledgers.iter().map(told).collect());
        }
    };
    // Everything was undone, or the first of all failed: we were here, and somebody let it through.
    match driver.attempts(1)?.is_empty() {
        true => Err(refused),
        false => Ok(Vec::new()),
    }
}

fn beside_a_ledger(ledgers: &[Foreign]) -> Error {
    let told = |one: &Foreign| format!("{} ({})", one.tool.word(), one.table);
    let all: Vec<_> = ledgers.iter().map(told).collect();
    let message = format!(
        "the database has a ledger of {}, and this tool never applied anything here",
        all.join(" and of ")
    );
    let take = ledgers.iter().find(|one| one.tool.can_be_read());
    let help = match take {
        Some(one) => format!(
            "take over what it says with `initium migrate import --from {}` and the folder of its migrations (--dir)",
            one.tool.word()
        ),
        None => "say which migration the database is at with `initium migrate baseline ID`".into(),
    };
    Error::new(Code::ForeignLedger, message).help(format!(
        "{help}; to apply everything beside it, add --allow-foreign-ledger"
    ))
}

fn not_empty(first: &Table, count: usize) -> Error {
    let more = match count {
        1 => "the table".into(),
        count => format!("{count} tables, the first is"),
    };
    let message = format!(
        "the database has {more} '{}', and this tool never applied anything here",
        first.name.table
    );
    Error::new(Code::DatabaseNotEmpty, message).help(
        "if it already holds what the migrations make, say up to which one with `initium migrate baseline ID`; \
         if these tables are of no concern to them, add --allow-not-empty",
    )
}

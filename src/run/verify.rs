//! `verify`: asks what must hold of applied migrations. Writes to the ledger only.

use super::declare::{drift, drifted};
use super::execute::is_true;
use super::facts::histories;
use super::lock::{waiting, with_lock};
use super::{Connection, Context, Done, Event, Failure, Outcome, Outcomes, Report};
use crate::plan::{attempt, discreet, state};
use crate::spec::{Check, Migration, Spec};
use initium_driver::sorted;
use initium_driver::{Code, Error, History, Result, Rows, Script, State};
use std::time::Instant;

/// Every applied migration with a `verify` is asked; all failures are told.
pub fn verify(spec: &Spec, connections: &mut [Connection], context: &mut Context) -> Outcomes {
    with_lock(connections, context, |connections, context| {
        let histories = waiting(context, || histories(spec, connections))?;
        let mut report = Report::default();
        let mut errors = Vec::new();
        let mut all = Vec::new();
        for (n, past) in histories.iter().enumerate() {
            let due = due(spec, &connections[n], &past.history);
            all.extend(due.into_iter().map(|migration| (n, migration)));
        }
        // In the order of the spec, over all targets.
        let order = spec.order();
        sorted::by_key(&mut all, |(_, migration)| order.get(migration.id.as_str()));
        for (n, migration) in all {
            match one(&mut connections[n], migration, context) {
                Ok(done) => {
                    (context.tell)(&Event::Finished { done: &done });
                    report.done.push(done);
                }
                Err(error) if error.code() == Code::VerifyFailed => errors.push(error),
                Err(error) => {
                    let error = error.target(&connections[n].target);
                    return Err(Failure { report, error });
                }
            }
        }
        match drift(spec, connections).and_then(|found| drifted(&found)) {
            Ok(()) => {}
            Err(error) if error.code() == Code::Drift => errors.push(error),
            Err(error) => return Err(Failure { report, error }),
        }
        if errors.is_empty() {
            return Ok(report);
        }
        let first = errors.remove(0);
        Err(Failure {
            report,
            error: first.also(errors),
        })
    })
}

fn due<'a>(spec: &'a Spec, connection: &Connection, history: &History) -> Vec<&'a Migration> {
    let names = connection.driver.dialect().names();
    let applied = |migration: &&Migration| {
        history
            .record(&migration.id)
            .is_some_and(|r| matches!(r.state, State::Applied | State::Verified))
    };
    spec.migrations
        .iter()
        .filter(|m| m.targets.contains(&connection.target))
        .filter(applied)
        .filter(|m| m.verify.of(names).is_some_and(|checks| !checks.is_empty()))
        .collect()
}

fn one(connection: &mut Connection, migration: &Migration, context: &mut Context) -> Result<Done> {
    let start = Instant::now();
    let names = connection.driver.dialect().names();
    let checks = migration
        .verify
        .of(names)
        .map(Vec::as_slice)
        .unwrap_or_default();
    for (n, check) in checks.iter().enumerate() {
        let answer = ask(connection, check).and_then(|rows| holds(check, &rows));
        if let Err(error) = answer {
            let error = error
                .migration(&migration.id)
                .target(&connection.target)
                .place(check.query.place(0))
                .excerpt(check.query.excerpt(0))
                .statement(n + 1, checks.len());
            let error = discreet(migration.secrecy, error);
            let log = attempt(Some(&migration.id), Some(&error), &context.author);
            let back = initium_driver::Entry::State {
                id: migration.id.clone(),
                state: State::Applied,
            };
            connection
                .driver
                .execute(&Script::entries(vec![back, log]))?;
            return Err(error);
        }
    }
    connection
        .driver
        .execute(&state(&migration.id, State::Verified, &context.author))?;
    Ok(Done {
        target: connection.target.clone(),
        id: migration.id.clone(),
        name: migration.name.clone(),
        outcome: Outcome::Verified,
        duration: start.elapsed(),
        statements: checks.len(),
        reason: None,
        keys: None,
    })
}

fn ask(connection: &mut Connection, check: &Check) -> Result<Rows> {
    connection.driver.query(&check.query.whole()?)
}

fn holds(check: &Check, rows: &Rows) -> Result<()> {
    let failed = |message: String| {
        Error::new(Code::VerifyFailed, message)
            .help("the data are not as the migration promises; look at the query, mend the data, verify again")
    };
    match &check.expect {
        None if is_true(rows.first()) => Ok(()),
        None => Err(failed(format!(
            "the answer should be true and is {}",
            shown(rows.first())
        ))),
        Some(expect) if same(expect, &rows.rows) => Ok(()),
        Some(expect) => Err(failed(format!(
            "the answer should be {} and is {}",
            table(expect),
            table(&rows.rows)
        ))),
    }
}

type Cells = [Vec<Option<String>>];

fn same(expect: &Cells, found: &Cells) -> bool {
    let equal = |(a, b): (&Option<String>, &Option<String>)| match (a, b) {
        (Some(a), Some(b)) => cell(a, b),
        (a, b) => a == b,
    };
    expect.len() == found.len()
        && expect
            .iter()
            .zip(found)
            .all(|(a, b)| a.len() == b.len() && a.iter().zip(b).all(equal))
}

/// Databases spell truth and numbers differently.
fn cell(expect: &str, found: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok().filter(|n| n.abs() < 1e15);
    expect == found
        || (expect == "true" && matches!(found, "t" | "1"))
        || (expect == "false" && matches!(found, "f" | "0"))
        || matches!((number(expect), number(found)), (Some(a), Some(b)) if a == b)
}

fn shown(cell: Option<&str>) -> String {
    cell.map_or_else(|| "no value".into(), |text| format!("'{text}'"))
}

fn table(rows: &Cells) -> String {
    let row = |row: &Vec<Option<String>>| {
        row.iter()
            .map(|c| c.as_deref().unwrap_or("NULL"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let text = rows.iter().take(5).map(row).collect::<Vec<_>>().join("; ");
    match rows.len() {
        0 => "no row".into(),
        n if n > 5 => format!("({text}; ... {n} rows)"),
        _ => format!("({text})"),
    }
}

//! What the cases share: opening, spelling, running. Every helper fails the test it serves.

use super::{Bench, Sql};
use crate::driver::{Access, Driver, Limits, Locked, Part, Run, Script};
use crate::error::{Error, Result};
use crate::ledger::{Attempt, Entry, Outcome, Record, State};
use crate::source::{Source, Statement};
use std::time::Duration;

pub const TABLE: &str = "initium_migrate";

pub fn run(table: &str, access: Access) -> Run {
    Run {
        id: "run-1".into(),
        table: table.into(),
        prefix: String::new(),
        limits: Limits {
            connect: Duration::from_secs(10),
            lock: Duration::from_secs(5),
            statement: Duration::from_secs(60),
        },
        access,
        pulse: Default::default(),
    }
}

/// A connection that may write.
pub fn open(bench: &dyn Bench) -> Box<dyn Driver> {
    open_table(bench, TABLE)
}

pub fn open_table(bench: &dyn Bench, table: &str) -> Box<dyn Driver> {
    bench
        .open(&run(table, Access::Write))
        .expect("a connection")
}

/// A connection of a reading command.
pub fn reader(bench: &dyn Bench) -> Box<dyn Driver> {
    bench
        .open(&run(TABLE, Access::Read))
        .expect("a connection that reads")
}

/// A connection that holds the lock and has its ledger.
pub fn ready(bench: &dyn Bench) -> Box<dyn Driver> {
    let mut driver = open(bench);
    take(&mut *driver);
    driver.prepare_ledger().expect("a ledger");
    driver
}

pub fn take(driver: &mut dyn Driver) {
    assert_eq!(driver.try_lock().expect("an answer"), Locked::Taken);
}

pub fn split(driver: &dyn Driver, text: &str) -> Vec<Statement> {
    driver
        .dialect()
        .split(&Source::file("conformance.sql", text))
        .expect("a script that can be split")
}

pub fn part(driver: &dyn Driver, texts: &[String], entries: Vec<Entry>) -> Part {
    Part {
        statements: texts.iter().flat_map(|t| split(driver, t)).collect(),
        entries,
    }
}

/// Each statement outside a transaction: good for schema changes everywhere.
pub fn alone(driver: &mut dyn Driver, text: &str) {
    for statement in split(driver, text) {
        driver
            .execute(&Script::Alone {
                before: Vec::new(),
                statement: Box::new(statement),
                after: Vec::new(),
            })
            .unwrap_or_else(|error| panic!("{text}: {error}"));
    }
}

pub fn together(driver: &mut dyn Driver, texts: &[String], entries: Vec<Entry>) -> Result<()> {
    let script = Script::Together(vec![part(driver, texts, entries)]);
    driver.execute(&script)
}

pub fn write(driver: &mut dyn Driver, entries: Vec<Entry>) {
    driver
        .execute(&Script::entries(entries))
        .expect("entries are written");
}

pub fn create(bench: &dyn Bench, table: &str) -> String {
    match bench.sql() {
        Sql::Spoken => format!("CREATE TABLE {table} (n integer)"),
        Sql::NotSpoken => format!("create {table}"),
        // A list is there when something is in it.
        Sql::Commands => format!("DEL {table}"),
    }
}

pub fn insert(bench: &dyn Bench, table: &str) -> String {
    match bench.sql() {
        Sql::Spoken => format!("INSERT INTO {table} (n) VALUES (1)"),
        Sql::NotSpoken => format!("insert {table}"),
        Sql::Commands => format!("RPUSH {table} 1"),
    }
}

/// A statement that every database refuses.
pub fn bad(bench: &dyn Bench) -> String {
    match bench.sql() {
        Sql::Spoken => "INSERT INTO a_table_that_is_not_there (n) VALUES (1)".into(),
        Sql::NotSpoken => "fail".into(),
        Sql::Commands => "NOSUCHCOMMAND x".into(),
    }
}

pub fn select(bench: &dyn Bench, table: &str) -> String {
    match bench.sql() {
        Sql::Spoken => format!("SELECT n FROM {table}"),
        Sql::NotSpoken => format!("rows {table}"),
        Sql::Commands => format!("LRANGE {table} 0 -1"),
    }
}

/// How many rows a table has.
pub fn count(bench: &dyn Bench, driver: &mut dyn Driver, table: &str) -> usize {
    let rows = driver.query(&select(bench, table)).expect("rows");
    rows.rows.len()
}

/// Whether several statements can be taken back together.
pub fn transactions(driver: &dyn Driver) -> bool {
    driver.dialect().capabilities().transactions
}

/// What fails on a statement, in the way this database has.
pub fn failing(bench: &dyn Bench, driver: &mut dyn Driver) -> Error {
    let script = match transactions(driver) {
        true => Script::Together(vec![part(driver, &[bad(bench)], vec![])]),
        false => Script::Alone {
            before: Vec::new(),
            statement: Box::new(split(driver, &bad(bench)).remove(0)),
            after: Vec::new(),
        },
    };
    driver.execute(&script).expect_err("a bad statement")
}

pub fn exists(driver: &mut dyn Driver, table: &str) -> bool {
    let catalog = driver.introspect().expect("a catalog");
    catalog.table(table).is_some()
}

pub fn record(id: &str, seq: u64) -> Record {
    Record {
        id: id.into(),
        seq,
        name: format!("the name of {id}"),
        checksum: format!("v1:{seq:064}"),
        state: State::Applied,
        reason: None,
        statements: 2,
        duration_ms: 1000,
        applied_at: String::new(),
        run: "run-1".into(),
        tool: "0.1.0".into(),
        up: None,
        down: None,
        cleanup: None,
    }
}

pub fn attempt(action: &str) -> Attempt {
    Attempt {
        seq: 0,
        at: String::new(),
        run: "run-1".into(),
        action: action.into(),
        id: None,
        outcome: Outcome::Ok,
        code: None,
        message: None,
        reason: None,
        duration_ms: 0,
        actor: "somebody".into(),
        tool: "0.1.0".into(),
    }
}

/// A time as the ledger gives it: RFC 3339, in UTC.
pub fn assert_time(text: &str) {
    let shape: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    assert!(shape.starts_with("0000-00-00T00:00:00"), "{text}");
    assert!(shape.ends_with('Z') || shape.ends_with("+00:00"), "{text}");
}

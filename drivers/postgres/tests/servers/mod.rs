//! Real servers for the tests: a fresh database each, gone at the end; a proxy that counts.
//! A missing server is said loudly, and is a failure where servers are required.

#![allow(dead_code, clippy::unwrap_used, clippy::print_stderr)]

mod proxy;

#[allow(unused_imports)]
pub use proxy::Proxy;

use initium_driver::conformance::Bench;
use initium_driver::driver::{Access, Driver, Limits, Locked, Part, Rows, Run, Script};
use initium_driver::error::{Error, Result};
use initium_driver::ledger::{Attempt, Entry, Outcome, Record, State};
use initium_driver::settings::Settings;
use initium_driver::source::{Source, Statement};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

pub const VARIABLES: [&str; 2] = ["INITIUM_TEST_POSTGRES_URL", "INITIUM_TEST_POSTGRES18_URL"];

static MADE: AtomicU32 = AtomicU32::new(0);

/// A fresh database; dropped with it.
pub struct Database {
    pub settings: Settings,
    admin: Settings,
}

impl Database {
    pub fn new(variable: &str) -> Option<Database> {
        let Ok(url) = std::env::var(variable) else {
            let required = std::env::var("INITIUM_TEST_SERVERS").is_ok_and(|v| v == "required");
            assert!(!required, "{variable} is not set and servers are required");
            eprintln!("SKIPPED: {variable} is not set");
            return None;
        };
        let admin = Settings::parse(&url, variable).unwrap();
        let number = MADE.fetch_add(1, Ordering::SeqCst);
        let name = format!("initium_test_{}_{number}", std::process::id());
        statement(&admin, &format!("CREATE DATABASE {name}")).unwrap();
        let mut settings = admin.clone();
        settings.name = Some(name);
        Some(Database { settings, admin })
    }

    pub fn open(&self) -> Box<dyn Driver> {
        open(&self.settings).unwrap()
    }

    /// Holds the lock and has a ledger.
    pub fn ready(&self) -> Box<dyn Driver> {
        let mut driver = self.open();
        assert_eq!(driver.try_lock().unwrap(), Locked::Taken);
        driver.prepare_ledger().unwrap();
        driver
    }

    /// A connection with an option of the URL.
    pub fn with(&self, key: &str, value: &str) -> Settings {
        let mut settings = self.settings.clone();
        settings.options.push((key.into(), value.into()));
        settings
    }

    pub fn name(&self) -> &str {
        self.settings.name.as_deref().unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name());
        // Roles belong to the server; a test names its own after its database.
        let roles = ["reader", "guest", "owner"]
            .map(|role| format!("DROP ROLE IF EXISTS {}_{role}", self.name()));
        for text in std::iter::once(drop).chain(roles) {
            if let Err(error) = statement(&self.admin, &text) {
                eprintln!("{error}");
            }
        }
    }
}

/// For the suite that every driver passes.
pub struct PostgresBench(Database);

impl PostgresBench {
    pub fn boxed(variable: &str) -> Option<Box<dyn Bench>> {
        Some(Box::new(PostgresBench(Database::new(variable)?)))
    }
}

impl Bench for PostgresBench {
    fn open(&self, run: &Run) -> Result<Box<dyn Driver>> {
        initium_postgres::open(&self.0.settings, run)
    }
}

/// Every server there is, each with a fresh database.
pub fn each(mut test: impl FnMut(&Database)) {
    for variable in VARIABLES {
        if let Some(database) = Database::new(variable) {
            eprintln!("on {variable}");
            test(&database);
        }
    }
}

pub fn run() -> Run {
    Run {
        id: "run-1".into(),
        table: "initium_migrate".into(),
        prefix: String::new(),
        limits: Limits {
            connect: Duration::from_secs(10),
            lock: Duration::from_millis(1500),
            statement: Duration::from_secs(60),
        },
        access: Access::Write,
        pulse: Default::default(),
    }
}

pub fn open(settings: &Settings) -> Result<Box<dyn Driver>> {
    initium_postgres::open(settings, &run())
}

/// One statement on a connection of its own, outside a transaction.
pub fn statement(settings: &Settings, text: &str) -> Result<()> {
    alone(&mut *open(settings)?, text)
}

pub fn alone(driver: &mut dyn Driver, text: &str) -> Result<()> {
    for statement in split(driver, text) {
        driver.execute(&Script::Alone {
            before: vec![],
            statement: Box::new(statement),
            after: vec![],
        })?;
    }
    Ok(())
}

pub fn split(driver: &dyn Driver, text: &str) -> Vec<Statement> {
    driver
        .dialect()
        .split(&Source::file("test.sql", text))
        .unwrap()
}

/// A migration that is recorded under its id.
pub fn part(driver: &dyn Driver, id: &str, text: &str) -> Part {
    Part {
        statements: split(driver, text),
        entries: vec![Entry::Record(record(id)), Entry::Attempt(attempt(id))],
    }
}

pub fn apply(driver: &mut dyn Driver, id: &str, text: &str) -> Result<()> {
    let script = Script::Together(vec![part(driver, id, text)]);
    driver.execute(&script)
}

/// The error, and the statement it names.
pub fn failure(driver: &mut dyn Driver, id: &str, text: &str) -> (Error, Option<usize>) {
    let error = apply(driver, id, text).unwrap_err();
    let statement = error.failed_at().map(|at| at.statement);
    (error, statement)
}

pub fn record(id: &str) -> Record {
    Record {
        id: id.into(),
        seq: 1,
        name: format!("name of {id}"),
        checksum: "v1:0".into(),
        state: State::Applied,
        reason: None,
        statements: 1,
        duration_ms: 0,
        applied_at: String::new(),
        run: "run-1".into(),
        tool: "0".into(),
        up: None,
        down: None,
        cleanup: None,
    }
}

pub fn attempt(id: &str) -> Attempt {
    Attempt {
        seq: 0,
        at: String::new(),
        run: "run-1".into(),
        action: "apply".into(),
        id: Some(id.into()),
        outcome: Outcome::Ok,
        code: None,
        message: None,
        reason: None,
        duration_ms: 0,
        actor: "t".into(),
        tool: "0".into(),
    }
}

pub fn ids(driver: &mut dyn Driver) -> Vec<String> {
    let history = driver.history().unwrap();
    history.records.iter().map(|r| r.id.clone()).collect()
}

/// The first cell of the answer.
pub fn ask(driver: &mut dyn Driver, sql: &str) -> String {
    let rows: Rows = driver.query(sql).unwrap();
    rows.first().unwrap_or("NULL").to_string()
}

//! Servers for the tests: each bench is a database of its own, dropped at its end. A server that
//! must be there and is not fails the test; else the test says loudly that it did not run.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr
)]

pub mod catalog;
pub mod intent;
pub mod proxy;

use initium_driver::conformance::Bench;
use initium_driver::driver::Access;
use initium_driver::{Driver, Limits, Result, Run, Script, Settings, Source, Statement};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

pub const MARIADB: &str = "INITIUM_TEST_MARIADB_URL";
pub const MYSQL: &str = "INITIUM_TEST_MYSQL_URL";
pub const BOTH: [&str; 2] = [MARIADB, MYSQL];

static COUNT: AtomicU32 = AtomicU32::new(0);

pub struct Database {
    pub settings: Settings,
    admin: Settings,
    pub name: String,
}

impl Database {
    pub fn new(variable: &str) -> Option<Database> {
        let url = match std::env::var(variable) {
            Ok(url) if !url.is_empty() => url,
            _ if std::env::var("INITIUM_TEST_SERVERS").as_deref() == Ok("required") => {
                panic!("{variable} is not set and INITIUM_TEST_SERVERS=required")
            }
            _ => {
                eprintln!("SKIPPED: {variable} is not set");
                return None;
            }
        };
        let admin = Settings::parse(&url, variable).expect("a URL");
        let name = format!(
            "my_{}_{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        sql(&admin, &[&format!("CREATE DATABASE {name}")]);
        let settings = Settings {
            name: Some(name.clone()),
            ..admin.clone()
        };
        Some(Database {
            settings,
            admin,
            name,
        })
    }

    pub fn open(&self) -> Box<dyn Driver> {
        open(&self.settings, "initium_migrate").expect("a connection")
    }

    /// Runs statements as the administrator.
    pub fn sql(&self, statements: &[&str]) {
        sql(&self.settings, statements);
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        sql(&self.admin, &[&format!("DROP DATABASE {}", self.name)]);
    }
}

impl Bench for Database {
    fn open(&self, run: &Run) -> Result<Box<dyn Driver>> {
        (initium_mysql::OPENER.open)(&self.settings, run)
    }
}

pub fn bench(variable: &str) -> Option<Box<dyn Bench>> {
    Some(Box::new(Database::new(variable)?))
}

pub fn run(table: &str) -> Run {
    Run {
        id: "run-1".into(),
        table: table.into(),
        prefix: String::new(),
        limits: Limits {
            connect: Duration::from_secs(10),
            lock: Duration::from_secs(1),
            statement: Duration::from_secs(60),
        },
        access: Access::Write,
        pulse: Default::default(),
    }
}

pub fn open(settings: &Settings, table: &str) -> Result<Box<dyn Driver>> {
    (initium_mysql::OPENER.open)(settings, &run(table))
}

pub fn split(driver: &dyn Driver, text: &str) -> Vec<Statement> {
    driver
        .dialect()
        .split(&Source::file("t.sql", text))
        .expect("a script that can be split")
}

pub fn alone(driver: &mut dyn Driver, text: &str) {
    for statement in split(driver, text) {
        try_alone(driver, statement).unwrap_or_else(|error| panic!("{text}: {error}"));
    }
}

pub fn try_alone(driver: &mut dyn Driver, statement: Statement) -> Result<()> {
    driver.execute(&Script::Alone {
        before: Vec::new(),
        statement: Box::new(statement),
        after: Vec::new(),
    })
}

pub fn sql(settings: &Settings, statements: &[&str]) {
    let mut driver = open(settings, "initium_migrate").expect("a connection");
    for text in statements {
        alone(&mut *driver, text);
    }
}

/// A record with nothing special about it.
pub fn record(id: &str, seq: u64) -> initium_driver::Record {
    initium_driver::Record {
        id: id.into(),
        seq,
        name: id.into(),
        checksum: format!("v1:{seq:064}"),
        state: initium_driver::State::Applied,
        reason: None,
        statements: 1,
        duration_ms: 0,
        applied_at: String::new(),
        run: "run-1".into(),
        tool: "0.1.0".into(),
        up: None,
        down: Some("DROP TABLE `it's` -- \\".into()),
        cleanup: None,
    }
}

pub fn attempt(id: &str) -> initium_driver::Attempt {
    initium_driver::Attempt {
        seq: 0,
        at: String::new(),
        run: "run-1".into(),
        action: "apply".into(),
        id: Some(id.into()),
        outcome: initium_driver::Outcome::Ok,
        code: None,
        message: None,
        reason: None,
        duration_ms: 0,
        actor: "test".into(),
        tool: "0.1.0".into(),
    }
}

/// The end of a migration, as the engine writes it.
pub fn finish(id: &str, seq: u64) -> Vec<initium_driver::Entry> {
    use initium_driver::{Entry, Phase};
    vec![
        Entry::ClearSteps {
            id: id.into(),
            phase: Phase::Up,
        },
        Entry::Record(record(id, seq)),
        Entry::Attempt(attempt(id)),
    ]
}

pub fn step(id: &str, number: u64) -> initium_driver::Step {
    initium_driver::Step::new(
        id,
        initium_driver::Phase::Up,
        number,
        format!("v1:{number}"),
        "x",
    )
}

/// A whole migration of statements that each stand alone, scripted as the engine does it.
pub fn migrate(driver: &mut dyn Driver, id: &str, seq: u64, text: &str) -> Result<()> {
    use initium_driver::{Effect, Entry, Part};
    let statements = split(driver, text);
    let last = statements.len();
    for (n, statement) in statements.into_iter().enumerate() {
        let number = n as u64 + 1;
        let mut after = vec![
            Entry::Step(step(id, number).done()),
            Entry::Step(step(id, number + 1)),
        ];
        if n + 1 == last {
            after = finish(id, seq);
        }
        let script = match statement.effect {
            Effect::Data => Script::Together(vec![Part {
                statements: vec![statement],
                entries: after,
            }]),
            _ => Script::Alone {
                before: match n {
                    0 => vec![Entry::Step(step(id, 1))],
                    _ => Vec::new(),
                },
                statement: Box::new(statement),
                after,
            },
        };
        driver.execute(&script)?;
    }
    Ok(())
}

/// A connection that holds the lock and has its ledger.
pub fn ready(settings: &Settings) -> Box<dyn Driver> {
    let mut driver = open(settings, "initium_migrate").expect("a connection");
    // A connection that was dropped just now may still be there for the server.
    for _ in 0..50 {
        if driver.try_lock().unwrap() == initium_driver::Locked::Taken {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let holder = driver.holder().unwrap();
    assert!(holder.is_some(), "the lock cannot be had");
    driver.prepare_ledger().expect("a ledger");
    driver
}

/// Each server that is there, with a database of its own.
pub fn each(test: impl Fn(&Database)) {
    for variable in BOTH {
        if let Some(database) = Database::new(variable) {
            test(&database);
        }
    }
}

/// The first cell.
pub fn cell(driver: &mut dyn Driver, sql: &str) -> Option<String> {
    driver
        .query(sql)
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
        .first()
        .map(String::from)
}

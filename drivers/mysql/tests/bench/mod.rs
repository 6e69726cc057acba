//! Servers for the tests: each bench is a database of its own, dropped at its end. A server that
//! must be there and is not fails the test; else the test says loudly that it did not run.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

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
        limits: Limits {
            connect: Duration::from_secs(10),
            lock: Duration::from_secs(1),
            statement: Duration::from_secs(60),
        },
        access: Access::Write,
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

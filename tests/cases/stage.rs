//! Two empty databases on one server, and what is done to them.

use super::support::database::{Database, of, on};
use initium_driver::catalog::Catalog;
use initium_driver::driver::Part;
use initium_driver::{Driver, Effect, Error, Script, Source, Statement};

pub struct Stage {
    pub kind: &'static str,
    pub version: u32,
    admin: String,
    pub one: Database,
    pub other: Database,
}

impl Stage {
    pub fn of(kind: &'static str, variable: &str) -> Option<Stage> {
        if kind == "sqlite" {
            return Some(Stage {
                kind,
                version: 3,
                admin: String::new(),
                one: of("sqlite").remove(0),
                other: of("sqlite").remove(0),
            });
        }
        let Ok(admin) = std::env::var(variable) else {
            assert!(of(kind).is_empty(), "{variable} is not set");
            return None;
        };
        let (one, other) = (on(kind, admin.clone()), on(kind, admin.clone()));
        let asked = match kind {
            "postgres" => one.ask("SHOW server_version"),
            _ => one.ask("SELECT version()"),
        };
        let major = asked.split('.').next().unwrap();
        let version = major.parse().unwrap_or_else(|_| panic!("{asked}"));
        Some(Stage {
            kind,
            version,
            admin,
            one,
            other,
        })
    }

    /// Both are empty again.
    pub fn clear(&mut self) {
        (self.one, self.other) = (self.fresh(), self.fresh());
    }

    pub fn fresh(&self) -> Database {
        match self.kind {
            "sqlite" => of("sqlite").remove(0),
            kind => on(kind, self.admin.clone()),
        }
    }
}

/// Runs statements as a migration would.
pub fn run(driver: &mut dyn Driver, sql: &str) -> Result<(), Error> {
    let source = Source::file("case.sql", sql);
    let statements = driver.dialect().split(&source)?;
    statements_of(driver, statements)
}

pub fn statements_of(driver: &mut dyn Driver, statements: Vec<Statement>) -> Result<(), Error> {
    let together = driver.dialect().capabilities().transactional_ddl;
    let mut waiting = Vec::new();
    for statement in statements {
        if together && statement.effect != Effect::Alone {
            waiting.push(statement);
            continue;
        }
        flush(driver, &mut waiting)?;
        driver.execute(&Script::Alone {
            before: Vec::new(),
            statement: Box::new(statement),
            after: Vec::new(),
        })?;
    }
    flush(driver, &mut waiting)
}

fn flush(driver: &mut dyn Driver, waiting: &mut Vec<Statement>) -> Result<(), Error> {
    if waiting.is_empty() {
        return Ok(());
    }
    let statements = std::mem::take(waiting);
    driver.execute(&Script::Together(vec![Part {
        statements,
        entries: Vec::new(),
    }]))
}

/// What is there, which is in the database's own words already.
pub fn seen(driver: &mut dyn Driver) -> Result<Catalog, String> {
    let catalog = driver
        .introspect()
        .map_err(|e| format!("introspect: {e:?}"))?;
    let ddl = driver.dialect().ddl().unwrap();
    let native = ddl
        .native(catalog.clone())
        .map_err(|e| format!("its own catalog is refused: {e:?}"))?;
    match native == catalog {
        true => Ok(catalog),
        false => Err(format!(
            "it would say itself otherwise:\n{catalog:#?}\n{native:#?}"
        )),
    }
}

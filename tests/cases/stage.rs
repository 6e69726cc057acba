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
    /// For what is made out of nothing.
    pub third: Database,
}

/// Faster than another database.
const EMPTY_POSTGRES: &str = "DO $$ DECLARE it record; BEGIN \
     FOR it IN SELECT nspname FROM pg_namespace \
     WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP \
     EXECUTE format('DROP SCHEMA %I CASCADE', it.nspname); END LOOP; CREATE SCHEMA public; END $$";

impl Stage {
    pub fn of(kind: &'static str, variable: &str) -> Option<Stage> {
        if kind == "sqlite" {
            return Some(Stage {
                kind,
                version: 3,
                admin: String::new(),
                one: of("sqlite").remove(0),
                other: of("sqlite").remove(0),
                third: of("sqlite").remove(0),
            });
        }
        let Ok(admin) = std::env::var(variable) else {
            assert!(of(kind).is_empty(), "{variable} is not set");
            return None;
        };
        let [one, other, third] = [(); 3].map(|()| on(kind, admin.clone()));
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
            third,
        })
    }

    /// All are empty again.
    pub fn clear(&mut self) {
        let (kind, admin) = (self.kind, self.admin.clone());
        for database in [&mut self.one, &mut self.other, &mut self.third] {
            match kind {
                "sqlite" => *database = of("sqlite").remove(0),
                "postgres" => database.statement(EMPTY_POSTGRES),
                kind => *database = on(kind, admin.clone()),
            }
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

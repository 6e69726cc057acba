//! A fresh database on each server that is there. Where a server must be there and is not, the
//! test fails; on a laptop it is skipped loudly.

use super::{Folder, Initium, initium, unique};
use initium::connect;
use initium_driver::driver::Access;
use initium_driver::{Driver, Effect, Limits, Lines, Place, Run, Script, Settings, Statement};

const SERVERS: &[(&str, &str)] = &[
    ("postgres", "INITIUM_TEST_POSTGRES_URL"),
    ("postgres", "INITIUM_TEST_POSTGRES18_URL"),
    ("mariadb", "INITIUM_TEST_MARIADB_URL"),
    ("mysql", "INITIUM_TEST_MYSQL_URL"),
];

/// A database of its own; dropped with the test.
pub struct Database {
    /// `postgres`, `mysql`, `mariadb`, `sqlite`.
    pub kind: &'static str,
    pub url: String,
    pub name: String,
    admin: Option<String>,
    pub folder: Folder,
}

/// One fresh database per server, and a SQLite file.
pub fn databases() -> Vec<Database> {
    let mut all: Vec<_> = SERVERS
        .iter()
        .filter_map(|(kind, variable)| server(kind, variable))
        .collect();
    all.push(sqlite());
    all
}

/// Those of one kind.
pub fn of(kind: &str) -> Vec<Database> {
    match kind {
        "sqlite" => vec![sqlite()],
        _ => SERVERS
            .iter()
            .filter(|(k, _)| *k == kind)
            .filter_map(|(k, v)| server(k, v))
            .collect(),
    }
}

fn sqlite() -> Database {
    let folder = Folder::new();
    Database {
        kind: "sqlite",
        url: format!("sqlite:{}", folder.path("app.db")),
        name: folder.path("app.db"),
        admin: None,
        folder,
    }
}

fn server(kind: &'static str, variable: &str) -> Option<Database> {
    let Ok(admin) = std::env::var(variable) else {
        if std::env::var("INITIUM_TEST_SERVERS").as_deref() == Ok("required") {
            panic!("{variable} is not set; run the tests with tests/run");
        }
        eprintln!("SKIPPED on {kind}: {variable} is not set; tests/run starts servers");
        return None;
    };
    Some(on(kind, admin))
}

/// A fresh database on this server.
pub fn on(kind: &'static str, admin: String) -> Database {
    let name = unique("t");
    statement(&admin, &format!("CREATE DATABASE {name}"));
    let url = with_name(&admin, &name);
    Database {
        kind,
        url,
        name,
        admin: Some(admin),
        folder: Folder::new(),
    }
}

fn with_name(admin: &str, name: &str) -> String {
    let (base, _) = admin.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}

/// A connection as the engine opens it.
pub fn open(url: &str) -> Box<dyn Driver> {
    let run = Run {
        id: unique("test"),
        table: "initium_migrate".into(),
        prefix: String::new(),
        limits: Limits {
            connect: std::time::Duration::from_secs(10),
            ..Limits::default()
        },
        access: Access::Write,
        pulse: Default::default(),
    };
    let settings = Settings::parse(url, "the test").unwrap();
    connect::open(&settings, &run, &|_| None).unwrap_or_else(|e| panic!("{e:?}"))
}

/// Runs one statement outside a transaction.
pub fn statement(url: &str, sql: &str) {
    let statement = Statement {
        text: sql.into(),
        place: Place {
            file: "test".into(),
            line: 1,
            column: 1,
        },
        lines: Lines::Indented(0),
        effect: Effect::Alone,
        lock: None,
        more: None,
    };
    let script = Script::Alone {
        before: vec![],
        statement: Box::new(statement),
        after: vec![],
    };
    open(url)
        .execute(&script)
        .unwrap_or_else(|e| panic!("{sql}: {e:?}"));
}

impl Database {
    /// The binary, pointed at this database.
    pub fn initium(&self, arguments: &[&str]) -> Initium {
        initium(arguments)
            .env("DATABASE_URL", &self.url)
            .at(self.folder.root())
    }

    /// Another one on the same server.
    pub fn another(&self) -> Database {
        match &self.admin {
            Some(admin) => on(self.kind, admin.clone()),
            None => sqlite(),
        }
    }

    pub fn open(&self) -> Box<dyn Driver> {
        open(&self.url)
    }

    /// The first cell of an answer.
    pub fn ask(&self, sql: &str) -> String {
        let rows = self
            .open()
            .query(sql)
            .unwrap_or_else(|e| panic!("{sql}: {e:?}"));
        rows.first().unwrap_or("NULL").to_string()
    }

    pub fn statement(&self, sql: &str) {
        statement(&self.url, sql);
    }

    /// Every row of every table, ledger included, in an order that only content decides.
    pub fn contents(&self) -> String {
        let mut driver = self.open();
        let mut text = format!("{:?}\n", driver.introspect().unwrap());
        let mut tables: Vec<String> = driver
            .introspect()
            .unwrap()
            .tables
            .into_iter()
            .map(|t| t.name.to_string())
            .collect();
        tables.extend(["", "_meta", "_step", "_log"].map(|s| format!("initium_migrate{s}")));
        for table in tables {
            let mut rows = match driver.query(&format!("SELECT * FROM {table}")) {
                Ok(rows) => rows.rows,
                Err(error) => vec![vec![Some(error.message().to_string())]],
            };
            rows.sort();
            text += &format!("{table}: {rows:?}\n");
        }
        text
    }

    /// A role that may connect and read everything, and nothing else; the URL of its connections.
    pub fn reader(&self) -> Option<String> {
        let role = unique("r");
        let base = self
            .url
            .split_once("://")
            .map(|(scheme, rest)| (scheme, rest.rsplit_once('@').unwrap().1))?;
        match self.kind {
            "postgres" => {
                self.statement(&format!("CREATE ROLE {role} LOGIN PASSWORD 'reader'"));
                self.statement(&format!(
                    "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"
                ));
            }
            _ => {
                self.statement(&format!("CREATE USER '{role}'@'%' IDENTIFIED BY 'reader'"));
                self.statement(&format!("GRANT SELECT ON {}.* TO '{role}'@'%'", self.name));
            }
        }
        Some(format!("{}://{role}:reader@{}", base.0, base.1))
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some(admin) = &self.admin else { return };
        let force = if self.kind == "postgres" {
            " WITH (FORCE)"
        } else {
            ""
        };
        statement(
            admin,
            &format!("DROP DATABASE IF EXISTS {}{force}", self.name),
        );
    }
}

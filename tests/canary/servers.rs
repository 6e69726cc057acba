//! Failures on real servers, with a user whose password is the canary, and with the canary as a wrong
//! password. The ledger is searched too.

use super::forms::{passwords, worst};
use super::scene::{FORMS, Name, Scene, code};
use super::supply::{Address, Given, SUPPLIES};
use super::support::database::statement;
use super::support::{Database, Heard, Ran, databases, hear, unique};
use std::time::Duration;

/// A user of a server, with a password that can be changed.
struct Somebody<'a> {
    db: &'a Database,
    name: String,
}

impl Somebody<'_> {
    fn on(db: &Database) -> Somebody<'_> {
        let name = unique("canary");
        for sql in match db.kind {
            "postgres" => vec![
                format!("CREATE ROLE {name} LOGIN PASSWORD 'none yet'"),
                format!("GRANT ALL ON SCHEMA public TO {name}"),
            ],
            _ => vec![
                format!("CREATE USER '{name}'@'%' IDENTIFIED BY 'none yet'"),
                format!("GRANT ALL ON {}.* TO '{name}'@'%'", db.name),
            ],
        } {
            db.statement(&sql);
        }
        Somebody { db, name }
    }

    fn has(&self, password: &str) {
        let (name, spelt) = (&self.name, literal(self.db.kind, password));
        self.db.statement(&match self.db.kind {
            "postgres" => format!("ALTER ROLE {name} PASSWORD {spelt}"),
            _ => format!("ALTER USER '{name}'@'%' IDENTIFIED BY {spelt}"),
        });
    }

    /// As soon as it is at something.
    fn loses_its_session(&self) {
        let name = &self.name;
        let find = match self.db.kind {
            "postgres" => format!(
                "SELECT pid FROM pg_stat_activity WHERE usename = '{name}' AND query LIKE '%pg_sleep%'"
            ),
            _ => format!(
                "SELECT id FROM information_schema.processlist WHERE user = '{name}' AND info LIKE '%SLEEP%'"
            ),
        };
        let session = loop {
            match self.db.ask(&find) {
                none if none == "NULL" => std::thread::sleep(Duration::from_millis(20)),
                session => break session,
            }
        };
        self.db.statement(&match self.db.kind {
            "postgres" => format!("SELECT pg_terminate_backend({session})"),
            _ => format!("KILL {session}"),
        });
    }

    fn address(&self) -> Address {
        let (_, server) = self.db.url.rsplit_once('@').unwrap();
        let (server, name) = server.split_once('/').unwrap();
        let (host, port) = server.rsplit_once(':').unwrap();
        Address {
            database: self.db.kind,
            host: host.into(),
            port: port.into(),
            user: self.name.clone(),
            name: name.into(),
            query: String::new(),
        }
    }
}

impl Drop for Somebody<'_> {
    fn drop(&mut self) {
        match self.db.kind {
            "postgres" => {
                statement(
                    &self.db.url,
                    &format!("DROP OWNED BY {} CASCADE", self.name),
                );
                statement(&self.db.url, &format!("DROP ROLE {}", self.name));
            }
            _ => statement(&self.db.url, &format!("DROP USER '{}'@'%'", self.name)),
        }
    }
}

/// A text as the database writes it.
pub fn literal(kind: &str, text: &str) -> String {
    let text = match kind {
        "mysql" | "mariadb" => text.replace('\\', "\\\\"),
        _ => text.to_string(),
    };
    format!("'{}'", text.replace('\'', "''"))
}

/// Every row of the ledger.
pub fn ledger(db: &Database) -> String {
    let mut driver = db.open();
    let tables = ["", "_meta", "_step", "_log"].map(|t| format!("initium_migrate{t}"));
    let rows = tables.map(|table| driver.query(&format!("SELECT * FROM {table}")));
    let rows = rows
        .into_iter()
        .flatten()
        .flat_map(|rows| rows.rows)
        .flatten()
        .flatten();
    // As it is stored, not as a debugger writes it.
    rows.collect::<Vec<_>>().join("\n")
}

/// A spec of one sensitive migration.
fn spec(up: &str) -> String {
    serde_json::json!({
        "version": 1,
        // Another one each time: a half of it may stay.
        "migrations": [{ "name": unique("one"), "sensitive": true, "up": up }],
    })
    .to_string()
}

fn own(kind: &str, postgres: &'static str, mysql: &'static str) -> &'static str {
    match kind {
        "postgres" => postgres,
        _ => mysql,
    }
}

/// A statement that takes long. A MySQL that only sleeps is woken without an error.
fn asleep(kind: &str, text: &str) -> String {
    let postgres = "SELECT pg_sleep(20), VALUE";
    let mysql = "SELECT VALUE FROM (SELECT 1 AS a) t WHERE SLEEP(20)";
    own(kind, postgres, mysql).replace("VALUE", text)
}

/// A failure of a run that got in: its script, what is said on the command line, its code.
type Failure = (&'static str, String, &'static [&'static str], &'static str);

fn failures(kind: &str, secret: &str) -> Vec<Failure> {
    let text = literal(kind, secret);
    vec![
        // MySQL quotes what follows, PostgreSQL the word itself.
        (
            "syntax",
            format!("CREATE TABLE t{{n}} (a integer); FORM {text}"),
            &[],
            "statement-failed",
        ),
        (
            "value",
            own(
                kind,
                "SELECT CAST(VALUE AS integer)",
                "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = VALUE",
            )
            .replace("VALUE", &text),
            &[],
            "statement-failed",
        ),
        (
            "time-out",
            asleep(kind, &text),
            &["--statement-timeout", "60ms"],
            "statement-failed",
        ),
    ]
}

fn run(scene: &Scene, name: &Name, given: &Given, script: &str, more: &[&str]) -> Ran {
    let spec = scene.folder.write("spec.json", &spec(script));
    let words = [
        "migrate",
        "apply",
        "--connect-timeout",
        "0",
        "--allow-ahead",
        "--lock-wait",
        "20s",
        "--spec",
        &spec,
    ];
    scene
        .prepare(&[&words, more].concat(), given, name.form)
        .run()
}

#[test]
fn nothing_leaks_on_a_server() {
    let mut count = 0;
    for db in databases().iter().filter(|db| db.kind != "sqlite") {
        let scene = Scene::new();
        let somebody = Somebody::on(db);
        let address = somebody.address();
        for (n, secret) in passwords().into_iter().enumerate() {
            let (supply, form) = (SUPPLIES[n % SUPPLIES.len()], FORMS[n % 2]);
            let given = supply.1(&address, &secret, &scene.folder);
            let name = Name {
                supply: supply.0,
                failure: "wrong password",
                form,
            };
            let ran = run(&scene, &name, &given, "SELECT 1", &[]);
            assert_eq!(
                code(&ran, form),
                "authentication-failed",
                "{name:?} {}{}",
                ran.out,
                ran.err
            );
            scene.search(&name, &secret, &ran, &[]);
            // It is the right one after all, so each of them is understood.
            somebody.has(&secret);
            let name = Name {
                failure: "none",
                ..name
            };
            let spec = scene.folder.write("spec.json", &spec("SELECT 1"));
            let ran = scene
                .prepare(&["migrate", "plan", "--spec", &spec], &given, form)
                .exits(0);
            scene.search(&name, &secret, &ran, &[]);
            count += 2;
        }
        let secret = worst();
        for (n, supply) in SUPPLIES.iter().enumerate() {
            let form = FORMS[n % 2];
            let given = supply.1(&address, &secret, &scene.folder);
            for (failure, script, more, wanted) in failures(db.kind, &secret) {
                let script = script.replace("{n}", &format!("_{n}_{count}"));
                let name = Name {
                    supply: supply.0,
                    failure,
                    form,
                };
                let ran = run(&scene, &name, &given, &script, more);
                assert_eq!(code(&ran, form), wanted, "{name:?} {}{}", ran.out, ran.err);
                scene.search(&name, &secret, &ran, &[ledger(db)]);
                count += 1;
            }
            let elsewhere = Address {
                name: "no_such_database".into(),
                ..address.clone()
            };
            let given = supply.1(&elsewhere, &secret, &scene.folder);
            let name = Name {
                supply: supply.0,
                failure: "wrong database",
                form,
            };
            let ran = run(&scene, &name, &given, "SELECT 1", &[]);
            assert_eq!(ran.status, 2, "{name:?} {}{}", ran.out, ran.err);
            scene.search(&name, &secret, &ran, &[]);
            count += 1;
        }
        stopped(&somebody, &scene, &address, &secret);
    }
    println!("{count} combinations on servers, 0 leaks");
}

/// What happens to a run while a statement that holds the password runs.
fn stopped(somebody: &Somebody, scene: &Scene, address: &Address, secret: &str) {
    let db = somebody.db;
    type Happening<'a> = (&'static str, &'a dyn Fn(&Heard), i32);
    let happens: [Happening; 2] = [
        ("SIGTERM", &terminate, 143),
        ("lost connection", &|_| somebody.loses_its_session(), 5),
    ];
    for (failure, happen, status) in happens {
        for (form, supply) in FORMS.iter().zip(SUPPLIES) {
            let given = supply.1(address, secret, &scene.folder);
            let text = literal(db.kind, secret);
            let spec = scene
                .folder
                .write("spec.json", &spec(&asleep(db.kind, &text)));
            let words = [
                "migrate",
                "apply",
                "--allow-ahead",
                "--grace",
                "50ms",
                "--spec",
                &spec,
            ];
            let heard = hear(scene.prepare(&words, &given, form).spawn(), "begin up");
            happen(&heard);
            let ran = heard.end();
            let name = Name {
                supply: supply.0,
                failure,
                form,
            };
            assert_eq!(ran.status, status, "{name:?} {}{}", ran.out, ran.err);
            scene.search(&name, secret, &ran, &[ledger(db)]);
        }
    }
}

fn terminate(heard: &Heard) {
    let kill = ["-TERM", &heard.child.id().to_string()];
    let killed = std::process::Command::new("kill").args(kill).status();
    assert!(killed.unwrap().success());
}

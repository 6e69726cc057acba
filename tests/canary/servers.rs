//! Failures on real servers, with a user whose password is the canary, and with the canary as a wrong
//! password. The ledger is searched too.

use super::forms::{passwords, worst};
use super::scene::{FORMS, Name, Scene, code};
use super::supply::{Address, Given, SUPPLIES};
use super::support::database::statement;
use super::support::{Database, Ran, databases, hear, unique};

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

fn own<'a>(kind: &str, postgres: &'a str, mysql: &'a str) -> &'a str {
    match kind {
        "postgres" => postgres,
        _ => mysql,
    }
}

/// A failure of a run that got in: its script, what is said on the command line, its code.
type Failure = (&'static str, String, &'static [&'static str], &'static str);

fn failures(kind: &str, secret: &str) -> Vec<Failure> {
    let text = literal(kind, secret);
    let sleep = own(kind, "SELECT pg_sleep(20)", "SELECT SLEEP(20)");
    let die = own(
        kind,
        "SELECT pg_terminate_backend(pg_backend_pid())",
        "KILL CONNECTION_ID()",
    );
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
                "DO (SELECT 1 UNION SELECT 2) = VALUE",
            )
            .replace("VALUE", &text),
            &[],
            "statement-failed",
        ),
        (
            "time-out",
            format!("{sleep}, {text}"),
            &["--statement-timeout", "60ms"],
            "statement-failed",
        ),
        (
            "lost connection",
            format!("{die};\nSELECT {text}"),
            &[],
            "connection-lost",
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
        stopped(db, &scene, &address, &secret);
    }
    println!("{count} combinations on servers, 0 leaks");
}

/// SIGTERM while a statement that holds it runs.
fn stopped(db: &Database, scene: &Scene, address: &Address, secret: &str) {
    for (form, supply) in FORMS.iter().zip(SUPPLIES) {
        let given = supply.1(address, secret, &scene.folder);
        let sleep = own(db.kind, "SELECT pg_sleep(20)", "SELECT SLEEP(20)");
        let text = literal(db.kind, secret);
        let spec = scene
            .folder
            .write("spec.json", &spec(&format!("{sleep}, {text}")));
        let words = ["migrate", "apply", "--grace", "50ms", "--spec", &spec];
        let heard = hear(scene.prepare(&words, &given, form).spawn(), "begin up");
        let kill = ["-TERM", &heard.child.id().to_string()];
        assert!(
            std::process::Command::new("kill")
                .args(kill)
                .status()
                .unwrap()
                .success()
        );
        let ran = heard.end();
        let name = Name {
            supply: supply.0,
            failure: "SIGTERM",
            form,
        };
        assert_eq!(ran.status, 143, "{name:?} {}{}", ran.out, ran.err);
        scene.search(&name, secret, &ran, &[ledger(db)]);
    }
}

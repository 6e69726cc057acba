//! The ledger on real servers: rights, read-only servers, and a first run that died half-way.

#![allow(clippy::unwrap_used)]

mod bench;

use bench::{Database, each, open, ready, record};
use initium_driver::{Code, Entry, Script, Secret, Settings};

/// Somebody else, with these rights on what `ON` names.
fn role(database: &Database, rights: &[(&str, &str)]) -> (Settings, String) {
    let user = format!("r_{}", database.name);
    database.sql(&[&format!("CREATE USER {user} IDENTIFIED BY 'secret-word'")]);
    for (rights, on) in rights {
        database.sql(&[&format!(
            "GRANT {rights} ON {}.{on} TO {user}",
            database.name
        )]);
    }
    let settings = Settings {
        user: Some(user.clone()),
        password: Some(Secret::new("secret-word")),
        ..database.settings.clone()
    };
    (settings, user)
}

#[test]
fn a_ledger_half_made_is_finished_by_the_next_run() {
    each(|database| {
        let tables = ["_meta", "_log", "_step", ""];
        for gone in 0..=tables.len() {
            drop(ready(&database.settings));
            if gone == 0 {
                database.sql(&["DELETE FROM initium_migrate_meta"]);
            }
            for suffix in &tables[..gone] {
                database.sql(&[&format!("DROP TABLE initium_migrate{suffix}")]);
            }
            let mut reader = open(&database.settings, "initium_migrate").unwrap();
            assert_eq!(reader.digest().unwrap(), None, "{gone}");
            assert_eq!(reader.history().unwrap().records.len(), 0);
            let mut driver = ready(&database.settings);
            let id = format!("m{gone}");
            let entries = vec![Entry::Record(record(&id, 1))];
            driver.execute(&Script::entries(entries)).unwrap();
            assert_eq!(driver.digest().unwrap().unwrap().count, 1, "{gone}");
            let entries = vec![Entry::Forget { id }];
            driver.execute(&Script::entries(entries)).unwrap();
        }
    });
}

#[test]
fn a_role_that_may_only_read_the_ledger_reads_it() {
    each(|database| {
        let mut driver = ready(&database.settings);
        let entries = vec![Entry::Record(record("a", 1))];
        driver.execute(&Script::entries(entries)).unwrap();
        let rights: Vec<_> = ["", "_meta", "_step", "_log"]
            .iter()
            .map(|suffix| format!("initium_migrate{suffix}"))
            .collect();
        let rights: Vec<_> = rights.iter().map(|t| ("SELECT", t.as_str())).collect();
        let (settings, user) = role(database, &rights);
        let mut reader = open(&settings, "initium_migrate").unwrap();
        assert_eq!(reader.digest().unwrap().unwrap().count, 1);
        assert_eq!(reader.history().unwrap().records[0].id, "a");
        assert_eq!(reader.attempts(5).unwrap().len(), 0);
        assert!(reader.stored("a").unwrap().down.is_some());
        database.sql(&[&format!("DROP USER {user}")]);
    });
}

#[test]
fn a_role_that_may_not_create_the_ledger_is_told_what_to_ask_for() {
    each(|database| {
        let (settings, user) = role(database, &[("SELECT", "*")]);
        let mut driver = open(&settings, "initium_migrate").unwrap();
        assert_eq!(driver.digest().unwrap(), None);
        driver.try_lock().unwrap();
        let error = driver.prepare_ledger().unwrap_err();
        assert_eq!(error.code(), Code::LedgerDenied, "{error}");
        let help = error.help_text().unwrap().to_string();
        drop(driver);
        let grants: Vec<_> = help.lines().filter(|l| l.starts_with("GRANT")).collect();
        assert_eq!(grants.len(), 4, "{help}");
        assert!(help.contains(&format!("TO '{user}'@'%'")), "{help}");
        for grant in grants {
            database.sql(&[grant]);
        }
        let mut driver = ready(&settings);
        let entries = vec![Entry::Record(record("a", 1))];
        driver.execute(&Script::entries(entries)).unwrap();
        database.sql(&[&format!("DROP USER {user}")]);
    });
}

#[test]
fn a_role_that_may_not_write_the_ledger_is_told_what_to_ask_for() {
    each(|database| {
        let mut admin = ready(&database.settings);
        bench::alone(
            &mut *admin,
            "CREATE TABLE mine (a int); CREATE TABLE yours (a int)",
        );
        admin.unlock().unwrap();
        let (settings, user) = role(
            database,
            &[
                ("SELECT", "*"),
                ("SELECT, INSERT, CREATE, ALTER", "mine"),
                ("INSERT", "initium_migrate"),
            ],
        );
        let mut driver = ready(&settings);
        let together = |driver: &mut dyn initium_driver::Driver, text: &str| {
            driver.execute(&Script::Together(vec![initium_driver::Part {
                statements: bench::split(driver, text),
                entries: bench::finish("a", 1),
            }]))
        };
        let error = together(&mut *driver, "INSERT INTO mine VALUES (1)").unwrap_err();
        assert_eq!(error.code(), Code::LedgerDenied, "{error}");
        assert_eq!(error.failed_at(), None);
        let help = error.help_text().unwrap().to_string();
        assert!(help.contains(&format!("TO '{user}'@'%'")), "{help}");
        // What the script itself may not do is the script's.
        let error = together(&mut *driver, "INSERT INTO yours VALUES (1)").unwrap_err();
        assert_eq!(error.code(), Code::StatementFailed, "{error}");
        assert!(error.failed_at().is_some());
        let alter = bench::split(&*driver, "ALTER TABLE mine ADD b int").remove(0);
        let error = driver
            .execute(&Script::Alone {
                before: vec![Entry::Step(bench::step("a", 1))],
                statement: Box::new(alter),
                after: vec![],
            })
            .unwrap_err();
        assert_eq!(error.code(), Code::LedgerDenied, "{error}");
        let found = bench::cell(&mut *driver, "SELECT concat(count(*), 'x') FROM mine");
        assert_eq!(found.as_deref(), Some("0x"));
        for grant in help.lines().filter(|line| line.starts_with("GRANT")) {
            bench::alone(&mut *admin, grant);
        }
        together(&mut *driver, "INSERT INTO mine VALUES (1)").unwrap();
        drop(driver);
        database.sql(&[&format!("DROP USER {user}")]);
    });
}

#[test]
fn times_are_utc_and_in_order() {
    each(|database| {
        let mut driver = ready(&database.settings);
        let entries = vec![Entry::Record(record("a", 1))];
        driver.execute(&Script::entries(entries)).unwrap();
        let at = driver.history().unwrap().records[0].applied_at.clone();
        assert_eq!(at.len(), "2024-01-02T03:04:05.678Z".len(), "{at}");
        let off = bench::cell(
            &mut *driver,
            "SELECT abs(timestampdiff(SECOND, applied_at, UTC_TIMESTAMP())) < 5 FROM initium_migrate",
        );
        assert_eq!(off.as_deref(), Some("1"));
    });
}

#[test]
fn a_ledger_in_another_database_is_used_there() {
    each(|database| {
        let other = format!("{}_ops", database.name);
        database.sql(&[&format!("CREATE DATABASE {other}")]);
        let table = format!("{other}.book");
        let mut driver = open(&database.settings, &table).unwrap();
        driver.try_lock().unwrap();
        driver.prepare_ledger().unwrap();
        let entries = vec![Entry::Record(record("a", 1))];
        driver.execute(&Script::entries(entries)).unwrap();
        let mut reader = open(&database.settings, &table).unwrap();
        assert_eq!(reader.digest().unwrap().unwrap().count, 1);
        assert_eq!(driver.introspect().unwrap().tables.len(), 0);
        database.sql(&[&format!("DROP DATABASE {other}")]);
    });
}

/// Only the session is read-only: the servers of the tests are shared.
#[test]
fn what_only_reads_says_that_it_is_read_only() {
    each(|database| {
        let mut driver = ready(&database.settings);
        let text =
            "CREATE TABLE t (a int); SET SESSION TRANSACTION READ ONLY; INSERT INTO t VALUES (1)";
        let error = bench::migrate(&mut *driver, "m", 1, text).unwrap_err();
        assert_eq!(error.code(), Code::ReadOnly, "{error}");
        assert_eq!(driver.digest().unwrap().unwrap().count, 0);
        assert_eq!(driver.history().unwrap().steps.len(), 3);
    });
}

//! Statements that no transaction can hold: catches an index that is never finished and taken for
//! done, one that is dropped although it is somebody else's, and a lock that stands in the way.

#![allow(clippy::unwrap_used)]

mod servers;

use initium_driver::driver::{Driver, Locked, Script, Verdict};
use initium_driver::error::{Code, Error, Result};
use initium_driver::ledger::{Entry, Phase, Step};
use servers::{Database, alone, ask, each, split};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

const VALID: &str = "SELECT string_agg(concat(relname, ':', indisvalid), ' ' ORDER BY relname) FROM pg_index \
     JOIN pg_class ON oid = indexrelid WHERE indrelid = 't'::regclass";

fn intent(driver: &dyn Driver, text: &str) -> Entry {
    Entry::Intent {
        step: Step::new("m", Phase::Up, 1, "v1:x".into(), text),
        statement: Box::new(split(driver, text).remove(0)),
    }
}

/// As the engine runs it.
fn step(driver: &mut dyn Driver, text: &str) -> Result<()> {
    let script = Script::Alone {
        before: vec![intent(driver, text)],
        statement: Box::new(split(driver, text).remove(0)),
        after: vec![],
    };
    driver.execute(&script)
}

/// Only the note is taken.
fn note(driver: &mut dyn Driver, text: &str) {
    let script = Script::entries(vec![intent(driver, text)]);
    driver.execute(&script).unwrap();
}

fn verdict(driver: &mut dyn Driver, text: &str) -> Verdict {
    let noted = driver.history().unwrap().steps.remove(0);
    let statement = split(driver, text).remove(0);
    driver.verdict(&noted, &statement).unwrap()
}

fn without(clear: &[&str]) -> Verdict {
    Verdict::Without {
        clear: clear.iter().map(|text| text.to_string()).collect(),
    }
}

/// What the engine does with the answer.
fn clear(driver: &mut dyn Driver, verdict: Verdict) {
    let Verdict::Without { clear } = verdict else {
        panic!("{verdict:?}");
    };
    for text in clear {
        alone(driver, &text).unwrap();
    }
}

/// Sees the database as it is now until it is dropped: an index waits for it.
fn snapshot(database: &Database) -> postgres_sync::Client {
    let s = &database.settings;
    let mut client = postgres_sync::Config::new()
        .host(&s.hosts[0].name)
        .port(s.hosts[0].port.unwrap())
        .user(s.user.as_deref().unwrap())
        .password(s.password.as_ref().unwrap().reveal())
        .dbname(database.name())
        .connect(postgres_sync::NoTls)
        .unwrap();
    client
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM t")
        .unwrap();
    client
}

/// Waits until a session builds an index, and tells which.
fn builder(database: &Database) -> String {
    let mut driver = database.open();
    loop {
        let pid = ask(
            &mut *driver,
            "SELECT pid FROM pg_stat_activity WHERE query LIKE 'CREATE%CONCURRENTLY%' AND wait_event_type = 'Lock' \
             AND datname = current_database()",
        );
        if pid != "NULL" {
            return pid;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// A build that waits for a snapshot and is then ended from outside.
fn killed(database: &Database, text: &str) -> Error {
    let held = snapshot(database);
    let error = thread::scope(|scope| {
        let building = scope.spawn(|| {
            let mut driver = database.open();
            assert_eq!(driver.try_lock().unwrap(), Locked::Taken);
            driver.prepare_ledger().unwrap();
            step(&mut *driver, text).unwrap_err()
        });
        let kill = format!("SELECT pg_terminate_backend({}, 5000)", builder(database));
        alone(&mut *database.open(), &kill).unwrap();
        building.join().unwrap()
    });
    drop(held);
    error
}

#[test]
fn a_build_that_died_is_cleared_and_built_again() {
    each(|database| {
        alone(
            &mut *database.open(),
            "CREATE TABLE t (n int); CREATE INDEX old ON t (n)",
        )
        .unwrap();
        for (text, name) in [
            ("CREATE INDEX CONCURRENTLY \"I x\" ON t (n)", "\"I x\""),
            (
                "CREATE INDEX CONCURRENTLY IF NOT EXISTS j ON public.t (n)",
                "j",
            ),
            ("CREATE UNIQUE INDEX CONCURRENTLY ON t (n)", "t_n_idx"),
        ] {
            let error = killed(database, text);
            assert_eq!(error.code(), Code::ConnectionLost, "{error}");
            let mut driver = database.ready();
            let found = verdict(&mut *driver, text);
            let drop = format!("DROP INDEX CONCURRENTLY IF EXISTS public.{name}");
            assert_eq!(found, without(&[&drop]), "{text}");
            clear(&mut *driver, found);
            assert_eq!(verdict(&mut *driver, text), without(&[]));
            step(&mut *driver, text).unwrap();
            assert_eq!(verdict(&mut *driver, text), Verdict::With, "{text}");
            assert!(!ask(&mut *driver, VALID).contains(":f"));
        }
    });
}

#[test]
fn ten_that_wait_for_the_lock_do_not_stop_an_index() {
    each(|database| {
        let mut driver = database.ready();
        alone(
            &mut *driver,
            "CREATE TABLE t AS SELECT generate_series(1, 50000) AS n",
        )
        .unwrap();
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..10 {
                scope.spawn(|| {
                    let mut waiting = database.open();
                    while !over.load(Ordering::SeqCst) {
                        assert!(matches!(waiting.try_lock().unwrap(), Locked::Held(_)));
                        thread::sleep(Duration::from_millis(5));
                    }
                });
            }
            for n in 0..5 {
                let text = format!("CREATE INDEX CONCURRENTLY i{n} ON t (n)");
                let built = step(&mut *driver, &text);
                over.store(n == 4 || built.is_err(), Ordering::SeqCst);
                built.unwrap();
            }
        });
        assert!(!ask(&mut *driver, VALID).contains(":f"));
    });
}

#[test]
fn a_build_that_failed_leaves_an_index_that_is_cleared() {
    each(|database| {
        let mut driver = database.ready();
        alone(
            &mut *driver,
            "CREATE TABLE t (n int); INSERT INTO t VALUES (1), (1)",
        )
        .unwrap();
        let text = "CREATE UNIQUE INDEX CONCURRENTLY i ON t (n)";
        let error = step(&mut *driver, text).unwrap_err();
        assert_eq!(error.server_said().state.as_deref(), Some("23505"));
        let found = verdict(&mut *driver, text);
        assert_eq!(
            found,
            without(&["DROP INDEX CONCURRENTLY IF EXISTS public.i"])
        );
        clear(&mut *driver, found);
        alone(&mut *driver, "DELETE FROM t").unwrap();
        step(&mut *driver, text).unwrap();
        assert_eq!(ask(&mut *driver, VALID), "i:t");
    });
}

#[test]
fn an_unfinished_index_of_somebody_else_is_neither_passed_over_nor_dropped() {
    each(|database| {
        let mut driver = database.ready();
        alone(
            &mut *driver,
            "CREATE TABLE t (n int); INSERT INTO t VALUES (1), (1)",
        )
        .unwrap();
        alone(&mut *driver, "CREATE UNIQUE INDEX CONCURRENTLY i ON t (n)").unwrap_err();
        let text = "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (n)";
        let error = step(&mut *driver, text).unwrap_err();
        assert_eq!(error.code(), Code::StatementFailed, "{error}");
        assert!(error.message().contains("not valid"), "{error}");
        assert!(error.failed_at().is_some());
        assert_eq!(verdict(&mut *driver, text), without(&[]));
        assert_eq!(ask(&mut *driver, VALID), "i:f");
    });
}

#[test]
fn an_index_that_somebody_builds_just_now_is_not_dropped() {
    each(|database| {
        let mut driver = database.ready();
        alone(&mut *driver, "CREATE TABLE t (n int)").unwrap();
        let text = "CREATE INDEX CONCURRENTLY i ON t (n)";
        note(&mut *driver, text);
        let held = snapshot(database);
        thread::scope(|scope| {
            let building = scope.spawn(|| alone(&mut *database.open(), text));
            builder(database);
            let found = verdict(&mut *driver, text);
            assert!(matches!(found, Verdict::Otherwise(_)), "{found:?}");
            drop(held);
            building.join().unwrap().unwrap();
        });
    });
}

#[test]
fn what_a_rebuild_left_is_cleared() {
    each(|database| {
        let mut driver = database.ready();
        alone(
            &mut *driver,
            "CREATE TABLE t (n int); CREATE INDEX i ON t (n)",
        )
        .unwrap();
        for text in [
            "REINDEX INDEX CONCURRENTLY i",
            "REINDEX TABLE CONCURRENTLY t",
            "REINDEX SCHEMA CONCURRENTLY public",
        ] {
            note(&mut *driver, text);
            assert_eq!(verdict(&mut *driver, text), without(&[]), "{text}");
            // As a server that died leaves it.
            alone(
                &mut *driver,
                "CREATE INDEX i_ccnew ON t (n); \
                 UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i_ccnew'::regclass",
            )
            .unwrap();
            let found = verdict(&mut *driver, text);
            let drop = "DROP INDEX CONCURRENTLY IF EXISTS public.i_ccnew";
            assert_eq!(found, without(&[drop]), "{text}");
            clear(&mut *driver, found);
            alone(&mut *driver, text).unwrap();
            if !text.contains("SCHEMA") {
                assert_eq!(verdict(&mut *driver, text), Verdict::With, "{text}");
            }
            assert_eq!(ask(&mut *driver, VALID), "i:t");
        }
    });
}

#[test]
fn what_is_there_or_not_tells_the_rest() {
    each(|database| {
        let mut driver = database.ready();
        let other = format!("{}_other", database.name());
        alone(
            &mut *driver,
            "CREATE TABLE t (n int) PARTITION BY LIST (n); CREATE TABLE p PARTITION OF t FOR VALUES IN (1); \
             CREATE INDEX i ON p (n)",
        )
        .unwrap();
        for text in [
            format!("CREATE DATABASE {other}"),
            format!("DROP DATABASE {other}"),
            "DROP INDEX CONCURRENTLY public.i".into(),
            "ALTER TABLE t DETACH PARTITION p CONCURRENTLY".into(),
        ] {
            note(&mut *driver, &text);
            assert_eq!(verdict(&mut *driver, &text), without(&[]), "{text}");
            alone(&mut *driver, &text).unwrap();
            assert_eq!(verdict(&mut *driver, &text), Verdict::With, "{text}");
        }
        for text in ["VACUUM t", "ALTER SYSTEM RESET work_mem"] {
            note(&mut *driver, text);
            assert_eq!(verdict(&mut *driver, text), without(&[]), "{text}");
        }
        let text = "INSERT INTO p VALUES (1)";
        note(&mut *driver, text);
        assert!(matches!(verdict(&mut *driver, text), Verdict::Invisible(_)));
    });
}

#[test]
fn a_note_sees_the_session_as_the_statement_does() {
    each(|database| {
        let mut driver = database.ready();
        alone(
            &mut *driver,
            "CREATE SCHEMA s; CREATE TABLE s.t (n int); CREATE TABLE t (n int)",
        )
        .unwrap();
        let text = "CREATE INDEX CONCURRENTLY i ON t (n)";
        alone(&mut *driver, "SET search_path TO s").unwrap();
        step(&mut *driver, text).unwrap();
        // Whatever the path is by then.
        assert_eq!(verdict(&mut *driver, text), Verdict::With);
        alone(&mut *driver, "SET search_path TO public").unwrap();
        assert_eq!(verdict(&mut *driver, text), Verdict::With);
    });
}

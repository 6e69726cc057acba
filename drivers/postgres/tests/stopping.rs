//! Others in the way, and an end that comes from outside: catches a blocker nobody names, a statement
//! that cannot be stopped, and a dead client whose statement works on beside the next run.

#![allow(clippy::unwrap_used)]

mod servers;

use initium_driver::driver::Locked;
use initium_driver::error::Code;
use servers::{Proxy, alone, apply, ask, each, ids, open, split};
use std::thread;
use std::time::{Duration, Instant};

const RUNNING: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
     AND pid <> pg_backend_pid() AND state = 'active' AND query LIKE '%pg_sleep(60)%'";

fn until(what: &str, mut true_now: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !true_now() {
        assert!(Instant::now() < end, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn who_blocks_a_statement_is_named_and_nobody_else() {
    each(|database| {
        let mut driver = database.ready();
        alone(
            &mut *driver,
            "CREATE SCHEMA s; CREATE TABLE s.\"T\" (n int); CREATE INDEX i ON s.\"T\" (n); CREATE TABLE u (n int)",
        )
        .unwrap();
        let mut reader = open(&database.with("application_name", "reader")).unwrap();
        alone(&mut *reader, "BEGIN").unwrap();
        alone(&mut *reader, "SELECT n FROM s.\"T\"").unwrap();
        let mut bystander = database.open();
        alone(&mut *bystander, "BEGIN").unwrap();
        alone(&mut *bystander, "SELECT n FROM u").unwrap();
        for text in [
            "ALTER TABLE s.\"T\" ADD m int",
            "DROP INDEX s.i",
            "DROP TABLE IF EXISTS s.\"T\"",
        ] {
            let error = apply(&mut *driver, "m", text).unwrap_err();
            assert_eq!(error.code(), Code::LockTimeout, "{error}");
            let statement = split(&*driver, text).remove(0);
            let found = driver.blockers(&statement).unwrap();
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert_eq!(found[0].application.as_deref(), Some("reader"));
            assert_eq!(found[0].host.as_deref(), Some("127.0.0.1"));
            assert!(found[0].seconds.is_some());
            let said = found[0].statement.as_deref().unwrap();
            assert!(said.starts_with("(idle in transaction) SELECT n"), "{said}");
        }
        // A reader does not stand in the way of these.
        for text in [
            "INSERT INTO s.\"T\" VALUES (1)",
            "CREATE INDEX j ON s.\"T\" (n)",
        ] {
            let statement = split(&*driver, text).remove(0);
            assert_eq!(driver.blockers(&statement).unwrap(), [], "{text}");
        }
    });
}

#[test]
fn a_statement_is_stopped_from_a_second_thread() {
    each(|database| {
        let mut driver = database.ready();
        let stop = driver.stopper().unwrap();
        let stopping = thread::spawn({
            let settings = database.settings.clone();
            move || {
                let mut watching = open(&settings).unwrap();
                until("it runs", || ask(&mut *watching, RUNNING) == "1");
                stop(Duration::from_secs(5));
            }
        });
        let begin = Instant::now();
        let text = "CREATE TABLE a (n int); SELECT pg_sleep(60)";
        let error = apply(&mut *driver, "m", text).unwrap_err();
        stopping.join().unwrap();
        assert!(begin.elapsed() < Duration::from_secs(30));
        assert_eq!(error.server_said().state.as_deref(), Some("57014"));
        assert_eq!(error.failed_at().map(|at| at.statement), Some(1));
        assert_eq!(ask(&mut *driver, "SELECT to_regclass('a') IS NULL"), "t");
        apply(&mut *driver, "m", "SELECT 1").unwrap();
    });
}

#[test]
fn the_next_run_waits_for_what_a_dead_client_left() {
    each(|database| {
        database.ready();
        let proxy = Proxy::before(&database.settings);
        let dead = || {
            let mut dead = open(&proxy.settings).unwrap();
            assert_eq!(dead.try_lock().unwrap(), Locked::Taken);
            let text = "CREATE TABLE a (n int); SELECT pg_sleep(60)";
            apply(&mut *dead, "m", text).unwrap_err()
        };
        let mut next = database.open();
        let mut watching = database.open();
        thread::scope(|scope| {
            let dying = scope.spawn(dead);
            until("it runs", || ask(&mut *watching, RUNNING) == "1");
            proxy.hang_up();
            let error = dying.join().unwrap();
            assert_eq!(error.code(), Code::ConnectionLost, "{error}");
        });
        let begin = Instant::now();
        until("the lock is free", || {
            // As long as the statement runs the lock is its own.
            let taken = next.try_lock().unwrap() == Locked::Taken;
            let runs = ask(&mut *watching, RUNNING) == "1";
            assert!(!(taken && runs), "two work at the same time");
            taken
        });
        assert!(begin.elapsed() < Duration::from_secs(10));
        assert_eq!(ask(&mut *next, "SELECT to_regclass('a') IS NULL"), "t");
        assert!(ids(&mut *next).is_empty());
    });
}

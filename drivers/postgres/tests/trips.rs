//! Round trips, counted by a proxy: catches any message more than the wire has to carry.

#![allow(clippy::unwrap_used)]

mod servers;

use initium_driver::driver::{Driver, Locked, Script};
use initium_driver::error::Code;
use initium_driver::ledger::{Entry, Phase, Step};
use servers::{Proxy, apply, ask, attempt, each, ids, open, part, split};

#[test]
fn every_call_takes_the_round_trips_it_must() {
    each(|database| {
        let proxy = Proxy::before(&database.settings);
        let mut driver = open(&proxy.settings).unwrap();
        // Start, first and last word of the password.
        assert!(proxy.trips() <= 3);
        let took = |driver: &mut dyn Driver, call: &mut dyn FnMut(&mut dyn Driver)| {
            call(driver);
            proxy.trips()
        };
        let trips = took(&mut *driver, &mut |d| assert_eq!(d.digest().unwrap(), None));
        assert_eq!(trips, 1, "a digest without a ledger");
        let trips = took(&mut *driver, &mut |d| {
            assert_eq!(d.try_lock().unwrap(), Locked::Taken);
        });
        assert_eq!(trips, 1, "the lock");
        let trips = took(&mut *driver, &mut |d| d.prepare_ledger().unwrap());
        assert_eq!(trips, 2, "looking for the ledger and creating it");
        let trips = took(&mut *driver, &mut |d| {
            apply(d, "m", "CREATE TABLE a (n int); CREATE INDEX i ON a (n)").unwrap();
        });
        assert_eq!(trips, 1, "a migration");
        let trips = took(&mut *driver, &mut |d| {
            let parts = (0..20).map(|n| part(d, &format!("p{n}"), "INSERT INTO a VALUES (1)"));
            let script = Script::Together(parts.collect());
            d.execute(&script).unwrap();
        });
        assert_eq!(trips, 1, "twenty migrations in one transaction");
        let trips = took(&mut *driver, &mut |d| {
            let entries = vec![
                Entry::Forget { id: "p3".into() },
                Entry::Attempt(attempt("p3")),
            ];
            d.execute(&Script::entries(entries)).unwrap();
        });
        assert_eq!(trips, 1, "entries");
        // What works concurrently gets no limit on its locks: one message before it and one behind.
        for (text, wanted) in [("VACUUM", 3), ("CREATE INDEX CONCURRENTLY j ON a (n)", 5)] {
            let trips = took(&mut *driver, &mut |d| {
                let step = Step::new("x", Phase::Up, 1, "v1:x".into(), "s");
                d.execute(&Script::Alone {
                    before: vec![Entry::Step(step.clone())],
                    statement: Box::new(split(d, text).remove(0)),
                    after: vec![Entry::Step(step.done())],
                })
                .unwrap();
            });
            assert_eq!(trips, wanted, "{text} alone");
        }
        let trips = took(&mut *driver, &mut |d| {
            apply(d, "bad", "SELECT 1; SELECT 1/0").unwrap_err();
        });
        assert_eq!(trips, 2, "a failed migration");
        let trips = took(&mut *driver, &mut |d| assert_eq!(ask(d, "SELECT 7"), "7"));
        assert_eq!(trips, 1, "a question");
        let trips = took(&mut *driver, &mut |d| {
            d.introspect().unwrap();
        });
        assert_eq!(trips, 1, "introspection");
        let trips = took(&mut *driver, &mut |d| {
            d.history().unwrap();
        });
        // What stands above left two steps, as a run does that died.
        assert_eq!(trips, 2, "the history with unfinished steps");
        let clear = Entry::ClearSteps {
            id: "x".into(),
            phase: Phase::Up,
        };
        driver.execute(&Script::entries(vec![clear])).unwrap();
        proxy.trips();
        let trips = took(&mut *driver, &mut |d| {
            d.history().unwrap();
        });
        assert_eq!(trips, 1, "the history");
        let mut fresh = open(&proxy.settings).unwrap();
        proxy.trips();
        let trips = took(&mut *fresh, &mut |d| {
            d.history().unwrap();
        });
        assert_eq!(trips, 1, "the history of who looks for the first time");
        let trips = took(&mut *driver, &mut |d| {
            d.attempts(5).unwrap();
        });
        assert_eq!(trips, 1, "the log");
        let mut other = open(&proxy.settings).unwrap();
        proxy.trips();
        let trips = took(&mut *other, &mut |d| {
            assert_eq!(d.digest().unwrap().unwrap().count, 20);
        });
        assert_eq!(trips, 1, "a digest");
        let trips = took(&mut *other, &mut |d| {
            assert!(matches!(d.try_lock().unwrap(), Locked::Held(_)));
        });
        assert_eq!(trips, 1, "the lock and who holds it");
        let trips = took(&mut *driver, &mut |d| d.unlock().unwrap());
        assert_eq!(trips, 1, "giving the lock back");
    });
}

#[test]
fn an_answer_that_never_arrives_is_a_lost_connection_and_runs_once() {
    each(|database| {
        database.ready();
        let proxy = Proxy::before(&database.settings);
        let mut driver = open(&proxy.settings).unwrap();
        driver.digest().unwrap();
        proxy.cut();
        let error = apply(&mut *driver, "m", "CREATE TABLE a (n int)").unwrap_err();
        assert_eq!(error.code(), Code::ConnectionLost, "{error}");
        assert_eq!(error.failed_at(), None);
        assert_eq!(driver.digest().unwrap_err().code(), Code::ConnectionLost);
        let mut after = database.open();
        // It was committed, and the ledger says so.
        for _ in 0..100 {
            if !ids(&mut *after).is_empty() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        assert_eq!(ids(&mut *after), ["m"]);
        assert_eq!(ask(&mut *after, "SELECT to_regclass('a') IS NOT NULL"), "t");
    });
}

/// Each mark keeps a copy of the message it came with.
#[test]
fn a_long_script_takes_little_memory_on_the_server() {
    each(|database| {
        let mut driver = database.ready();
        apply(&mut *driver, "table", "CREATE TABLE t (a text)").unwrap();
        let row = format!("INSERT INTO t VALUES ('{}');\n", "x".repeat(200));
        let asks = "DO $$ BEGIN ASSERT (SELECT sum(total_bytes) FROM pg_backend_memory_contexts \
             WHERE name LIKE 'CachedPlan%') < 64 * 1024 * 1024; END $$";
        let text = format!("{}{asks}", row.repeat(1500));
        apply(&mut *driver, "rows", &text).unwrap();
    });
}

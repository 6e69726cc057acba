//! The lock and who stands in its way: what is written without it, where it would protect nothing,
//! whose sessions a statement waits for, and how one is ended.

#![allow(clippy::unwrap_used)]

mod bench;

use bench::{alone, attempt, cell, each, migrate, open, ready, record, split, step, try_alone};
use initium_driver::{Code, Effect, Entry, Locked, Part, Phase, Script, State};
use std::time::{Duration, Instant};

#[test]
fn nothing_is_recorded_without_the_lock() {
    each(|database| {
        let mut driver = ready(&database.settings);
        let entries = vec![Entry::Record(record("a", 1)), Entry::Step(step("b", 1))];
        driver.execute(&Script::entries(entries)).unwrap();
        alone(&mut *driver, "CREATE TABLE t (a int)");
        alone(&mut *driver, "DO RELEASE_ALL_LOCKS()");
        let before = driver.history().unwrap();
        let alter = split(&*driver, "ALTER TABLE t ADD b int").remove(0);
        let state = Entry::State {
            id: "a".into(),
            state: State::Verified,
        };
        for entry in [
            Entry::Record(record("b", 2)),
            state,
            Entry::Forget { id: "a".into() },
            Entry::Step(step("b", 2)),
            Entry::Step(step("b", 1).done()),
            Entry::Intent {
                step: step("b", 3),
                statement: Box::new(alter),
            },
            Entry::Unstep {
                id: "b".into(),
                phase: Phase::Up,
                number: 1,
            },
        ] {
            let script = Script::entries(vec![entry.clone()]);
            let error = driver.execute(&script).unwrap_err();
            assert!(error.message().contains("lock is not ours"), "{error}");
            assert!(error.help_text().unwrap().contains("RELEASE_ALL_LOCKS"));
            assert_eq!(driver.history().unwrap(), before, "{entry:?}");
        }
        // What was tried is told all the same.
        let entries = vec![Entry::Attempt(attempt("b"))];
        driver.execute(&Script::entries(entries)).unwrap();
        assert_eq!(driver.attempts(5).unwrap().len(), 1);
        // Taken again, it protects again.
        assert_eq!(driver.try_lock().unwrap(), Locked::Taken);
        let entries = vec![Entry::Record(record("b", 2))];
        driver.execute(&Script::entries(entries)).unwrap();
        driver.unlock().unwrap();
        // Who never had it writes its line in the log.
        let mut other = open(&database.settings, "initium_migrate").unwrap();
        let entries = vec![Entry::Attempt(attempt("c"))];
        other.execute(&Script::entries(entries)).unwrap();
    });
}

/// A replica would repeat the statements, in a session that has no lock.
#[test]
fn what_replicas_repeat_is_neither_guarded_nor_asked() {
    each(|database| {
        let mut driver = ready(&database.settings);
        let alter = Box::new(split(&*driver, "ALTER TABLE t ADD b int").remove(0));
        for (mode, asked) in [("ROW", true), ("STATEMENT", false)] {
            alone(
                &mut *driver,
                &format!("SET SESSION binlog_format = '{mode}'"),
            );
            driver.try_lock().unwrap();
            let intent = Entry::Intent {
                step: step("m", 1),
                statement: alter.clone(),
            };
            driver.execute(&Script::entries(vec![intent])).unwrap();
            let noted = driver.history().unwrap().steps.remove(0);
            assert_eq!(noted.catalog.is_some(), asked, "{mode}");
            alone(&mut *driver, "DO RELEASE_ALL_LOCKS()");
            let entries = vec![Entry::Record(record(mode, 1))];
            let written = driver.execute(&Script::entries(entries));
            assert_eq!(written.is_err(), asked, "{mode}");
        }
    });
}

#[test]
fn rows_go_back_with_a_record_that_is_refused() {
    each(|database| {
        let mut driver = ready(&database.settings);
        alone(&mut *driver, "CREATE TABLE t (a int)");
        let text = "INSERT INTO t VALUES (1); SELECT RELEASE_ALL_LOCKS()";
        let script = Script::Together(vec![Part {
            statements: split(&*driver, text),
            entries: vec![Entry::Record(record("a", 1)), Entry::Attempt(attempt("a"))],
        }]);
        let error = driver.execute(&script).unwrap_err();
        assert!(error.message().contains("lock is not ours"), "{error}");
        let count = cell(&mut *driver, "SELECT count(*) FROM t");
        assert_eq!(count.as_deref(), Some("0"));
        let text = "ALTER TABLE t ADD b int; DO RELEASE_ALL_LOCKS()";
        driver.try_lock().unwrap();
        migrate(&mut *driver, "m", 1, text).unwrap_err();
        assert_eq!(driver.history().unwrap().records.len(), 0);
    });
}

#[test]
fn a_proxy_that_lends_sessions_is_refused_before_the_lock_is_taken() {
    each(|database| {
        let (settings, _) = bench::proxy::lending(&database.settings);
        let mut driver = open(&settings, "initium_migrate").unwrap();
        let error = driver.try_lock().unwrap_err();
        assert_eq!(error.code(), Code::PoolerRefused, "{error}");
        assert!(error.help_text().unwrap().contains("URL"));
        assert_eq!(driver.holder().unwrap(), None);
        // Reading needs no lock.
        assert_eq!(driver.digest().unwrap(), None);
    });
}

#[test]
fn a_cluster_whose_members_have_locks_of_their_own_is_refused() {
    each(|database| {
        let (mut settings, _) = bench::proxy::clustered(&database.settings);
        let mut other = open(&database.settings, "initium_migrate").unwrap();
        let mut driver = open(&settings, "initium_migrate").unwrap();
        let error = driver.try_lock().unwrap_err();
        assert_eq!(error.code(), Code::NotSupported, "{error}");
        assert!(error.help_text().unwrap().contains("cluster=one-node"));
        assert_eq!(other.holder().unwrap(), None);
        settings.options.push(("cluster".into(), "one-node".into()));
        let mut driver = open(&settings, "initium_migrate").unwrap();
        assert_eq!(driver.try_lock().unwrap(), Locked::Taken);
    });
}

#[test]
fn whoever_holds_a_table_is_named() {
    each(|database| {
        let mut driver = ready(&database.settings);
        alone(&mut *driver, "CREATE TABLE t (a int)");
        let mut other = open(&database.settings, "initium_migrate").unwrap();
        let number = cell(&mut *other, "SELECT CONNECTION_ID()").unwrap();
        for text in ["BEGIN", "INSERT INTO t VALUES (1)"] {
            let mut statement = split(&*other, text).remove(0);
            statement.effect = Effect::Control;
            try_alone(&mut *other, statement).unwrap();
        }
        let alter = split(&*driver, "ALTER TABLE t ADD b int").remove(0);
        let error = try_alone(&mut *driver, alter.clone()).unwrap_err();
        assert_eq!(error.code(), Code::LockTimeout, "{error}");
        let found = driver.blockers(&alter).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].session, number);
        assert_eq!(found[0].user, database.settings.user);
        // It waited a second for it.
        assert!(found[0].seconds.unwrap() >= 1 && found[0].host.is_some());
        alone(&mut *other, "ROLLBACK");
        // No transaction is open, yet nobody else gets at the table.
        alone(&mut *other, "LOCK TABLES t READ");
        let found = driver.blockers(&alter).unwrap();
        assert!(found.iter().any(|h| h.session == number), "{found:?}");
    });
}

#[test]
fn a_user_who_sees_little_is_told_little_and_no_error() {
    each(|database| {
        let user = format!("b_{}", database.name);
        database.sql(&[
            &format!("CREATE USER {user} IDENTIFIED BY 'secret-word'"),
            &format!("GRANT ALL ON {}.* TO {user}", database.name),
            "CREATE TABLE t (a int)",
        ]);
        let settings = initium_driver::Settings {
            user: Some(user.clone()),
            password: Some(initium_driver::Secret::new("secret-word")),
            ..database.settings.clone()
        };
        let mut driver = ready(&settings);
        // Whoever may change a table sees enough of it for a verdict.
        migrate(&mut *driver, "m", 1, "ALTER TABLE t ADD b int").unwrap();
        let alter = split(&*driver, "ALTER TABLE t ADD c int").remove(0);
        driver.blockers(&alter).unwrap();
        let intent = Entry::Intent {
            step: step("n", 1),
            statement: Box::new(alter.clone()),
        };
        driver.execute(&Script::entries(vec![intent])).unwrap();
        let noted = driver.history().unwrap().steps.remove(0);
        try_alone(&mut *driver, alter.clone()).unwrap();
        let verdict = driver.verdict(&noted, &alter).unwrap();
        assert_eq!(verdict, initium_driver::Verdict::With);
        // Users are not shown to everybody.
        let create = split(&*driver, "CREATE USER nobody").remove(0);
        let intent = Entry::Intent {
            step: step("n", 2),
            statement: Box::new(create.clone()),
        };
        driver.execute(&Script::entries(vec![intent])).unwrap();
        let noted = driver.history().unwrap().steps.remove(1);
        let verdict = driver.verdict(&noted, &create).unwrap();
        assert!(
            matches!(&verdict, initium_driver::Verdict::Invisible(w) if w.contains("not shown")),
            "{verdict:?}"
        );
        database.sql(&[&format!("DROP USER {user}")]);
    });
}

#[test]
fn what_runs_is_ended_from_a_second_thread() {
    each(|database| {
        let mut driver = ready(&database.settings);
        alone(
            &mut *driver,
            "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2), (3)",
        );
        let stop = driver.stopper().unwrap();
        let thread = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(300));
            stop(Duration::from_secs(5));
        });
        let start = Instant::now();
        let alter = split(&*driver, "ALTER TABLE t ADD b int AS (a) VIRTUAL").remove(0);
        let slow = split(&*driver, "UPDATE t SET a = a + SLEEP(20)").remove(0);
        let error = try_alone(&mut *driver, slow).unwrap_err();
        thread.join().unwrap();
        assert!(start.elapsed() < Duration::from_secs(15));
        assert_eq!(error.code(), Code::StatementFailed, "{error}");
        assert!(error.message().contains("(1317)"), "{error}");
        assert_eq!(error.server_said().state.as_deref(), Some("70100"));
        // The session goes on, with its lock.
        assert!(driver.holder().unwrap().is_some());
        try_alone(&mut *driver, alter).unwrap();
        let untouched = cell(&mut *driver, "SELECT sum(a) FROM t");
        assert_eq!(untouched.as_deref(), Some("6"));
    });
}

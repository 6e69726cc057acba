//! Which statement failed, although everything goes in one message: catches an error that is told
//! to the wrong statement, and anything that a failed script leaves behind.

#![allow(clippy::unwrap_used)]

mod servers;

use initium_driver::driver::Script;
use initium_driver::error::Code;
use servers::{alone, apply, ask, each, failure, ids, part, split};

const HARMLESS: &str = "CREATE TABLE a (n int CHECK (n < 10)); INSERT INTO a VALUES (1)";

#[test]
fn a_statement_that_fails_while_it_runs_is_named() {
    each(|database| {
        let mut driver = database.ready();
        let text = format!("{HARMLESS}; SELECT 1/(n - 1) FROM a; INSERT INTO a VALUES (2)");
        let (error, statement) = failure(&mut *driver, "m", &text);
        assert_eq!(statement, Some(2), "{error}");
        assert_eq!(error.code(), Code::StatementFailed);
        assert_eq!(error.message(), "division by zero");
        assert_eq!(error.server_said().state.as_deref(), Some("22012"));
        for (failing, script) in [
            (0, "SELECT 1/0; SELECT 2"),
            (1, "SELECT 1; INSERT INTO nothing VALUES (1); SELECT 3"),
            (2, "SELECT 1; SELECT 2; DO $$ BEGIN RAISE 'no'; END $$"),
        ] {
            let (error, statement) = failure(&mut *driver, "m", script);
            assert_eq!(statement, Some(failing), "{script}: {error}");
        }
        assert_eq!(ids(&mut *driver), [""; 0]);
        assert_eq!(
            ask(&mut *driver, "SELECT count(*) FROM pg_prepared_statements"),
            "0"
        );
        apply(&mut *driver, "m", HARMLESS).unwrap();
    });
}

#[test]
fn a_syntax_error_is_found_by_its_position() {
    each(|database| {
        let mut driver = database.ready();
        let text = "SELECT 'é€'; SELECT 2; SELECT 'é', x y z FROM t; SELECT 4";
        let (error, statement) = failure(&mut *driver, "m", text);
        assert_eq!(statement, Some(2), "{error}");
        let third = split(&*driver, text)[2].text.clone();
        let offset = error.failed_at().unwrap().offset.unwrap();
        assert_eq!(&third[offset..], "z FROM t");
        // In the first statement, and at the very end of the last.
        for (failing, script) in [(0, "SELEC 1; SELECT 2"), (1, "SELECT 1; SELECT (2")] {
            let (error, statement) = failure(&mut *driver, "m", script);
            assert_eq!(statement, Some(failing), "{error}");
        }
    });
}

#[test]
fn a_name_that_is_not_there_is_found_with_its_place() {
    each(|database| {
        let mut driver = database.ready();
        let text = "SELECT 1; SELECT 'é', missing FROM pg_class; SELECT 2";
        let (error, statement) = failure(&mut *driver, "m", text);
        assert_eq!(statement, Some(1));
        let second = split(&*driver, text)[1].text.clone();
        assert!(second[error.failed_at().unwrap().offset.unwrap()..].starts_with("missing"));
    });
}

#[test]
fn a_statement_of_a_later_part_is_named_with_its_part() {
    each(|database| {
        let mut driver = database.ready();
        for (text, failing) in [
            ("SELECT 1; SELECT 1/0", 1),
            ("SELECT 1/0", 0),
            ("SELEC 1", 0),
        ] {
            let script = Script::Together(vec![
                part(&*driver, "one", "CREATE TABLE a (n int)"),
                part(&*driver, "two", "SELECT 1; SELECT 2; SELECT 3"),
                part(&*driver, "three", text),
            ]);
            let at = driver.execute(&script).unwrap_err().failed_at().unwrap();
            assert_eq!((at.part, at.statement), (2, failing), "{text}");
            assert_eq!(ids(&mut *driver), [""; 0]);
        }
    });
}

#[test]
fn a_constraint_that_is_checked_at_commit_fails_the_script() {
    each(|database| {
        let mut driver = database.ready();
        let text = "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p \
            DEFERRABLE INITIALLY DEFERRED); INSERT INTO c VALUES (7)";
        let (error, statement) = failure(&mut *driver, "m", text);
        assert_eq!(statement, None, "no single statement is to blame: {error}");
        assert_eq!(error.server_said().state.as_deref(), Some("23503"));
        assert!(error.help_text().unwrap().contains("COMMIT"));
        assert!(error.server_said().detail.is_some());
        assert_eq!(ids(&mut *driver), [""; 0]);
        assert_eq!(ask(&mut *driver, "SELECT to_regclass('p') IS NULL"), "t");
    });
}

#[test]
fn a_failure_of_the_bookkeeping_is_not_blamed_on_the_script() {
    each(|database| {
        let mut driver = database.ready();
        apply(&mut *driver, "m", "CREATE TABLE a (n int)").unwrap();
        let (error, statement) = failure(&mut *driver, "m", "CREATE TABLE b (n int)");
        assert_eq!(statement, None);
        assert!(
            error
                .message()
                .starts_with("the ledger cannot be written: "),
            "{error}"
        );
        assert_eq!(ask(&mut *driver, "SELECT to_regclass('b') IS NULL"), "t");
    });
}

#[test]
fn a_script_that_throws_prepared_statements_away_is_followed_all_the_same() {
    each(|database| {
        let mut driver = database.ready();
        for (text, failing) in [
            ("SELECT 1; DEALLOCATE ALL; SELECT 1/0", 2),
            ("SELECT 1; DEALLOCATE ALL; SELECT 3; SELECT 1/0", 3),
            ("SELECT 1; DISCARD PLANS; DISCARD TEMP; SELECT 1/0", 3),
        ] {
            let (error, statement) = failure(&mut *driver, "m", text);
            assert_eq!(statement, Some(failing), "{text}: {error}");
        }
        apply(&mut *driver, "m", "SELECT 1; DEALLOCATE ALL").unwrap();
        apply(
            &mut *driver,
            "n",
            "PREPARE p AS SELECT 1; DISCARD SEQUENCES",
        )
        .unwrap();
        assert_eq!(ids(&mut *driver).len(), 2);
        assert_eq!(
            ask(&mut *driver, "SELECT count(*) FROM pg_prepared_statements"),
            "0"
        );
    });
}

#[test]
fn a_script_may_set_its_isolation_level_first() {
    each(|database| {
        let mut driver = database.ready();
        let text = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; CREATE TABLE a AS \
            SELECT current_setting('transaction_isolation') AS level";
        apply(&mut *driver, "m", text).unwrap();
        assert_eq!(ask(&mut *driver, "SELECT level FROM a"), "serializable");
        let text = "SET LOCAL work_mem = '8MB'; SET LOCAL lock_timeout = '1s'; \
            SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT 1";
        apply(&mut *driver, "n", text).unwrap();
        for (text, failing) in [
            (
                "SET LOCAL a_b = 1; SET LOCAL work_mem = 64; SET TRANSACTION READ WRITE",
                0,
            ),
            (
                "SET LOCAL work_mem = 64; SET LOCAL a_b = 1; SET TRANSACTION READ WRITE",
                1,
            ),
            (
                "SET LOCAL work_mem = 64; SET TRANSACTION SNAPSHOT 'x'; SELECT 1",
                1,
            ),
            (
                "SET LOCAL work_mem = 64; SET TRANSACTION READ WRITE; SELECT 1/0",
                2,
            ),
        ] {
            let (error, statement) = failure(&mut *driver, "x", text);
            assert_eq!(statement, Some(failing), "{text}: {error}");
        }
    });
}

#[test]
fn a_long_script_in_several_messages_is_one_transaction() {
    each(|database| {
        let mut driver = database.ready();
        let filler = format!("INSERT INTO big VALUES ('{}')", "x".repeat(400_000));
        let good = format!("CREATE TABLE big (t text); {filler}; {filler}; {filler}; {filler}");
        for (end, failing) in [("SELECT 1/0", 5), ("SELEC 1", 5), ("SELECT 1; SELECT é", 6)] {
            let (error, statement) = failure(&mut *driver, "m", &format!("{good}; {end}"));
            assert_eq!(statement, Some(failing), "{end}: {error}");
            assert_eq!(ask(&mut *driver, "SELECT to_regclass('big') IS NULL"), "t");
        }
        apply(&mut *driver, "m", &good).unwrap();
        assert_eq!(ask(&mut *driver, "SELECT count(*) FROM big"), "4");
        assert_eq!(ids(&mut *driver), ["m"]);
    });
}

#[test]
fn a_statement_that_ends_the_transaction_is_refused() {
    each(|database| {
        let mut driver = database.ready();
        let (error, statement) = failure(&mut *driver, "m", "SELECT 1; COMMIT; SELECT 2");
        assert_eq!(
            (error.code(), statement),
            (Code::TransactionControl, Some(1))
        );
        apply(
            &mut *driver,
            "m",
            "SAVEPOINT s; CREATE TABLE a (n int); ROLLBACK TO s",
        )
        .unwrap();
        assert_eq!(ask(&mut *driver, "SELECT to_regclass('a') IS NULL"), "t");
    });
}

/// COMMIT then answers ROLLBACK, or that there is nothing to commit, and calls neither an error.
#[test]
fn a_commit_that_commits_nothing_is_a_failure() {
    each(|database| {
        let mut driver = database.ready();
        let mut part = part(
            &*driver,
            "m",
            "CREATE TABLE a (n int); SELECT 1; CREATE TABLE b (n int)",
        );
        // A splitter that took it for something else.
        for (end, first_half_gone) in [("ROLLBACK", "t"), ("COMMIT", "f")] {
            part.statements[1].text = end.into();
            let script = Script::Together(vec![part.clone()]);
            let error = driver.execute(&script).unwrap_err();
            assert_eq!(error.code(), Code::StatementFailed, "{error}");
            assert!(error.message().contains("ended its transaction"), "{error}");
            let gone = ask(&mut *driver, "SELECT to_regclass('a') IS NULL");
            assert_eq!(gone, first_half_gone, "{end}");
            assert_eq!(ask(&mut *driver, "SELECT to_regclass('b') IS NULL"), "t");
            assert!(ids(&mut *driver).is_empty());
        }
        // What only looks like an end is none.
        apply(&mut *driver, "n", "RESET ALL; CLOSE ALL; SELECT 1").unwrap();
    });
}

#[test]
fn a_procedure_cannot_end_the_transaction() {
    each(|database| {
        let mut driver = database.ready();
        for end in ["COMMIT", "ROLLBACK"] {
            let text = format!("CREATE TABLE a (n int); DO $$ BEGIN {end}; END $$; SELECT 1");
            let (error, statement) = failure(&mut *driver, "m", &text);
            assert_eq!(statement, Some(1), "{error}");
            assert_eq!(error.server_said().state.as_deref(), Some("2D000"));
            assert_eq!(ask(&mut *driver, "SELECT to_regclass('a') IS NULL"), "t");
        }
        assert!(ids(&mut *driver).is_empty());
    });
}

#[test]
fn a_statement_alone_is_named_with_its_place() {
    each(|database| {
        let mut driver = database.ready();
        alone(&mut *driver, "CREATE TABLE a (n int)").unwrap();
        alone(
            &mut *driver,
            "CREATE INDEX CONCURRENTLY i ON a (n); VACUUM a",
        )
        .unwrap();
        let error = alone(&mut *driver, "CREATE INDEX CONCURRENTLY é ON a (m)").unwrap_err();
        assert_eq!(
            error.failed_at().map(|at| (at.part, at.statement)),
            Some((0, 0))
        );
        let error = alone(&mut *driver, "VACUUM é, b").unwrap_err();
        assert_eq!(error.server_said().state.as_deref(), Some("42P01"));
        apply(&mut *driver, "m", "SELECT 1").unwrap();
    });
}

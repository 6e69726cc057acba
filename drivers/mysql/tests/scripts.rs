//! Scripts on real servers: what a script leaves behind, what ends a transaction, what fails where.

#![allow(clippy::unwrap_used)]

mod bench;

use bench::{alone, attempt, cell, each, finish, migrate, open, ready, record, split, try_alone};
use initium_driver::{Code, Driver, Entry, Part, Script};

fn together(driver: &mut dyn Driver, text: &str) -> initium_driver::Result<()> {
    let script = Script::Together(vec![Part {
        statements: split(driver, text),
        entries: vec![Entry::Record(record("x", 9)), Entry::Attempt(attempt("x"))],
    }]);
    driver.execute(&script)
}

#[test]
fn what_a_migration_sets_ends_with_it() {
    each(|database| {
        let mut driver = ready(&database.settings);
        let now = "SELECT concat_ws('|', @@sql_mode, @@foreign_key_checks, DATABASE(), @@time_zone, \
                   @@character_set_client, @@character_set_results, @@collation_connection, \
                   @@lock_wait_timeout, @@autocommit, @@sql_select_limit)";
        let before = cell(&mut *driver, now);
        let other = format!("{}_other", database.name);
        migrate(
            &mut *driver,
            "m",
            1,
            &format!(
                "CREATE DATABASE {other}; SET FOREIGN_KEY_CHECKS = 0, sql_mode = ''; SET NAMES latin1; \
                 SET time_zone = '+03:00', lock_wait_timeout = 77, sql_select_limit = 1; USE {other}; \
                 CREATE TABLE here (d date DEFAULT '0000-00-00'); INSERT INTO here VALUES ()"
            ),
        )
        .unwrap();
        assert_eq!(cell(&mut *driver, now), before);
        // Within the migration the settings held from statement to statement.
        let count = cell(&mut *driver, &format!("SELECT count(*) FROM {other}.here"));
        assert_eq!(count.as_deref(), Some("1"));
        assert_eq!(driver.history().unwrap().records.len(), 1);
        migrate(&mut *driver, "n", 2, "CREATE TABLE there (a int)").unwrap();
        let catalog = driver.introspect().unwrap();
        assert_eq!(catalog.tables[0].name, "there".into());
        assert_eq!(
            driver.stored("n").unwrap().down.as_deref(),
            Some("DROP TABLE `it's` -- \\")
        );
        alone(&mut *driver, &format!("DROP DATABASE {other}"));
    });
}

#[test]
fn what_a_failed_migration_sets_ends_with_it_too() {
    each(|database| {
        let mut driver = ready(&database.settings);
        let error = migrate(
            &mut *driver,
            "m",
            1,
            "SET foreign_key_checks = 0; CREATE TABLE a (b int); CREATE TABLE a (b int)",
        )
        .unwrap_err();
        assert!(error.message().contains("(1050)"));
        driver
            .execute(&Script::entries(vec![Entry::Attempt(attempt("m"))]))
            .unwrap();
        let checks = cell(&mut *driver, "SELECT @@foreign_key_checks");
        assert_eq!(checks.as_deref(), Some("1"));
    });
}

#[test]
fn every_sql_mode_reads_and_writes_the_same_ledger() {
    each(|database| {
        for (n, mode) in [
            "ANSI_QUOTES",
            "NO_BACKSLASH_ESCAPES",
            "ANSI",
            "PIPES_AS_CONCAT,IGNORE_SPACE",
        ]
        .iter()
        .enumerate()
        {
            let mut driver = ready(&database.settings);
            let id = format!("it's \\ \"{n}\"");
            // Behind the dialect's back: it refuses such a statement.
            let mut set = split(&*driver, "SET @x = 1").remove(0);
            set.text = format!("SET SESSION sql_mode = '{mode}'");
            driver
                .execute(&Script::Together(vec![Part {
                    statements: vec![set],
                    entries: finish(&id, n as u64 + 1),
                }]))
                .unwrap();
            assert!(driver.history().unwrap().record(&id).is_some());
            driver.unlock().unwrap();
        }
    });
}

#[test]
fn a_statement_that_ends_the_transaction_is_told() {
    each(|database| {
        let mut driver = ready(&database.settings);
        alone(&mut *driver, "CREATE TABLE t (a int)");
        // The engine keeps schema changes out of transactions; if one gets in, it does not pass.
        let error = together(
            &mut *driver,
            "INSERT INTO t VALUES (1); CREATE TABLE u (a int)",
        )
        .unwrap_err();
        assert_eq!(error.code(), Code::StatementFailed);
        assert_eq!(error.failed_at().unwrap().statement, 1);
        assert_eq!(driver.history().unwrap().records.len(), 0);
        alone(
            &mut *driver,
            "CREATE PROCEDURE open_one() BEGIN START TRANSACTION; INSERT INTO t VALUES (2); END",
        );
        let call = split(&*driver, "CALL open_one()").remove(0);
        try_alone(&mut *driver, call).unwrap_err();
        assert_eq!(
            cell(&mut *driver, "SELECT count(*) FROM t").as_deref(),
            Some("1")
        );
    });
}

#[test]
fn a_script_with_its_own_transaction_keeps_it() {
    each(|database| {
        let mut driver = ready(&database.settings);
        alone(&mut *driver, "CREATE TABLE t (a int)");
        let run = |driver: &mut dyn Driver, id: &str, text: &str| -> initium_driver::Result<()> {
            let statements = split(driver, text);
            let last = statements.len() - 1;
            for (n, statement) in statements.into_iter().enumerate() {
                driver.execute(&Script::Alone {
                    before: vec![Entry::Step(bench::step(id, n as u64))],
                    statement: Box::new(statement),
                    after: match n == last {
                        true => finish(id, 1),
                        false => vec![Entry::Step(bench::step(id, n as u64).done())],
                    },
                })?;
            }
            Ok(())
        };
        run(
            &mut *driver,
            "m",
            "BEGIN; INSERT INTO t VALUES (1); INSERT INTO t VALUES (2); COMMIT",
        )
        .unwrap();
        let mut other = open(&database.settings, "initium_migrate").unwrap();
        assert_eq!(
            cell(&mut *other, "SELECT count(*) FROM t").as_deref(),
            Some("2")
        );
        assert!(other.history().unwrap().record("m").is_some());
        run(&mut *driver, "n", "BEGIN; INSERT INTO t VALUES (3)").unwrap_err();
        assert_eq!(
            cell(&mut *other, "SELECT count(*) FROM t").as_deref(),
            Some("2")
        );
        assert!(other.history().unwrap().record("n").is_none());
    });
}

#[test]
fn locked_tables_let_the_ledger_through() {
    each(|database| {
        let mut driver = ready(&database.settings);
        migrate(
            &mut *driver,
            "dump",
            1,
            "CREATE TABLE a (b int); LOCK TABLES `a` WRITE; /*!40000 ALTER TABLE `a` DISABLE KEYS */; \
             INSERT INTO `a` VALUES (1),(2); /*!40000 ALTER TABLE `a` ENABLE KEYS */; UNLOCK TABLES; \
             CREATE TABLE c (b int)",
        )
        .unwrap();
        // And one that forgets to unlock.
        migrate(
            &mut *driver,
            "forgets",
            2,
            "LOCK TABLES a WRITE; INSERT INTO a VALUES (3)",
        )
        .unwrap();
        let mut other = open(&database.settings, "initium_migrate").unwrap();
        assert_eq!(other.history().unwrap().records.len(), 2);
        migrate(&mut *driver, "next", 3, "CREATE TABLE d (b int)").unwrap();
        assert_eq!(
            cell(&mut *other, "SELECT count(*) FROM a").as_deref(),
            Some("3")
        );
    });
}

#[test]
fn a_syntax_error_is_placed_where_it_stands() {
    each(|database| {
        let mut driver = ready(&database.settings);
        let text = "CREATE TABLE t (\n  a int,\n  b int NOT NUL\n)";
        let statement = split(&*driver, text).remove(0);
        let error = try_alone(&mut *driver, statement).unwrap_err();
        let at = error.failed_at().unwrap();
        assert_eq!(at.offset, text.find("NUL\n"), "{error}");
        assert_eq!(error.server_said().state.as_deref(), Some("42000"));
        assert!(error.message().contains("(1064)"), "{error}");
    });
}

#[test]
fn waiting_for_a_lock_ends_and_says_so() {
    each(|database| {
        let mut driver = ready(&database.settings);
        alone(&mut *driver, "CREATE TABLE t (a int primary key)");
        alone(&mut *driver, "INSERT INTO t VALUES (1)");
        let mut other = open(&database.settings, "initium_migrate").unwrap();
        for text in ["BEGIN", "UPDATE t SET a = 2"] {
            let mut statement = split(&*other, text).remove(0);
            statement.effect = initium_driver::Effect::Control;
            try_alone(&mut *other, statement).unwrap();
        }
        let error = together(&mut *driver, "UPDATE t SET a = 3").unwrap_err();
        assert_eq!(error.code(), Code::LockTimeout, "{error}");
        let alter = split(&*driver, "ALTER TABLE t ADD b int").remove(0);
        let error = try_alone(&mut *driver, alter).unwrap_err();
        assert_eq!(error.code(), Code::LockTimeout, "{error}");
        assert_eq!(driver.history().unwrap().records.len(), 0);
    });
}

#[test]
fn what_code_comments_hold_is_judged_like_code() {
    each(|database| {
        let driver = open(&database.settings, "initium_migrate").unwrap();
        use initium_driver::Effect::{Control, Data, Schema};
        for (text, effect) in [
            ("/*!40000 ALTER TABLE `a` DISABLE KEYS */", Schema),
            (
                "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER t BEFORE INSERT ON x FOR EACH ROW BEGIN END */",
                Schema,
            ),
            ("/*!50003 SET @x = 1 */", Data),
            ("/*M!100100 COMMIT */", Control),
            ("SELECT /*+ MAX_EXECUTION_TIME(1) */ 1", Data),
        ] {
            assert_eq!(split(&*driver, text)[0].effect, effect, "{text}");
        }
    });
}

#[test]
fn a_question_that_could_write_is_refused() {
    each(|database| {
        let mut driver = ready(&database.settings);
        alone(&mut *driver, "CREATE TABLE t (a int)");
        alone(
            &mut *driver,
            "CREATE FUNCTION f() RETURNS int DETERMINISTIC BEGIN INSERT INTO t VALUES (1); RETURN 1; END",
        );
        for text in [
            "DROP TABLE t",
            "COMMIT",
            "/*! DROP TABLE t */",
            "SELECT f()",
            "CREATE TABLE u (a int)",
        ] {
            driver.query(text).expect_err(text);
        }
        assert_eq!(
            cell(&mut *driver, "SELECT count(*) FROM t").as_deref(),
            Some("0")
        );
        let rows = driver
            .query("SELECT x'00ff' AS b, b'101' AS c, 1.50 AS d, DATE'2024-01-02' AS e, 'x' AS f")
            .unwrap();
        let row: Vec<_> = rows.rows[0].iter().flatten().map(String::as_str).collect();
        assert_eq!(row, ["00ff", "05", "1.50", "2024-01-02", "x"]);
    });
}

#[test]
fn a_killed_session_is_a_lost_connection() {
    each(|database| {
        let mut driver = ready(&database.settings);
        let mut other = open(&database.settings, "initium_migrate").unwrap();
        let holder = other.holder().unwrap().unwrap();
        assert!(holder.user.is_some(), "{holder:?}");
        other.end(&holder).unwrap();
        other.end(&holder).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(200));
        let error = driver.query("SELECT 1").unwrap_err();
        assert_eq!(error.code(), Code::ConnectionLost, "{error}");
        assert!(error.help_text().is_some());
    });
}

#[test]
fn a_lock_a_script_released_is_missed() {
    each(|database| {
        let mut driver = ready(&database.settings);
        together(&mut *driver, "SELECT RELEASE_ALL_LOCKS()").unwrap_err();
        driver.unlock().unwrap_err();
        // Taken twice and given back once: free.
        driver.try_lock().unwrap();
        driver.try_lock().unwrap();
        driver.unlock().unwrap();
        assert_eq!(driver.holder().unwrap(), None);
    });
}

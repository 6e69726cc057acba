//! Verdicts where not all went well: what leaves no trace, what somebody else did, what failed, and
//! sessions that scripts have changed.

#![allow(clippy::unwrap_used)]

mod bench;

use bench::intent::{TABLE, WITHOUT, intend, verdict};
use bench::{Database, MARIADB, MYSQL, alone, each, ready, split, step};
use initium_driver::{Driver, Entry, Script, Verdict};

#[test]
fn what_leaves_no_trace_is_unclear() {
    each(|database| {
        let mut driver = ready(&database.settings);
        alone(&mut *driver, TABLE);
        for text in [
            "TRUNCATE TABLE n",
            "ALTER TABLE part TRUNCATE PARTITION p0",
            "ALTER TABLE part EXCHANGE PARTITION p0 WITH TABLE p",
            "OPTIMIZE TABLE n",
            "ANALYZE TABLE n",
            "FLUSH TABLES",
            "CALL pr(1)",
            "SET GLOBAL max_connections = 151",
            "INSERT INTO n VALUES (1, 1)",
            "ALTER USER CURRENT_USER() ACCOUNT UNLOCK",
        ] {
            intend(&mut *driver, text);
            let Verdict::Invisible(found) = verdict(&mut *driver, text) else {
                panic!("{text}");
            };
            assert!(found.contains("no trace"), "{text}: {found}");
        }
    });
}

/// What is found after the intent when somebody else did this.
fn after(database: &Database, text: &str, others: &str) -> String {
    let mut driver = ready(&database.settings);
    alone(&mut *driver, TABLE);
    intend(&mut *driver, text);
    database.sql(&[others]);
    match verdict(&mut *driver, text) {
        Verdict::Otherwise(found) => found,
        other => format!("{other:?}"),
    }
}

#[test]
fn what_somebody_else_did_is_named() {
    for variable in [MARIADB, MYSQL] {
        for (text, others, told) in [
            (
                "ALTER TABLE t ADD x int",
                "ALTER TABLE t ADD y int",
                "column y of t was added, which this statement does not do",
            ),
            (
                "ALTER TABLE t ADD x int",
                "ALTER TABLE t ADD x int, ADD y int",
                "column y of t was added, which this statement does not do",
            ),
            (
                "ALTER TABLE t ADD x int, ADD y int",
                "ALTER TABLE t ADD y int",
                "but x is not there",
            ),
            (
                "ALTER TABLE t DROP a, DROP b",
                "ALTER TABLE t DROP b",
                "but a is still there",
            ),
            (
                "ALTER TABLE t ADD CONSTRAINT fk2 FOREIGN KEY (a) REFERENCES p (id)",
                "CREATE INDEX ia2 ON t (a)",
                "but fk2 is not there",
            ),
            (
                "ALTER TABLE t ADD x int",
                "DROP TRIGGER g",
                "trigger g of t was dropped",
            ),
            ("ALTER TABLE t ADD x int", "DROP TABLE t", "t was dropped"),
            (
                "CREATE INDEX i ON t (a)",
                "ALTER TABLE t DROP b",
                "column b of t was dropped",
            ),
            ("DROP TABLE n, part", "DROP TABLE part", "part was dropped"),
            ("RENAME TABLE n TO m", "DROP TABLE n", "n was dropped"),
            (
                "RENAME TABLE n TO m",
                "CREATE TABLE m (a int)",
                "m was created",
            ),
            (
                "ALTER TABLE n RENAME m",
                "CREATE TABLE m (a int)",
                "m was created",
            ),
        ] {
            let Some(database) = Database::new(variable) else {
                return;
            };
            let found = after(&database, text, others);
            assert!(found.contains(told), "{text} / {others}: {found}");
        }
    }
}

/// MariaDB drops what it finds, and then fails.
#[test]
fn a_drop_that_failed_half_way_is_not_taken_for_none() {
    each(|database| {
        let mut driver = ready(&database.settings);
        alone(&mut *driver, TABLE);
        let text = "DROP TABLE n, missing";
        intend(&mut *driver, text);
        let statement = split(&*driver, text).remove(0);
        bench::try_alone(&mut *driver, statement).unwrap_err();
        let count = "SELECT count(*) FROM information_schema.tables \
                     WHERE table_schema = DATABASE() AND table_name = 'n'";
        let kept = bench::cell(&mut *driver, count).as_deref() == Some("1");
        match verdict(&mut *driver, text) {
            verdict if kept => assert_eq!(verdict, WITHOUT),
            verdict => assert_eq!(
                verdict,
                Verdict::Otherwise("n was dropped; missing was not there before".into())
            ),
        }
        assert_eq!(kept, driver.dialect().names().len() == 1, "MySQL keeps it");
    });
}

#[test]
fn a_failed_statement_is_without_effect() {
    each(|database| {
        let mut driver = ready(&database.settings);
        alone(
            &mut *driver,
            &format!("{TABLE}; INSERT INTO n VALUES (1, 1), (2, 1)"),
        );
        for text in [
            "ALTER TABLE n ADD UNIQUE KEY u (pid)",
            "ALTER TABLE n ADD x int, DROP missing",
            "CREATE TABLE n (a int)",
            "CREATE TABLE x AS SELECT * FROM missing",
            "DROP TABLE missing",
            "DROP TABLE p",
            "RENAME TABLE n TO n2, missing TO n",
        ] {
            intend(&mut *driver, text);
            let statement = split(&*driver, text).remove(0);
            bench::try_alone(&mut *driver, statement).expect_err(text);
            assert_eq!(verdict(&mut *driver, text), WITHOUT, "{text}");
        }
    });
}

#[test]
fn a_session_in_any_state_can_note_what_it_sees() {
    each(|database| {
        let mut driver = ready(&database.settings);
        let other = format!("{}_o", database.name);
        alone(
            &mut *driver,
            &format!(
                "{TABLE}; CREATE DATABASE {other}; CREATE TABLE {other}.far (a int); \
                 CREATE TABLE gone (a int); CREATE VIEW broken AS SELECT a FROM gone; DROP TABLE gone"
            ),
        );
        let before = [
            "SET NAMES latin1",
            "SET sql_mode = 'TRADITIONAL'",
            "SET time_zone = '+05:00'",
            "LOCK TABLES t WRITE, n WRITE",
            &format!("USE {other}"),
        ];
        for (text, setting) in [
            "ALTER TABLE n ADD x int",
            "DROP VIEW broken",
            "ALTER TABLE t ADD x int",
            "ALTER TABLE n ADD y int",
            "ALTER TABLE far ADD x int",
        ]
        .iter()
        .zip(before.iter())
        {
            let statement = split(&*driver, text).remove(0);
            let setting = split(&*driver, setting).remove(0);
            // Both of one migration, so that nothing is put back between them.
            driver
                .execute(&Script::Alone {
                    before: vec![],
                    statement: Box::new(setting),
                    after: vec![Entry::Intent {
                        step: step("m", 1),
                        statement: Box::new(statement.clone()),
                    }],
                })
                .unwrap();
            if text.ends_with("ADD y int") {
                // Until then the ledger is locked too.
                alone(&mut *driver, "UNLOCK TABLES");
            }
            let noted = driver.history().unwrap().steps.pop().unwrap();
            let mut later = open_later(database);
            assert_eq!(
                later.verdict(&noted, &statement).unwrap(),
                WITHOUT,
                "{text}"
            );
            driver
                .execute(&Script::Alone {
                    before: vec![],
                    statement: Box::new(statement.clone()),
                    after: vec![Entry::Step(step("m", 0).done())],
                })
                .unwrap();
            let found = later.verdict(&noted, &statement).unwrap();
            assert_eq!(found, Verdict::With, "{text}");
        }
        database.sql(&[&format!("DROP DATABASE {other}")]);
    });
}

fn open_later(database: &Database) -> Box<dyn Driver> {
    let mut later = database.open();
    later.server();
    later
}

/// The question stands in the row of the intent: where it failed, nothing could be migrated.
#[test]
fn the_question_never_fails_whatever_the_session_speaks() {
    each(|database| {
        let mut driver = ready(&database.settings);
        alone(
            &mut *driver,
            "CREATE TABLE `tä'b \\` (`ß\"` int, `a.b` int, KEY `ké` (`ß\"`))",
        );
        for setting in [
            "SET NAMES latin1",
            "SET NAMES utf8mb4 COLLATE utf8mb4_bin",
            "SET collation_connection = 'utf16_general_ci'",
            "SET sql_mode = 'ANSI'",
            "SET sql_mode = 'NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH'",
            "SET sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE'",
            "SET group_concat_max_len = 4, sql_select_limit = 1",
            "SET SESSION TRANSACTION READ WRITE",
        ] {
            for text in [
                "ALTER TABLE `tä'b \\` ADD x int",
                "CREATE OR REPLACE VIEW `vé` AS SELECT 1",
                "CREATE PROCEDURE `pé`() SELECT 1",
                "CREATE EVENT `e'é` ON SCHEDULE EVERY 1 DAY DO SET @x = 1",
                "CREATE TRIGGER `gé` BEFORE INSERT ON `tä'b \\` FOR EACH ROW SET @x = 1",
                "DROP TRIGGER `gé`",
                "DROP DATABASE `dé`",
                "CREATE USER `ué`@`h`",
                "RENAME TABLE `tä'b \\` TO `ö`",
            ] {
                let mut set = split(&*driver, "SET @x = 1").remove(0);
                set.text = setting.into();
                let statement = split(&*driver, text).remove(0);
                driver
                    .execute(&Script::Alone {
                        before: vec![],
                        statement: Box::new(set),
                        after: vec![Entry::Intent {
                            step: step("m", 1),
                            statement: Box::new(statement.clone()),
                        }],
                    })
                    .unwrap_or_else(|error| panic!("{setting}: {text}: {error}"));
                let noted = driver.history().unwrap().steps.pop().unwrap();
                let mut later = open_later(database);
                let found = later.verdict(&noted, &statement).unwrap();
                assert_eq!(found, WITHOUT, "{setting}: {text}: {:?}", noted.catalog);
            }
            driver.execute(&Script::entries(vec![])).unwrap();
        }
    });
}

//! The splitter against the judge: every statement it finds is one statement to both servers.

#![allow(clippy::unwrap_used)]

mod bench;

use bench::{MARIADB, cell, each, migrate, open, ready, split, try_alone};
use initium_driver::{Code, Source};

/// Scripts and how many statements they hold.
const SCRIPTS: &[(usize, &str)] = &[
    (
        3,
        "CREATE TABLE t (a int, `b;` text); INSERT INTO t VALUES (1, 'it''s; \\' \\\\'); SELECT 5--3",
    ),
    (
        2,
        "CREATE TABLE t (delimiter int, begin int, end int, event int); INSERT INTO t (begin, end) VALUES (1, 2)",
    ),
    (
        3,
        "CREATE TABLE t (a int, end int); CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW \
         IF NEW.a > 1 THEN SET NEW.end = IF(NEW.a > 2, 1, 2); SET @begin = 1; END IF; INSERT INTO t VALUES (3, 0)",
    ),
    (
        2,
        "CREATE PROCEDURE p(IN n int) COMMENT 'x;' DETERMINISTIC one: BEGIN\n\
         DECLARE i int DEFAULT 0; DECLARE done bool DEFAULT false;\n\
         DECLARE c CURSOR FOR SELECT CASE WHEN 1 THEN IF(1, 2, 3) ELSE 4 END;\n\
         DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = true;\n\
         DECLARE EXIT HANDLER FOR SQLSTATE '42S02', 1146 BEGIN SET i = 1; END;\n\
         OPEN c; two: LOOP FETCH c INTO i; IF done THEN LEAVE two; ELSEIF i = 9 THEN ITERATE two; ELSE BEGIN END; END IF; END LOOP two;\n\
         CLOSE c; REPEAT SET i = i + LENGTH(REPEAT('x', 2)); UNTIL i > 3 END REPEAT;\n\
         WHILE i < 9 DO SET i := i + 1; DO IF(1, 2, 3); END WHILE;\n\
         CASE i WHEN 9 THEN SET i = CASE WHEN i = 9 THEN 8 END; WHEN 1 THEN BEGIN SET i = 2; END; ELSE SET i = 0; END CASE;\n\
         CASE WHEN i = 8 THEN IF EXISTS (SELECT 1) THEN SET i = 7; END IF; ELSE BEGIN END; END CASE;\n\
         DROP TEMPORARY TABLE IF EXISTS gone; END one; CALL p(1)",
    ),
    (
        3,
        "CREATE FUNCTION f(a SET('x','y')) RETURNS varchar(20) CHARACTER SET utf8mb4 DETERMINISTIC RETURN CASE WHEN a = 'x' THEN IF(1, 'p', 'q') END; \
         CREATE FUNCTION g() RETURNS int DETERMINISTIC BEGIN RETURN 1; END; SELECT f('x'), g()",
    ),
    (
        3,
        "CREATE TABLE t (a int); CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2031-01-01 00:00:00' DISABLE DO BEGIN DELETE FROM t; DELETE FROM t; END; \
         ALTER EVENT e DO BEGIN DELETE FROM t; END",
    ),
    (
        4,
        "CREATE PROCEDURE p() SELECT IF(1, 2, 3); CREATE PROCEDURE q() IF 1 THEN SELECT 1; END IF; CALL p(); CALL q()",
    ),
    (
        4,
        "DELIMITER $$\nCREATE PROCEDURE p()\nBEGIN\n  SELECT 1;\nEND$$\nDROP PROCEDURE p; CREATE PROCEDURE p() BEGIN SELECT 2; END;\n$$\nDELIMITER ;\nCALL p();",
    ),
    (
        3,
        "/*!40101 SET @x = 1 */; /*!99999 SET @never = 1 */;\n# a ;\n/* b; */ SELECT /*+ NO_MERGE(a) */ 1 /*! , 2 */ -- ;",
    ),
    (
        2,
        "\u{feff}SELECT \"a\\\";\"; SELECT N'x', _utf8mb4 'y;', x'3b';;",
    ),
];

const ONLY_MARIADB: &[(usize, &str)] = &[
    (
        2,
        "BEGIN NOT ATOMIC DECLARE i int DEFAULT 0; IF i = 0 THEN SET i = 1; END IF; END; SELECT 1",
    ),
    (1, "IF 1 THEN SELECT 1; ELSE SELECT 2; END IF"),
    (
        1,
        "BEGIN NOT ATOMIC FOR i IN 1..3 DO SELECT i; END FOR; END",
    ),
    (
        2,
        "CREATE OR REPLACE PROCEDURE p() FOR i IN 1..3 DO SELECT i; END FOR; CALL p()",
    ),
    (
        2,
        "CREATE TABLE t (a int); SET STATEMENT max_statement_time = 9 FOR ALTER TABLE t ADD b int",
    ),
];

#[test]
fn each_statement_is_one_to_the_server() {
    for variable in bench::BOTH {
        let more: &[_] = if variable == MARIADB {
            ONLY_MARIADB
        } else {
            &[]
        };
        for (count, text) in SCRIPTS.iter().chain(more) {
            let Some(database) = bench::Database::new(variable) else {
                return;
            };
            let mut driver = database.open();
            let found = split(&*driver, text);
            assert_eq!(found.len(), *count, "{found:#?}");
            for statement in found {
                let text = statement.text.clone();
                try_alone(&mut *driver, statement)
                    .unwrap_or_else(|error| panic!("{variable}: {text}: {error}"));
            }
        }
    }
}

#[test]
fn a_dump_runs_as_a_migration() {
    each(|database| {
        let mut driver = ready(&database.settings);
        migrate(&mut *driver, "dump", 1, include_str!("dump.sql")).unwrap();
        let count = cell(&mut *driver, "SELECT count(*) FROM item");
        assert_eq!(count.as_deref(), Some("6"));
        // The trigger made nothing of the prices below zero.
        let low = cell(&mut *driver, "SELECT min(price) FROM item");
        assert_eq!(low.as_deref(), Some("0.00"));
        let name = cell(&mut *driver, "SELECT name FROM item WHERE id = 1");
        assert_eq!(name.as_deref(), Some("a;b\\"));
        assert_eq!(driver.history().unwrap().records.len(), 1);
        assert_eq!(
            cell(&mut *driver, "SELECT @@foreign_key_checks").as_deref(),
            Some("1")
        );
    });
}

#[test]
fn what_no_server_runs_is_refused_with_its_place() {
    each(|database| {
        let driver = open(&database.settings, "initium_migrate").unwrap();
        for (line, text) in [
            (1, "source other.sql"),
            (2, "SELECT 1;\n\\. other.sql"),
            (1, "SELECT 1\\G"),
            (1, "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t"),
            (1, "load data concurrent local infile 'x' into table t"),
            (1, "SET SESSION sql_mode = 'ORACLE'"),
            (1, "/*!40101 SET sql_mode = 4 */"),
            (1, "SYSTEM ls"),
        ] {
            let error = driver
                .dialect()
                .split(&Source::file("t.sql", text))
                .expect_err(text);
            assert_eq!(error.code(), Code::NotSupported, "{text}");
            assert_eq!(error.spot().place.as_ref().unwrap().line, line, "{text}");
        }
        for text in [
            "SELECT \\N",
            "SELECT '\\g'",
            "SET sql_mode = 'STRICT_ALL_TABLES'",
            "SET sql_mode = REPLACE(@@sql_mode, 'ANSI_QUOTES', '')",
            "`source` x",
            "LOAD DATA INFILE '/x' INTO TABLE t",
        ] {
            assert_eq!(split(&*driver, text).len(), 1, "{text}");
        }
    });
}

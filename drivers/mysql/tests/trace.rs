//! What became of a statement whose run died: told from the catalog alone, on real servers. Each form
//! of DDL is intended and not run, intended and run, and disturbed by somebody else.

#![allow(clippy::unwrap_used)]

mod bench;

use bench::{Database, MARIADB, MYSQL, alone, each, ready, split, step};
use initium_driver::{Driver, Entry, Script, Verdict};

/// What the intent noted, compared with what is there now.
fn verdict(driver: &mut dyn Driver, text: &str) -> Verdict {
    let statement = split(driver, text).remove(0);
    let noted = driver.history().unwrap().steps.pop().unwrap();
    driver.verdict(&noted, &statement).unwrap()
}

fn intend(driver: &mut dyn Driver, text: &str) {
    let statement = Box::new(split(driver, text).remove(0));
    let intent = Entry::Intent {
        step: step("m", 1),
        statement,
    };
    driver.execute(&Script::entries(vec![intent])).unwrap();
}

/// So that the time of the next change is another one.
fn pause() {
    std::thread::sleep(std::time::Duration::from_millis(1100));
}

const WITHOUT: Verdict = Verdict::Without { clear: Vec::new() };

/// What another session does meanwhile, and how it takes that back.
const MEDDLE: (&str, &str) = (
    "ALTER TABLE t ADD other int",
    "ALTER TABLE t DROP COLUMN other",
);

const TABLE: &str = "CREATE TABLE p (id int PRIMARY KEY); \
     CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(20), c int, KEY ia (a), KEY ibc (b, c), \
     CONSTRAINT ck CHECK (c > 0), CONSTRAINT fk FOREIGN KEY (c) REFERENCES p (id)); \
     CREATE TABLE n (id int PRIMARY KEY, pid int) COMMENT 'n'; CREATE VIEW v AS SELECT id FROM t; \
     CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1; \
     CREATE PROCEDURE pr(IN x int) SELECT x; \
     CREATE FUNCTION fu(x int) RETURNS int DETERMINISTIC RETURN x; \
     CREATE EVENT ev ON SCHEDULE EVERY 1 YEAR DO SET @x = 1; \
     CREATE TABLE part (id int PRIMARY KEY) PARTITION BY RANGE (id) \
     (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))";

/// Statements on table t, or on objects that altering t disturbs; all of them leave a trace.
const ON_T: &[&str] = &[
    "ALTER TABLE t ADD COLUMN x int",
    "ALTER TABLE t ADD x int NOT NULL DEFAULT 5 FIRST, ADD COLUMN y text",
    "ALTER TABLE t ADD (x int, y int, KEY ixy (x, y))",
    "ALTER TABLE `t` ADD COLUMN `größe` int AFTER a",
    "ALTER TABLE t ADD COLUMN x int UNIQUE, ADD z int AS (a + 1)",
    "ALTER TABLE t DROP COLUMN b",
    "ALTER TABLE t DROP a, DROP INDEX ibc",
    "ALTER TABLE t MODIFY a bigint NOT NULL",
    "ALTER TABLE t MODIFY b varchar(20) AFTER id",
    "ALTER TABLE t CHANGE a aa int",
    "ALTER TABLE t CHANGE COLUMN a b2 bigint, CHANGE b a varchar(20)",
    "ALTER TABLE t CHANGE a b varchar(9), CHANGE b a int",
    "ALTER TABLE t RENAME COLUMN a TO aa",
    "ALTER TABLE t RENAME INDEX ia TO iaa",
    "ALTER TABLE t ALTER COLUMN a SET DEFAULT 3",
    "ALTER TABLE t ADD INDEX (b)",
    "ALTER TABLE t ADD UNIQUE KEY u (a, b)",
    "ALTER TABLE t ADD FULLTEXT INDEX ft (b)",
    "ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (id, a)",
    "ALTER TABLE t DROP INDEX ia, ADD INDEX ia (a, id)",
    "ALTER TABLE t ADD CONSTRAINT c2 CHECK (a < 9)",
    "ALTER TABLE t ADD CHECK (a < 9)",
    "ALTER TABLE t DROP CONSTRAINT ck",
    "ALTER TABLE t ADD CONSTRAINT fk2 FOREIGN KEY (a) REFERENCES p (id) ON DELETE CASCADE",
    "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p (id)",
    "ALTER TABLE t DROP FOREIGN KEY fk",
    "ALTER TABLE t COMMENT 'for people', ROW_FORMAT = COMPRESSED",
    "ALTER TABLE t CONVERT TO CHARACTER SET ascii",
    "ALTER TABLE t FORCE",
    "ALTER TABLE t ADD x int, RENAME TO t2",
    "ALTER TABLE t RENAME t2",
    "RENAME TABLE t TO t_old, n TO t",
    "RENAME TABLE n TO tmp, t TO n, tmp TO t",
    "CREATE INDEX i ON t (a, b)",
    "CREATE UNIQUE INDEX i USING BTREE ON t (b(5))",
    "DROP INDEX ibc ON t",
    "/*!50001 ALTER TABLE t ADD COLUMN x int */",
];

/// Everything else, with what disturbs it and how that is undone.
const OTHERS: &[(&str, &str, &str)] = &[
    ("CREATE TABLE x (a int)", "", ""),
    ("CREATE TABLE IF NOT EXISTS x AS SELECT 1 AS a", "", ""),
    (
        "DROP TABLE n, part",
        "DROP TABLE n",
        "CREATE TABLE n (id int)",
    ),
    (
        "DROP TABLE IF EXISTS n, none, part",
        "DROP TABLE n",
        "CREATE TABLE n (id int)",
    ),
    (
        "ALTER TABLE n ENGINE = MyISAM",
        "ALTER TABLE n ADD other int",
        "ALTER TABLE n DROP COLUMN other",
    ),
    (
        "ALTER TABLE n DROP COLUMN pid, ADD COLUMN pid int",
        "ALTER TABLE n ADD other int",
        "ALTER TABLE n DROP COLUMN other",
    ),
    ("CREATE VIEW w AS SELECT a FROM t", "", ""),
    ("CREATE OR REPLACE VIEW v AS SELECT a FROM t", "", ""),
    (
        "ALTER VIEW v AS SELECT b FROM t",
        "DROP VIEW v",
        "CREATE VIEW v AS SELECT id FROM t",
    ),
    (
        "DROP VIEW v",
        "CREATE OR REPLACE VIEW v AS SELECT b FROM t",
        "",
    ),
    (
        "CREATE DEFINER = CURRENT_USER PROCEDURE q() BEGIN SELECT 1; SELECT 2; END",
        "",
        "",
    ),
    (
        "ALTER PROCEDURE pr COMMENT 'x'",
        "DROP PROCEDURE pr",
        "CREATE PROCEDURE pr() SELECT 1",
    ),
    ("DROP PROCEDURE pr", "ALTER PROCEDURE pr COMMENT 'x'", ""),
    (
        "CREATE FUNCTION f2() RETURNS int DETERMINISTIC RETURN 1",
        "",
        "",
    ),
    (
        "DROP FUNCTION IF EXISTS fu",
        "ALTER FUNCTION fu COMMENT 'x'",
        "",
    ),
    (
        "CREATE TRIGGER g2 AFTER INSERT ON t FOR EACH ROW SET @x = 1",
        "",
        "",
    ),
    (
        "DROP TRIGGER g",
        "DROP TRIGGER g; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 2",
        "",
    ),
    (
        "CREATE EVENT e2 ON SCHEDULE EVERY 1 YEAR DO SET @x = 1",
        "",
        "",
    ),
    (
        "ALTER EVENT ev DISABLE",
        "DROP EVENT ev",
        "CREATE EVENT ev ON SCHEDULE EVERY 1 DAY DO SET @x = 1",
    ),
    ("ALTER EVENT ev RENAME TO ev2", "ALTER EVENT ev DISABLE", ""),
    ("DROP EVENT ev", "ALTER EVENT ev COMMENT 'x'", ""),
    (
        "ALTER TABLE part ADD PARTITION (PARTITION p2 VALUES LESS THAN (30))",
        "ALTER TABLE part ADD other int",
        "ALTER TABLE part DROP COLUMN other",
    ),
    (
        "ALTER TABLE part DROP PARTITION p1",
        "ALTER TABLE part ADD other int",
        "ALTER TABLE part DROP COLUMN other",
    ),
    (
        "ALTER TABLE part REMOVE PARTITIONING",
        "ALTER TABLE part ADD other int",
        "ALTER TABLE part DROP COLUMN other",
    ),
    (
        "RENAME TABLE n TO OTHER_DB.n",
        "ALTER TABLE n ADD other int",
        "ALTER TABLE n DROP COLUMN other",
    ),
    ("CREATE DATABASE NEW_DB", "", ""),
    (
        "ALTER DATABASE OTHER_DB CHARACTER SET ascii",
        "DROP DATABASE OTHER_DB",
        "CREATE DATABASE OTHER_DB",
    ),
    (
        "DROP DATABASE OTHER_DB",
        "CREATE TABLE OTHER_DB.x (a int)",
        "DROP TABLE OTHER_DB.x",
    ),
    (
        "CREATE USER 'SOME_USER'@'%', SOME_USER@localhost",
        "CREATE USER SOME_USER",
        "DROP USER SOME_USER",
    ),
];

const MARIA: &[(&str, &str, &str)] = &[
    (
        "CREATE OR REPLACE TABLE n (id int PRIMARY KEY, pid int) COMMENT 'n'",
        "DROP TABLE n",
        "CREATE TABLE n (id int)",
    ),
    (
        "CREATE OR REPLACE TABLE n (id int)",
        "DROP TABLE n",
        "CREATE TABLE n (id int)",
    ),
    ("CREATE SEQUENCE s START WITH 5", "", ""),
    ("CREATE OR REPLACE INDEX ia ON t (a, b)", MEDDLE.0, MEDDLE.1),
    (
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS x int, DROP COLUMN IF EXISTS none",
        MEDDLE.0,
        MEDDLE.1,
    ),
    (
        "SET STATEMENT lock_wait_timeout = 1 FOR ALTER TABLE t ADD x int",
        MEDDLE.0,
        MEDDLE.1,
    ),
    ("ALTER TABLE t ADD SYSTEM VERSIONING", MEDDLE.0, MEDDLE.1),
    ("CREATE OR REPLACE PROCEDURE pr() SELECT 2", "", ""),
];

const ORACLE: &[(&str, &str, &str)] = &[
    ("ALTER TABLE t ADD INDEX fi ((a + 1))", MEDDLE.0, MEDDLE.1),
    ("ALTER TABLE t ALTER INDEX ia INVISIBLE", MEDDLE.0, MEDDLE.1),
    (
        "ALTER TABLE t ALTER CHECK ck NOT ENFORCED",
        MEDDLE.0,
        MEDDLE.1,
    ),
    ("ALTER TABLE t DROP CHECK ck", MEDDLE.0, MEDDLE.1),
];

/// Not run, disturbed, run; each told apart.
fn judged(database: &Database, form: &(&str, &str, &str)) {
    let own = |text: &str| {
        text.replace("OTHER_DB", &format!("{}_o", database.name))
            .replace("NEW_DB", &format!("{}_n", database.name))
            .replace("SOME_USER", &format!("u_{}", database.name))
    };
    let (text, meddle, undo) = (own(form.0), own(form.1), own(form.2));
    let name = &database.name;
    database.sql(&[&format!("CREATE DATABASE {name}_o")]);
    let mut driver = ready(&database.settings);
    alone(&mut *driver, TABLE);
    // Only the time of the last change tells, and that counts in seconds.
    let slow = [
        "OR REPLACE TABLE",
        "DROP COLUMN pid, ADD",
        ", CHANGE b a",
        "FORCE",
    ];
    let slow = slow.iter().any(|part| text.contains(part));
    if slow {
        pause();
    }
    intend(&mut *driver, &text);
    assert_eq!(verdict(&mut *driver, &text), WITHOUT, "{text}");
    if !meddle.is_empty() {
        database.sql(&[&meddle]);
        let found = verdict(&mut *driver, &text);
        assert!(matches!(found, Verdict::Otherwise(_)), "{text}: {found:?}");
        if !undo.is_empty() {
            database.sql(&[&undo]);
        }
        if slow {
            pause();
        }
        intend(&mut *driver, &text);
        assert_eq!(verdict(&mut *driver, &text), WITHOUT, "{text}");
    }
    if slow {
        pause();
    }
    alone(&mut *driver, &text);
    assert_eq!(verdict(&mut *driver, &text), Verdict::With, "{text}");
    // A run that comes later is another session, in the database of the connection.
    drop(driver);
    let mut later = database.open();
    assert_eq!(verdict(&mut *later, &text), Verdict::With, "{text}");
    database.sql(&[
        &format!("DROP DATABASE IF EXISTS {name}_o"),
        &format!("DROP DATABASE IF EXISTS {name}_n"),
        &format!("DROP USER IF EXISTS u_{name}, u_{name}@localhost"),
    ]);
}

fn all(variable: &str, forms: &[(&str, &str, &str)]) {
    let mut wrong = Vec::new();
    for form in forms {
        let Some(database) = Database::new(variable) else {
            return;
        };
        let answer = std::panic::catch_unwind(|| judged(&database, form));
        wrong.extend(answer.err().map(|_| form.0));
    }
    assert_eq!(wrong, [""; 0]);
}

fn on_t() -> Vec<(&'static str, &'static str, &'static str)> {
    ON_T.iter()
        .map(|text| (*text, MEDDLE.0, MEDDLE.1))
        .collect()
}

#[test]
fn what_became_of_an_altered_table_is_told_by_mariadb() {
    all(MARIADB, &on_t());
}

#[test]
fn what_became_of_an_altered_table_is_told_by_mysql() {
    all(MYSQL, &on_t());
}

#[test]
fn what_became_of_other_schema_changes_is_told_by_mariadb() {
    all(MARIADB, OTHERS);
    all(MARIADB, MARIA);
}

#[test]
fn what_became_of_other_schema_changes_is_told_by_mysql() {
    all(MYSQL, OTHERS);
    all(MYSQL, ORACLE);
}

#[test]
fn what_leaves_no_trace_is_invisible() {
    each(|database| {
        let mut driver = ready(&database.settings);
        alone(&mut *driver, TABLE);
        pause();
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

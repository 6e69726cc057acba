//! Which statements have a trace, and of what; no server needed.

use super::aim::{Act, Aim};
use super::*;

fn aim(text: &str) -> Option<Aim> {
    Aim::of(&MySql::offline(Family::MariaDb), text)
}

/// The act and the names of the objects.
fn told(text: &str) -> String {
    let Some(aim) = aim(text) else {
        return "nothing".into();
    };
    let act = match &aim.act {
        Act::Create => "create",
        Act::Replace => "replace",
        Act::Drop => "drop",
        Act::Rename(_) => "rename",
        Act::Change => "change",
        Act::Empty => "empty",
        Act::Alter(_) => "alter",
        Act::Temporary => "temporary",
    };
    let objects = aim.objects.iter().map(|object| match &object.schema {
        Some(schema) => format!(" {schema}.{}", object.name),
        None => format!(" {}", object.name),
    });
    objects.fold(act.into(), |all, one| all + &one)
}

#[test]
fn a_statement_tells_what_it_is_about() {
    for (text, what) in [
        (
            "create table if not exists `a b`.`c``d` (x int)",
            "create a b.c`d",
        ),
        ("/*!50001 CREATE TABLE t (a int) */", "create t"),
        ("CREATE /* x */ TABLE # y\n t (a int)", "create t"),
        (
            "SET STATEMENT max_statement_time=0 FOR DROP TABLE t",
            "drop t",
        ),
        ("DROP TABLE IF EXISTS a, d.b , c CASCADE", "drop a d.b c"),
        (
            "CREATE DEFINER=`u`@`h` SQL SECURITY INVOKER VIEW d.v AS SELECT 1",
            "create d.v",
        ),
        (
            "CREATE OR REPLACE ALGORITHM = MERGE VIEW v AS SELECT 1",
            "replace v",
        ),
        (
            "CREATE DEFINER = CURRENT_USER() PROCEDURE p() SELECT 1",
            "create p",
        ),
        (
            "CREATE AGGREGATE FUNCTION f(x int) RETURNS int RETURN 1",
            "create f",
        ),
        (
            "CREATE TRIGGER g BEFORE INSERT ON d.t FOR EACH ROW SET @x = 1",
            "create d.g",
        ),
        ("CREATE UNIQUE INDEX i ON d.t (a)", "alter d.t"),
        ("DROP INDEX i ON t", "alter t"),
        ("ALTER ONLINE IGNORE TABLE t NOWAIT ADD a int", "alter t"),
        ("ALTER TABLE d.t ADD a int, RENAME TO u", "alter d.t d.u"),
        ("RENAME TABLE a TO b, b TO d.c", "rename a b d.c"),
        ("RENAME USER a TO b@h", "rename 'a'@'%' 'b'@'h'"),
        (
            "CREATE USER a@LOCALHOST IDENTIFIED BY 'x', 'b'",
            "create 'a'@'localhost' 'b'@'%'",
        ),
        ("TRUNCATE t", "empty t"),
        ("ALTER DATABASE d CHARACTER SET utf8mb4", "change d"),
        (
            "ALTER EVENT e ON SCHEDULE EVERY 1 DAY RENAME TO f",
            "rename e f",
        ),
        ("CREATE OR REPLACE TEMPORARY TABLE t (a int)", "temporary"),
        // Nothing is guessed.
        ("ALTER DATABASE CHARACTER SET utf8mb4", "nothing"),
        ("CREATE FUNCTION f RETURNS STRING SONAME 'x.so'", "nothing"),
        ("CREATE USER CURRENT_USER", "nothing"),
        ("ALTER SEQUENCE s RESTART", "nothing"),
        ("CREATE ROLE r", "nothing"),
        ("DROP ROLE r", "nothing"),
        (
            "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'x')",
            "nothing",
        ),
        ("INSERT INTO t VALUES (1)", "nothing"),
        ("CREATE", "nothing"),
        ("", "nothing"),
    ] {
        assert_eq!(told(text), what, "{text}");
    }
}

/// What must be there afterwards, and what must not.
fn musts(text: &str) -> String {
    let Some(Act::Alter(alter)) = aim(text).map(|aim| aim.act) else {
        return "nothing".into();
    };
    let mut all: Vec<_> = alter
        .musts
        .iter()
        .map(|((letter, name), must)| match must {
            super::alter::Must::Present => format!("+{letter}.{name}"),
            super::alter::Must::Absent => format!("-{letter}.{name}"),
        })
        .collect();
    all.extend(alter.moves_data.then(|| "data".into()));
    all.extend(alter.unseen.then(|| "unseen".into()));
    all.join(" ")
}

#[test]
fn an_alter_tells_what_it_must_leave() {
    for (clauses, left) in [
        ("ADD COLUMN A int, DROP b", "+C.a -C.b"),
        ("ADD (a int, b decimal(3, 1), KEY k (a))", "+C.a +C.b +I.k"),
        ("ADD `key` int", "+C.key"),
        (
            "ADD UNIQUE u (a), ADD CONSTRAINT UNIQUE (b), ADD CONSTRAINT c UNIQUE KEY (d)",
            "+I.c +I.u",
        ),
        ("ADD KEY (a), ADD INDEX USING BTREE (b)", ""),
        (
            "ADD CONSTRAINT f FOREIGN KEY i (a) REFERENCES p (a)",
            "+K.f",
        ),
        ("DROP PRIMARY KEY, ADD PRIMARY KEY (a, b)", "+I.primary"),
        ("DROP INDEX i, ADD INDEX i (a)", "+I.i"),
        ("ADD INDEX i (a), DROP INDEX i", "+I.i"),
        ("DROP CONSTRAINT IF EXISTS c", "-I.c -K.c -X.c"),
        (
            "CHANGE a b int, RENAME COLUMN c TO d, RENAME KEY e TO f",
            "-C.a +C.b -C.c +C.d -I.e +I.f",
        ),
        ("CHANGE a A bigint", ""),
        ("CHANGE a b int, CHANGE b a int", "+C.a +C.b data"),
        ("DROP a, ADD a int", "+C.a data"),
        (
            "ADD PARTITION (PARTITION p2 VALUES LESS THAN (3)), ALGORITHM = INPLACE",
            "",
        ),
        ("EXCHANGE PARTITION p WITH TABLE u", "unseen"),
        (
            "MODIFY a enum('x,y', 'z') DEFAULT 'x,y' AFTER b, ENGINE = InnoDB",
            "",
        ),
    ] {
        assert_eq!(
            musts(&format!("ALTER TABLE t {clauses}")),
            left,
            "{clauses}"
        );
    }
}

#[test]
fn only_servers_whose_catalog_is_known_are_asked() {
    use Family::{MariaDb, MySql};
    for (family, version, asked) in [
        (MySql, "8.0.16", true),
        (MySql, "9.7.4-2", true),
        (MySql, "8.0.11-TiDB-v8.5.0", false),
        (MySql, "5.7.44-log", false),
        (MariaDb, "10.11.19-MariaDB-0+deb12u1-log", true),
        (MariaDb, "11.8.2-MariaDB", true),
        (MariaDb, "10.4.34-MariaDB", false),
        (MySql, "unknown", false),
    ] {
        assert_eq!(is_readable(family, version), asked, "{version}");
    }
}

#[test]
fn what_is_no_answer_says_nothing() {
    let dialect = MySql::offline(Family::MySql);
    for noted in [
        None,
        Some(""),
        Some("{}"),
        Some("null"),
        Some("{\"0T\": \"x\"}"),
        Some("{\"9T\": \"x\"}"),
    ] {
        assert!(
            Trace::of(&dialect, "DROP TABLE t", noted).is_none(),
            "{noted:?}"
        );
    }
}

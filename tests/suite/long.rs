//! Scripts too long to be held. (Catches an error at the wrong line, a number of statements that is
//! wrong, a file that changes under a run, a script that is read otherwise because it is long.)

use super::support::{Database, databases, of};

const SPEC: &str = "version: 1\nmigrations:\n  - name: load\n    up: [{file: long.sql}]\n";

/// More than is held, of short statements; how many.
fn inserts(from: usize) -> (String, usize) {
    let mut text = String::new();
    let mut n = from;
    let row = "x".repeat(900);
    while text.len() < 5 << 20 {
        text.push_str(&format!("INSERT INTO t (id, a) VALUES ({n}, '{row}');\n"));
        n += 1;
    }
    (text, n - from)
}

fn script(db: &Database, text: &str) -> String {
    db.folder.write("long.sql", text);
    db.folder.write("spec.yaml", SPEC)
}

const TABLE: &str = "CREATE TABLE t (id integer PRIMARY KEY, a text);\n";

#[test]
fn a_plan_shows_a_run_of_statements_as_one() {
    for db in databases() {
        let (rows, count) = inserts(0);
        let spec = script(&db, &format!("{TABLE}{rows}"));
        let plan = db.initium(&["migrate", "plan", "--spec", &spec]).exits(0);
        let more = format!("up to line {} of ", count + 1);
        assert!(plan.out.contains(&more), "{}: {}", db.kind, plan.out);
        assert!(
            plan.out
                .contains(&format!("1 to run, {} statements", count + 1)),
            "{}",
            plan.out
        );
        let arguments = ["migrate", "plan", "--format", "json", "--spec", &spec];
        let json = db.initium(&arguments).exits(0).json();
        let steps = json["migrations"][0]["steps"].as_array().unwrap();
        assert_eq!(steps.len(), 2, "{}", db.kind);
        assert_eq!(steps[1]["count"], count);
        assert_eq!(steps[1]["last_line"], count + 1);
        db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
        let again = db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
        assert_eq!(again.out, "nothing to do\n");
    }
}

#[test]
fn an_error_in_the_middle_of_a_long_script_has_its_line_and_leaves_nothing() {
    for db in databases() {
        let (rows, count) = inserts(0);
        let wrong = "  INSERT INTO t (id, a)\n  VALUES (7, 'again');\n";
        let spec = script(&db, &format!("{TABLE}{rows}{wrong}{}", inserts(count).0));
        let ran = db.initium(&["migrate", "apply", "--spec", &spec]).exits(1);
        let place = format!("long.sql:{}:3 (statement {} of ", count + 2, count + 2);
        assert!(ran.err.contains(&place), "{}: {}", db.kind, ran.err);
        assert!(
            ran.err.contains("|   INSERT INTO t (id, a)\n"),
            "{}",
            ran.err
        );
        // Where schema changes commit by themselves, the table stays, and the run goes on behind it.
        let left = match db.kind {
            "mysql" | "mariadb" => Some(db.ask("SELECT count(*) FROM t")),
            _ => None,
        };
        assert_eq!(left.unwrap_or("0".into()), "0", "{}", db.kind);
        let spec = script(&db, &format!("{TABLE}{rows}"));
        db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
        assert_eq!(db.ask("SELECT count(*) FROM t"), count.to_string());
    }
}

#[test]
fn what_is_split_in_a_long_script_is_what_is_split_in_a_short_one() {
    for db in of("mariadb").into_iter().chain(of("mysql")) {
        let (rows, count) = inserts(0);
        let routine =
            "DELIMITER $$\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END$$\nDELIMITER ;\n";
        let mode = "SET sql_mode = 'NO_BACKSLASH_ESCAPES';\nINSERT INTO t VALUES (-1, 'a\\');\n";
        let text = format!("{TABLE}{routine}{mode}{rows}INSERT INTO t VALUES (-2, 'b\\');\n");
        let spec = script(&db, &text);
        db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
        assert_eq!(db.ask("SELECT count(*) FROM t"), (count + 2).to_string());
        assert_eq!(db.ask("SELECT a FROM t WHERE id = -2"), "b\\");
    }
    for db in of("postgres") {
        let (rows, count) = inserts(0);
        let mode = "SET standard_conforming_strings = off;\nINSERT INTO t VALUES (-1, 'a\\';');\n";
        let last = "INSERT INTO t VALUES (-2, 'b\\\\');\nCOPY t FROM stdin;\n-3\tc\n\\.\n";
        let spec = script(&db, &format!("{TABLE}{mode}{rows}{last}"));
        db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
        assert_eq!(db.ask("SELECT count(*) FROM t"), (count + 3).to_string());
        assert_eq!(db.ask("SELECT a FROM t WHERE id = -2"), "b\\");
        assert_eq!(db.ask("SELECT a FROM t WHERE id = -1"), "a';");
    }
}

#[test]
fn rows_of_a_copy_are_placed_at_their_line() {
    for db in of("postgres") {
        let rows: String = (0..600_000).map(|n| format!("{n}\tsome text\n")).collect();
        let good = format!("COPY t (id, a) FROM stdin;\n{rows}\\.\n");
        let spec = script(
            &db,
            &format!("{TABLE}{good}COPY t FROM stdin;\n-1\tx\nwrong\ty\n\\.\n"),
        );
        let ran = db.initium(&["migrate", "apply", "--spec", &spec]).exits(1);
        let place = "long.sql:600006:1 (statement 3 of 3";
        assert!(ran.err.contains(place), "{}", ran.err);
        assert!(ran.err.contains("| wrong"), "{}", ran.err);
        let spec = script(&db, &format!("{TABLE}{good}"));
        db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
        assert_eq!(db.ask("SELECT count(*) FROM t"), "600000");
    }
}

#[test]
fn what_the_ledger_keeps_has_a_limit() {
    let db = of("sqlite").remove(0);
    db.folder
        .write("down.sql", &"DELETE FROM t;\n".repeat(1_200_000));
    let spec =
        "version: 1\nmigrations:\n  - name: load\n    up: SELECT 1\n    down: [{file: down.sql}]\n";
    let spec = db.folder.write("spec.yaml", spec);
    let ran = db.initium(&["migrate", "apply", "--spec", &spec]).exits(2);
    assert_eq!(ran.code(), "script-too-long");
    assert!(ran.err.contains("down.sql"), "{}", ran.err);
}

#[test]
fn a_long_script_in_another_encoding_is_refused() {
    let db = of("sqlite").remove(0);
    let utf16: Vec<u8> = "SELECT 1;\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (bytes, says) in [
        (utf16.repeat(300_000), "UTF-16"),
        (
            [b"SELECT 1;\n".repeat(500_000), vec![0xff]].concat(),
            "not UTF-8",
        ),
    ] {
        std::fs::write(db.folder.path("long.sql"), bytes).unwrap();
        let spec = db.folder.write("spec.yaml", SPEC);
        let ran = db.initium(&["migrate", "apply", "--spec", &spec]).exits(2);
        assert!(ran.err.contains(says), "{}", ran.err);
    }
}

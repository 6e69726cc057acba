//! What was edited of an applied migration is shown against the text that was applied.

use crate::support::{Database, databases, of};

fn spec(db: &Database, migrations: &str) -> String {
    let text = format!("version: 1\nmigrations:\n{migrations}");
    db.folder.write("a.yaml", &text)
}

fn long(filler: &str) -> String {
    let rows: String = (0..9000)
        .map(|n| format!("      -- {filler} {n}\n"))
        .collect();
    format!("  - name: long\n    up: |\n{rows}      CREATE TABLE long_one (n integer)\n")
}

const ONE: &str = "  - name: one\n    up: |\n      CREATE TABLE a (n integer);\n      INSERT INTO a VALUES (1);\n      \
                   INSERT INTO a VALUES (2);\n";

#[test]
fn an_edit_is_shown_where_it_is_refused() {
    for db in databases() {
        let path = spec(&db, ONE);
        let run = |words: &[&str], status: i32| {
            db.initium(&[&["migrate"], words, &["--spec", &path]].concat())
                .exits(status)
        };
        run(&["apply"], 0);
        spec(&db, &ONE.replace("VALUES (2)", "VALUES (3)"));
        for verb in ["apply", "plan", "check"] {
            let refused = run(&[verb], 4);
            assert_eq!(refused.code(), "checksum-changed", "{}", db.kind);
            for line in [
                "edited: --- as it was applied\n",
                "\n    -INSERT INTO a VALUES (2);\n    +INSERT INTO a VALUES (3);\n",
                "\n     INSERT INTO a VALUES (1);\n",
            ] {
                assert!(refused.err.contains(line), "{verb}: {}", refused.err);
            }
            let json = run(&[verb, "--format", "json"], 4).json();
            let edits = json["error"]["edits"].as_str().unwrap();
            assert!(edits.ends_with("-INSERT INTO a VALUES (2);\n+INSERT INTO a VALUES (3);\n"));
        }
        // The text that was accepted is the stored one from then on.
        let words = ["repair", "accept", "one", "--reason", "same", "--yes"];
        run(&words, 0);
        run(&["check"], 0);
        spec(&db, &ONE.replace("VALUES (2)", "VALUES (4)"));
        let refused = run(&["check"], 4);
        assert!(
            refused.err.contains("-INSERT INTO a VALUES (3);\n"),
            "{}",
            refused.err
        );
    }
}

#[test]
fn what_is_sensitive_or_long_is_told_and_not_shown() {
    for db in databases() {
        let secret = |n: u32| {
            format!(
                "  - name: two\n    sensitive: true\n    up: CREATE TABLE Kq7vZ{n} (n integer)\n"
            )
        };
        let path = spec(&db, &format!("{}{}", long("x"), secret(1)));
        let run = |words: &[&str], status: i32| {
            db.initium(&[&["migrate"], words, &["--spec", &path]].concat())
                .exits(status)
        };
        run(&["apply"], 0);
        let edited = long("y").replace("n integer", "n bigint");
        spec(&db, &format!("{edited}{}", secret(2)));
        let refused = run(&["check"], 4);
        assert_eq!(
            refused.err.matches("checksum-changed").count(),
            2,
            "{}",
            refused.err
        );
        assert!(!refused.err.contains("edited:"), "{}", refused.err);
        assert!(!refused.err.contains("Kq7vZ"), "{}", refused.err);
        // One that became sensitive is not shown either.
        let open = secret(3).replace("    sensitive: true\n", "");
        let path = spec(&db, &format!("{}{open}", long("x")));
        let words = ["repair", "accept", "two", "--reason", "same", "--yes"];
        db.initium(&[&["migrate"], &words[..], &["--spec", &path]].concat())
            .exits(0);
        spec(&db, &format!("{}{}", long("x"), secret(4)));
        let refused = run(&["check"], 4);
        assert!(!refused.err.contains("Kq7vZ"), "{}", refused.err);
    }
}

/// What the version before this one left.
#[test]
fn a_ledger_that_kept_no_text_is_read_and_then_upgraded() {
    for db in databases() {
        let path = spec(&db, ONE);
        let run = |words: &[&str], status: i32| {
            db.initium(&[&["migrate"], words, &["--spec", &path]].concat())
                .exits(status)
        };
        run(&["apply"], 0);
        db.statement("ALTER TABLE initium_migrate DROP COLUMN up_sql");
        db.statement("UPDATE initium_migrate_meta SET format = 1");
        for verb in ["check", "status", "history", "apply"] {
            run(&[verb], 0);
        }
        spec(&db, &ONE.replace("VALUES (2)", "VALUES (3)"));
        let refused = run(&["check"], 4);
        assert_eq!(refused.code(), "checksum-changed");
        assert!(!refused.err.contains("edited:"), "{}", refused.err);
        let words = ["repair", "accept", "one", "--reason", "same", "--yes"];
        run(&words, 0);
        run(&["check"], 0);
        spec(&db, ONE);
        let refused = run(&["check"], 4);
        assert!(
            refused.err.contains("-INSERT INTO a VALUES (3);\n"),
            "{}",
            refused.err
        );
    }
}

#[test]
fn an_edited_step_of_redis_is_shown() {
    for db in of("redis") {
        let spec = |key: &str| {
            let text =
                format!("version: 1\nmigrations:\n  - name: one\n    up: |\n      SET {key} 1\n");
            db.folder.write("a.yaml", &text)
        };
        let path = spec("a");
        let words = |verb| ["migrate", verb, "--spec", &path].map(String::from);
        let run = |verb, status| {
            let words = words(verb);
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            db.initium(&words).exits(status)
        };
        run("apply", 0);
        spec("b");
        let refused = run("check", 4);
        assert!(
            refused.err.contains("-SET a 1\n    +SET b 1\n"),
            "{}",
            refused.err
        );
    }
}

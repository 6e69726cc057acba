//! Dumps run as they are. (Catches a line of a dump that is refused or misread, a setting of it that
//! stays, a ledger that cannot be found afterwards.)

use super::support::of;
use super::support::root;

const SPEC: &str = "version: 1\nmigrations:\n  - name: dump\n    up: [{file: dump.sql}]\n  \
    - {name: after, up: CREATE TABLE after_it (a integer)}\n";

#[test]
fn a_raw_dump_runs_as_a_migration() {
    for (kind, file) in [
        ("postgres", "pg_dump-15.sql"),
        ("mysql", "mysqldump-9.sql"),
        ("mariadb", "mariadb-dump-10.11.sql"),
    ] {
        for db in of(kind) {
            let dump = root().join("tests/suite/dumps").join(file);
            std::fs::copy(dump, db.folder.path("dump.sql")).unwrap();
            let spec = db.folder.write("spec.yaml", SPEC);
            db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
            db.initium(&["migrate", "check", "--spec", &spec]).exits(0);
            assert_eq!(db.ask("SELECT count(*) FROM item"), "4", "{file}");
            assert_eq!(db.ask("SELECT name FROM item WHERE id = 1"), "a;b\\'\tc");
            assert_eq!(db.ask("SELECT count(*) FROM after_it"), "0");
            assert_eq!(db.ask("SELECT count(*) FROM initium_migrate"), "2");
        }
    }
}

/// Everything a dump may do with COPY, in scripts that are short enough to be held.
#[test]
fn rows_stand_behind_their_copy() {
    for db in of("postgres") {
        let spec = |name: &str, up: &str, rest: &str| {
            db.folder.write("up.sql", up);
            let text = format!(
                "version: 1\nmigrations:\n  - name: {name}\n    up: [{{file: up.sql}}]\n{rest}"
            );
            db.folder.write("spec.yaml", &text)
        };
        let apply = |spec: &str, status| {
            db.initium(&["migrate", "apply", "--allow-ahead", "--spec", spec])
                .beside()
                .exits(status)
        };
        db.statement("CREATE TABLE t (a integer, b text)");
        apply(
            &spec(
                "first",
                "COPY t FROM stdin;\n1\t;'\n2\t\\N\n\\.\nCOPY t (a) FROM stdin WITH (FORMAT csv);\n3\n\\.\n",
                "",
            ),
            0,
        );
        assert_eq!(db.ask("SELECT sum(a) || '/' || count(b) FROM t"), "6/1");
        apply(
            &spec(
                "none",
                "COPY t FROM stdin;\r\n4\tx\r\n\\.\r\nSELECT 1;\n",
                "    transaction: none\n",
            ),
            0,
        );
        assert_eq!(db.ask("SELECT b FROM t WHERE a = 4"), "x");
        let wrong = "INSERT INTO t VALUES (5);\nCOPY t FROM stdin;\n6\ty\nseven\tz\n\\.\n";
        for rest in ["", "    transaction: none\n"] {
            let ran = apply(&spec(&format!("wrong{}", rest.len()), wrong, rest), 1);
            assert!(
                ran.err.contains("up.sql:4:1 (statement 2 of 2"),
                "{}",
                ran.err
            );
            assert!(ran.err.contains("4 | seven"), "{}", ran.err);
            assert_eq!(db.ask("SELECT count(*) FROM t WHERE a = 6"), "0");
        }
        let missing = "COPY t FROM stdin; SELECT 1;\n";
        let ran = apply(&spec("missing", missing, ""), 2);
        assert!(
            ran.err.contains("the rows of this COPY are missing"),
            "{}",
            ran.err
        );
        let denied = "COPY nowhere FROM stdin;\n1\n\\.\n";
        let ran = apply(&spec("denied", denied, ""), 1);
        assert!(ran.err.contains("up.sql:1:"), "{}", ran.err);
        let ran = apply(&spec("client", "\\i other.sql\nSELECT 1;\n", ""), 2);
        assert!(ran.err.contains("\\i is a command of psql"), "{}", ran.err);
    }
}

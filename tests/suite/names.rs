//! Names that try to be SQL, on every server and through every verb that speaks to the ledger.
//! (Catches a name that is spliced without its quotes, and two names that the server makes one.)

use super::support::{Database, Ran, database::statement, databases, of, unique};

const SPEC: &str = "version: 1\nmigrations:\n  \
    - {name: one, up: CREATE TABLE a (n integer), down: DROP TABLE a}\n";

/// As `--table` is given them; what the server then shows.
const HOSTILE: &[(&str, &str)] = &[
    ("\"a\"\"b\"", "a\"b"),
    ("\"a`b\"", "a`b"),
    (
        "\"a'b; DROP TABLE victim; --\"",
        "a'b; DROP TABLE victim; --",
    ),
    ("\"a\\'b\\\\\"", "a\\'b\\\\"),
    ("\"a.b\"", "a.b"),
    ("ä", "ä"),
    ("\"/* %s {} $1 ? */\"", "/* %s {} $1 ? */"),
    ("select", "select"),
    ("UPPER", "UPPER"),
    ("\"1st\"", "1st"),
    ("\"\u{202e}x\"", "\u{202e}x"),
];

fn run(db: &Database, table: &str, arguments: &[&str], status: i32) -> Ran {
    let spec = db.folder.path("a.yaml");
    let arguments = [
        &["migrate"],
        arguments,
        &["--spec", &spec, "--table", table],
    ]
    .concat();
    db.initium(&arguments).beside().exits(status)
}

fn lives(db: &Database, table: &str) {
    db.folder.write("a.yaml", SPEC);
    let run = |arguments: &[&str], status: i32| run(db, table, arguments, status);
    assert_eq!(run(&["check"], 3).code(), "pending", "{} {table}", db.kind);
    run(&["apply"], 0);
    run(&["check"], 0);
    assert!(
        run(&["status"], 0).out.contains("1 applied, 0 pending"),
        "{} {table}",
        db.kind
    );
    assert!(
        run(&["history"], 0).out.contains("one"),
        "{} {table}",
        db.kind
    );
    run(&["unlock"], 0);
    run(&["rollback", "--yes"], 0);
    run(&["check"], 3);
}

fn tables(db: &Database) -> Vec<String> {
    let mut tables: Vec<String> = db
        .open()
        .introspect()
        .unwrap()
        .tables
        .into_iter()
        .map(|t| t.name.to_string())
        .collect();
    tables.sort();
    tables
}

#[test]
fn a_hostile_name_is_a_name_and_nothing_else() {
    for db in databases() {
        db.statement("CREATE TABLE victim (n integer)");
        for (table, stored) in HOSTILE {
            lives(&db, table);
            let stored = match db.kind {
                "sqlite" => stored.to_ascii_lowercase(),
                _ => stored.to_string(),
            };
            // Introspection leaves out our own ledger, and this is another's.
            let wanted = format!("{stored}_step");
            let found = tables(&db);
            let is_it = |t: &String| t.trim_matches('"').replace("\"\"", "\"") == wanted;
            assert!(found.iter().any(is_it), "{} {wanted}: {found:?}", db.kind);
            assert!(
                found.contains(&"victim".to_string()),
                "{} {table}: {found:?}",
                db.kind
            );
        }
        // All of them are ledgers of their own: nothing of one is seen by another.
        db.folder.write("a.yaml", SPEC);
        run(&db, HOSTILE[0].0, &["apply"], 0);
        for (table, _) in &HOSTILE[1..] {
            run(&db, table, &["check"], 3);
        }
    }
}

#[test]
fn a_sign_that_a_server_has_no_room_for_is_refused_by_name() {
    for db in databases() {
        let emoji = "\"\u{1f600}\"";
        match db.kind {
            "mysql" | "mariadb" => {
                db.folder.write("a.yaml", SPEC);
                let ran = run(&db, emoji, &["apply"], 2);
                assert!(ran.err.contains("U+1F600"), "{}", ran.err);
            }
            _ => lives(&db, emoji),
        }
    }
}

#[test]
fn two_names_that_a_server_would_make_one_are_refused() {
    for db in databases() {
        let (sign, most) = match db.kind {
            "postgres" => ("a", 58),
            "sqlite" => continue,
            _ => ("ä", 59),
        };
        lives(&db, &sign.repeat(most));
        db.folder.write("a.yaml", SPEC);
        for more in [1, 2, 5, 100] {
            let ran = run(&db, &sign.repeat(most + more), &["apply"], 2);
            assert_eq!(ran.code(), "setting-invalid", "{}", ran.err);
            assert!(ran.err.contains("this database keeps"), "{}", ran.err);
        }
        if db.kind == "postgres" {
            lives(&db, &"ä".repeat(29));
            run(&db, &"ä".repeat(30), &["apply"], 2);
            let schema = "s".repeat(64);
            run(&db, &format!("{schema}.t"), &["apply"], 2);
        }
    }
}

#[test]
fn a_hostile_schema_holds_the_ledger() {
    for db in of("postgres") {
        db.statement("CREATE TABLE victim (n integer)");
        db.statement("CREATE SCHEMA \"s\"\"x.y'; --\"");
        lives(&db, "\"s\"\"x.y'; --\".\"l\"\"g\"");
        let count = db.ask("SELECT count(*) FROM \"s\"\"x.y'; --\".\"l\"\"g_log\"");
        assert_eq!(count, "2");
        assert!(tables(&db).contains(&"victim".to_string()));
    }
}

/// As a database of its own, and as the one where the ledger of another database lies.
#[test]
fn a_hostile_database_is_worked_on_and_holds_the_ledger() {
    for db in databases() {
        if db.kind == "sqlite" {
            continue;
        }
        let plain = unique("h");
        let name = format!("{plain}\"'`; --.ä");
        let in_sql = match db.kind {
            "postgres" => format!("\"{}\"", name.replace('"', "\"\"")),
            _ => format!("`{}`", name.replace('`', "``")),
        };
        db.statement(&format!("CREATE DATABASE {in_sql}"));
        let (base, _) = db.url.rsplit_once('/').unwrap();
        let encoded: String = name.bytes().map(|b| format!("%{b:02x}")).collect();
        let url = format!("{base}/{encoded}");
        let spec = db.folder.write("a.yaml", SPEC);
        let ran = std::panic::catch_unwind(|| {
            for (verb, status) in [
                ("check", 3),
                ("apply", 0),
                ("check", 0),
                ("status", 0),
                ("history", 0),
                ("rollback", 0),
            ] {
                db.initium(&["migrate", verb, "--spec", &spec])
                    .env("DATABASE_URL", &url)
                    .env("INITIUM_YES", if verb == "rollback" { "true" } else { "" })
                    .exits(status);
            }
            if db.kind != "postgres" {
                let quoted = name.replace('"', "\"\"");
                let table = format!("\"{quoted}\".ledger");
                lives(&db, &table);
                // The ledger is written while the script holds locks of its own.
                db.folder.write(
                    "a.yaml",
                    "version: 1\nmigrations:\n  - name: two\n    up: |\n      CREATE TABLE b (n integer);\n      \
                     LOCK TABLES b WRITE;\n      INSERT INTO b VALUES (1);\n      UNLOCK TABLES;\n",
                );
                run(&db, &table, &["apply"], 0);
                assert_eq!(db.ask("SELECT count(*) FROM b"), "1");
            }
        });
        let force = if db.kind == "postgres" {
            " WITH (FORCE)"
        } else {
            ""
        };
        statement(&db.url, &format!("DROP DATABASE {in_sql}{force}"));
        if let Err(panic) = ran {
            std::panic::resume_unwind(panic);
        }
    }
}

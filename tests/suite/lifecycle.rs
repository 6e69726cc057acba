//! A migration's life on every database: applied, verified, cleaned up, undone, adopted, repaired.
//! (Catches a verb that works on one database only, and state that another verb does not see.)

use super::support::{Database, databases, of};
use serde_json::Value;

fn state(db: &Database, spec: &str, id: &str) -> String {
    let status = db
        .initium(&["migrate", "status", "--spec", spec, "--format", "json"])
        .exits(0)
        .json();
    let rows = status["targets"][0]["migrations"]
        .as_array()
        .unwrap()
        .clone();
    let row = rows
        .iter()
        .find(|row| row["id"] == id)
        .unwrap_or_else(|| panic!("{id} in {rows:?}"));
    match &row["trouble"] {
        Value::String(trouble) => format!("{} {trouble}", row["state"].as_str().unwrap()),
        _ => row["state"].as_str().unwrap().into(),
    }
}

const LIFE: &str = "version: 1\nmigrations:\n  \
    - name: old\n    up: CREATE TABLE a (n integer, m integer)\n    down: DROP TABLE a\n  \
    - name: new\n    up: INSERT INTO a VALUES (1, 2)\n    verify: SELECT count(*) = 1 FROM a WHERE m = 2\n    \
      cleanup: UPDATE a SET n = NULL\n    down: DELETE FROM a\n";

#[test]
fn a_migration_is_applied_verified_and_cleaned_up_in_this_order_only() {
    for db in databases() {
        let spec = db.folder.write("life.yaml", LIFE);
        let run = |verb: &str, status: i32| {
            db.initium(&["migrate", verb, "--spec", &spec, "--yes"])
                .exits(status)
        };
        let plain = |verb: &str, status: i32| {
            db.initium(&["migrate", verb, "--spec", &spec])
                .exits(status)
        };
        assert_eq!(plain("check", 3).code(), "pending");
        plain("apply", 0);
        assert_eq!(plain("apply", 0).out, "nothing to do\n");
        assert_eq!(state(&db, &spec, "new"), "applied");
        assert_eq!(run("cleanup", 4).code(), "not-verified");
        db.statement("UPDATE a SET m = 3");
        let failed = plain("verify", 3);
        assert_eq!(failed.code(), "verify-failed");
        db.statement("UPDATE a SET m = 2");
        plain("verify", 0);
        assert_eq!(state(&db, &spec, "new"), "verified");
        let young = db
            .initium(&[
                "migrate",
                "cleanup",
                "--spec",
                &spec,
                "--older-than",
                "1h",
                "--yes",
            ])
            .exits(0);
        assert_eq!(young.out, "nothing to do\n");
        run("cleanup", 0);
        assert_eq!(state(&db, &spec, "new"), "cleaned");
        assert_eq!(db.ask("SELECT count(*) FROM a WHERE n IS NULL"), "1");
        plain("check", 0);
        assert_eq!(run("rollback", 2).code(), "down-missing");
        let log = db
            .initium(&["migrate", "history", "--format", "json"])
            .exits(0)
            .json();
        let actions: Vec<_> = log["attempts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|a| a["action"].as_str().unwrap())
            .collect();
        assert_eq!(
            actions,
            ["apply", "apply", "verify", "verify", "cleanup"],
            "{}",
            db.kind
        );
    }
}

#[test]
fn a_rollback_works_without_the_spec_that_was_applied() {
    for db in databases() {
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  \
             - {name: one, up: CREATE TABLE a (n integer), down: DROP TABLE a}\n  \
             - {name: two, up: \"INSERT INTO a VALUES (1); INSERT INTO a VALUES (2)\", down: DELETE FROM a WHERE n = 2}\n",
        );
        db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
        let asked = db.initium(&["migrate", "rollback"]).exits(2);
        assert_eq!(asked.code(), "confirmation-required");
        let shown = db.initium(&["migrate", "rollback", "--dry-run"]).exits(0);
        assert!(
            shown.out.contains("DELETE FROM a WHERE n = 2"),
            "{}",
            shown.out
        );
        db.initium(&["migrate", "rollback", "--yes", "--reason", "too early"])
            .exits(0);
        assert_eq!(db.ask("SELECT count(*) FROM a"), "1", "{}", db.kind);
        assert_eq!(state(&db, &spec, "two"), "pending");
        db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
        db.initium(&[
            "migrate", "rollback", "--to", "one", "--spec", &spec, "--yes",
        ])
        .exits(0);
        db.initium(&["migrate", "rollback", "--spec", &spec, "--yes"])
            .exits(0);
        assert!(
            db.open().introspect().unwrap().tables.is_empty(),
            "{}",
            db.kind
        );
    }
}

#[test]
fn what_does_not_apply_is_remembered_with_its_reason() {
    for db in databases() {
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  \
             - {name: one, up: CREATE TABLE a (n integer)}\n  \
             - {name: two, when: {query: SELECT count(*) > 0 FROM a, reason: a is empty}, up: DELETE FROM a}\n  \
             - {name: three, when: SELECT count(*) = 0 FROM a, up: INSERT INTO a VALUES (3)}\n",
        );
        let ran = db
            .initium(&["migrate", "apply", "--spec", &spec, "--format", "json"])
            .exits(0)
            .json();
        assert_eq!(ran["migrations"][1]["outcome"], "not_applicable");
        assert_eq!(state(&db, &spec, "two"), "not_applicable");
        assert_eq!(state(&db, &spec, "three"), "applied");
        let status = db.initium(&["migrate", "status", "--spec", &spec]).exits(0);
        assert!(status.out.contains("(a is empty)"), "{}", status.out);
        db.initium(&["migrate", "check", "--spec", &spec]).exits(0);
    }
}

#[test]
fn a_baseline_adopts_a_database_once() {
    for db in databases() {
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  \
             - {name: one, up: CREATE TABLE a (n integer)}\n  \
             - {name: two, up: INSERT INTO a VALUES (1)}\n",
        );
        db.statement("CREATE TABLE a (n integer)");
        assert_eq!(
            db.initium(&["migrate", "baseline", "none", "--spec", &spec])
                .exits(2)
                .code(),
            "unknown-migration"
        );
        db.initium(&[
            "migrate",
            "baseline",
            "one",
            "--spec",
            &spec,
            "--reason",
            "was there",
        ])
        .exits(0);
        assert_eq!(state(&db, &spec, "one"), "baseline");
        assert_eq!(
            db.initium(&["migrate", "baseline", "two", "--spec", &spec])
                .exits(4)
                .code(),
            "baseline-refused"
        );
        db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
        assert_eq!(db.ask("SELECT count(*) FROM a"), "1");
    }
}

#[test]
fn a_baseline_that_a_chart_asks_for_adopts_what_is_there_and_nothing_else() {
    for db in databases() {
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  \
             - {name: one, up: CREATE TABLE a (n integer)}\n  \
             - {name: two, up: INSERT INTO a VALUES (1)}\n",
        );
        let adopt = || {
            let line = ["migrate", "baseline", "one", "--if-table", "a"];
            db.initium(&[&line[..], &["--spec", &spec]].concat())
        };
        // A new database: nothing to adopt, nothing made, and apply makes everything.
        assert_eq!(adopt().exits(0).out, "nothing to do\n");
        assert_eq!(state(&db, &spec, "one"), "pending");
        let catalog = db.open().introspect().unwrap();
        assert_eq!(catalog.tables.len(), 0, "{}", db.kind);
        db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
        // One that is known already.
        assert_eq!(adopt().exits(0).out, "nothing to do\n");
        assert_eq!(state(&db, &spec, "one"), "applied");
    }
    for db in databases() {
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer)}\n",
        );
        db.statement("CREATE TABLE a (n integer)");
        let line = ["migrate", "baseline", "one", "--if-table", "a"];
        let adopt = || db.initium(&[&line[..], &["--spec", &spec]].concat());
        assert_eq!(adopt().exits(0).out, "1 adopted\n");
        assert_eq!(state(&db, &spec, "one"), "baseline");
        assert_eq!(adopt().exits(0).out, "nothing to do\n");
    }
}

#[test]
fn history_and_spec_that_disagree_are_told_apart() {
    for db in databases() {
        let spec = |text: &str| {
            db.folder
                .write("a.yaml", &format!("version: 1\nmigrations:\n{text}"))
        };
        let one = "  - {name: one, up: CREATE TABLE a (n integer)}\n";
        let two = "  - {name: two, up: INSERT INTO a VALUES (1)}\n";
        let path = spec(&format!("{one}{two}"));
        let code = |arguments: &[&str], status: i32| {
            let ran = db
                .initium(&[&["migrate"], arguments, &["--spec", &path]].concat())
                .exits(status);
            ran.code().to_string()
        };
        code(&["apply"], 0);
        // Layout is not an edit.
        spec(&format!(
            "  - name: one\n    up: |\n      -- a table\n      CREATE  TABLE a\n        (n integer);\n{two}"
        ));
        code(&["check"], 0);
        spec(&format!("{}{two}", one.replace("n integer", "n bigint")));
        assert_eq!(code(&["apply"], 4), "checksum-changed");
        assert_eq!(code(&["check"], 4), "checksum-changed");
        assert_eq!(state(&db, &path, "one"), "applied edited");
        code(
            &[
                "repair",
                "accept",
                "one",
                "--reason",
                "same on every server",
                "--yes",
            ],
            0,
        );
        code(&["apply"], 0);
        assert_eq!(
            code(
                &["repair", "accept", "one", "--reason", "again", "--yes"],
                4
            ),
            "repair-refused"
        );
        spec(&one.replace("n integer", "n bigint"));
        assert_eq!(code(&["apply"], 4), "database-ahead");
        assert_eq!(code(&["check"], 4), "database-ahead");
        code(&["check", "--allow-ahead"], 0);
        code(&["apply", "--allow-ahead"], 0);
        assert_eq!(state(&db, &path, "two"), "applied unknown");
        let late = "  - {name: late, up: INSERT INTO a VALUES (3)}\n";
        spec(&format!(
            "{}{late}{two}",
            one.replace("n integer", "n bigint")
        ));
        assert_eq!(code(&["apply"], 4), "out-of-order");
        code(&["apply", "--allow-out-of-order"], 0);
        code(&["check"], 0);
        let why = db.initium(&["migrate", "history"]).exits(0);
        assert!(
            why.out.contains("reason: same on every server"),
            "{}",
            why.out
        );
    }
}

#[test]
fn statements_that_refuse_a_transaction_run_on_their_own() {
    for db in of("postgres") {
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - name: one\n    up: |\n      \
             CREATE TABLE a (n integer);\n      CREATE INDEX CONCURRENTLY a_n ON a (n);\n      \
             INSERT INTO a VALUES (1);\n    down: DROP TABLE a\n  \
             - {name: two, up: \"VACUUM a; ALTER SYSTEM RESET work_mem\"}\n",
        );
        let plan = db
            .initium(&["migrate", "plan", "--spec", &spec, "--format", "json"])
            .exits(0)
            .json();
        let steps = plan["migrations"][0]["steps"].clone();
        assert_eq!(
            (&steps[0]["transaction"], &steps[1]["transaction"]),
            (&Value::from(1), &Value::Null)
        );
        db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
        assert_eq!(
            db.ask("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_n'::regclass"),
            "t"
        );
        assert_eq!(db.ask("SELECT count(*) FROM initium_migrate_step"), "0");
    }
}

#[test]
fn a_failed_migration_goes_on_at_the_failing_statement_where_ddl_commits() {
    for db in of("mariadb").into_iter().chain(of("mysql")) {
        let spec = |third: &str| {
            db.folder.write(
                "a.yaml",
                &format!(
                    "version: 1\nmigrations:\n  - name: one\n    up: |\n      CREATE TABLE a (n integer);\n      \
                     INSERT INTO a VALUES (1);\n      {third};\n      INSERT INTO b VALUES (2);\n"
                ),
            )
        };
        let path = spec("CREATE TABLE b (n nonsense)");
        let ran = db.initium(&["migrate", "apply", "--spec", &path]).exits(1);
        assert!(ran.err.contains("statement 3 of 4"), "{}", ran.err);
        assert!(
            ran.err
                .contains("the 2 statements before it took effect and stay"),
            "{}",
            ran.err
        );
        assert_eq!(state(&db, &path, "one"), "pending half_applied");
        db.statement("UPDATE initium_migrate_step SET state = 'intent' WHERE number = 2");
        assert_eq!(state(&db, &path, "one"), "pending undecided");
        db.statement("UPDATE initium_migrate_step SET state = 'done'");
        let path = spec("CREATE TABLE b (n integer)");
        db.initium(&["migrate", "apply", "--spec", &path]).exits(0);
        assert_eq!(db.ask("SELECT count(*) FROM a"), "1");
        assert_eq!(db.ask("SELECT count(*) FROM b"), "1");
    }
}

#[test]
fn nothing_of_a_failed_migration_remains_where_ddl_is_transactional() {
    for db in of("postgres").into_iter().chain(of("sqlite")) {
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - name: one\n    up: |\n      CREATE TABLE a (n integer);\n      \
             INSERT INTO a VALUES (1);\n      INSERT INTO nowhere VALUES (1);\n",
        );
        let ran = db.initium(&["migrate", "apply", "--spec", &spec]).exits(1);
        assert!(ran.err.contains("a.yaml:7:"), "{}", ran.err);
        assert!(ran.err.contains("statement 3 of 3"), "{}", ran.err);
        assert!(db.open().introspect().unwrap().tables.is_empty());
        let log = db
            .initium(&["migrate", "history", "--format", "json"])
            .exits(0)
            .json();
        assert_eq!(log["attempts"][0]["outcome"], "failed");
        assert_eq!(log["attempts"][0]["code"], "statement-failed");
    }
}

#[test]
fn a_plan_that_was_approved_is_applied_or_refused() {
    for db in databases() {
        let text = "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer)}\n";
        let spec = db.folder.write("a.yaml", text);
        let plan = db.folder.path("plan.json");
        db.initium(&["migrate", "plan", "--spec", &spec, "--out", &plan])
            .exits(0);
        db.folder
            .write("a.yaml", &text.replace("integer", "bigint"));
        let ran = db
            .initium(&["migrate", "apply", "--spec", &spec, "--plan", &plan])
            .exits(4);
        assert_eq!(ran.code(), "plan-stale");
        db.folder.write("a.yaml", text);
        db.initium(&["migrate", "apply", "--spec", &spec, "--plan", &plan])
            .exits(0);
    }
}

#[test]
fn a_spec_may_have_several_targets() {
    let (a, b) = (of("sqlite").remove(0), of("sqlite").remove(0));
    let spec = a.folder.write(
        "a.yaml",
        "version: 1\ntargets:\n  one: {database: sqlite, url_env: ONE}\n  two: {database: sqlite, url_env: TWO}\n\
         migrations:\n  - {name: both, target: [one, two], up: CREATE TABLE t (n integer), down: DROP TABLE t}\n  \
         - {name: second, target: two, up: INSERT INTO t VALUES (1), down: DELETE FROM t}\n",
    );
    let run = |arguments: &[&str], status: i32| {
        let arguments = [&["migrate"], arguments, &["--spec", &spec]].concat();
        a.initium(&arguments)
            .env("ONE", &a.url)
            .env("TWO", &b.url)
            .exits(status)
    };
    let done = run(&["apply", "--format", "json"], 0).json();
    let order: Vec<_> = done["migrations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["target"].as_str().unwrap())
        .collect();
    assert_eq!(order, ["one", "two", "two"]);
    assert_eq!(b.ask("SELECT count(*) FROM t"), "1");
    run(&["check"], 0);
    assert_eq!(run(&["rollback", "--yes"], 2).code(), "usage");
    run(&["rollback", "--yes", "--target", "two"], 0);
    assert_eq!(run(&["check"], 3).code(), "pending");
    run(&["check", "--target", "one"], 0);
    // An id of one target says on the others what comes after it.
    run(&["apply"], 0);
    run(&["rollback", "--yes", "--to", "both"], 0);
    assert_eq!(
        run(&["rollback", "--yes", "--to", "second"], 2).code(),
        "unknown-migration"
    );
    assert_eq!(
        run(&["check", "--target", "three"], 2).code(),
        "unknown-target"
    );
}

#[test]
fn a_ledger_of_an_older_format_is_read_as_it_is_and_upgraded_by_apply() {
    for db in databases() {
        let (key, time) = match db.kind {
            "postgres" => ("text", "timestamptz"),
            "sqlite" => ("text", "text"),
            _ => ("varchar(255)", "datetime(3)"),
        };
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer)}\n  - {name: two, up: INSERT INTO a VALUES (1)}\n",
        );
        let plan = db
            .initium(&["migrate", "plan", "--spec", &spec, "--format", "json"])
            .exits(0)
            .json();
        let checksum = plan["migrations"][0]["checksum"].as_str().unwrap();
        db.statement("CREATE TABLE a (n integer)");
        db.statement(&format!(
            "CREATE TABLE initium_migrate (id {key} NOT NULL PRIMARY KEY, seq bigint NOT NULL, name {key} NOT NULL, \
             checksum {key} NOT NULL, state {key} NOT NULL, applied_at {time} NOT NULL)"
        ));
        db.statement(&format!(
            "INSERT INTO initium_migrate VALUES ('one', 1, 'one', '{checksum}', 'applied', '2026-01-02 03:04:05')"
        ));
        assert_eq!(state(&db, &spec, "one"), "applied");
        assert_eq!(
            db.initium(&["migrate", "check", "--spec", &spec])
                .exits(3)
                .code(),
            "pending"
        );
        db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
        db.initium(&["migrate", "check", "--spec", &spec]).exits(0);
        assert_eq!(db.ask("SELECT format FROM initium_migrate_meta"), "2");
    }
}

#[test]
fn an_index_that_is_built_concurrently_waits_for_old_readers() {
    for db in of("postgres") {
        db.statement("CREATE TABLE a (n integer)");
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - {name: one, up: CREATE INDEX CONCURRENTLY a_n ON a (n)}\n",
        );
        let url = db.url.clone();
        let reader = std::thread::spawn(move || {
            let mut driver = super::support::database::open(&url);
            driver
                .query("SELECT count(*), pg_sleep(1.5) FROM a")
                .unwrap();
        });
        std::thread::sleep(std::time::Duration::from_millis(300));
        db.initium(&[
            "migrate",
            "apply",
            "--spec",
            &spec,
            "--lock-timeout",
            "100ms",
        ])
        .beside()
        .exits(0);
        assert_eq!(
            db.ask("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_n'::regclass"),
            "t"
        );
        reader.join().unwrap();
    }
}

#[test]
fn a_spec_may_come_in_pieces_and_from_standard_input() {
    for db in of("sqlite") {
        let one = db.folder.write(
            "one.yaml",
            "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer)}\n",
        );
        let two = "{\"version\": 1, \"migrations\": [{\"name\": \"two\", \"up\": \"INSERT INTO a VALUES (1)\"}]}";
        db.initium(&["migrate", "apply", "--spec", &one, "--spec", "-"])
            .input(two)
            .exits(0);
        assert_eq!(db.ask("SELECT count(*) FROM initium_migrate"), "2");
        let ran = db
            .initium(&["migrate", "check", "--spec", "-"])
            .input("{")
            .exits(2);
        assert!(ran.err.contains("<stdin>:1:"), "{}", ran.err);
    }
}

#[test]
fn tags_and_ids_choose_what_is_applied() {
    for db in of("sqlite") {
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer), tags: [core]}\n  \
             - {name: two, up: CREATE TABLE b (n integer), tags: [extra]}\n  \
             - {name: three, up: CREATE TABLE c (n integer), tags: [core, late]}\n",
        );
        let run = |arguments: &[&str], status: i32| {
            db.initium(&[&["migrate"], arguments, &["--spec", &spec]].concat())
                .exits(status)
        };
        assert!(
            run(&["plan", "--tags", "late"], 0)
                .out
                .starts_with("up three\n")
        );
        run(&["apply", "--to", "one"], 0);
        assert_eq!(state(&db, &spec, "two"), "pending");
        run(&["apply", "--tags", "late,core"], 0);
        // The same again, as an init container does.
        assert_eq!(
            run(&["apply", "--tags", "late,core"], 0).out,
            "nothing to do\n"
        );
        run(&["check", "--tags", "core"], 0);
        run(&["check", "--to", "one"], 0);
        assert_eq!(run(&["check"], 3).code(), "pending");
        assert_eq!(
            run(&["apply", "--tags", "laet"], 2).code(),
            "unknown-migration"
        );
        assert_eq!(run(&["apply", "--tags", ","], 2).code(), "setting-invalid");
        for none in ["!", ",!,"] {
            assert_eq!(run(&["apply", "--tags", none], 2).code(), "setting-invalid");
        }
        assert_eq!(
            run(&["apply", "--tags", "core,!laet"], 2).code(),
            "unknown-migration"
        );
        run(&["check", "--tags", "!extra"], 0);
        run(&["check", "--tags", "extra,!extra"], 0);
        let left = run(&["check", "--tags", "!late", "--format", "json"], 3).json();
        assert_eq!(left["pending"][0]["id"], "two");
        assert_eq!(state(&db, &spec, "three"), "applied");
        assert_eq!(run(&["apply"], 4).code(), "out-of-order");
        assert_eq!(
            run(&["apply", "--to", "tow"], 2).code(),
            "unknown-migration"
        );
        assert!(
            run(&["apply", "--to", "tow"], 2)
                .err
                .contains("did you mean 'two'?")
        );
    }
}

#[test]
fn a_plan_needs_no_server() {
    let folder = super::support::Folder::new();
    let spec = folder.write(
        "a.yaml",
        "version: 1\nmigrations:\n  - name: one\n    up: CREATE TABLE a (n integer); INSERT INTO a VALUES (1)\n",
    );
    let plan = |database: &str| {
        let arguments = [
            "migrate",
            "plan",
            "--offline",
            "--database",
            database,
            "--spec",
            &spec,
            "--format",
            "json",
        ];
        super::support::initium(&arguments).exits(0).json()
    };
    let transactions = |plan: &Value| {
        let steps = plan["migrations"][0]["steps"].as_array().unwrap().clone();
        steps
            .iter()
            .map(|step| step["transaction"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        transactions(&plan("postgres")),
        [Value::from(1), Value::from(1)]
    );
    assert_eq!(
        transactions(&plan("sqlite")),
        [Value::from(1), Value::from(1)]
    );
    assert_eq!(transactions(&plan("mysql")), [Value::Null, Value::from(2)]);
    assert_eq!(
        transactions(&plan("mariadb")),
        [Value::Null, Value::from(2)]
    );
}

#[test]
fn new_begins_a_spec_and_adds_to_it() {
    for db in of("sqlite") {
        let run = |arguments: &[&str], status: i32| {
            db.initium(&[&["migrate"], arguments].concat())
                .exits(status)
        };
        assert_eq!(
            run(&["new", "create users", "--database", "sqlite"], 0).out,
            "added 'create users' to migrations.yaml\n"
        );
        run(&["new", "it's: #1"], 0);
        // What is not filled in yet is not applied.
        assert_eq!(
            run(&["apply", "--spec", "migrations.yaml"], 2).code(),
            "script-missing"
        );
        let path = db.folder.path("migrations.yaml");
        let filled = std::fs::read_to_string(&path)
            .unwrap()
            .replace("-- SQL here", "SELECT 1");
        std::fs::write(&path, filled).unwrap();
        let plan = run(&["plan", "--spec", "migrations.yaml"], 0).out;
        assert!(
            plan.contains("up create-users\n") && plan.contains("up it-s-1\n"),
            "{plan}"
        );
        assert_eq!(run(&["new", "create users"], 2).code(), "duplicate-id");
        db.folder.write(
            "odd.yaml",
            "migrations: [{name: one, up: SELECT 1}]\nversion: 1\n",
        );
        let before = std::fs::read_to_string(db.folder.path("odd.yaml")).unwrap();
        let ran = run(&["new", "two", "--spec", "odd.yaml"], 2);
        assert!(ran.err.contains("by hand"), "{}", ran.err);
        assert_eq!(
            std::fs::read_to_string(db.folder.path("odd.yaml")).unwrap(),
            before
        );
        assert_eq!(
            run(&["new", "two", "--spec", "a.json"], 2).code(),
            "not-supported"
        );
    }
}

#[test]
fn new_writes_for_redis_where_the_spec_says_so() {
    for db in of("sqlite") {
        let run = |arguments: &[&str], status: i32| {
            db.initium(&[&["migrate"], arguments].concat())
                .exits(status)
        };
        let read = |name: &str| std::fs::read_to_string(db.folder.path(name)).unwrap();
        run(
            &[
                "new",
                "move keys",
                "--database",
                "redis",
                "--spec",
                "r.yaml",
            ],
            0,
        );
        run(&["new", "move more", "--spec", "r.yaml"], 0);
        let commands = "    up: |\n      # commands here, one on each line\n    down: |\n      # what undoes it\n";
        assert_eq!(
            read("r.yaml"),
            format!(
                "version: 1\ndatabase: redis\nmigrations:\n  - name: move keys\n{commands}  - name: move more\n{commands}"
            )
        );
        let targets = "version: 1\ntargets: {app: {database: sqlite}, cache: {database: redis}}\nmigrations:\n";
        db.folder.write("both.yaml", targets);
        let refused = run(&["new", "one", "--spec", "both.yaml"], 2);
        assert_eq!(refused.code(), "spec-invalid");
        db.folder.write("both.yaml", &format!("{targets}  []\n"));
        let refused = run(&["new", "one", "--spec", "both.yaml"], 2);
        assert!(
            refused.err.contains("--target app` or `--target cache"),
            "{}",
            refused.err
        );
        let unknown = ["new", "x", "--spec", "r.yaml", "--target", "x"];
        assert_eq!(run(&unknown, 2).code(), "unknown-target");
        db.folder.write(
            "both.yaml",
            &format!("{targets}  - {{name: a, target: app, up: x}}\n"),
        );
        run(
            &["new", "one", "--spec", "both.yaml", "--target", "cache"],
            0,
        );
        run(&["new", "two", "--spec", "both.yaml", "--target", "app"], 0);
        let text = read("both.yaml");
        assert!(
            text.contains("  - name: one\n    target: cache\n    up: |\n      # commands"),
            "{text}"
        );
        assert!(
            text.contains("  - name: two\n    target: app\n    up: |\n      -- SQL"),
            "{text}"
        );
    }
}

#[test]
fn schemas_are_printed_as_they_are_published() {
    let printed = |arguments: &[&str]| super::support::initium(arguments).exits(0).out;
    let published =
        |name: &str| std::fs::read_to_string(super::support::root().join(name)).unwrap();
    assert_eq!(
        printed(&["migrate", "schema"]),
        published("schema/migration.schema.json")
    );
    assert_eq!(
        printed(&["migrate", "schema", "output"]),
        published("schema/output.schema.json")
    );
}

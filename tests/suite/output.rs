//! What is printed. (Catches a document that its schema does not describe, a secret that is shown,
//! and a usage error with the status of a failure.)

use super::support::{Folder, Ran, databases, initium, of, root};
use serde_json::Value;

pub fn schema() -> jsonschema::Validator {
    let text = std::fs::read_to_string(root().join("schema/output.schema.json")).unwrap();
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
}

pub fn described(schema: &jsonschema::Validator, ran: &Ran) -> Value {
    let document = ran.json();
    let errors: Vec<_> = schema
        .iter_errors(&document)
        .map(|e| e.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}\n{}", ran.out);
    document
}

#[test]
fn every_document_is_described_by_the_schema() {
    let schema = schema();
    for db in databases() {
        let text = "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer), tags: [x]}\n  \
             - {name: two, up: INSERT INTO a VALUES (1), verify: SELECT 1 = 1, cleanup: DELETE FROM a, down: DELETE FROM a}\n";
        let spec = db.folder.write("a.yaml", text);
        let bad = db.folder.write(
            "bad.yaml",
            &format!("{text}  - {{name: bad, up: nonsense here}}\n"),
        );
        let run = |arguments: &[&str], status: i32| {
            let arguments = [&["migrate"], arguments, &["--format", "json"]].concat();
            described(&schema, &db.initium(&arguments).exits(status))
        };
        run(&["check", "--spec", &spec], 3);
        run(&["plan", "--spec", &spec], 0);
        run(&["apply", "--dry-run", "--spec", &spec], 0);
        let done = run(&["apply", "--spec", &spec], 0);
        assert_eq!(
            (&done["outcome"], &done["migrations"][1]["id"]),
            (&"done".into(), &"two".into())
        );
        assert_eq!(run(&["apply", "--spec", &spec], 0)["outcome"], "nothing");
        run(&["check", "--spec", &spec], 0);
        run(&["wait", "--spec", &spec], 0);
        run(&["status", "--spec", &spec], 0);
        run(&["verify", "--spec", &spec], 0);
        run(&["cleanup", "--yes", "--spec", &spec], 0);
        let failed = run(&["apply", "--spec", &bad], 1);
        let error = &failed["error"];
        assert_eq!(error["code"], "statement-failed");
        assert_eq!(error["statement"]["number"], 1);
        assert_eq!(error["place"]["line"], 5, "{error}");
        assert!(error["message"].as_str().unwrap().contains("nonsense") || db.kind != "sqlite");
        run(&["history"], 0);
        run(&["unlock"], 0);
        run(
            &["rollback", "--dry-run", "--to", "one", "--spec", &spec],
            2,
        );
        run(&["nonsense"], 2);
        run(&["apply", "--nonsense"], 2);
    }
}

#[test]
fn a_statement_that_fails_is_shown_with_its_place_and_what_the_server_said() {
    for db in databases() {
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - name: one\n    up: |\n      CREATE TABLE a (n integer NOT NULL);\n      \
             INSERT INTO a VALUES (1);\n\n      INSERT INTO a\n        VALUES (NULL);\n",
        );
        let ran = db.initium(&["migrate", "apply", "--spec", &spec]).exits(1);
        for part in [
            "error[statement-failed]: ",
            "statement 3 of 3",
            "migration one",
            "a.yaml:8:7",
            "     INSERT INTO a\n",
            "      ^",
        ] {
            assert!(
                ran.err.contains(part),
                "{}: no '{part}' in\n{}",
                db.kind,
                ran.err
            );
        }
        if db.kind != "sqlite" {
            let state = if db.kind == "postgres" {
                "sqlstate: 23502"
            } else {
                "sqlstate: 23000"
            };
            assert!(ran.err.contains(state), "{}", ran.err);
        }
        if db.kind == "postgres" {
            assert!(
                ran.err.contains("detail: Failing row contains (null)."),
                "{}",
                ran.err
            );
        }
    }
    for db in of("postgres") {
        let spec = db.folder.write("b.yaml", "version: 1\nmigrations:\n  - name: one\n    up: |\n      SELECT 1;\n      SELECT *\n        FROM nowhere;\n");
        let ran = db.initium(&["migrate", "apply", "--spec", &spec]).exits(1);
        assert!(ran.err.contains("b.yaml:7:14"), "{}", ran.err);
        assert!(
            ran.err.contains("\n7 |         FROM nowhere"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn usage_errors_exit_two_and_name_the_nearest_word() {
    for (arguments, part) in [
        (&["migrat"][..], "commands: initium migrate"),
        (&["apply"], "did you mean `initium migrate apply`?"),
        (
            &["migrate", "aply"],
            "did you mean `initium migrate apply`?",
        ),
        (&["migrate", "apply", "--spek", "x"], "did you mean --spec?"),
        (&["migrate", "apply", "--spec"], "--spec needs a value"),
        (
            &["migrate", "apply", "--dry-run=yes"],
            "--dry-run takes no value",
        ),
        (
            &["migrate", "apply", "--password", "hunter2"],
            "--password-file",
        ),
        (
            &["migrate", "apply", "extra"],
            "unrecognized argument: extra",
        ),
        (&["migrate", "apply"], "no spec is given"),
        (&["migrate", "rollback", "--steps", "x"], "--steps"),
        (
            &["migrate", "apply", "--format", "xml", "--spec", "x"],
            "text, json, github, sarif, junit, gitlab",
        ),
    ] {
        let ran = initium(arguments).exits(2);
        assert!(ran.err.contains(part), "{arguments:?}: {}", ran.err);
        assert!(!ran.err.contains("hunter2"));
    }
    assert_eq!(initium(&[]).exits(2).code(), "");
}

#[test]
fn help_and_version_answer_at_every_level() {
    for arguments in [
        &["-h"][..],
        &["--help"],
        &["help"],
        &["migrate", "-h"],
        &["migrate", "--help"],
        &["migrate", "help"],
        &["help", "migrate"],
        &["migrate", "apply", "-h"],
        &["migrate", "apply", "--help"],
        &["migrate", "apply", "help"],
        &["migrate", "help", "apply"],
        &["migrate", "list", "--help"],
    ] {
        let ran = initium(arguments).exits(0);
        assert!(
            ran.out.contains("usage: initium migrate"),
            "{arguments:?}: {}",
            ran.out
        );
    }
    for arguments in [
        &["-V"][..],
        &["--version"],
        &["version"],
        &["migrate", "--version"],
    ] {
        let ran = initium(arguments).exits(0);
        assert!(
            ran.out
                .starts_with(concat!("initium ", env!("CARGO_PKG_VERSION"), " (commit ")),
            "{}",
            ran.out
        );
        assert!(
            ran.out
                .contains("drivers: postgres, mysql, mariadb, sqlite"),
            "{}",
            ran.out
        );
    }
}

#[test]
fn every_flag_has_a_variable_and_the_flag_beats_it() {
    let folder = Folder::new();
    let spec = folder.write(
        "a.yaml",
        "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer)}\n",
    );
    let url = format!("sqlite:{}", folder.path("a.db"));
    let run = |arguments: &[&str]| {
        initium(arguments)
            .env("INITIUM_SPEC", &spec)
            .env("INITIUM_URL", &url)
    };
    assert!(
        run(&["migrate", "plan"])
            .env("INITIUM_FORMAT", "json")
            .exits(0)
            .out
            .starts_with('{')
    );
    assert!(
        run(&["migrate", "plan", "--format=text"])
            .env("INITIUM_FORMAT", "json")
            .exits(0)
            .out
            .starts_with("up one")
    );
    run(&["migrate", "apply"])
        .env("INITIUM_DRY_RUN", "true")
        .exits(0);
    assert!(!folder.root().join("a.db").exists());
    run(&["migrate", "apply"])
        .env("INITIUM_DRY_RUN", "maybe")
        .exits(2);
    run(&["migrate", "apply", "--table=other"])
        .env("INITIUM_TABLE", "no;good")
        .exits(0);
    assert_eq!(
        run(&["migrate", "apply"])
            .env("INITIUM_TABLE", "no;good")
            .exits(2)
            .code(),
        "setting-invalid"
    );
}

#[test]
fn the_log_is_one_line_per_migration_in_both_forms() {
    for db in of("sqlite") {
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - {name: one two, up: CREATE TABLE a (n integer)}\n",
        );
        let ran = db
            .initium(&["migrate", "apply", "--spec", &spec, "--log-format", "json"])
            .exits(0);
        let line: Value = serde_json::from_str(ran.err.trim()).unwrap();
        assert_eq!(
            (&line["level"], &line["migration"]),
            (&"info".into(), &"one-two".into())
        );
        assert!(line["time"].as_str().unwrap().ends_with('Z') && line["duration_ms"].is_u64());
        let spec = db.folder.write("b.yaml", "version: 1\nmigrations:\n  - {name: one two, up: CREATE TABLE a (n integer)}\n  - {name: three, up: SELECT 1}\n");
        let ran = db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        assert!(
            ran.err
                .contains(" INFO  applied 'three' migration=three target=default"),
            "{}",
            ran.err
        );
        assert_eq!(ran.out, "1 applied\n");
        let quiet = db
            .initium(&["migrate", "apply", "--spec", &spec, "--log-level", "off"])
            .exits(0);
        assert_eq!(
            (quiet.out.as_str(), quiet.err.as_str()),
            ("nothing to do\n", "")
        );
    }
}

/// A password that every parser stumbles over, in every way of supply and failure.
#[test]
fn no_output_ever_holds_the_password() {
    let canary = "c4n:a@r/y?#%25";
    let folder = Folder::new();
    let spec = folder.write(
        "a.yaml",
        "version: 1\nmigrations:\n  - {name: one, up: SELECT 1}\n",
    );
    let file = folder.write("password", canary);
    for url in [
        format!("postgres://u:{canary}@127.0.0.1:1/db"),
        format!("mysql://u:{canary}@127.0.0.1:1/db"),
        format!("mysql://u:{canary}@127.0.0.1:x/db"),
        canary.to_string(),
        format!("nosuch://u:{canary}@h/db"),
        format!("postgres://u:{canary}@[::1/db?sslmode=require"),
    ] {
        for level in ["debug", "info"] {
            let arguments = [
                "migrate",
                "apply",
                "--spec",
                &spec,
                "--connect-timeout",
                "0",
                "--log-level",
                level,
            ];
            let ran = initium(&arguments).env("DATABASE_URL", &url).run();
            assert!(ran.status != 0);
            for part in [canary, "c4n", "r/y"] {
                assert!(
                    !ran.err.contains(part) && !ran.out.contains(part),
                    "{}\n{}",
                    ran.out,
                    ran.err
                );
            }
        }
    }
    for database in ["postgres", "mysql"] {
        let arguments = [
            "migrate",
            "check",
            "--spec",
            &spec,
            "--host",
            "127.0.0.1",
            "--port",
            "1",
            "--user",
            "u",
            "--name",
            "d",
            "--password-file",
            &file,
            "--database",
            database,
            "--connect-timeout",
            "0",
            "--log-level",
            "debug",
        ];
        let ran = initium(&arguments).exits(5);
        assert!(!ran.err.contains("c4n"), "{}", ran.err);
    }
}

#[test]
fn a_reader_that_goes_away_is_not_an_error() {
    for db in of("sqlite") {
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - {name: one, up: SELECT 1}\n",
        );
        let mut child = db.initium(&["migrate", "plan", "--spec", &spec]).spawn();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn connection_settings_are_used_or_refused_and_never_passed_over() {
    let folder = Folder::new();
    let spec = folder.write(
        "a.yaml",
        "version: 1\nmigrations:\n  - {name: one, up: SELECT 1}\n",
    );
    let sqlite = format!("sqlite:{}", folder.path("a.db"));
    let run = |arguments: &[&str], url: &str| {
        let all = [
            &[
                "migrate",
                "apply",
                "--spec",
                &spec,
                "--connect-timeout",
                "0",
            ],
            arguments,
        ]
        .concat();
        initium(&all)
            .env("DATABASE_URL", url)
            .env("INITIUM_PORT", "tcp://10.0.0.1:80")
            .run()
    };
    assert_eq!(run(&[], &sqlite).status, 0);
    for (arguments, url, code) in [
        (&["--port", "1"][..], sqlite.as_str(), "usage"),
        (
            &["--password-file", "/nowhere"],
            "postgres://u@127.0.0.1:1/d",
            "file-unreadable",
        ),
        (
            &["--password-env", "NOT_SET"],
            "postgres://u@127.0.0.1:1/d",
            "connection-missing",
        ),
        (
            &["--password-file", &spec],
            "postgres://u:p@127.0.0.1:1/d",
            "usage",
        ),
        (
            &["--option", "nonsense=1"],
            "postgres://u@127.0.0.1:1/d",
            "connection-invalid",
        ),
        (
            &["--database", "postgres"],
            sqlite.as_str(),
            "database-mismatch",
        ),
        (
            &["--url", "postgres://u:hunter2@h/d"],
            sqlite.as_str(),
            "setting-invalid",
        ),
        (&["--url", &sqlite, "--host", "h"], sqlite.as_str(), "usage"),
        (
            &["--url-env", "NOT_SET"],
            sqlite.as_str(),
            "connection-missing",
        ),
    ] {
        let ran = run(arguments, url);
        assert_eq!(ran.code(), code, "{arguments:?}: {}", ran.err);
        assert!(!ran.err.contains("hunter2"));
    }
    let wrong = initium(&["migrate", "apply", "--spec", &spec])
        .env("INITIUM_PORT", "eighty")
        .exits(2);
    assert!(
        wrong.err.contains("the variable INITIUM_PORT is set"),
        "{}",
        wrong.err
    );
    // A file with the URL, as a secret is mounted; its last line end does not count.
    let file = folder.write("url", &format!("{sqlite}\n"));
    initium(&["migrate", "check", "--spec", &spec])
        .env("DATABASE_URL_FILE", &file)
        .exits(0);
    initium(&["migrate", "check", "--spec", &spec, "--url-env", "APP"])
        .env("APP_FILE", &file)
        .exits(0);
    initium(&[
        "migrate",
        "--spec",
        &spec,
        "check",
        "--database=sqlite",
        "--name",
        &folder.path("a.db"),
    ])
    .exits(0);
}

#[test]
fn words_of_other_tools_lead_to_ours() {
    for (word, ours) in [
        ("up", "apply"),
        ("down", "rollback"),
        ("create", "new"),
        ("info", "status"),
        ("force", "repair"),
    ] {
        let ran = initium(&["migrate", word]).exits(2);
        assert!(
            ran.err
                .contains(&format!("here it is `initium migrate {ours}`")),
            "{}",
            ran.err
        );
    }
}

#[test]
fn a_query_that_does_not_hold_is_shown_where_it_stands() {
    for db in of("sqlite") {
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - name: one\n    up: CREATE TABLE a (n integer)\n    verify:\n      - query: SELECT count(*) FROM a\n        expect: 3\n",
        );
        db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
        let ran = db.initium(&["migrate", "verify", "--spec", &spec]).exits(3);
        let shown = "a.yaml:6:16 (statement 1 of 1, migration one)\n  |\n6 |                SELECT count(*) FROM a\n  |                ^\n";
        assert!(
            ran.err.contains(shown) && ran.err.contains("should be (3) and is (0)"),
            "{}",
            ran.err
        );
        let log = db
            .initium(&[
                "migrate", "history", "--id", "one", "--limit", "1", "--format", "json",
            ])
            .exits(0)
            .json();
        assert_eq!(log["attempts"][0]["code"], "verify-failed");
        assert_eq!(log["attempts"].as_array().unwrap().len(), 1);
    }
}

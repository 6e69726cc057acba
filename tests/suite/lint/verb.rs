//! The verb, and what other verbs make of findings.

use crate::support::{Folder, initium, of, root};
use serde_json::Value;

const HEAD: &str = "version: 1\ndatabase: postgres\nmigrations:\n";

fn spec(folder: &Folder, rest: &str) -> String {
    folder.write("a.yaml", &format!("{HEAD}{rest}"))
}

fn lint(path: &str, more: &[&str]) -> crate::support::Ran {
    initium(&[&["migrate", "lint", "--spec", path], more].concat()).run()
}

#[test]
fn a_finding_is_shown_with_its_place_the_reason_and_the_safe_form() {
    let folder = Folder::new();
    let path = spec(
        &folder,
        "  - name: one\n    up: |\n      SELECT 1;\n      CREATE INDEX t_a ON t (a);\n",
    );
    let ran = lint(&path, &[]);
    assert_eq!(ran.status, 3);
    for part in [
        "error[index-blocks-writes]: nobody can write to t until the index is built\n",
        "a.yaml:7:7 (statement 2, migration one)\n",
        "7 |       CREATE INDEX t_a ON t (a)\n  |       ^\n",
        "  why: CREATE INDEX takes the lock SHARE",
        "  help: say CONCURRENTLY",
        "  safe form:\n    CREATE INDEX CONCURRENTLY t_a ON t (a);\n",
        "1 finding in 2 statements of 1 migration: 1 error\n",
    ] {
        assert!(ran.out.contains(part), "no '{part}' in\n{}", ran.out);
    }
    assert!(
        ran.err
            .contains("error[lint-failed]: 1 finding; the first is index-blocks-writes"),
        "{}",
        ran.err
    );
    assert_eq!(lint(&path, &["--fail-on", "none"]).status, 0);
    assert_eq!(
        lint(&path, &["--rule", "drop-table"]).out,
        "nothing found in 2 statements of 1 migration\n"
    );
    let usage = lint(&path, &["--rule", "drop-tabel"]);
    assert_eq!(usage.status, 2);
    assert!(
        usage.err.contains("did you mean 'drop-table'?"),
        "{}",
        usage.err
    );
}

#[test]
fn what_fails_is_what_the_line_says() {
    let folder = Folder::new();
    let path = spec(
        &folder,
        "  - {name: one, up: ALTER TABLE t RENAME COLUMN a TO b}\n",
    );
    for (level, status) in [("notice", 3), ("warning", 3), ("error", 0), ("none", 0)] {
        assert_eq!(lint(&path, &["--fail-on", level]).status, status, "{level}");
    }
    assert_eq!(lint(&path, &["--fail-on", "much"]).status, 2);
    let older = spec(
        &folder,
        "  - {name: one, up: DROP TABLE t}\n  - {name: two, up: DROP TABLE u}\n",
    );
    assert_eq!(
        lint(&older, &["--since", "two"])
            .out
            .matches("error[drop-table]")
            .count(),
        1
    );
    assert_eq!(lint(&older, &["--since", "three"]).status, 2);
    let spec = folder.write(
        "b.yaml",
        "version: 1\ndatabase: postgres\nlint:\n  since: two\n  rules: {drop-table: notice}\nmigrations:\n  - {name: one, up: DROP TABLE t}\n  - {name: two, up: DROP TABLE u}\n",
    );
    let ran = lint(&spec, &[]);
    assert_eq!(
        (ran.status, ran.out.matches("notice[drop-table]").count()),
        (0, 1),
        "{}",
        ran.out
    );
    let wrong = folder.write(
        "c.yaml",
        "version: 1\ndatabase: postgres\nlint: {rules: {nonsense: off}}\nmigrations: []\n",
    );
    let ran = lint(&wrong, &[]);
    assert_eq!(ran.status, 2);
    assert!(
        ran.err
            .contains("unknown rule 'nonsense' in 'rules' of 'lint'")
            && ran.err.contains("c.yaml:3:16"),
        "{}",
        ran.err
    );
}

#[test]
fn a_version_of_the_server_is_said_or_asked() {
    let folder = Folder::new();
    let path = folder.write(
        "a.yaml",
        "version: 1\ndatabase: mysql\nmigrations:\n  - {name: one, up: \"CREATE TABLE n (id bigint PRIMARY KEY, p bigint REFERENCES p (id))\"}\n",
    );
    let rule = ["--rule", "inline-reference-ignored", "--fail-on", "notice"];
    for (version, status) in [
        ("8.4", 3),
        ("9.1.0", 0),
        ("mysql=8.4", 3),
        ("postgres=9", 3),
        ("x", 2),
        ("oracle=9", 2),
    ] {
        let ran = lint(&path, &[&rule[..], &["--server-version", version]].concat());
        assert_eq!(ran.status, status, "{version}: {}", ran.err);
    }
    for db in of("mysql") {
        let arguments = [&["migrate", "lint", "--online", "--spec", &path], &rule[..]].concat();
        db.initium(&arguments).exits(0);
        db.initium(&[&arguments[..], &["--server-version", "8.4"]].concat())
            .exits(2);
    }
}

#[test]
fn a_document_is_described_by_its_schema_in_all_forms() {
    let folder = Folder::new();
    let path = spec(
        &folder,
        "  - name: one\n    up: |\n      -- initium:allow nonsense\n      ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);\n",
    );
    let schema = crate::output::schema();
    let ran = lint(&path, &["--format", "json"]);
    let document = crate::output::described(&schema, &ran);
    assert_eq!((ran.status, &document["outcome"]), (3, &"failed".into()));
    assert_eq!(document["findings"][0]["rule"], "check-scans");
    assert_eq!(document["findings"][0]["statement"], 1);
    assert_eq!(
        document["findings"][0]["rewrite"].as_array().unwrap().len(),
        2
    );
    assert_eq!(document["findings"][1]["rule"], "unused-allow");
    let clean = lint(&path, &["--format", "json", "--rule", "drop-table"]);
    crate::output::described(&schema, &clean);
    let sarif: Value = lint(&path, &["--format", "sarif"]).json();
    let rule = &sarif["runs"][0]["tool"]["driver"]["rules"][0];
    assert_eq!(rule["id"], "check-scans");
    assert!(
        rule["helpUri"]
            .as_str()
            .unwrap()
            .ends_with("/docs/lints/check-scans.md")
    );
    assert_eq!(
        rule["shortDescription"]["text"],
        "a check constraint is checked while others wait"
    );
    let gitlab: Value = lint(&path, &["--format", "gitlab"]).json();
    assert_eq!(gitlab[0]["check_name"], "check-scans");
    let github = lint(&path, &["--format", "github"]).out;
    assert!(
        github.contains("title=check-scans in one::nobody gets at t"),
        "{github}"
    );
    let junit = lint(&path, &["--format", "junit"]).out;
    assert!(
        junit.contains("failures=\"1\"") && junit.contains("check-scans"),
        "{junit}"
    );
}

#[test]
fn every_rule_is_listed_and_explained() {
    let listed = initium(&["migrate", "lint", "--list"]).exits(0).out;
    for rule in initium::lint::RULES {
        assert!(listed.contains(&format!("{} ", rule.id)), "{}", rule.id);
    }
    let one = initium(&["migrate", "lint", "--explain", "drop-table"])
        .exits(0)
        .out;
    assert!(
        one.starts_with("drop-table: a table is dropped with its rows\n"),
        "{one}"
    );
    initium(&["migrate", "lint", "--explain", "nonsense"]).exits(2);
    let _ = root();
}

/// A table of this many rows, known to the statistics.
fn filled(db: &crate::support::Database, rows: u32) {
    let text = |rows: u32| match db.kind {
        "postgres" => vec![
            "CREATE TABLE big (a integer)".to_string(),
            format!("INSERT INTO big SELECT generate_series(1, {rows})"),
            "ANALYZE big".into(),
        ],
        _ => unreachable!("{rows}"),
    };
    text(rows).iter().for_each(|sql| db.statement(sql));
}

#[test]
fn a_lock_on_a_small_table_matters_less() {
    for (rows, word) in [(100, "warning"), (20_000, "error")] {
        for db in of("postgres").into_iter().take(1) {
            filled(&db, rows);
            let path = spec(
                &db.folder,
                "  - {name: one, up: CREATE INDEX i ON big (a)}\n",
            );
            let plan = db
                .initium(&["migrate", "plan", "--spec", &path])
                .beside()
                .exits(0)
                .out;
            let told = format!(
                "  -- {word}[index-blocks-writes]: nobody can write to big until the index is built"
            );
            assert!(plan.contains(&told), "{plan}");
            assert_eq!(
                plan.contains("(about 20000 rows)"),
                rows == 20_000,
                "{plan}"
            );
        }
    }
}

#[test]
fn apply_stops_before_anything_runs_where_a_finding_is_worse_than_its_limit() {
    for db in of("postgres").into_iter().take(1).chain(of("sqlite")) {
        let up = "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer)}\n  - {name: two, up: DELETE FROM a}\n  - {name: three, up: UPDATE a SET n = 1}\n";
        let path = db.folder.write("a.yaml", up);
        let apply = |more: &[&str]| {
            db.initium(&[&["migrate", "apply", "--spec", &path], more].concat())
                .run()
        };
        let stopped = apply(&["--max-severity", "warning"]);
        assert_eq!(
            (stopped.status, stopped.code()),
            (4, "lint-blocked"),
            "{}",
            stopped.err
        );
        assert!(
            stopped
                .err
                .contains("delete-all: all rows of a are deleted"),
            "{}",
            stopped.err
        );
        let dry = apply(&["--max-severity", "warning", "--dry-run"]);
        assert_eq!(dry.status, 4);
        assert!(dry.out.contains("error[delete-all]"), "{}", dry.out);
        assert_eq!(apply(&["--max-severity", "much"]).status, 2);
        let limit = up.replace("migrations:", "lint: {max_severity: notice}\nmigrations:");
        let strict = db.folder.write("b.yaml", &limit);
        let arguments = ["migrate", "apply", "--spec", &strict];
        assert_eq!(db.initium(&arguments).run().status, 4);
        assert_eq!(
            db.initium(&["migrate", "check", "--spec", &path])
                .run()
                .status,
            3,
            "nothing ran"
        );
        // A flag beats the spec.
        let loose = [&arguments[..], &["--max-severity", "error"]].concat();
        db.initium(&loose).exits(0);
    }
}

#[test]
fn only_what_is_pending_is_judged_where_that_is_asked() {
    for db in of("sqlite") {
        let one = "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer)}\n  - {name: two, up: DELETE FROM a}\n";
        let path = db.folder.write("a.yaml", one);
        db.initium(&["migrate", "apply", "--spec", &path]).exits(0);
        let more = db.folder.write(
            "a.yaml",
            &format!("{one}  - {{name: three, up: DROP TABLE a}}\n"),
        );
        let ran = db
            .initium(&["migrate", "lint", "--pending", "--spec", &more])
            .exits(3);
        assert!(
            ran.out.contains("1 finding in 1 statement of 1 migration"),
            "{}",
            ran.out
        );
        let all = db
            .initium(&["migrate", "lint", "--online", "--spec", &more])
            .exits(3);
        assert!(
            all.out
                .contains("2 findings in 3 statements of 3 migrations"),
            "{}",
            all.out
        );
    }
}

#[test]
fn the_examples_have_no_error() {
    let folder = root().join("examples/migrate");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.display().to_string();
        let is_spec = name.ends_with(".yaml") || name.ends_with(".json");
        if !is_spec || !path.is_file() {
            continue;
        }
        for kind in ["postgres", "mysql", "sqlite"] {
            let ran = lint(&name, &["--database", kind]);
            // One that is for another kind has no script for this one.
            if ran.code() == "script-missing" {
                continue;
            }
            assert_eq!(ran.status, 0, "{name} on {kind}\n{}\n{}", ran.out, ran.err);
            count += 1;
        }
    }
    assert!(count > 10, "{count}");
}

//! `sensitive: true` on every database: what the statements say is nowhere but in the spec and in the
//! database, whether they fail or not.

use super::forms::{found, worst};
use super::servers::{ledger, literal};
use super::support::{Database, Ran, databases, hear};
use serde_json::json;

/// One migration that works, with all that a migration can have.
fn good(db: &Database, secret: &str) -> serde_json::Value {
    let text = literal(db.kind, secret);
    json!({
        "name": "keys", "sensitive": true,
        "when": format!("SELECT '' <> {text}"),
        "up": format!("CREATE TABLE secrets (a varchar(200) DEFAULT {text}); INSERT INTO secrets VALUES ({text});"),
        "down": format!("DELETE FROM secrets WHERE a = {text}; DROP TABLE secrets;"),
        "verify": [{"query": "SELECT a FROM secrets", "expect": secret}],
        "cleanup": format!("UPDATE secrets SET a = {text}"),
    })
}

fn spec(migrations: &[serde_json::Value]) -> String {
    json!({ "version": 1, "migrations": migrations }).to_string()
}

/// Runs a verb in both forms and searches what it says and what the ledger holds then.
fn quiet(db: &Database, secret: &str, words: &[&str], status: i32) -> Ran {
    let mut last = None;
    for form in ["json", "text"] {
        let talkative = [
            "--log-level",
            "trace",
            "--log-format",
            form,
            "--format",
            form,
        ];
        let ran = db
            .initium(&[&["migrate"], words, &talkative[..]].concat())
            .run();
        assert_eq!(
            ran.status, status,
            "{} {words:?}: {}{}",
            db.kind, ran.out, ran.err
        );
        let all = format!("{}{}{}", ran.out, ran.err, ledger(db));
        assert_eq!(found(&all, secret), None, "{} {words:?}: {all}", db.kind);
        last = Some(ran);
    }
    last.unwrap()
}

#[test]
fn a_sensitive_migration_goes_through_its_life_without_a_word() {
    for db in databases() {
        let secret = worst();
        let with = db.folder.write("with.json", &spec(&[good(&db, &secret)]));
        let without = db.folder.write("without.json", &spec(&[]));
        let plan = db.folder.path("plan.json");
        let shown = quiet(&db, &secret, &["plan", "--out", &plan, "--spec", &with], 0);
        assert!(shown.out.contains("(sensitive)"), "{}", shown.out);
        let stored = std::fs::read_to_string(&plan).unwrap();
        assert_eq!(found(&stored, &secret), None, "{stored}");
        quiet(
            &db,
            &secret,
            &["plan", "--offline", "--database", db.kind, "--spec", &with],
            0,
        );
        quiet(&db, &secret, &["apply", "--dry-run", "--spec", &with], 0);
        // An edit is still noticed, though the plan does not show what it approves.
        let edited = good(&db, &secret)
            .to_string()
            .replace("varchar(200)", "varchar(201)");
        let edited = db.folder.write(
            "edited.json",
            &spec(&[serde_json::from_str(&edited).unwrap()]),
        );
        quiet(
            &db,
            &secret,
            &["apply", "--plan", &plan, "--spec", &edited],
            4,
        );
        let words = [
            "migrate",
            "apply",
            "--log-level",
            "trace",
            "--plan",
            &plan,
            "--spec",
            &with,
        ];
        let ran = db.initium(&words).exits(0);
        assert_eq!(found(&format!("{}{}", ran.out, ran.err), &secret), None);
        quiet(&db, &secret, &["status", "--spec", &edited], 0);
        for verb in ["status", "check", "verify", "history", "unlock"] {
            quiet(&db, &secret, &[verb, "--spec", &with], 0);
        }
        quiet(&db, &secret, &["cleanup", "--dry-run", "--spec", &with], 0);
        let ran = quiet(
            &db,
            &secret,
            &["cleanup", "--dry-run", "--spec", &without],
            2,
        );
        assert_eq!(ran.code(), "script-missing", "{}", ran.err);
        quiet(&db, &secret, &["rollback", "--dry-run", "--spec", &with], 0);
        // The ledger has no `down` of it, and says why.
        let ran = quiet(&db, &secret, &["rollback", "--yes", "--spec", &without], 2);
        assert_eq!(ran.code(), "down-missing");
        assert!(
            ran.err.contains("it is sensitive") && ran.err.contains("spec of the release"),
            "{}",
            ran.err
        );
        let ran = db
            .initium(&["migrate", "rollback", "--yes", "--spec", &with])
            .exits(0);
        assert_eq!(
            found(&format!("{}{}{}", ran.out, ran.err, ledger(&db)), &secret),
            None
        );
    }
}

/// Ways to make a server quote a statement, each with what stays known.
fn failing(db: &Database, secret: &str) -> Vec<(&'static str, String, &'static str)> {
    let text = literal(db.kind, secret);
    let mut all = vec![
        (
            "syntax",
            format!("SELECT 1;\nFORM {text}"),
            "statement-failed",
        ),
        (
            "name",
            format!("SELECT 1;\nINSERT INTO nowhere VALUES ({text})"),
            "statement-failed",
        ),
        (
            "unfinished",
            format!("SELECT 1;\nSELECT {text}, '{}", secret.replace('\'', "")),
            "script-unfinished",
        ),
        (
            "control",
            format!("SELECT 1;\nCOMMIT /* {} */", secret.replace("*/", "")),
            "transaction-control",
        ),
        (
            "duplicate",
            format!(
                "CREATE TABLE twice_{{n}} (a varchar(200) PRIMARY KEY);\nINSERT INTO twice_{{n}} VALUES ({text}), ({text})"
            ),
            "statement-failed",
        ),
    ];
    if db.kind == "postgres" {
        all.extend([
            ("identifier", format!("SELECT \"{}\"", secret.replace('"', "")), "statement-failed"),
            ("value", format!("SELECT 1;\nSELECT CAST({text} AS integer)"), "statement-failed"),
            ("raise", format!("DO $x$ BEGIN RAISE EXCEPTION '%', {text} USING HINT = {text}, DETAIL = {text}; END $x$"), "statement-failed"),
            ("connection", format!("DO $x$ BEGIN RAISE EXCEPTION '%', {text} USING ERRCODE = '08006'; END $x$"), "connection-lost"),
            ("copy", format!("CREATE TABLE rows_{{n}} (a integer);\nCOPY rows_{{n}} FROM stdin;\n{}\n\\.\n", secret.replace(['\n', '\\'], "")), "statement-failed"),
        ]);
    }
    if matches!(db.kind, "mysql" | "mariadb") {
        all.push((
            "signal",
            format!("SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = {text}"),
            "statement-failed",
        ));
    }
    all
}

#[test]
fn a_failing_sensitive_migration_keeps_its_place_and_loses_its_words() {
    for db in databases() {
        let secret = worst();
        for (n, (name, up, code)) in failing(&db, &secret).into_iter().enumerate() {
            let up = up.replace("{n}", &n.to_string());
            for transaction in ["auto", "none"] {
                // The one is no error there, of the other nobody can tell what became.
                if transaction == "none"
                    && ["transaction-control", "connection-lost"].contains(&code)
                {
                    continue;
                }
                let up = match transaction {
                    "none" => up.replace("twice_", "again_").replace("rows_", "lines_"),
                    _ => up.clone(),
                };
                let one = json!({"name": "one", "id": format!("one-{n}-{transaction}"), "sensitive": true, "transaction": transaction, "up": up});
                let file = db.folder.write("bad.json", &spec(&[one]));
                let ran = quiet(
                    &db,
                    &secret,
                    &["apply", "--spec", &file],
                    if code == "connection-lost" {
                        5
                    } else if code == "statement-failed" {
                        1
                    } else {
                        2
                    },
                );
                assert_eq!(ran.code(), code, "{} {name}: {}", db.kind, ran.err);
                assert!(
                    ran.err.contains("migration one-")
                        && (code == "connection-lost" || ran.err.contains("bad.json:1:")),
                    "{} {name}: {}",
                    db.kind,
                    ran.err
                );
                assert!(
                    ran.err.contains("because the migration is sensitive"),
                    "{}",
                    ran.err
                );
                let states = code == "statement-failed";
                assert!(
                    !states || ran.err.contains("  sqlstate: ") || ran.err.contains("  code: "),
                    "{} {name}: {}",
                    db.kind,
                    ran.err
                );
                quiet(&db, &secret, &["status", "--spec", &file], 0);
            }
        }
        quiet(&db, &secret, &["history"], 0);
    }
}

#[test]
fn in_one_transaction_an_open_migration_does_not_tell_of_a_sensitive_one() {
    for db in databases() {
        // MySQL has no transaction for a whole release.
        if matches!(db.kind, "mysql" | "mariadb") {
            continue;
        }
        let secret = worst();
        let text = literal(db.kind, &secret);
        let up =
            format!("CREATE TABLE one (a varchar(200) UNIQUE); INSERT INTO one VALUES ({text})");
        let first = json!({"name": "first", "sensitive": true, "up": up});
        // PostgreSQL tells the value of the key that is there twice.
        let second = json!({"name": "second", "up": "INSERT INTO one SELECT a FROM one"});
        let file = db.folder.write("all.json", &spec(&[first, second]));
        let words = ["apply", "--tx-mode", "all", "--spec", &file];
        let ran = quiet(&db, &secret, &words, 1);
        assert!(
            ran.err.contains("because the migration is sensitive"),
            "{}",
            ran.err
        );
        assert!(ran.err.contains("migration second"), "{}", ran.err);
    }
}

#[test]
fn a_verify_that_does_not_hold_shows_no_value() {
    for db in databases() {
        let secret = worst();
        let mut one = good(&db, &secret);
        one["verify"] = json!([{"query": "SELECT a FROM secrets", "expect": "another"}]);
        let file = db.folder.write("verify.json", &spec(&[one]));
        quiet(&db, &secret, &["apply", "--spec", &file], 0);
        let ran = quiet(&db, &secret, &["verify", "--spec", &file], 3);
        assert_eq!(ran.code(), "verify-failed");
    }
}

#[test]
fn a_spec_with_a_sensitive_migration_is_not_quoted_when_it_is_wrong() {
    let db = super::support::of("sqlite").remove(0);
    let secret = "Kq7vZ mT4xP";
    for wrong in [
        "version: 1\nmigrations:\n  - name: one\n    sensitive: true\n    upp: SELECT 'Kq7vZ mT4xP'\n",
        "version: 1\nmigrations:\n  - name: one\n    sensitive: true\n    up: [SELECT 'Kq7vZ mT4xP', {sqll: 'Kq7vZ mT4xP'}]\n",
        "version: 1\nmigrations:\n  - name: one\n    sensitive: true\n    transaction: Kq7vZ mT4xP\n    up: SELECT 1\n",
        "version: 1\nmigrations:\n  - name: one\n    sensitive: true\n    up: {Kq7vZ mT4xP: 1}\n",
        "version: 1\nmigrations:\n  - name: one\n    sensitive: true\n    up: SELECT 'Kq7vZ: mT4xP'\n",
        "version: 1\nmigrations:\n  - name: one\n    up: x\n    sensitive: \"Kq7vZ mT4xP\"\n",
        "version: 1\nmigrations:\n  - name: one\n    sensitive: true\n    up: |\n      SELECT 'Kq7vZ\n    mT4xP'\n",
    ] {
        let file = db.folder.write("wrong.yaml", wrong);
        let ran = db.initium(&["migrate", "apply", "--spec", &file]).exits(2);
        assert_eq!(
            found(&format!("{}{}", ran.out, ran.err), secret),
            None,
            "{}",
            ran.err
        );
        assert!(ran.err.contains("wrong.yaml:"), "{}", ran.err);
    }
}

#[test]
fn who_waits_for_a_sensitive_run_is_not_told_what_it_runs() {
    for db in databases().into_iter().filter(|db| db.kind != "sqlite") {
        let secret = worst();
        let text = literal(db.kind, &secret);
        let sleep = match db.kind {
            "postgres" => "SELECT pg_sleep(3)",
            _ => "SELECT SLEEP(3)",
        };
        let one = json!({"name": "one", "sensitive": true, "up": format!("{sleep}, {text}")});
        let file = db.folder.write("slow.json", &spec(&[one]));
        let words = ["migrate", "apply", "--log-level", "debug", "--spec", &file];
        let runs = hear(db.initium(&words).spawn(), "begin up");
        std::thread::sleep(std::time::Duration::from_millis(300));
        let ran = db
            .initium(&["migrate", "unlock", "--format", "json"])
            .exits(0);
        assert_eq!(ran.json()["locks"][0]["state"], "held", "{}", ran.out);
        let waits = quiet(
            &db,
            &secret,
            &["apply", "--lock-wait", "200ms", "--spec", &file],
            6,
        );
        let all = format!("{}{}{}{}", ran.out, ran.err, waits.out, waits.err);
        assert_eq!(found(&all, &secret), None, "{}: {all}", db.kind);
        assert_eq!(runs.end().status, 0);
    }
}

#[test]
fn no_form_of_continuous_integration_has_a_word_of_it() {
    for db in databases() {
        let secret = worst();
        let bad = &failing(&db, &secret)[1].1;
        let bad = json!({"name": "bad", "sensitive": true, "up": bad});
        let file = db
            .folder
            .write("ci.json", &spec(&[good(&db, &secret), bad]));
        for form in ["github", "sarif", "junit", "gitlab"] {
            let page = db.folder.write("page.md", "");
            for (verb, status) in [("plan", 0), ("apply", 1), ("verify", 0), ("status", 0)] {
                let words = ["migrate", verb, "--format", form, "--spec", &file];
                let run = db.initium(&words).env("GITHUB_STEP_SUMMARY", &page);
                let ran = run.exits(status);
                let page = std::fs::read_to_string(&page).unwrap();
                let all = format!("{}{}{page}", ran.out, ran.err);
                assert_eq!(found(&all, &secret), None, "{} {form} {verb}", db.kind);
                if (form, verb) == ("github", "plan") {
                    assert!(page.contains("(sensitive)"), "{page}");
                }
            }
        }
    }
}

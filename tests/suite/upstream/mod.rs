//! The defects of a tool that came before this one, each as the fact that makes it impossible here. The numbers
//! go on from test to test: 41 and 42 are in `words.rs`, those of keys in `redis.rs`. (Catches the mistakes that somebody already made.)

mod redis;
mod words;

use super::support::{Database, Ran, databases, initium, of};

/// A spec of these migrations, each a line of YAML.
fn spec(db: &Database, migrations: &[&str]) -> String {
    let list: String = migrations.iter().map(|m| format!("  - {m}\n")).collect();
    db.folder
        .write("a.yaml", &format!("version: 1\nmigrations:\n{list}"))
}

fn run(db: &Database, spec: &str, words: &[&str], status: i32) -> Ran {
    db.initium(&[&["migrate"], words, &["--spec", spec]].concat())
        .exits(status)
}

const ONE: &str = "{name: one, up: CREATE TABLE a (n integer), down: DROP TABLE a}";
const BREAKS: &str =
    "{name: last, up: 'CREATE TABLE b (n integer); INSERT INTO nowhere VALUES (1)'}";

/// 32.
#[test]
fn the_gate_stays_shut_when_the_last_migration_failed() {
    for db in databases() {
        let spec = spec(&db, &[ONE, BREAKS]);
        run(&db, &spec, &["apply"], 1);
        for gate in [["check", "--format=text"], ["wait", "--timeout=10ms"]] {
            let ran = db
                .initium(&[&["migrate"], gate.as_slice(), &["--spec", &spec]].concat())
                .run();
            assert!([3, 5].contains(&ran.status), "{}: {ran:?}", db.kind);
        }
        let shown = run(&db, &spec, &["history"], 0).out;
        assert!(shown.contains("failed"), "{}: {shown}", db.kind);
        let verified = run(&db, &spec, &["verify"], 0).out;
        assert!(!verified.contains("last"), "{}: {verified}", db.kind);
    }
}

/// 33.
#[test]
fn a_failed_migration_is_repeated_by_apply_alone_once_its_cause_is_gone() {
    for db in databases() {
        let spec = spec(&db, &[ONE, BREAKS]);
        run(&db, &spec, &["apply"], 1);
        run(&db, &spec, &["apply"], 1);
        db.statement("CREATE TABLE nowhere (n integer)");
        run(&db, &spec, &["apply"], 0);
        run(&db, &spec, &["check"], 0);
        assert_eq!(db.ask("SELECT count(*) FROM nowhere"), "1", "{}", db.kind);
    }
    // And whoever wants back gets back.
    for db in databases() {
        let spec = spec(&db, &[ONE]);
        run(&db, &spec, &["apply"], 0);
        run(&db, &spec, &["rollback", "--yes"], 0);
        run(&db, &spec, &["check"], 3);
    }
}

/// 34.
#[test]
fn pending_is_what_is_missing_and_never_a_difference_of_numbers() {
    for db in databases() {
        let (old, new) = (
            "{name: '20240101120000_old', up: CREATE TABLE a (n integer)}",
            "{name: '20260101120000_new', up: CREATE TABLE b (n integer)}",
        );
        let late = "{name: '20250101120000_late', up: CREATE TABLE c (n integer)}";
        let with_gap = spec(&db, &[old, new]);
        let ran = run(&db, &with_gap, &["check"], 3);
        assert!(ran.err.contains("pending migrations: 2;"), "{}", ran.err);
        run(&db, &with_gap, &["apply"], 0);
        // Merged late, with a lower number: pending, seen by the gate, and never passed over in silence.
        let merged = spec(&db, &[old, late, new]);
        assert_eq!(run(&db, &merged, &["check"], 3).code(), "pending");
        assert_eq!(run(&db, &merged, &["apply"], 4).code(), "out-of-order");
        run(&db, &merged, &["apply", "--allow-out-of-order"], 0);
        assert_eq!(db.ask("SELECT count(*) FROM c"), "0");
        run(&db, &merged, &["check"], 0);
        // A database that is newer than the program's spec is not up to date.
        let older = spec(&db, &[old]);
        assert_eq!(run(&db, &older, &["check"], 4).code(), "database-ahead");
    }
}

/// 35.
#[test]
fn where_nobody_can_answer_a_question_the_answer_is_exit_two() {
    for db in databases() {
        let spec = spec(
            &db,
            &[
                ONE,
                "{name: two, up: INSERT INTO a VALUES (1), verify: SELECT 1 = 1, cleanup: DELETE FROM a, down: DELETE FROM a}",
            ],
        );
        let ask = |words: &[&str]| {
            let ran = run(&db, &spec, words, 2);
            assert_eq!(ran.code(), "confirmation-required", "{words:?}");
        };
        ask(&["apply", "--interactive"]);
        run(&db, &spec, &["check"], 3);
        run(&db, &spec, &["apply"], 0);
        run(&db, &spec, &["verify"], 0);
        let before = db.contents();
        ask(&["rollback"]);
        ask(&["cleanup"]);
        ask(&["repair", "accept", "one", "--reason", "x"]);
        assert_eq!(db.contents(), before, "{}", db.kind);
    }
}

/// 36.
#[test]
fn a_run_that_is_narrowed_plans_and_touches_only_what_it_names() {
    let (a, b) = (of("sqlite").remove(0), of("sqlite").remove(0));
    let spec = a.folder.write(
        "a.yaml",
        "version: 1\ntargets:\n  app: {database: sqlite, url_env: ONE}\n  side: {database: sqlite, url_env: TWO}\n\
         migrations:\n  - {name: first, target: app, up: CREATE TABLE t (n integer)}\n  \
         - {name: second, target: side, up: CREATE TABLE t (n integer)}\n",
    );
    let run = |words: &[&str], status: i32| {
        a.initium(&[&["migrate"], words, &["--spec", &spec]].concat())
            .env("ONE", &a.url)
            .env("TWO", &b.url)
            .exits(status)
    };
    let plan = run(&["plan", "--target", "side"], 0).out;
    assert!(plan.contains("second") && !plan.contains("first"), "{plan}");
    let done = run(&["apply", "--target", "side", "--format", "json"], 0).out;
    assert!(done.contains("second") && !done.contains("first"), "{done}");
    assert!(!std::path::Path::new(&a.name).exists());
    run(&["check", "--target", "side"], 0);
    run(&["check"], 3);
    // All that there are is not none of them.
    run(&["apply", "--target", "app", "--target", "side"], 0);
    run(&["check"], 0);
    assert_eq!(
        run(&["apply", "--target", "neither"], 2).code(),
        "unknown-target"
    );
}

/// 37, for statements: what is recorded is what was done. For keys: `redis.rs`.
#[test]
fn what_failed_in_part_is_not_recorded_and_a_check_that_checks_nothing_does_not_exist() {
    for db in databases() {
        let half = spec(
            &db,
            &["{name: half, up: 'CREATE TABLE a (n integer); INSERT INTO a VALUES (1, 2)'}"],
        );
        run(&db, &half, &["apply"], 1);
        let state = run(&db, &half, &["status"], 0).out;
        assert!(!state.contains("1 applied"), "{}: {state}", db.kind);
    }
    for db in databases() {
        let wrong =
            "{name: one, up: CREATE TABLE a (n integer), verify: SELECT count(*) = 1 FROM a}";
        let wrong = spec(&db, &[wrong]);
        run(&db, &wrong, &["apply"], 0);
        assert_eq!(run(&db, &wrong, &["verify"], 3).code(), "verify-failed");
        run(&db, &wrong, &["cleanup", "--yes"], 0);
        let none = "{name: one, up: CREATE TABLE a (n integer), verify: []}";
        let none = spec(&db, &[none]);
        assert_eq!(run(&db, &none, &["verify"], 2).code(), "spec-invalid");
    }
}

/// 38, for tables. For keys: `redis.rs`.
#[test]
fn a_database_that_holds_something_is_never_taken_for_a_fresh_one() {
    for db in databases() {
        let spec = spec(&db, &["{name: one, up: INSERT INTO old VALUES (1)}"]);
        db.statement("CREATE TABLE old (n integer)");
        assert_eq!(run(&db, &spec, &["apply"], 4).code(), "database-not-empty");
        run(&db, &spec, &["apply", "--allow-not-empty"], 0);
        assert_eq!(
            db.ask("SELECT count(*) FROM old"),
            "1",
            "{}: it ran",
            db.kind
        );
    }
}

/// 39.
#[test]
fn a_lock_is_a_session_that_is_shown_and_every_time_is_written_alike() {
    for db in databases() {
        let spec = spec(&db, &[ONE]);
        run(&db, &spec, &["apply"], 0);
        let mut holder = db.open();
        holder.try_lock().unwrap();
        let shown = run(&db, &spec, &["unlock", "--format", "json"], 0).json();
        let shown = &shown["locks"][0]["holder"];
        assert!(shown.is_object(), "{}: {shown}", db.kind);
        drop(holder);
        // It ended with its session: nothing is left that somebody has to clear.
        let more = "{name: two, up: CREATE TABLE b (n integer)}";
        let more = self::spec(&db, &[ONE, more]);
        run(&db, &more, &["apply", "--lock-wait", "5s"], 0);
        let mut times = Vec::new();
        for verb in ["status", "history"] {
            let shown = run(&db, &more, &[verb, "--format", "json"], 0).out;
            times.extend(times_of(&shown));
        }
        assert!(times.len() >= 4, "{}: {times:?}", db.kind);
        for time in times {
            assert!(is_rfc_3339(&time), "{}: {time}", db.kind);
        }
    }
}

/// The values of all keys that end like a time's.
fn times_of(json: &str) -> Vec<String> {
    let value = |line: &str| {
        let (key, value) = line.trim().split_once(": ")?;
        let key = key.trim_matches('"');
        let is_time = key.ends_with("_at") || key == "time" || key == "at";
        let value = value.trim_end_matches(',').trim_matches('"');
        (is_time && value != "null").then(|| value.to_string())
    };
    json.lines().filter_map(value).collect()
}

pub fn is_rfc_3339(time: &str) -> bool {
    let shape = time
        .bytes()
        .map(|b| if b.is_ascii_digit() { b'0' } else { b });
    let shape = String::from_utf8(shape.collect()).unwrap();
    let seconds = shape.strip_suffix('Z').unwrap_or("");
    seconds.split('.').next() == Some("0000-00-00T00:00:00")
}

/// 40.
#[test]
fn every_verb_that_fails_says_why_on_standard_error() {
    let help = initium(&["migrate", "--help"]).exits(0).out;
    let verbs: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "verbs:")
        .skip(1)
        .map_while(|line| line.strip_prefix("  ")?.split(' ').next())
        .collect();
    assert!(verbs.len() >= 15, "{verbs:?}");
    for verb in verbs {
        for words in [
            [
                "migrate",
                verb,
                "--spec",
                "/nowhere/plan.yaml",
                "--no-such-flag",
            ]
            .as_slice(),
            &[
                "migrate",
                verb,
                "--spec",
                "/nowhere/plan.yaml",
                "--url",
                "nonsense",
            ],
            &[
                "migrate",
                verb,
                "--log-level",
                "off",
                "--connect-timeout",
                "1parsec",
            ],
        ] {
            let ran = initium(words).run();
            // `new` and `schema` ask no server, so what is wrong with it is not theirs.
            if ran.status == 0 {
                assert!(["new", "schema"].contains(&verb), "{words:?} succeeded");
                continue;
            }
            assert!(ran.err.contains("error["), "{words:?}: {:?}", ran.err);
            assert!(ran.err.lines().next().unwrap().len() > 15, "{words:?}");
        }
    }
    assert!(
        initium(&["migrate", "no-such-verb"])
            .exits(2)
            .err
            .contains("error[usage]")
    );
}

/// 43.
#[test]
fn the_gate_needs_no_lock_and_no_right_but_to_read() {
    for db in databases() {
        let spec = spec(&db, &[ONE]);
        run(&db, &spec, &["apply"], 0);
        let more = self::spec(&db, &[ONE, "{name: two, up: CREATE TABLE b (n integer)}"]);
        let url = match db.kind {
            "sqlite" => db.url.clone(),
            _ => db.reader().unwrap(),
        };
        let before = db.contents();
        let mut holder = db.open();
        holder.try_lock().unwrap();
        let ran = initium(&["migrate", "check", "--spec", &more])
            .env("DATABASE_URL", &url)
            .exits(3);
        assert_eq!(ran.code(), "pending", "{}", db.kind);
        drop(holder);
        assert_eq!(db.contents(), before, "{}", db.kind);
    }
    // Nor does it make what is not there.
    for db in databases() {
        let spec = spec(&db, &[ONE]);
        let before = db.contents();
        run(&db, &spec, &["check"], 3);
        assert_eq!(db.contents(), before, "{}", db.kind);
    }
}

/// 44.
#[test]
fn a_script_with_a_transaction_of_its_own_is_refused_with_what_to_do() {
    for db in databases() {
        let begin = match db.kind {
            "mysql" | "mariadb" => "START TRANSACTION",
            _ => "BEGIN",
        };
        let script = format!("{{name: own, up: '{begin}; CREATE TABLE a (n integer); COMMIT'}}");
        let spec = spec(&db, &[&script]);
        for verb in ["plan", "apply"] {
            let ran = run(&db, &spec, &[verb], 2);
            assert_eq!(
                ran.code(),
                "transaction-control",
                "{}: {}",
                db.kind,
                ran.err
            );
            assert!(ran.err.contains("\n  help: "), "{}", ran.err);
        }
        assert!(
            db.open().introspect().unwrap().tables.is_empty(),
            "{}",
            db.kind
        );
    }
}

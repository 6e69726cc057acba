//! kill -9 in the middle. (Catches a record without its effect, an effect without its record, and a
//! lock that outlives its holder.)

use super::support::{Database, databases, hear, of, ran};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Waits until the database answers as wished.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{what} never happened"
        );
        sleep(Duration::from_millis(20));
    }
}

/// Runs apply, waits for the moment, kills.
fn kill_when(db: &Database, spec: &str, moment: impl FnMut() -> bool) {
    let mut child = db.initium(&["migrate", "apply", "--spec", spec]).spawn();
    until("the moment to kill", moment);
    child.kill().unwrap();
    assert_eq!(ran(child).status, -9);
}

pub fn active(db: &Database, like: &str) -> bool {
    let sql = match db.kind {
        // An intent holds the text too, and is not the statement.
        "postgres" => format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' \
             AND pid <> pg_backend_pid() AND query LIKE '%{like}%'"
        ),
        _ => format!(
            "SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID() \
             AND info LIKE '%{like}%' AND info NOT LIKE '%initium_migrate%'"
        ),
    };
    db.ask(&sql) != "0"
}

#[test]
fn a_killed_run_leaves_nothing_of_its_migration_and_the_next_run_ends_it() {
    for db in of("postgres") {
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer)}\n  \
             - {name: two, up: \"INSERT INTO a VALUES (1); SELECT pg_sleep(2)\"}\n  \
             - {name: three, up: INSERT INTO a VALUES (2)}\n",
        );
        kill_when(&db, &spec, || active(&db, "pg_sleep"));
        // Whether the orphan commits or not, the next run waits for its lock and does not do it twice.
        db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
        assert_eq!(db.ask("SELECT count(*) FROM a"), "2");
        assert_eq!(db.ask("SELECT count(*) FROM initium_migrate"), "3");
    }
}

#[test]
fn a_killed_run_on_a_sqlite_file_is_rolled_back_by_the_next_one() {
    for db in of("sqlite") {
        let spec = |n: u64| {
            db.folder.write(
                "a.yaml",
                &format!(
                    "version: 1\nmigrations:\n  - {{name: one, up: CREATE TABLE a (n integer)}}\n  - name: two\n    up: |\n      \
                     INSERT INTO a VALUES (1);\n      INSERT INTO a WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < {n}) SELECT count(*) FROM c;\n"
                ),
            )
        };
        let path = spec(2_000_000_000);
        let mut child = db.initium(&["migrate", "apply", "--spec", &path]).spawn();
        until("the journal", || {
            std::path::Path::new(&format!("{}-journal", db.name)).exists()
        });
        sleep(Duration::from_millis(300));
        child.kill().unwrap();
        assert_eq!(ran(child).status, -9);
        let path = spec(10);
        db.initium(&["migrate", "apply", "--spec", &path]).exits(0);
        assert_eq!(db.ask("SELECT count(*) FROM a"), "2");
    }
}

#[test]
fn killed_while_rows_change_mysql_goes_on_at_that_statement() {
    for db in of("mariadb").into_iter().chain(of("mysql")) {
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - name: one\n    up: |\n      CREATE TABLE a (n integer);\n      \
             INSERT INTO a SELECT 1 + sleep(2);\n      CREATE TABLE b (n integer);\n",
        );
        kill_when(&db, &spec, || active(&db, "1 + sleep"));
        db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
        assert_eq!(db.ask("SELECT count(*) FROM a"), "1", "{}", db.kind);
        assert_eq!(db.ask("SELECT count(*) FROM initium_migrate_step"), "0");
    }
}

#[test]
fn killed_inside_a_ddl_statement_mysql_sees_by_the_catalog_whether_it_ran() {
    for db in of("mariadb").into_iter().chain(of("mysql")) {
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - name: one\n    up: |\n      CREATE TABLE a (n integer);\n      \
             CREATE TABLE b AS SELECT sleep(2) AS n;\n      INSERT INTO a VALUES (1);\n",
        );
        kill_when(&db, &spec, || active(&db, "sleep(2)"));
        until("the end of the orphan", || !active(&db, "sleep(2)"));
        let there = db.open().introspect().unwrap().table("b").is_some();
        let plan = db.initium(&["migrate", "plan", "--spec", &spec]).exits(0);
        let found = plan.out.contains("took effect in a run that died");
        assert_eq!(found, there, "{}: {}", db.kind, plan.out);
        db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
        assert_eq!(db.ask("SELECT count(*) FROM a"), "1");
        assert_eq!(db.ask("SELECT count(*) FROM b"), "1");
    }
}

#[test]
fn where_somebody_else_changed_the_table_meanwhile_a_person_decides() {
    for db in of("mariadb").into_iter().chain(of("mysql")) {
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - name: one\n    up: |\n      CREATE TABLE a (n integer);\n      \
             ALTER TABLE a ADD COLUMN m integer;\n      INSERT INTO a VALUES (1, 1);\n",
        );
        // A reader keeps the statement from taking effect until the run is dead.
        db.statement("CREATE TABLE a (n integer)");
        db.statement("INSERT INTO a VALUES (1)");
        let text = std::fs::read_to_string(&spec).unwrap();
        std::fs::write(
            &spec,
            text.replace("CREATE TABLE a (n integer);", "SELECT 1;"),
        )
        .unwrap();
        let url = db.url.clone();
        let reader = std::thread::spawn(move || {
            let mut driver = super::support::database::open(&url);
            driver.query("SELECT n, sleep(10) FROM a").unwrap();
        });
        until("the reader", || active(&db, "sleep(10)"));
        let mut child = db
            .initium(&["migrate", "apply", "--spec", &spec, "--lock-timeout", "1s"])
            .beside()
            .spawn();
        until("the statement", || active(&db, "ADD COLUMN m"));
        child.kill().unwrap();
        ran(child);
        let _ = reader.join();
        until("the end of the orphan", || !active(&db, "ADD COLUMN m"));
        db.statement("ALTER TABLE a ADD COLUMN other integer");
        let apply = ["migrate", "apply", "--spec", &spec];
        let ran = db.initium(&apply).exits(4);
        assert_eq!(ran.code(), "step-undecided", "{}", ran.err);
        assert!(ran.err.contains("other of a was added"), "{}", ran.err);
        assert!(
            ran.err.contains("repair retry one --statement 2"),
            "{}",
            ran.err
        );
        let settle = [
            "repair",
            "retry",
            "one",
            "--statement",
            "2",
            "--reason",
            "looked",
        ];
        let settle = [&["migrate"], &settle[..], &["--yes", "--spec", &spec]].concat();
        db.initium(&settle).exits(0);
        // Its rows meet a column more now, so they are named.
        let text = std::fs::read_to_string(&spec).unwrap();
        std::fs::write(&spec, text.replace("a VALUES", "a (n, m) VALUES")).unwrap();
        db.initium(&apply).exits(0);
        assert_eq!(db.ask("SELECT sum(m) FROM a"), "1");
    }
}

#[test]
fn a_signal_ends_a_run_at_a_safe_point_with_its_own_status() {
    for db in databases() {
        let slow = match db.kind {
            "postgres" => "SELECT pg_sleep(0.05)",
            "sqlite" => {
                "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 300000) SELECT count(*) FROM c"
            }
            _ => "INSERT INTO a SELECT sleep(0.05)",
        };
        let mut text = String::from(
            "version: 1\nmigrations:\n  - {name: m0, up: CREATE TABLE a (n integer)}\n",
        );
        for i in 1..100 {
            text += &format!("  - {{name: m{i}, up: \"{slow}\"}}\n");
        }
        let spec = db.folder.write("a.yaml", &text);
        let child = db.initium(&["migrate", "apply", "--spec", &spec]).spawn();
        until("the first migration", || {
            db.open()
                .history()
                .is_ok_and(|history| history.records.len() > 2)
        });
        let kill = std::process::Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status();
        assert!(kill.unwrap().success());
        let stopped = ran(child);
        assert_eq!(stopped.status, 143, "{}: {}", db.kind, stopped.err);
        assert_eq!(stopped.code(), "interrupted");
        db.initium(&["migrate", "apply", "--spec", &spec, "--lock-wait", "2s"])
            .exits(0);
        assert_eq!(db.ask("SELECT count(*) FROM initium_migrate"), "100");
    }
}

#[test]
fn a_rollback_that_stopped_half_way_is_neither_up_to_date_nor_forgotten() {
    for db in of("mariadb").into_iter().chain(of("mysql")) {
        let spec = |second: &str| {
            db.folder.write(
                "a.yaml",
                &format!(
                    "version: 1\nmigrations:\n  - name: one\n    up: CREATE TABLE a (n integer); CREATE TABLE b (n integer)\n    \
                     down: DROP TABLE a; DROP TABLE {second}\n"
                ),
            )
        };
        let path = spec("nowhere");
        let run = |arguments: &[&str], status: i32| {
            let arguments = [&["migrate"], arguments, &["--spec", &path]].concat();
            db.initium(&arguments).exits(status)
        };
        run(&["apply"], 0);
        run(&["rollback", "--yes"], 1);
        assert_eq!(run(&["check"], 4).code(), "step-undecided", "{}", db.kind);
        assert_eq!(run(&["apply"], 4).code(), "step-undecided", "{}", db.kind);
        spec("b");
        run(&["rollback", "--yes"], 0);
        run(&["apply"], 0);
        run(&["check"], 0);
    }
}

#[test]
fn a_signal_while_a_statement_is_tried_again_leaves_nothing_undecided() {
    for db in of("mariadb").into_iter().chain(of("mysql")) {
        db.statement("CREATE TABLE a (n integer)");
        db.statement("INSERT INTO a VALUES (1)");
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - {name: one, up: ALTER TABLE a ADD COLUMN m integer}\n",
        );
        let url = db.url.clone();
        let reader = std::thread::spawn(move || {
            let mut driver = super::support::database::open(&url);
            driver.query("SELECT sleep(6) FROM a").unwrap();
        });
        until("the reader", || active(&db, "sleep(6)"));
        let child = db
            .initium(&["migrate", "apply", "--spec", &spec, "--lock-timeout", "1s"])
            .beside()
            .spawn();
        let heard = hear(child, "trying again");
        let kill = ["-TERM", &heard.child.id().to_string()];
        assert!(
            std::process::Command::new("kill")
                .args(kill)
                .status()
                .unwrap()
                .success()
        );
        let ran = heard.end();
        assert_eq!(ran.status, 143, "{}", ran.err);
        reader.join().unwrap();
        db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
    }
}

#[test]
fn a_statement_that_outlasts_the_grace_is_ended_and_nothing_of_it_stays() {
    for db in databases() {
        let slow = match db.kind {
            "postgres" => "SELECT pg_sleep(300)",
            "sqlite" => {
                "INSERT INTO a WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 20000000000) SELECT count(*) FROM c"
            }
            // Not sleep(): ended, it answers 1 and no error.
            _ => {
                "INSERT INTO a SELECT count(*) FROM information_schema.collations w, information_schema.collations x, information_schema.collations y, information_schema.collations z"
            }
        };
        let spec = |slow: &str| {
            db.folder.write(
                "a.yaml",
                &format!(
                    "version: 1\nmigrations:\n  - {{name: one, up: CREATE TABLE a (n integer)}}\n  \
                     - {{name: two, up: \"INSERT INTO a VALUES (1); {slow}\"}}\n"
                ),
            )
        };
        let path = spec(slow);
        let start = Instant::now();
        let child = db
            .initium(&["migrate", "apply", "--spec", &path, "--grace", "200ms"])
            .spawn();
        until("the first migration", || {
            db.open()
                .history()
                .is_ok_and(|history| !history.records.is_empty())
        });
        sleep(Duration::from_millis(500));
        let kill = ["-TERM", &child.id().to_string()];
        let killed = std::process::Command::new("kill").args(kill).status();
        assert!(killed.unwrap().success());
        let stopped = ran(child);
        assert_eq!(stopped.status, 143, "{}: {}", db.kind, stopped.err);
        assert_eq!(
            stopped.code(),
            "interrupted",
            "{}: {}",
            db.kind,
            stopped.err
        );
        assert!(
            stopped.err.contains("rolled back"),
            "{}: {}",
            db.kind,
            stopped.err
        );
        assert!(start.elapsed() < Duration::from_secs(100));
        assert_eq!(db.ask("SELECT count(*) FROM a"), "0", "{}", db.kind);
        let failed = "SELECT code FROM initium_migrate_log WHERE outcome = 'failed'";
        assert_eq!(db.ask(failed), "interrupted", "{}", db.kind);
        let path = spec("INSERT INTO a VALUES (2)");
        db.initium(&["migrate", "apply", "--spec", &path, "--lock-wait", "2s"])
            .exits(0);
        assert_eq!(db.ask("SELECT count(*) FROM a"), "2");
    }
}

#[test]
fn the_document_of_a_run_that_a_signal_ended_has_its_exit_status() {
    let db = of("sqlite").remove(0);
    let mut holder = db.open();
    holder.try_lock().unwrap();
    let spec = db.folder.write(
        "a.yaml",
        "version: 1\nmigrations:\n  - {name: one, up: SELECT 1}\n",
    );
    for (signal, status) in [("-TERM", 143), ("-INT", 130)] {
        let arguments = ["migrate", "apply", "--spec", &spec, "--format", "json"];
        let heard = hear(db.initium(&arguments).spawn(), "waiting for another run");
        let kill = [signal, &heard.child.id().to_string()];
        let killed = std::process::Command::new("kill").args(kill).status();
        assert!(killed.unwrap().success());
        let ran = heard.end();
        assert_eq!(ran.status, status);
        assert!(
            ran.out.contains(&format!("\"exit\": {status}")),
            "{}",
            ran.out
        );
    }
}

//! `CREATE INDEX CONCURRENTLY` while others wait for the run's lock, and killed in the middle.
//! (Catches the deadlock between the builder and its waiters, and an index that is there and not
//! valid.)

use crate::drill::{arguments, said};
use crate::support::{Database, database, of, ran};
use std::thread::sleep;
use std::time::{Duration, Instant};

const SPEC: &str = "version: 1\nmigrations:\n  \
    - {name: one, up: \"CREATE TABLE counter (n integer); INSERT INTO counter SELECT generate_series(1, 1000)\"}\n  \
    - {name: two, up: CREATE INDEX CONCURRENTLY counter_n ON counter (n)}\n  \
    - {name: three, up: INSERT INTO counter VALUES (0)}\n";

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{what} never happened"
        );
        sleep(Duration::from_millis(20));
    }
}

fn building(db: &Database) -> bool {
    // The index is in the catalog before it is valid.
    db.ask("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == "1"
}

/// An old snapshot, for which a concurrent build has to wait; ends what held it.
fn while_a_snapshot_is_held<T>(db: &Database, work: impl FnOnce(&dyn Fn()) -> T) -> T {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut holder = database::open(&db.url);
            let pid = holder.query("SELECT pg_backend_pid()").unwrap();
            tell.send(pid.first().unwrap().to_string()).unwrap();
            // Ends with an error when it is let go.
            let _ = holder.query("SELECT pg_sleep(120) FROM (SELECT 1 FROM counter LIMIT 1) AS c");
        });
        let pid = told.recv().unwrap();
        until("the snapshot", || {
            db.ask(&format!(
                "SELECT count(*) FROM pg_stat_activity WHERE pid = {pid} AND backend_xmin IS NOT NULL AND state = 'active'"
            )) == "1"
        });
        let release = || drop(db.ask(&format!("SELECT pg_terminate_backend({pid})")));
        work(&release)
    })
}

fn begun(db: &Database) -> String {
    let spec = db.folder.write("a.yaml", SPEC);
    db.initium(&arguments(&["apply", "--to", "one"], &spec))
        .exits(0);
    spec
}

fn assert_built(db: &Database) {
    let valid = "SELECT count(*) FROM pg_index WHERE indexrelid = 'counter_n'::regclass AND indisvalid AND indisready";
    assert_eq!(db.ask(valid), "1");
    assert_eq!(
        db.ask("SELECT count(*) FROM pg_index WHERE NOT indisvalid"),
        "0"
    );
    assert_eq!(db.ask("SELECT count(*) FROM counter WHERE n = 0"), "1");
}

#[test]
fn ten_waiting_runners_do_not_deadlock_a_concurrent_index() {
    for db in of("postgres") {
        let spec = begun(&db);
        let words = arguments(&["apply"], &spec);
        let runners = while_a_snapshot_is_held(&db, |release| {
            let mut runners = vec![db.initium(&words).spawn()];
            until("the build", || building(&db));
            runners.extend((0..10).map(|_| db.initium(&words).spawn()));
            // Longer than deadlock_timeout: who blocks would be found by then.
            sleep(Duration::from_millis(2500));
            release();
            runners
        });
        for runner in runners {
            let ran = ran(runner);
            assert_eq!(ran.status, 0, "{}", ran.err);
            assert!(!ran.err.contains("deadlock"), "{}", ran.err);
        }
        assert_built(&db);
        said(
            "concurrent index",
            "postgres",
            "10 waiting runners, 0 deadlocks, all exit 0",
        );
    }
}

#[test]
fn a_concurrent_index_killed_while_it_is_built_is_valid_after_the_next_run() {
    for db in of("postgres") {
        let spec = begun(&db);
        while_a_snapshot_is_held(&db, |release| {
            let mut child = db.initium(&arguments(&["apply"], &spec)).spawn();
            until("the build", || building(&db));
            child.kill().unwrap();
            assert_eq!(ran(child).status, -9);
            // The server's own end of it, so that what it leaves is not valid.
            let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONC%' \
                       AND datname = current_database() AND pid <> pg_backend_pid()";
            db.ask(end);
            until("the end of the builder", || {
                db.ask("SELECT count(*) FROM pg_stat_progress_create_index WHERE datname = current_database()") == "0"
            });
            release();
        });
        assert!(building(&db), "nothing that is not valid was left");
        db.initium(&arguments(&["apply"], &spec)).exits(0);
        assert_built(&db);
        said(
            "concurrent index",
            "postgres",
            "killed while it was built, left not valid, valid after the next run",
        );
    }
}

//! The lock queue: an `ALTER TABLE` waits behind a long reader, and everybody who comes later waits
//! behind the `ALTER TABLE`. (Catches a default that turns a slow report into an outage, and a wait
//! whose cause nobody is told.)

use crate::drill::{arguments, said};
use crate::support::{Database, database, of};
use initium_driver::Driver;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const SPEC: &str = "version: 1\nmigrations:\n  \
    - {name: one, up: CREATE TABLE busy (n integer)}\n  \
    - {name: two, up: INSERT INTO busy VALUES (1)}\n  \
    - {name: three, up: ALTER TABLE busy ADD COLUMN m integer}\n";

/// How long the long reader reads.
const READER: u64 = 8;

fn sleeping(kind: &str) -> String {
    match kind {
        "postgres" => format!("SELECT pg_sleep({READER}) FROM busy"),
        _ => format!("SELECT sleep({READER}) FROM busy"),
    }
}

/// The session of a driver, as the server knows it.
fn session(kind: &str, driver: &mut dyn Driver) -> String {
    let sql = match kind {
        "postgres" => "SELECT pg_backend_pid()",
        _ => "SELECT connection_id()",
    };
    driver.query(sql).unwrap().first().unwrap().to_string()
}

/// The longest of many small questions.
fn worst(db: &Database, over: &AtomicBool) -> Duration {
    let mut driver = db.open();
    let mut worst = Duration::ZERO;
    while !over.load(Ordering::SeqCst) {
        let start = Instant::now();
        driver.query("SELECT count(*) FROM busy").unwrap();
        worst = worst.max(start.elapsed());
        std::thread::sleep(Duration::from_millis(20));
    }
    worst
}

fn queue(kind: &str, most: Duration) {
    for db in of(kind) {
        let spec = db.folder.write("a.yaml", SPEC);
        db.initium(&arguments(&["apply", "--to", "two"], &spec))
            .exits(0);
        let over = AtomicBool::new(false);
        let (tell, told) = std::sync::mpsc::channel();
        let (pid, stall, ran, waited) = std::thread::scope(|scope| {
            let url = db.url.clone();
            let long = scope.spawn(move || {
                let mut reader = database::open(&url);
                tell.send(session(kind, &mut *reader)).unwrap();
                reader.query(&sleeping(kind)).map(drop)
            });
            let pid = told.recv().unwrap();
            let fast: Vec<_> = (0..4).map(|_| scope.spawn(|| worst(&db, &over))).collect();
            std::thread::sleep(Duration::from_millis(500));
            let start = Instant::now();
            let ran = db.initium(&arguments(&["apply"], &spec)).run();
            let waited = start.elapsed();
            over.store(true, Ordering::SeqCst);
            let stalls = fast.into_iter().map(|one| one.join().unwrap());
            let stall = stalls.max().unwrap();
            long.join().unwrap().unwrap();
            (pid, stall, ran, waited)
        });
        said(
            "lock queue",
            kind,
            &format!(
                "worst stall of another reader {} ms behind one of {READER} s, blocker named, applied after {:.1} s",
                stall.as_millis(),
                waited.as_secs_f64()
            ),
        );
        assert_eq!(ran.status, 0, "{kind}: {}", ran.err);
        assert!(ran.err.contains("trying again"), "{kind}: {}", ran.err);
        assert!(
            ran.err.contains(&format!("session {pid}")),
            "{kind}: the blocker is session {pid}: {}",
            ran.err
        );
        assert!(stall <= most, "{kind}: {stall:?}");
    }
}

#[test]
fn a_migration_behind_a_long_reader_stalls_others_only_for_a_moment_on_postgres() {
    queue("postgres", Duration::from_millis(700));
}

// lock_wait_timeout counts in whole seconds there.
#[test]
fn a_migration_behind_a_long_reader_stalls_others_only_for_a_moment_on_mysql() {
    queue("mysql", Duration::from_millis(2200));
}

#[test]
fn a_migration_behind_a_long_reader_stalls_others_only_for_a_moment_on_mariadb() {
    queue("mariadb", Duration::from_millis(2200));
}

//! SIGTERM at random moments of a run with slow statements. (Catches a run that outlives its grace,
//! a status that Kubernetes takes for a crash, a lock that is left, work that is lost.)

use crate::drill::{Chance, amount, arguments, empty, said, seed};
use crate::shapes::{difference, dump};
use crate::support::{Database, database, of, ran};
use initium_driver::Locked;
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

const GRACE: Duration = Duration::from_secs(1);

/// Slow as long as a row says so: the runs that end it are not.
fn slow(kind: &str) -> &'static str {
    match kind {
        "postgres" => "INSERT INTO counter SELECT 9 FROM (SELECT pg_sleep(s) FROM pace) AS p",
        "sqlite" => {
            "INSERT INTO counter WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c \
             WHERE x < (SELECT s * 4000000 FROM pace)) SELECT 9 FROM c ORDER BY x DESC LIMIT 1"
        }
        _ => "INSERT INTO counter SELECT 9 + sleep(s) FROM pace",
    }
}

fn spec(kind: &str) -> String {
    let slow = slow(kind);
    let mut text = String::from(
        "version: 1\nmigrations:\n  - {name: m0, up: CREATE TABLE counter (n integer)}\n",
    );
    for n in 1..=3 {
        text += &format!(
            "  - name: m{n}\n    up: |\n      INSERT INTO counter VALUES ({n});\n      {slow};\n      CREATE TABLE t{n} (n integer);\n"
        );
    }
    text
}

#[derive(Default)]
struct Found {
    moments: usize,
    done: usize,
    latest: Duration,
    failures: Vec<String>,
}

fn pace(db: &Database, seconds: &str) {
    db.statement(&format!("UPDATE pace SET s = {seconds}"));
}

fn prepare(db: &Database) {
    empty(db);
    db.statement("CREATE TABLE pace (s integer)");
    db.statement("INSERT INTO pace VALUES (0)");
}

fn terminate(
    db: &Database,
    spec: &str,
    after: Duration,
    expected: &str,
) -> Result<(bool, Duration), String> {
    prepare(db);
    pace(db, "5");
    let child = db
        .initium(&arguments(&["apply"], spec))
        .beside()
        .env("INITIUM_GRACE", "1s")
        .spawn();
    std::thread::sleep(after);
    let start = Instant::now();
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    let ran = ran(child);
    let spent = start.elapsed();
    if spent > GRACE + Duration::from_secs(2) {
        return Err(format!("it took {spent:?}: {}", ran.err));
    }
    // Before the handler is there, the signal ends the process as it always does.
    if !matches!(ran.status, 0 | 143 | -15) {
        return Err(format!("exit {}: {}", ran.status, ran.err));
    }
    // From another session: no lock is left.
    if database::open(&db.url).try_lock().unwrap() != Locked::Taken {
        return Err(format!("a lock is left: {}", ran.err));
    }
    pace(db, "0");
    let again = db.initium(&arguments(&["apply"], spec)).beside().run();
    if again.status != 0 {
        return Err(format!(
            "the next run: exit {}: {}\nafter {}",
            again.status, again.err, ran.err
        ));
    }
    let now = dump(db);
    if now != expected {
        return Err(format!("{}\n{}", difference(&now, expected), ran.err));
    }
    Ok((ran.status == 0, spent))
}

fn signals(kind: &str, lanes: usize) {
    let lanes: Vec<Database> = (0..lanes).flat_map(|_| of(kind)).take(lanes).collect();
    let Some(first) = lanes.first() else { return };
    let seed = seed();
    let chance = Mutex::new(Chance(seed));
    let text = spec(kind);
    prepare(first);
    let path = first.folder.write("a.yaml", &text);
    first
        .initium(&arguments(&["apply"], &path))
        .beside()
        .exits(0);
    pace(first, "0");
    let expected = dump(first);
    let left = Mutex::new(amount(50, 200));
    let found = Mutex::new(Found::default());
    std::thread::scope(|scope| {
        for db in &lanes {
            scope.spawn(|| {
                let path = db.folder.write("a.yaml", &text);
                loop {
                    {
                        let mut left = left.lock().unwrap();
                        let Some(less) = left.checked_sub(1) else {
                            return;
                        };
                        *left = less;
                    }
                    let after = Duration::from_millis(chance.lock().unwrap().below(900) as u64);
                    let answer = terminate(db, &path, after, &expected);
                    let mut found = found.lock().unwrap();
                    found.moments += 1;
                    match answer {
                        Ok((done, spent)) => {
                            found.done += usize::from(done);
                            found.latest = found.latest.max(spent);
                        }
                        Err(what) => found.failures.push(format!("after {after:?}: {what}")),
                    }
                }
            });
        }
    });
    let found = found.into_inner().unwrap();
    said(
        "SIGTERM",
        kind,
        &format!(
            "{} moments, {} as asked, latest end {} ms after the signal with a grace of 1 s, no lock left",
            found.moments,
            found.moments - found.failures.len(),
            found.latest.as_millis()
        ),
    );
    assert!(
        found.failures.is_empty(),
        "{} failures of FAULTS_SEED={seed}\n{}",
        found.failures.len(),
        found.failures[..found.failures.len().min(4)].join("\n\n")
    );
}

#[test]
fn a_signal_at_any_moment_ends_the_run_in_time_on_postgres() {
    signals("postgres", 8);
}

#[test]
fn a_signal_at_any_moment_ends_the_run_in_time_on_mysql() {
    signals("mysql", 8);
}

#[test]
fn a_signal_at_any_moment_ends_the_run_in_time_on_mariadb() {
    signals("mariadb", 8);
}

#[test]
fn a_signal_at_any_moment_ends_the_run_in_time_on_sqlite() {
    signals("sqlite", 3);
}

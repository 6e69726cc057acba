//! Crash points of a SQLite file: the system calls that write, sync, lock or remove are counted in
//! an undisturbed run, then the run is killed at each of them, or the call fails. strace does it.
//! (Catches a file that a dead run leaves half written, a ledger that lies after an I/O error.)

use crate::drill::{amount, arguments, converge, empty, said};
use crate::shapes::{Shape, difference, dump, shapes};
use crate::support::{Database, of, ran};
use std::collections::VecDeque;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

const CALLS: &str = "pwrite64,fdatasync,fsync,ftruncate,unlink,fcntl";
const POINTS: usize = 560;

/// What strace does at the n-th of these calls: kill -9 before it runs, or an error instead of it.
const VARIANTS: &[&str] = &["signal=SIGKILL", "error=EIO", "error=ENOSPC"];

struct Task {
    shape: Shape,
    expected: String,
    n: usize,
    variant: &'static str,
}

#[derive(Default)]
struct Found {
    points: usize,
    converged: usize,
    reruns: usize,
    failures: Vec<String>,
}

fn traced(db: &Database, shape: &Shape, spec: &str, options: &[&str]) -> Command {
    let mut command = Command::new("strace");
    let trace = format!("trace={CALLS}");
    command.args(["-f", "-qq", "-e", &trace]).args(options);
    command.arg(env!("CARGO_BIN_EXE_initium"));
    command.args(arguments(&shape.run, spec));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("INITIUM_")) {
        command.env_remove(name);
    }
    command
        .env("DATABASE_URL", &db.url)
        .current_dir(db.folder.root());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn prepare(db: &Database, shape: &Shape) -> String {
    empty(db);
    let spec = shape.write(&db.folder);
    if let Some(prelude) = &shape.prelude {
        let child = db.initium(&arguments(prelude, &spec)).spawn();
        assert_eq!(ran(child).status, 0);
    }
    spec
}

fn tasks(db: &Database) -> VecDeque<Task> {
    let mut all = Vec::new();
    for shape in shapes("sqlite") {
        let spec = prepare(db, &shape);
        let log = db.folder.path("calls");
        let output = traced(db, &shape, &spec, &["-o", &log]).output().unwrap();
        assert!(output.status.success(), "{}: {output:?}", shape.name);
        let calls = std::fs::read_to_string(&log).unwrap().lines().count();
        assert!(calls > 10, "{}: {calls} calls", shape.name);
        let expected = dump(db);
        for n in 1..=calls {
            all.extend(VARIANTS.iter().map(|variant| Task {
                shape: shape.clone(),
                expected: expected.clone(),
                n,
                variant,
            }));
        }
    }
    let total = all.len();
    let wanted = amount(POINTS, total).min(total);
    let take = |n: usize| (n + 1) * wanted / total > n * wanted / total;
    let chosen = all.into_iter().enumerate().filter(|(n, _)| take(*n));
    chosen.map(|(_, task)| task).collect()
}

fn suffer(db: &Database, task: &Task, found: &Mutex<Found>) {
    let spec = prepare(db, &task.shape);
    let inject = format!("inject={CALLS}:{}:when={}", task.variant, task.n);
    let first = traced(db, &task.shape, &spec, &["-o", "/dev/null", "-e", &inject])
        .output()
        .unwrap();
    let again = converge(db, &task.shape.run, &spec);
    let now = dump(db);
    let mut found = found.lock().unwrap();
    found.points += 1;
    let named = format!("{} call {} {}", task.shape.name, task.n, task.variant);
    match again {
        Ok(n) => found.reruns = found.reruns.max(n - usize::from(first.status.success())),
        Err(ran) => {
            let text = format!("{named}: exit {}\n{}\n{first:?}", ran.status, ran.err);
            return found.failures.push(text);
        }
    }
    if now != task.expected {
        let text = format!("{named}: {}", difference(&now, &task.expected));
        return found.failures.push(text);
    }
    found.converged += 1;
}

fn strace_is_there() -> bool {
    let there = Command::new("strace").arg("-V").output().is_ok();
    if !there {
        let required = std::env::var("INITIUM_TEST_SERVERS");
        assert_ne!(required.as_deref(), Ok("required"), "strace is not there");
        eprintln!("SKIPPED: strace is not there");
    }
    there
}

/// The process that strace watches, once it stands still: at each call it does so for a moment.
fn stopped(strace: u32) -> Option<String> {
    let mut found = None;
    for _ in 0..20 {
        found = still(strace);
        found.as_ref()?;
        std::thread::sleep(Duration::from_millis(5));
    }
    found
}

fn still(strace: u32) -> Option<String> {
    let children = format!("/proc/{strace}/task/{strace}/children");
    let children = std::fs::read_to_string(children).ok()?;
    let child = children.split_whitespace().next()?;
    let state = std::fs::read_to_string(format!("/proc/{child}/stat")).ok()?;
    let still = state.contains(") T ") || state.contains(") t ");
    still.then(|| child.to_string())
}

#[test]
fn a_copy_that_stands_still_while_it_writes_is_waited_for_on_sqlite() {
    if !strace_is_there() {
        return;
    }
    let db = of("sqlite").remove(0);
    let shape = &shapes("sqlite")[0];
    let (mut waited, mut failures) = (0, Vec::new());
    for n in (3..60).step_by(8) {
        let spec = prepare(&db, shape);
        let inject = format!("inject=pwrite64:signal=SIGSTOP:when={n}");
        let options = ["-o", "/dev/null", "-e", &inject];
        let first = traced(&db, shape, &spec, &options).spawn().unwrap();
        let start = Instant::now();
        let pid = loop {
            if let Some(pid) = stopped(first.id()) {
                break pid;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "write {n}");
            std::thread::sleep(Duration::from_millis(5));
        };
        let second = db.initium(&arguments(&shape.run, &spec)).spawn();
        // Longer than a statement waits for a lock.
        std::thread::sleep(Duration::from_millis(1200));
        let go_on = Command::new("kill").args(["-CONT", &pid]).status();
        assert!(go_on.unwrap().success());
        let (second, first) = (ran(second), first.wait_with_output().unwrap());
        assert!(first.status.success(), "write {n}: {first:?}");
        waited += 1;
        if second.status != 0 {
            failures.push(format!("write {n}: exit {}\n{}", second.status, second.err));
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {waited}\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn a_run_broken_at_any_system_call_converges_on_sqlite() {
    if !strace_is_there() {
        return;
    }
    let lanes: Vec<Database> = (0..3).flat_map(|_| of("sqlite")).collect();
    let queue = Mutex::new(tasks(&lanes[0]));
    let found = Mutex::new(Found::default());
    std::thread::scope(|scope| {
        for db in &lanes {
            scope.spawn(|| {
                while let Some(task) = { queue.lock().unwrap().pop_front() } {
                    suffer(db, &task, &found);
                }
            });
        }
    });
    let found = found.into_inner().unwrap();
    said(
        "crash points",
        "sqlite",
        &format!(
            "{} points, {} converged, max {} reruns, counter 1",
            found.points, found.converged, found.reruns
        ),
    );
    assert!(
        found.failures.is_empty(),
        "{} failures\n{}",
        found.failures.len(),
        found.failures[..found.failures.len().min(3)].join("\n\n")
    );
    assert!(found.points >= 500);
    assert!(found.reruns <= 2, "{} reruns", found.reruns);
}

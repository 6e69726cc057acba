//! The lock between threads and between processes, with files that come and go.

mod folder;

use folder::Folder;
use initium_driver::driver::{Access, Driver};
use initium_driver::{Locked, Settings};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: u64 = 40;

fn open(path: &str) -> Box<dyn Driver> {
    let settings = Settings::parse(&format!("sqlite:{path}"), "URL").expect("a URL");
    (initium_sqlite::OPENER.open)(&settings, &folder::run(Access::Write)).expect("a file")
}

/// Reads a number, waits, writes one more: two at a time would lose one.
fn count_up(database: &str, counter: &str) {
    let mut driver = open(database);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        while driver.try_lock().expect("an answer") != Locked::Taken {
            assert!(start.elapsed() < Duration::from_secs(60), "never free");
            std::thread::yield_now();
        }
        let text = std::fs::read_to_string(counter).expect("a number");
        let number: u64 = text.trim().parse().expect("a number");
        std::thread::sleep(Duration::from_micros(200));
        std::fs::write(counter, (number + 1).to_string()).expect("a number");
        driver.unlock().expect("an unlock");
    }
}

fn counted(counter: &str) -> u64 {
    let text = std::fs::read_to_string(counter).expect("a number");
    text.trim().parse().expect("a number")
}

#[test]
fn threads_hold_it_one_at_a_time() {
    let folder = Folder::new();
    let (database, counter) = (folder.path("app.db"), folder.path("counter"));
    std::fs::write(&counter, "0").expect("a number");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| count_up(&database, &counter));
        }
    });
    assert_eq!(counted(&counter), 8 * ROUNDS);
    assert_eq!(folder.files(), ["app.db", "counter"]);
}

/// This test binary again, as another process that plays `role`.
fn child(role: &str, folder: &str) -> Child {
    Command::new(std::env::current_exe().expect("a path"))
        .args(["--exact", "plays_a_role", "--nocapture"])
        .env("INITIUM_TEST_ROLE", role)
        .env("INITIUM_TEST_FOLDER", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process")
}

/// Does nothing unless it is a child of the tests below.
#[test]
fn plays_a_role() {
    let (Ok(role), Ok(folder)) = (
        std::env::var("INITIUM_TEST_ROLE"),
        std::env::var("INITIUM_TEST_FOLDER"),
    ) else {
        return;
    };
    let folder = Path::new(&folder);
    let database = folder.join("app.db").display().to_string();
    if role == "count" {
        return count_up(&database, &folder.join("counter").display().to_string());
    }
    let mut driver = open(&database);
    assert_eq!(driver.try_lock().expect("an answer"), Locked::Taken);
    writeln!(std::io::stdout(), "\nlocked").expect("a reader");
    std::thread::sleep(Duration::from_secs(60));
}

#[test]
fn processes_hold_it_one_at_a_time() {
    let folder = Folder::new();
    std::fs::write(folder.path("counter"), "0").expect("a number");
    let children: Vec<_> = (0..6).map(|_| child("count", &folder.path(""))).collect();
    for mut child in children {
        assert!(child.wait().expect("an end").success());
    }
    assert_eq!(counted(&folder.path("counter")), 6 * ROUNDS);
}

#[test]
fn a_killed_process_leaves_no_lock() {
    let folder = Folder::new();
    let mut holder = child("hold", &folder.path(""));
    let output = holder.stdout.take().expect("its output");
    let locked = BufReader::new(output)
        .lines()
        .any(|line| line.is_ok_and(|line| line == "locked"));
    assert!(locked);
    let mut driver = open(&folder.path("app.db"));
    let Locked::Held(seen) = driver.try_lock().expect("an answer") else {
        panic!("two processes hold it");
    };
    assert_eq!(seen.session, holder.id().to_string());
    assert!(seen.seconds.is_some_and(|s| s < 60), "{seen:?}");
    assert_eq!(seen.application.as_deref(), Some("initium run-1"));
    holder.kill().expect("a kill");
    holder.wait().expect("an end");
    // The file is still there and says who; nobody holds it.
    assert_eq!(folder.files().len(), 2);
    assert_eq!(driver.holder().expect("an answer"), None);
    assert_eq!(driver.try_lock().expect("an answer"), Locked::Taken);
    let me = driver.holder().expect("an answer").expect("a holder");
    assert_eq!(me.session, std::process::id().to_string());
}

#[test]
fn two_paths_to_one_database_share_its_lock() {
    let folder = Folder::new();
    let mut one = open(&folder.path("app.db"));
    std::os::unix::fs::symlink(folder.path("app.db"), folder.path("link.db")).expect("a link");
    let mut two = open(&folder.path("link.db"));
    assert_eq!(one.try_lock().expect("an answer"), Locked::Taken);
    assert_ne!(two.try_lock().expect("an answer"), Locked::Taken);
}

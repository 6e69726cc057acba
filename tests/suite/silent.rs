//! A signal while a server says nothing: to a login, to a statement, and to whoever wants to end that.
//! (Catches a process that waits for its server longer than the grace and two seconds.)

use super::support::{Folder, Ran, databases, hear, initium, ran};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Stands before a server, and may fall silent: it takes what is said, and connections, and
/// answers none.
struct Between {
    url: String,
    silent: Arc<AtomicBool>,
}

impl Between {
    fn before(url: &str) -> Between {
        let (login, address) = url.rsplit_once('@').unwrap();
        let (server, name) = address.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("{login}@{}/{name}", listener.local_addr().unwrap());
        let silent = Arc::new(AtomicBool::new(false));
        let (server, hush) = (server.to_string(), silent.clone());
        std::thread::spawn(move || {
            let mut held = Vec::new();
            for client in listener.incoming().flatten() {
                if hush.load(Ordering::SeqCst) {
                    held.push(client);
                    continue;
                }
                let server = TcpStream::connect(&server).unwrap();
                let back = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let (there, here) = (hush.clone(), hush.clone());
                std::thread::spawn(move || pump(client, server, &there));
                std::thread::spawn(move || pump(back.0, back.1, &here));
            }
        });
        Between { url, silent }
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, silent: &AtomicBool) {
    let mut buffer = [0; 4096];
    while let Ok(n @ 1..) = from.read(&mut buffer) {
        if !silent.load(Ordering::SeqCst) && to.write_all(&buffer[..n]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

/// How it ended, and how long after the signal.
fn terminated(child: Child) -> (Ran, Duration) {
    let start = Instant::now();
    let id = child.id().to_string();
    let killed = Command::new("kill").args(["-TERM", &id]).status();
    assert!(killed.unwrap().success());
    let ran = ran(child);
    (ran, start.elapsed())
}

#[test]
fn where_the_statement_cannot_be_ended_any_more_the_process_ends_in_time() {
    for db in databases().into_iter().filter(|db| db.kind != "sqlite") {
        let slow = match db.kind {
            "postgres" => "SELECT pg_sleep(8)",
            _ => "DO SLEEP(8)",
        };
        let spec = db.folder.write(
            "a.yaml",
            &format!("version: 1\nmigrations:\n  - {{name: one, up: {slow}}}\n"),
        );
        let between = Between::before(&db.url);
        let child = initium(&["migrate", "apply", "--spec", &spec, "--grace", "300ms"])
            .env("DATABASE_URL", &between.url)
            .spawn();
        let running = match db.kind {
            "postgres" => {
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(8)%' AND pid <> pg_backend_pid() AND datname = current_database()"
            }
            _ => {
                "SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'DO SLEEP(8)%' AND db = database()"
            }
        };
        let end = Instant::now() + Duration::from_secs(20);
        while db.ask(running) != "1" {
            assert!(Instant::now() < end, "{}: it does not run", db.kind);
            std::thread::sleep(Duration::from_millis(20));
        }
        between.silent.store(true, Ordering::SeqCst);
        let (ran, spent) = terminated(child);
        assert_eq!(ran.status, 143, "{}: {}", db.kind, ran.err);
        assert!(
            ran.err.contains("leaving it to the server"),
            "{}: {}",
            db.kind,
            ran.err
        );
        assert!(
            spent < Duration::from_millis(2300),
            "{}: {spent:?}",
            db.kind
        );
    }
}

#[test]
fn a_login_that_nobody_answers_hears_the_signal() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let folder = Folder::new();
    for kind in ["postgres", "mysql"] {
        let spec = folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - {name: one, up: SELECT 1}\n",
        );
        let url = format!("{kind}://u@127.0.0.1:{port}/db");
        // What only reads has no grace.
        let child = initium(&["migrate", "check", "--spec", &spec, "--log-level", "debug"])
            .env("DATABASE_URL", &url)
            .env("INITIUM_CONNECT_TIMEOUT", "30s")
            .spawn();
        let (_held, _) = listener.accept().unwrap();
        let (ran, spent) = terminated(child);
        assert_eq!(ran.status, 143, "{kind}: {}", ran.err);
        assert!(spent < Duration::from_secs(2), "{kind}: {spent:?}");
    }
}

#[test]
fn a_wait_between_two_looks_ends_with_the_signal() {
    let folder = Folder::new();
    let spec = folder.write(
        "a.yaml",
        "version: 1\nmigrations:\n  - {name: one, up: SELECT 1}\n",
    );
    let url = format!("sqlite:{}", folder.path("app.db"));
    let words = ["migrate", "wait", "--spec", &spec, "--interval", "60s"];
    let child = initium(&words).env("DATABASE_URL", &url).spawn();
    let heard = hear(child, "waiting");
    let start = Instant::now();
    let id = heard.child.id().to_string();
    let killed = Command::new("kill").args(["-TERM", &id]).status();
    assert!(killed.unwrap().success());
    let ran = heard.end();
    assert_eq!(ran.status, 143, "{}", ran.err);
    assert_eq!(ran.code(), "interrupted", "{}", ran.err);
    assert!(start.elapsed() < Duration::from_secs(1));
}

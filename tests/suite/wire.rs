//! The wire is the clock: round trips, bytes and disk flushes are counted and kept in a table.
//! (Catches a query that crept in, and a cost that grows with history.)

use super::support::proxy::{Count, Proxy};
use super::support::{Database, Ran, databases, hear, initium, of, root};
use std::fmt::Write;
use std::net::TcpListener;
use std::process::Command;

/// A spec of `n` migrations of the given statements, `{}` being the number.
fn spec(db: &Database, name: &str, n: usize, up: &str) -> String {
    let mut text = String::from("version: 1\nmigrations:\n");
    for i in 1..=n {
        let _ = writeln!(
            text,
            "  - {{name: m{i}, up: \"{}\"}}",
            up.replace("{}", &i.to_string())
        );
    }
    db.folder.write(name, &text)
}

fn through(proxy: &Proxy, arguments: &[&str]) -> (Ran, Count) {
    proxy.take();
    let ran = initium(arguments)
        .beside()
        .env("DATABASE_URL", &proxy.url)
        .exits(0);
    (ran, proxy.take())
}

/// What connecting alone costs.
fn handshake(proxy: &Proxy) -> Count {
    proxy.take();
    drop(super::support::database::open(&proxy.url));
    proxy.take()
}

const TABLES: &str =
    "CREATE TABLE t{} (id integer PRIMARY KEY, a integer); CREATE INDEX i{} ON t{} (a)";

fn table_of(db: &Database) -> String {
    let proxy = Proxy::before(&db.url);
    let connect = handshake(&proxy);
    let extra = |count: Count| count.trips as isize - connect.trips as isize;
    let mut rows = String::new();
    let mut row = |what: &str, value: isize| {
        let _ = writeln!(rows, "| {} | {what} | {value} |", db.kind);
    };

    let one = spec(db, "one.yaml", 1, "CREATE TABLE one (a integer)");
    through(&proxy, &["migrate", "apply", "--spec", &one]);
    let (_, check) = through(&proxy, &["migrate", "check", "--spec", &one]);
    row("check, nothing pending", extra(check));
    let (_, apply) = through(&proxy, &["migrate", "apply", "--spec", &one]);
    row("apply, nothing pending", extra(apply));

    let many = spec(db, "many.yaml", 10_000, "CREATE TABLE one (a integer)");
    let fresh = &[
        "migrate", "baseline", "m10000", "--table", "many", "--spec", &many,
    ];
    through(&proxy, fresh);
    let (_, late) = through(
        &proxy,
        &["migrate", "check", "--table", "many", "--spec", &many],
    );
    row("check, nothing pending, 10,000 applied", extra(late));
    assert!(
        late.received.abs_diff(check.received) < 64,
        "{check:?} {late:?}"
    );

    let fifty = spec(db, "fifty.yaml", 50, TABLES);
    let (_, each) = through(
        &proxy,
        &["migrate", "apply", "--table", "fifty", "--spec", &fifty],
    );
    row("apply, 50 migrations of two DDL statements", extra(each));
    if db.kind == "postgres" {
        // One of them looks what stands in a database that is new to us.
        assert!(extra(each) <= 56, "1.1 per migration: {each:?}");
        let all = spec(
            db,
            "all.yaml",
            50,
            &TABLES.replace("t{}", "u{}").replace("i{}", "j{}"),
        );
        let arguments = [
            "migrate",
            "apply",
            "--tx-mode",
            "all",
            "--table",
            "every",
            "--spec",
            &all,
        ];
        let (_, all) = through(&proxy, &arguments);
        row("the same with --tx-mode all", extra(all));
        assert!(extra(all) <= 10, "0.2 per migration: {all:?}");
    }
    assert_eq!(extra(check), 1);
    assert_eq!(extra(late), 1);
    assert!(extra(apply) <= 2);
    rows
}

#[test]
fn round_trips_are_those_of_the_table() {
    let mut rows =
        String::from("| database | what | round trips beside the handshake |\n|---|---|---|\n");
    let mut seen: Vec<String> = Vec::new();
    for db in databases().iter().filter(|db| db.kind != "sqlite") {
        let table = table_of(db);
        // Two versions of one server cost the same.
        if !seen.contains(&table) {
            rows += &table;
            seen.push(table);
        }
    }
    if seen.len() < 3 {
        eprintln!("SKIPPED comparing the table: not every server is there");
        return;
    }
    let kept = root().join("tests/bench/round-trips.md");
    if std::env::var("INITIUM_TEST_UPDATE").is_ok() {
        std::fs::create_dir_all(kept.parent().unwrap()).unwrap();
        std::fs::write(&kept, &rows).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(kept).unwrap(),
        rows,
        "INITIUM_TEST_UPDATE=1 writes the table anew"
    );
}

#[test]
fn a_release_in_one_transaction_flushes_a_sqlite_file_once() {
    for db in of("sqlite") {
        let fifty = spec(&db, "fifty.yaml", 50, TABLES);
        let trace = db.folder.path("trace");
        let output = Command::new("strace")
            .args([
                "-f",
                "-e",
                "trace=fsync,fdatasync",
                "-o",
                &trace,
                env!("CARGO_BIN_EXE_initium"),
            ])
            .args(["migrate", "apply", "--tx-mode", "all", "--spec", &fifty])
            .env("DATABASE_URL", &db.url)
            .output();
        let output = match output {
            Ok(output) => output,
            Err(error) if std::env::var("INITIUM_TEST_SERVERS").is_ok() => {
                panic!("strace is not there: {error}")
            }
            Err(_) => return eprintln!("SKIPPED: strace is not there"),
        };
        assert!(output.status.success(), "{output:?}");
        let flushes = std::fs::read_to_string(trace)
            .unwrap()
            .matches("sync(")
            .count();
        assert!(flushes > 0 && flushes <= 10, "0.2 per migration: {flushes}");
    }
}

#[test]
fn a_server_that_is_not_up_yet_is_waited_for() {
    for db in databases().into_iter().filter(|db| db.kind != "sqlite") {
        let spec = spec(&db, "one.yaml", 1, "CREATE TABLE one (a integer)");
        // A port that nobody listens on, until somebody does.
        let reserved = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let (login, address) = db.url.rsplit_once('@').unwrap();
        let url = format!("{login}@{reserved}/{}", address.split_once('/').unwrap().1);
        let arguments = [
            "migrate",
            "apply",
            "--spec",
            &spec,
            "--connect-timeout",
            "20s",
        ];
        let apply = initium(&arguments).env("DATABASE_URL", &url).spawn();
        let arguments = [
            "migrate",
            "wait",
            "--spec",
            &spec,
            "--timeout",
            "20s",
            "--interval",
            "100ms",
        ];
        let wait = initium(&arguments).env("DATABASE_URL", &url).spawn();
        let runs = [apply, wait].map(|child| hear(child, "waiting"));
        let _proxy = Proxy::listening(TcpListener::bind(reserved).unwrap(), &db.url);
        for run in runs {
            let ran = run.end();
            assert_eq!(ran.status, 0, "{}: {}", db.kind, ran.err);
        }
        // A wrong password is not waited for.
        let (scheme, rest) = db.url.split_once("://").unwrap();
        let wrong = format!(
            "{scheme}://initium:wrong@{}",
            rest.rsplit_once('@').unwrap().1
        );
        for verb in ["apply", "wait"] {
            let ran = initium(&["migrate", verb, "--spec", &spec])
                .env("DATABASE_URL", &wrong)
                .exits(2);
            assert_eq!(ran.code(), "authentication-failed", "{}", ran.err);
            assert!(!ran.err.contains("waiting"), "{}", ran.err);
        }
    }
}

//! 37 to 39 and 44 on Redis: items that fail, servers that look fresh, locks that end by themselves.

use super::is_rfc_3339;
use crate::support::Ran;
use crate::support::redis::{Reply, Server, redis};
use std::process::Command;
use std::time::{Duration, Instant};

fn spec(server: &Server, migrations: &str) -> String {
    let text = format!("version: 1\ndatabase: redis\nmigrations:\n{migrations}");
    server.folder.write("a.yaml", &text)
}

fn run(server: &Server, spec: &str, words: &[&str], status: i32) -> Ran {
    let words = [&["migrate"], words, &["--spec", spec]].concat();
    server.initium(&words).exits(status)
}

/// 37.
#[test]
fn a_step_with_failed_keys_is_a_failure_and_goes_on_where_they_are_mended() {
    let Some(server) = redis() else { return };
    let mut client = server.connect();
    for n in 0..50 {
        client.tell(&["SET", &format!("old:{n}"), &n.to_string()]);
    }
    // Two new names are taken by something else.
    client.tell(&["SET", "new:7", "taken"]);
    client.tell(&["SET", "new:8", "taken"]);
    let spec = spec(
        &server,
        "  - name: move\n    up: [{rename: {match: 'old:*', to: 'new:$1'}}]\n    \
           verify: [{none: {match: 'old:*'}}, {count: {match: 'new:*', equals: 50}}]\n",
    );
    let ran = run(&server, &spec, &["apply"], 1);
    assert_eq!(ran.code(), "keys-failed", "{}", ran.err);
    assert!(
        ran.err.contains("old:7") && ran.err.contains('2'),
        "{}",
        ran.err
    );
    assert_eq!(run(&server, &spec, &["check"], 3).code(), "pending");
    // The others were gone through all the same, and nothing was written over.
    assert_eq!(client.tell(&["GET", "new:7"]), "taken");
    assert_eq!(client.tell(&["GET", "old:7"]), "7");
    assert_eq!(client.tell(&["GET", "new:49"]), "49");
    run(&server, &spec, &["verify"], 0);
    assert!(!run(&server, &spec, &["status"], 0).out.contains("verified"));
    client.tell(&["DEL", "new:7", "new:8"]);
    run(&server, &spec, &["apply"], 0);
    run(&server, &spec, &["verify"], 0);
    // A check that finds something wrong says no.
    client.tell(&["SET", "old:late", "1"]);
    let ran = run(&server, &spec, &["verify"], 3);
    assert_eq!(ran.code(), "verify-failed", "{}", ran.err);
}

/// 38.
#[test]
fn a_server_with_one_key_among_ledgers_is_not_taken_for_a_fresh_one() {
    for keys in [1, 2, 1000] {
        let Some(server) = redis() else { return };
        let mut client = server.connect();
        // A table that once was large: a single SCAN of it may well come back empty.
        let many: Vec<String> = (0..5000).map(|n| format!("gone:{n}")).collect();
        for name in &many {
            client.tell(&["SET", name, "x"]);
        }
        for name in &many {
            client.tell(&["DEL", name]);
        }
        for n in 0..keys {
            client.tell(&["SET", &format!("a:{n}"), "x"]);
        }
        let spec = spec(
            &server,
            "  - name: move\n    up: [{rename: {match: 'a:*', to: 'b:$1'}}]\n",
        );
        run(&server, &spec, &["apply"], 0);
        assert_eq!(client.contents("b:*").len(), keys, "of {keys}");
        assert_eq!(client.contents("a:*").len(), 0, "of {keys}");
    }
    // And a fresh one is: nothing ran, and the record says why.
    let Some(server) = redis() else { return };
    let spec = spec(
        &server,
        "  - name: move\n    up: [{rename: {match: 'a:*', to: 'b:$1'}}]\n",
    );
    run(&server, &spec, &["apply"], 0);
    let shown = run(&server, &spec, &["status", "--format", "json"], 0).out;
    assert!(shown.contains("\"reason\": \"empty\""), "{shown}");
    run(&server, &spec, &["check"], 0);
}

/// 39.
#[test]
fn a_lock_lasts_seconds_is_renewed_and_tells_who_holds_it() {
    let Some(server) = redis() else { return };
    let mut client = server.connect();
    for n in 0..100 {
        client.tell(&["SET", &format!("old:{n}"), "x"]);
    }
    let spec = spec(
        &server,
        "  - name: slow\n    up: [{rename: {match: 'old:*', to: 'new:$1', batch: 5, rate: 20}}]\n",
    );
    let words = ["migrate", "apply", "--spec", &spec, "--option", "lease=2s"];
    let child = server.initium(&words).spawn();
    let start = Instant::now();
    let lock = "{initium_migrate}:lock";
    let mut lowest = i64::MAX;
    // Longer than the lease: it is renewed while somebody works.
    while start.elapsed() < Duration::from_millis(3500) {
        if let Reply::Number(left @ 0..) = client.ask(&["PTTL", lock]) {
            lowest = lowest.min(left);
            assert!(left <= 2000, "{left} ms");
        } else if start.elapsed() > Duration::from_secs(1) {
            panic!("nobody holds the lock after {:?}", start.elapsed());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(lowest < 2000, "never seen");
    let shown = run(&server, &spec, &["unlock", "--format", "json"], 0).json();
    let holder = &shown["locks"][0]["holder"];
    assert!(
        holder["session"].is_string() && holder["host"].is_string(),
        "{shown}"
    );
    assert!(
        holder["seconds"].as_u64().is_some_and(|age| age < 60),
        "{shown}"
    );
    // Who died left it for a lease, not for an hour.
    let killed = Command::new("kill")
        .args(["-9", &child.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
    let _ = crate::support::ran(child);
    let start = Instant::now();
    let ran = server.initium(&words).exits(0);
    assert!(start.elapsed() < Duration::from_secs(20), "{}", ran.err);
    assert_eq!(client.ask(&["EXISTS", lock]), Reply::Number(0));
    assert_eq!(client.contents("new:*").len(), 100);
    for verb in ["status", "history"] {
        let shown = run(&server, &spec, &[verb, "--format", "json"], 0).out;
        let times = super::times_of(&shown);
        assert!(!times.is_empty(), "{shown}");
        assert!(times.iter().all(|time| is_rfc_3339(time)), "{times:?}");
    }
}

/// 39: freed by whoever holds it, and by nobody else.
#[test]
fn a_run_never_frees_the_lock_of_another() {
    let Some(server) = redis() else { return };
    let mut client = server.connect();
    let spec = spec(&server, "  - {name: one, up: SET a 1}\n");
    client.tell(&["SET", "other", "x"]);
    client.tell(&[
        "SET",
        "{initium_migrate}:lock",
        "{\"token\":\"somebody\"}",
        "PX",
        "60000",
    ]);
    let words = ["migrate", "apply", "--spec", &spec, "--lock-wait", "300ms"];
    let ran = server.initium(&words).exits(6);
    assert_eq!(ran.code(), "lock-held", "{}", ran.err);
    assert_eq!(
        client.ask(&["EXISTS", "{initium_migrate}:lock"]),
        Reply::Number(1)
    );
    assert_eq!(client.ask(&["EXISTS", "a"]), Reply::Number(0));
    client.tell(&["DEL", "{initium_migrate}:lock"]);
    let waits = server
        .initium(&["migrate", "apply", "--spec", &spec, "--lock-wait", "10s"])
        .spawn();
    assert_eq!(crate::support::ran(waits).status, 0);
}

/// 44: values that are rewritten keep the order and the spelling of what nobody named.
#[test]
fn a_json_value_keeps_every_byte_that_no_step_names() {
    let Some(server) = redis() else { return };
    let mut client = server.connect();
    let before = r#"{"z":1,"a":12345678901234567890123, "m":1.0e+2,"n":{"é":"\u00e9"}}"#;
    client.tell(&["SET", "doc:1", before]);
    let spec = spec(
        &server,
        "  - name: field\n    up: [{json: {match: 'doc:*', set: {entity: order}}}]\n",
    );
    run(&server, &spec, &["apply"], 0);
    let after = client.tell(&["GET", "doc:1"]);
    let kept = before.strip_suffix('}').unwrap();
    assert!(
        after.starts_with(kept) && after.contains("entity"),
        "{after}"
    );
}

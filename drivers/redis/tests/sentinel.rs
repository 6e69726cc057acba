//! Sentinels lead to the master, also after a failover. (Catches a run that writes to a replica, and
//! one that gives up where waiting helps.)

mod bench;
mod own;

use bench::{Client, ready, run};
use initium_driver::{Code, Locked, Settings};
use initium_redis::resp::Reply;
use own::{Folder, Server, port};
use std::time::{Duration, Instant};

struct Group {
    master: Server,
    replica: Server,
    _sentinel: Server,
    url: String,
    _folder: Folder,
}

fn group(password: Option<&str>) -> Option<Group> {
    let folder = Folder::new();
    let (one, two, three) = (port(), port(), port());
    let secret: Vec<String> = password.map_or(vec![], |password| {
        vec![
            format!("requirepass {password}"),
            format!("masterauth {password}"),
        ]
    });
    let with = |lines: Vec<String>| [lines, secret.clone()].concat();
    let master = Server::start(&folder, "one", one, &with(vec![format!("port {one}")]))?;
    let replica = Server::start(
        &folder,
        "two",
        two,
        &with(vec![
            format!("port {two}"),
            format!("replicaof 127.0.0.1 {one}"),
            "repl-diskless-sync-delay 0".into(),
        ]),
    )?;
    let mut lines = vec![
        format!("port {three}"),
        format!("sentinel monitor main 127.0.0.1 {one} 1"),
        "sentinel down-after-milliseconds main 500".into(),
        "sentinel failover-timeout main 3000".into(),
    ];
    if let Some(password) = password {
        lines.push(format!("sentinel auth-pass main {password}"));
    }
    let sentinel = Server::start(&folder, "three", three, &lines)?;
    let login = password.map(|p| format!(":{p}@")).unwrap_or_default();
    let group = Group {
        master,
        replica,
        _sentinel: sentinel,
        // One that is away comes first.
        url: format!("redis-sentinel://{login}127.0.0.1:1,127.0.0.1:{three}/main/0"),
        _folder: folder,
    };
    // The sentinel finds the replica by asking the master now and then.
    let mut seen = Client::new(&plain(three, None));
    let start = Instant::now();
    loop {
        let state = seen.ask(&["SENTINEL", "REPLICAS", "main"]);
        let words = state.items().first().map(Reply::items).unwrap_or_default();
        let text =
            |reply: &Reply| String::from_utf8_lossy(reply.text().unwrap_or_default()).into_owned();
        let is = |name: &str, value: &str| {
            words
                .chunks(2)
                .any(|pair| text(&pair[0]) == name && text(&pair[1]) == value)
        };
        if is("flags", "slave") && is("master-link-status", "ok") {
            return Some(group);
        }
        assert!(start.elapsed() < Duration::from_secs(40), "{words:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn plain(port: u16, password: Option<&str>) -> Settings {
    let login = password.map(|p| format!(":{p}@")).unwrap_or_default();
    Settings::parse(&format!("redis://{login}127.0.0.1:{port}"), "TEST").expect("a URL")
}

#[test]
fn sentinels_lead_to_the_master_and_to_the_next_one() {
    for password in [None, Some("sesame")] {
        let Some(mut group) = group(password) else {
            return;
        };
        let settings = Settings::parse(&group.url, "TEST").expect("a URL");
        let mut driver = ready(&settings);
        assert!(
            driver
                .remarks()
                .iter()
                .any(|remark| remark.contains("persistence"))
        );
        driver.unlock().expect("an unlock");
        let mut replica = Client::new(&plain(group.replica.port, password));
        let meta = replica.text(&["HGET", "{initium_migrate}:meta", "format"]);
        let format = initium_driver::ledger::FORMAT.to_string();
        assert_eq!(meta, format, "what was locked with is on the replica");

        let mut wrong = settings.clone();
        wrong.options.retain(|(key, _)| key != "master");
        wrong.options.push(("master".into(), "other".into()));
        let Err(error) = (initium_redis::OPENER.open)(&wrong, &run("r")) else {
            panic!("there is no such master");
        };
        assert_eq!(error.code(), Code::ConnectFailed, "{error}");
        assert!(error.message().contains("'other'"), "{error}");

        group.master.kill();
        let start = Instant::now();
        let mut driver = loop {
            match (initium_redis::OPENER.open)(&settings, &run("r")) {
                Ok(driver) => break driver,
                Err(error) => assert_eq!(error.code(), Code::ConnectFailed, "{error}"),
            }
            assert!(start.elapsed() < Duration::from_secs(40), "no failover");
            std::thread::sleep(Duration::from_millis(100));
        };
        assert_eq!(driver.try_lock().expect("an answer"), Locked::Taken);
        assert!(driver.digest().expect("a digest").is_some());
        // A server that changes its part closes its connections.
        let mut replica = Client::new(&plain(group.replica.port, password));
        let role = replica.ask(&["ROLE"]);
        assert_eq!(
            role.items().first().and_then(Reply::text),
            Some(&b"master"[..])
        );
    }
}

#[test]
fn a_record_that_no_replica_has_is_remarked() {
    let Some(mut group) = group(None) else {
        return;
    };
    let settings = Settings::parse(&group.url, "TEST").expect("a URL");
    let mut driver = ready(&settings);
    let lost = |remarks: Vec<String>| remarks.iter().any(|r| r.contains("no replica had"));
    assert!(!lost(driver.remarks()));
    group.replica.kill();
    driver.unlock().expect("an unlock");
    assert_eq!(driver.try_lock().expect("an answer"), Locked::Taken);
    assert!(lost(driver.remarks()));
}

//! A run that sleeps longer than its lease: stopped itself, held up on the way, or with its server paused.
//! Another one takes the lock and finishes; the first wakes up and writes nothing more. Each effect is
//! counted by the very script that has it. (Catches a run that goes on writing with a lock it has lost,
//! and one that frees the lock of another.)

use crate::drill::{amount, arguments, said};
use crate::proxy::Proxy;
use crate::support::redis::{Client, Reply, Server, redis};
use crate::support::{Ran, ran};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

const KEYS: usize = 400;
const LEASE: Duration = Duration::from_secs(2);

/// Two seconds of work. The count lies in one hash, so that the keys that are gone through stay as they are.
const SPEC: &str = "version: 1\ndatabase: redis\nmigrations:\n  - name: count\n    up:\n      \
    - each: {match: 'k:*', batch: 40, rate: 200, lua: \"redis.call('HINCRBY', 'effects', KEYS[1], 1) return 1\"}\n";

/// How a run is put to sleep.
#[derive(Clone, Copy, Debug)]
enum Sleep {
    /// SIGSTOP.
    Stopped,
    /// Its bytes do not arrive.
    Held,
}

struct Scene {
    server: Server,
    client: Client,
    spec: String,
}

impl Scene {
    fn new() -> Option<Scene> {
        let server = redis()?;
        let mut client = server.connect();
        for n in 0..KEYS {
            client.tell(&["SET", &format!("k:{n}"), "x"]);
        }
        let spec = server.folder.write("a.yaml", SPEC);
        Some(Scene {
            server,
            client,
            spec,
        })
    }

    fn url(&self) -> String {
        format!("{}?lease={}s", self.server.url(), LEASE.as_secs())
    }

    fn begin(&self, url: &str) -> Child {
        self.server
            .initium(&arguments(&["apply"], &self.spec))
            .env("DATABASE_URL", url)
            .spawn()
    }

    fn effects(&mut self) -> usize {
        match self.client.ask(&["HVALS", "effects"]) {
            Reply::List(counts) => counts
                .iter()
                .map(|c| c.text().parse::<usize>().unwrap())
                .sum(),
            other => panic!("{other:?}"),
        }
    }

    /// Waits until a run is in the middle of its work.
    fn midst(&mut self, run: &mut Child) {
        let start = Instant::now();
        while self.effects() < KEYS / 4 {
            let gone = run.try_wait().unwrap();
            assert!(gone.is_none(), "it ended at {} effects", self.effects());
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "it does not begin"
            );
            sleep(Duration::from_millis(5));
        }
    }

    fn each_once(&mut self, what: &str) {
        let Reply::List(counts) = self.client.ask(&["HVALS", "effects"]) else {
            panic!("{what}: nothing was done");
        };
        assert_eq!(counts.len(), KEYS, "{what}");
        let twice = counts.iter().filter(|count| count.text() != "1").count();
        assert_eq!(
            twice, 0,
            "{what}: {twice} keys had their effect more than once"
        );
    }

    fn ledger_is_true(&mut self, what: &str) {
        for verb in ["check", "status"] {
            let words = arguments(&[verb], &self.spec);
            let ran = self.server.initium(&words).exits(0);
            let nothing = ["0 pending", "nothing pending"];
            assert!(
                nothing.iter().any(|words| ran.out.contains(words)),
                "{what}: {}",
                ran.out
            );
        }
        let lock = self.client.ask(&["EXISTS", "{initium_migrate}:lock"]);
        assert_eq!(lock, Reply::Number(0), "{what}: the lock is left");
    }
}

fn signal(child: &Child, name: &str) {
    let kill = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
}

/// One round: how long the second run took, and what became of the first.
fn overtaken(how: Sleep) -> Option<(Duration, Ran)> {
    let mut scene = Scene::new()?;
    let proxy = Proxy::before(&scene.url(), None);
    let mut first = scene.begin(&proxy.url);
    scene.midst(&mut first);
    match how {
        Sleep::Stopped => signal(&first, "-STOP"),
        Sleep::Held => proxy.hold(),
    }
    // What was on its way has arrived.
    sleep(Duration::from_millis(200));
    let before = scene.effects();
    let start = Instant::now();
    let second = ran(scene.begin(&scene.url()));
    let took = start.elapsed();
    assert_eq!(second.status, 0, "{how:?}: {}", second.err);
    assert!(took < LEASE + Duration::from_secs(15), "{how:?}: {took:?}");
    let after = scene.effects();
    assert!(before < after, "{how:?}: the first one had finished");
    match how {
        Sleep::Stopped => signal(&first, "-CONT"),
        Sleep::Held => proxy.release(),
    }
    let first = ran(first);
    assert_eq!(first.code(), "lease-lost", "{how:?}: {}", first.err);
    assert_eq!(first.status, 6, "{how:?}: {}", first.err);
    sleep(Duration::from_millis(100));
    assert_eq!(
        scene.effects(),
        after,
        "{how:?}: it wrote after it had lost the lock"
    );
    scene.each_once(&format!("{how:?}"));
    scene.ledger_is_true(&format!("{how:?}"));
    Some((took, first))
}

fn rounds(how: Sleep, what: &str) {
    let rounds = amount(2, 20);
    let mut longest = Duration::ZERO;
    for _ in 0..rounds {
        let Some((took, _)) = overtaken(how) else {
            return;
        };
        longest = longest.max(took);
    }
    said(
        "lease",
        "redis",
        &format!(
            "{rounds} runs {what} beyond their lease, {rounds} lost it and wrote nothing, each effect once, the next one had finished after {:.1} s at most",
            longest.as_secs_f64()
        ),
    );
}

#[test]
fn a_run_that_was_stopped_beyond_its_lease_writes_nothing_more() {
    rounds(Sleep::Stopped, "stopped");
}

#[test]
fn a_run_whose_bytes_come_after_its_lease_writes_nothing_more() {
    rounds(Sleep::Held, "held up");
}

/// Everybody waits then, and who is first afterwards is the server's choice: but there is one.
#[test]
fn a_server_that_pauses_beyond_the_lease_has_each_effect_once() {
    for mode in ["ALL", "WRITE"] {
        let Some(mut scene) = Scene::new() else {
            return;
        };
        let mut first = scene.begin(&scene.url());
        scene.midst(&mut first);
        let pause = (LEASE.as_millis() + 1500).to_string();
        scene.client.tell(&["CLIENT", "PAUSE", &pause, mode]);
        let second = scene.begin(&scene.url());
        let (first, second) = (ran(first), ran(second));
        let lost = first.code() == "lease-lost";
        assert!(first.status == 0 || lost, "{mode}: {}", first.err);
        assert_eq!(second.status, 0, "{mode}: {}", second.err);
        scene.each_once(mode);
        scene.ledger_is_true(mode);
        let became = if lost { "lost its lease" } else { "went on" };
        said(
            "pause",
            "redis",
            &format!("CLIENT PAUSE {mode}: the first run {became}, each effect once"),
        );
    }
}

/// A lease that ended while nobody else came is no loss.
#[test]
fn a_run_that_slept_alone_goes_on() {
    let Some(mut scene) = Scene::new() else {
        return;
    };
    let mut first = scene.begin(&scene.url());
    scene.midst(&mut first);
    signal(&first, "-STOP");
    sleep(LEASE + Duration::from_secs(1));
    let gone = scene.client.ask(&["EXISTS", "{initium_migrate}:lock"]);
    assert_eq!(gone, Reply::Number(0), "the lease did not end");
    signal(&first, "-CONT");
    let first = ran(first);
    assert_eq!(first.status, 0, "{}", first.err);
    scene.each_once("alone");
    scene.ledger_is_true("alone");
}

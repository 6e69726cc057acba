//! One plan over PostgreSQL and Redis, through the binary. (Catches a verb that knows one of the two only,
//! a ledger that is kept in the wrong place, deployments that see each other, work that begins anew.)

use super::support::proxy::Proxy;
use super::support::redis::{Client, Reply, Server, redis};
use super::support::{Database, Initium, Ran, hear, of, ran};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

const MIGRATIONS: &str = r#"migrations:
  - name: users
    target: app
    up: CREATE TABLE users (id integer, name text); INSERT INTO users VALUES (1, 'Ann'), (2, 'Ben')
    down: DROP TABLE users
  - name: braces
    target: cache
    up: [{rename: {match: "user:*", unless: "user:{*", to: "user:{$1}"}}]
    verify: [{none: {match: "user:*", unless: "user:{*"}}, {count: {match: "user:{*}", equals: 25}}]
    cleanup: [{delete: {match: "legacy:*"}}]
  - name: email
    target: app
    up: ALTER TABLE users ADD COLUMN email text
    verify: SELECT count(*) = 2 FROM users
    cleanup: ALTER TABLE users DROP COLUMN name
  - name: theme
    target: cache
    up: [{commands: ["SET settings:theme light", "INCR settings:version"]}]
    down: DEL settings:theme settings:version
"#;

/// Both servers, with something in them.
struct Scene {
    db: Database,
    server: Server,
    client: Client,
}

fn scene() -> Option<Scene> {
    let db = of("postgres").into_iter().next()?;
    let server = redis()?;
    let mut client = server.connect();
    for n in 0..25 {
        client.tell(&["SET", &format!("user:{n}"), &format!("value {n}")]);
    }
    client.tell(&["SET", "legacy:1", "x"]);
    Some(Scene { db, server, client })
}

impl Scene {
    fn spec(&self, options: &str, migrations: &str) -> String {
        let text = format!(
            "version: 1\ntargets:\n  app: {{database: postgres, url_env: APP_URL}}\n  \
             cache: {{database: redis, url_env: CACHE_URL{options}}}\n{migrations}"
        );
        self.db.folder.write("both.yaml", &text)
    }

    fn initium(&self, spec: &str, words: &[&str]) -> Initium {
        super::support::initium(&[&["migrate"], words, &["--spec", spec]].concat())
            .env("APP_URL", &self.db.url)
            .env("CACHE_URL", &self.server.url())
            .at(self.db.folder.root())
    }

    fn run(&self, spec: &str, words: &[&str], status: i32) -> Ran {
        self.initium(spec, words).exits(status)
    }

    fn keys(&mut self, pattern: &str) -> Vec<String> {
        let Reply::List(keys) = self.client.ask(&["KEYS", pattern]) else {
            panic!("no keys");
        };
        let mut keys: Vec<_> = keys.iter().map(Reply::text).collect();
        keys.sort();
        keys
    }

    /// Target, id and state of each migration.
    fn states(&self, spec: &str) -> Vec<(String, String, String)> {
        let status = self.run(spec, &["list", "--format", "json"], 0).json();
        let mut states = Vec::new();
        for target in status["targets"].as_array().unwrap() {
            for row in target["migrations"].as_array().unwrap() {
                let word = |value: &serde_json::Value| value.as_str().unwrap().to_string();
                let place = word(&target["target"]);
                states.push((place, word(&row["id"]), word(&row["state"])));
            }
        }
        states
    }

    fn state(&self, spec: &str, id: &str) -> String {
        let states = self.states(spec);
        let found = states.iter().find(|(_, other, _)| other == id);
        found.unwrap_or_else(|| panic!("{states:?}")).2.clone()
    }
}

#[test]
fn one_plan_over_both_lives_its_whole_life_in_both_forms() {
    for form in ["text", "json"] {
        let Some(mut scene) = scene() else { return };
        let spec = scene.spec("", MIGRATIONS);
        let life: &[(&[&str], i32, &str)] = &[
            (&["list"], 0, "pending"),
            (&["plan", "--exit-code"], 3, "SET settings:theme light"),
            (&["check"], 3, "pending"),
            (&["wait", "--timeout", "10ms"], 5, "wait-timeout"),
            (&["apply", "--dry-run"], 0, "users"),
            (&["apply"], 0, "applied"),
            (&["apply"], 0, ""),
            (&["check"], 0, ""),
            (&["wait", "--timeout", "5s"], 0, ""),
            (&["cleanup", "--yes"], 4, "not-verified"),
            (&["verify"], 0, "verified"),
            (&["cleanup", "--yes"], 0, "cleaned"),
            (
                &["rollback", "--target", "cache", "--steps", "1", "--yes"],
                0,
                "theme",
            ),
            (&["apply"], 0, "theme"),
            (&["history"], 0, "theme"),
            (&["unlock"], 0, ""),
            (&["check"], 0, ""),
        ];
        for (words, status, said) in life {
            let words = [words, &["--format", form][..]].concat();
            let ran = scene.run(&spec, &words, *status);
            let all = format!("{}{}", ran.out, ran.err);
            assert!(all.contains(said), "{words:?}: {all}");
            if form == "json" {
                assert!(ran.json().is_object(), "{words:?}");
            }
        }
        assert_eq!(scene.client.contents("settings:*").len(), 2);
        assert_eq!(scene.keys("user:*").len(), 25);
        assert_eq!(scene.keys("legacy:*").len(), 0);
        let columns = "SELECT string_agg(column_name, ' ' ORDER BY ordinal_position) \
             FROM information_schema.columns WHERE table_name = 'users'";
        assert_eq!(scene.db.ask(columns), "id email");
        let states = scene.states(&spec);
        let at = |place: &str, id: &str, state: &str| (place.into(), id.into(), state.into());
        let expected = [
            at("app", "users", "applied"),
            at("app", "email", "cleaned"),
            at("cache", "braces", "cleaned"),
            at("cache", "theme", "applied"),
        ];
        assert_eq!(states, expected);
    }
}

#[test]
fn a_ledger_kept_in_the_other_database_leaves_nothing_but_marks_in_redis() {
    let Some(mut scene) = scene() else { return };
    let spec = scene.spec(", history: app", MIGRATIONS);
    scene.run(&spec, &["apply"], 0);
    let count = "SELECT count(*) FROM initium_migrate_cache";
    assert_eq!(scene.db.ask(count), "2");
    assert_eq!(scene.db.ask("SELECT count(*) FROM initium_migrate"), "2");
    let ours = scene.keys("{*");
    // Whose keys these are is said beside the marks.
    let known = ["fence", "marks", "meta"].map(|what| format!("{{initium_migrate}}:{what}"));
    assert!(ours.iter().all(|key| known.contains(key)), "{ours:?}");
    scene.run(&spec, &["check"], 0);
    scene.run(&spec, &["verify"], 0);
    scene.run(&spec, &["cleanup", "--yes"], 0);
    assert_eq!(scene.keys("legacy:*").len(), 0);
    scene.run(
        &spec,
        &["rollback", "--target", "cache", "--steps", "1", "--yes"],
        0,
    );
    assert_eq!(scene.db.ask(count), "1");
    assert_eq!(scene.keys("settings:*").len(), 0);
    let log = scene.run(&spec, &["history", "--format", "json"], 0);
    assert!(log.out.contains("processed 25"), "{}", log.out);
    // A cache that was emptied has not forgotten what ran: it is told elsewhere.
    scene.client.tell(&["FLUSHALL"]);
    assert_eq!(scene.state(&spec, "braces"), "cleaned");
    scene.run(&spec, &["apply"], 0);
    assert_eq!(scene.client.tell(&["GET", "settings:version"]), "1");
}

#[test]
fn one_target_alone_is_left_and_told_of() {
    let Some(scene) = scene() else { return };
    let spec = scene.spec("", MIGRATIONS);
    scene.run(&spec, &["apply", "--target", "cache"], 0);
    scene.run(&spec, &["check", "--target", "cache"], 0);
    let ran = scene.run(&spec, &["check"], 3);
    assert!(ran.err.contains("2 in app"), "{}", ran.err);
    assert!(!ran.err.contains("cache"), "{}", ran.err);
    assert_eq!(scene.state(&spec, "users"), "pending");
    assert_eq!(scene.state(&spec, "braces"), "applied");
}

#[test]
fn a_failure_in_redis_leaves_what_ran_before_it_and_the_next_run_goes_on() {
    let Some(mut scene) = scene() else { return };
    scene.client.tell(&["SET", "settings:version", "no number"]);
    let more =
        format!("{MIGRATIONS}  - {{name: last, target: app, up: CREATE TABLE last (n integer)}}\n");
    let spec = scene.spec("", &more);
    let ran = scene.run(&spec, &["apply"], 1);
    assert_eq!(ran.code(), "statement-failed", "{}", ran.err);
    assert!(ran.err.contains("cache"), "{}", ran.err);
    let states: Vec<_> = scene.states(&spec).into_iter().map(|(_, _, s)| s).collect();
    assert_eq!(
        states,
        ["applied", "applied", "pending", "applied", "pending"]
    );
    for (target, text) in [("app", "1 in app"), ("cache", "1 in cache")] {
        let ran = scene.run(&spec, &["check"], 3);
        assert!(ran.err.contains(text), "{target}: {}", ran.err);
    }
    scene.client.tell(&["SET", "settings:version", "7"]);
    scene.run(&spec, &["apply"], 0);
    assert_eq!(scene.client.tell(&["GET", "settings:version"]), "8");
    scene.run(&spec, &["check"], 0);
}

const LATE: &str = r#"migrations:
  - name: rows
    target: app
    up: CREATE TABLE a (n integer)
  - name: names
    target: cache
    when: {any: {match: "old:*"}, reason: nothing old}
    up: [{rename: {match: "old:*", to: "new:$1"}}]
"#;

#[test]
fn keys_that_come_late_are_found_by_recheck_and_by_rerun() {
    let Some(mut scene) = scene() else { return };
    let spec = scene.spec("", LATE);
    scene.run(&spec, &["apply"], 0);
    assert_ne!(scene.state(&spec, "names"), "applied");
    scene.client.tell(&["SET", "old:1", "a"]);
    scene.run(&spec, &["apply"], 0);
    assert_eq!(scene.keys("new:*").len(), 0, "it did not apply");
    scene.run(&spec, &["apply", "--recheck"], 0);
    assert_eq!(scene.keys("new:*"), ["new:1"]);
    assert_eq!(scene.state(&spec, "names"), "applied");
    scene.client.tell(&["SET", "old:2", "b"]);
    let ran = scene.run(&spec, &["apply", "--rerun", "names"], 0);
    assert!(ran.err.contains("1 key"), "{}", ran.err);
    assert_eq!(scene.keys("new:*"), ["new:1", "new:2"]);
    let log = scene.run(&spec, &["history"], 0);
    assert!(log.out.contains("names"), "{}", log.out);
}

#[test]
fn a_prefix_keeps_two_deployments_of_one_server_apart() {
    let Some(mut scene) = scene() else { return };
    let one = scene.server.folder.write(
        "one.yaml",
        "version: 1\ndatabase: redis\nmigrations:\n  - {name: count, up: INCR count}\n",
    );
    let run = |scene: &Scene, words: &[&str], status| {
        scene
            .server
            .initium(&[&["migrate"], words, &["--spec", &one]].concat())
            .exits(status)
    };
    run(&scene, &["apply", "--prefix", "eu-1:"], 0);
    run(&scene, &["check", "--prefix", "eu-1:"], 0);
    for words in [&["check", "--prefix", "eu-2:"][..], &["check"]] {
        assert_eq!(run(&scene, words, 3).code(), "pending");
    }
    run(&scene, &["apply", "--prefix", "eu-2:"], 0);
    assert_eq!(scene.client.tell(&["GET", "count"]), "2");
    let ledgers = scene.keys("{*}:records");
    let expected = [
        "{eu-1:initium_migrate}:records",
        "{eu-2:initium_migrate}:records",
    ];
    assert_eq!(ledgers, expected);
    // Neither sees the other's lock.
    scene
        .client
        .tell(&["SET", "{eu-1:initium_migrate}:lock", "another"]);
    run(
        &scene,
        &["apply", "--prefix", "eu-2:", "--lock-wait", "0"],
        0,
    );
}

/// Two seconds of work on 400 keys that count.
const SLOW: &str = r#"migrations:
  - name: count
    target: cache
    up: [{each: {match: "k:*", batch: 40, rate: 200, lua: "return redis.call('HINCRBY', 'effects', KEYS[1], 1)"}}]
"#;

fn slow() -> Option<(Scene, String)> {
    let mut scene = scene()?;
    for n in 0..400 {
        scene.client.tell(&["SET", &format!("k:{n}"), "x"]);
    }
    let spec = scene.spec("", SLOW);
    Some((scene, spec))
}

fn midst(scene: &mut Scene, run: &mut Child) {
    let start = Instant::now();
    while scene.client.ask(&["HLEN", "effects"]) < Reply::Number(100) {
        assert!(run.try_wait().unwrap().is_none(), "it ended");
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "it does not begin"
        );
        sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_signal_between_two_batches_frees_the_lock_and_the_next_run_goes_on() {
    let Some((mut scene, spec)) = slow() else {
        return;
    };
    let mut child = scene.initium(&spec, &["apply"]).spawn();
    midst(&mut scene, &mut child);
    let mut kill = Command::new("kill");
    kill.args(["-TERM", &child.id().to_string()]);
    assert!(kill.status().unwrap().success());
    let start = Instant::now();
    let ran = ran(child);
    assert_eq!(ran.status, 143, "{}", ran.err);
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
    let lock = scene.client.ask(&["EXISTS", "{initium_migrate}:lock"]);
    assert_eq!(lock, Reply::Number(0), "the lock is left");
    let before = scene.client.ask(&["HLEN", "effects"]);
    assert!(before < Reply::Number(400), "it had finished");
    scene.run(&spec, &["apply", "--lock-wait", "0"], 0);
    let Reply::List(counts) = scene.client.ask(&["HVALS", "effects"]) else {
        panic!("nothing was done");
    };
    assert_eq!(counts.len(), 400);
    assert!(counts.iter().all(|count| count.text() == "1"));
    assert_eq!(scene.state(&spec, "count"), "applied");
}

#[test]
fn the_work_is_drawn_on_a_terminal_and_standard_output_holds_the_answer_alone() {
    let Some((scene, spec)) = slow() else { return };
    let child = scene.initium(&spec, &["apply", "--format", "json"]).spawn();
    let ran = ran(child);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(!ran.err.contains('\r'), "{}", ran.err);
    let document = ran.json();
    assert!(document.to_string().contains("400"), "{document}");
    // On a terminal, the answer still goes elsewhere.
    let answer = scene.db.folder.path("answer.json");
    let binary = env!("CARGO_BIN_EXE_initium");
    let line =
        format!("{binary} migrate apply --rerun count --format json --spec {spec} >{answer}");
    let drawn = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .env("APP_URL", &scene.db.url)
        .env("CACHE_URL", scene.server.url())
        .env("TERM", "xterm")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let drawn = String::from_utf8(drawn.stdout).unwrap();
    assert!(drawn.contains('\r') && drawn.contains("keys"), "{drawn:?}");
    assert!(drawn.matches('\r').count() > 3, "{drawn:?}");
    let answer = std::fs::read_to_string(answer).unwrap();
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert!(answer.is_object());
}

#[test]
fn the_gate_of_redis_takes_one_round_trip_beside_the_login() {
    let Some(scene) = scene() else { return };
    // A user who needs no password accepts any.
    let url = scene.server.url().replace("//", "//default:x@");
    let proxy = Proxy::before(&url);
    let spec = scene.server.folder.write(
        "one.yaml",
        "version: 1\ndatabase: redis\nmigrations:\n  - {name: count, up: INCR count}\n",
    );
    let through = |words: &[&str]| {
        proxy.take();
        let words = [&["migrate"], words, &["--spec", &spec]].concat();
        let ran = scene.server.initium(&words).env("DATABASE_URL", &proxy.url);
        ran.exits(0);
        proxy.take().trips
    };
    proxy.take();
    drop(super::support::database::open(&proxy.url));
    let login = proxy.take().trips;
    assert_eq!(login, 1);
    through(&["apply"]);
    assert_eq!(through(&["check"]), login + 1);
    let apply = through(&["apply"]);
    assert!(apply <= login + 2, "{apply} and not {login}");
}

#[test]
fn who_holds_the_lock_of_redis_is_shown_and_ended() {
    let Some((mut scene, spec)) = slow() else {
        return;
    };
    let child = scene.initium(&spec, &["apply"]).spawn();
    let mut heard = hear(child, "WARN");
    midst(&mut scene, &mut heard.child);
    let shown = scene.run(&spec, &["unlock"], 0);
    assert!(shown.out.contains("cache"), "{}", shown.out);
    scene.run(&spec, &["unlock", "--target", "cache", "--yes"], 0);
    let first = heard.end();
    assert_eq!(first.code(), "lease-lost", "{}", first.err);
    assert_eq!(first.status, 6, "{}", first.err);
    let log = scene.run(&spec, &["history"], 0);
    assert!(log.out.contains("unlock"), "{}", log.out);
    scene.run(&spec, &["apply"], 0);
}

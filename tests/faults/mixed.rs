//! Crash points of one plan over PostgreSQL and Redis: it is broken at messages to and from either of the
//! two, in every way, and run again until it says that it is done. (Catches an effect in one of the two
//! without its record, a ledger that speaks of the other's work, a run that needs a person to go on.)

use crate::drill::{amount, arguments, empty, said};
use crate::proxy::{Point, Proxy, Variant, Way, When};
use crate::shapes::{difference, dump};
use crate::support::redis::{Client, Reply, Server, redis};
use crate::support::{Database, Initium, Ran, of, ran};
use std::collections::VecDeque;
use std::sync::Mutex;
use std::thread::sleep;
use std::time::{Duration, Instant};

const POINTS: usize = 300;

const OF_CLIENT: &[Variant] = &[
    Variant::KillBefore,
    Variant::KillAfter,
    Variant::CutBefore,
    Variant::CutAfter,
    Variant::CutInside(50),
    Variant::CutInside(99),
];
const OF_SERVER: &[Variant] = &[Variant::CutBefore, Variant::KillAfter, Variant::CutAfter];

/// Before which of the two servers the bad thing happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    App,
    Cache,
}

/// Where the ledger of the Redis target is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum History {
    Own,
    OfTheOther,
}

/// Steps of every kind that can be counted, one target after the other. No page of keys is larger than
/// what one script takes, so each key is worked on once even by an `each` that counts.
fn spec(history: History) -> String {
    let history = match history {
        History::Own => "",
        History::OfTheOther => ", history: app",
    };
    format!(
        r#"version: 1
targets:
  app: {{database: postgres, url_env: APP_URL}}
  cache: {{database: redis, url_env: CACHE_URL{history}}}
migrations:
  - name: ground
    target: app
    up: CREATE TABLE counter (step integer NOT NULL)
  - name: names
    target: cache
    up: [{{rename: {{match: "old:*", to: "new:$1", batch: 7}}}}]
    verify: [{{none: {{match: "old:*"}}}}]
  - name: counted
    target: app
    up: INSERT INTO counter VALUES (1)
  - name: commands
    target: cache
    up: [{{commands: ["INCR counted", "RPUSH order second", "INCRBY counted 10"]}}]
  - name: more
    target: app
    up: |
      INSERT INTO counter VALUES (2);
      CREATE TABLE more (n integer);
      INSERT INTO counter VALUES (3);
  - name: lua
    target: cache
    up: [{{script: {{lua: "redis.call('RPUSH', KEYS[1], 'third') return redis.call('INCRBY', KEYS[2], ARGV[1])", keys: [order, counted], args: ["100"]}}}}]
  - name: fields
    target: cache
    up:
      - hash: {{match: "user:*", set: {{entity: user}}, batch: 3}}
      - each: {{match: "user:*", batch: 5, lua: "return redis.call('HINCRBY', 'seen', KEYS[1], 1)"}}
  - name: last
    target: app
    up: INSERT INTO counter VALUES (4)
"#
    )
}

/// Two servers of one lane.
struct Lane {
    db: Database,
    server: Server,
}

#[derive(Clone)]
struct Task {
    history: History,
    expected: String,
    side: Side,
    point: Point,
}

#[derive(Default)]
struct Found {
    points: usize,
    missed: usize,
    converged: usize,
    reruns: usize,
    failures: Vec<String>,
}

impl Lane {
    fn prepare(&self, history: History) -> String {
        empty(&self.db);
        let mut client = self.server.connect();
        client.tell(&["FLUSHALL"]);
        for n in 0..25 {
            client.tell(&["SET", &format!("old:{n}"), &format!("value {n}")]);
        }
        for n in 0..9 {
            client.tell(&["HSET", &format!("user:{n}"), "name", "Ann"]);
        }
        self.db.folder.write("mixed.yaml", &spec(history))
    }

    /// As short as it may be: whoever dies leaves the lock for so long.
    fn cache(&self) -> String {
        format!("{}?lease=1s", self.server.url())
    }

    fn initium(&self, words: &[&str], spec: &str, app: &str, cache: &str) -> Initium {
        self.db
            .initium(&arguments(words, spec))
            .env("APP_URL", app)
            .env("CACHE_URL", cache)
            .env("INITIUM_CONNECT_TIMEOUT", "2s")
    }

    fn run(&self, words: &[&str], spec: &str) -> Ran {
        self.initium(words, spec, &self.db.url, &self.cache()).run()
    }

    /// What is in both, and what their ledgers say.
    fn dump(&self, spec: &str) -> String {
        let mut client = self.server.connect();
        let keys = client.contents("*");
        let keys = keys
            .into_iter()
            .filter(|line| !line.starts_with("{initium"));
        let keys: Vec<_> = keys.collect();
        let lock = left(&mut client);
        let status = self.run(&["status", "--format", "json"], spec).json();
        let mut states = Vec::new();
        for target in status["targets"].as_array().unwrap() {
            for row in target["migrations"].as_array().unwrap() {
                let place = (
                    &target["target"],
                    &row["id"],
                    &row["state"],
                    &row["trouble"],
                );
                states.push(format!("{place:?}"));
            }
        }
        let verified = self.run(&["verify"], spec).status;
        format!(
            "{}\n{}\nlock {lock:?}, verify {verified}\n{}",
            states.join("\n"),
            keys.join("\n"),
            dump(&self.db)
        )
    }

    fn converge(&self, spec: &str) -> Result<usize, Ran> {
        for n in 1.. {
            let ran = self.run(&["apply"], spec);
            match ran.status {
                0 => return Ok(n),
                5 | 6 if n < 5 => {}
                _ => return Err(ran),
            }
        }
        unreachable!()
    }

    /// One crash point, from nothing to the dump.
    fn suffer(&self, task: &Task, found: &Mutex<Found>) {
        let spec = self.prepare(task.history);
        let of = |side: Side| (side == task.side).then_some(task.point);
        let app = Proxy::before(&self.db.url, of(Side::App));
        let cache = Proxy::before(&self.cache(), of(Side::Cache));
        let child = self
            .initium(&["apply"], &spec, &app.url, &cache.url)
            .spawn();
        app.client(child.id());
        cache.client(child.id());
        let first = ran(child);
        let hit = app.hit() || cache.hit();
        drop((app, cache));
        let again = self.converge(&spec);
        let now = self.dump(&spec);
        let mut found = found.lock().unwrap();
        if !hit {
            found.missed += 1;
            return;
        }
        found.points += 1;
        let named = format!("{:?} {:?} {:?}", task.history, task.side, task.point);
        match again {
            Ok(n) => found.reruns = found.reruns.max(n - usize::from(first.status == 0)),
            Err(ran) => {
                let text = format!("{named}: exit {}\n{}\n{}", ran.status, first.err, ran.err);
                return found.failures.push(text);
            }
        }
        if now != task.expected {
            let text = format!(
                "{named}: {}\n{}",
                difference(&now, &task.expected),
                first.err
            );
            return found.failures.push(text);
        }
        found.converged += 1;
    }

    /// What an undisturbed run leaves, and every point at which another could be broken.
    fn tasks(&self, history: History) -> Vec<Task> {
        let spec = self.prepare(history);
        let app = Proxy::before(&self.db.url, None);
        let cache = Proxy::before(&self.cache(), None);
        self.initium(&["apply"], &spec, &app.url, &cache.url)
            .exits(0);
        let counted = [(Side::App, app.counted()), (Side::Cache, cache.counted())];
        assert_eq!(self.run(&["apply"], &spec).out, "nothing to do\n");
        let expected = self.dump(&spec);
        // Each step had its effect once.
        for line in ["counted=111", "order=second third"] {
            assert!(expected.contains(line), "{line} in {expected}");
        }
        let mut all = Vec::new();
        for (side, counted) in counted {
            for (way, variants) in [(Way::Client, OF_CLIENT), (Way::Server, OF_SERVER)] {
                for n in 1..=counted[way as usize] {
                    all.extend(variants.iter().map(|variant| Task {
                        history,
                        expected: expected.clone(),
                        side,
                        point: Point {
                            when: When::Nth(way, n),
                            variant: *variant,
                        },
                    }));
                }
            }
        }
        all
    }
}

/// Whether there is a lock that does not end. Where only the word that frees it was lost, the next run finds
/// nothing to do and needs none, so it is there for a lease.
fn left(client: &mut Client) -> Reply {
    let start = Instant::now();
    loop {
        let lock = client.ask(&["EXISTS", "{initium_migrate}:lock"]);
        if lock == Reply::Number(0) || start.elapsed() > Duration::from_secs(3) {
            return lock;
        }
        sleep(Duration::from_millis(20));
    }
}

/// So many of them, evenly; those of each side and shape in equal parts.
fn chosen(all: Vec<Task>, wanted: usize) -> VecDeque<Task> {
    let mut out = VecDeque::new();
    for history in [History::Own, History::OfTheOther] {
        for side in [Side::App, Side::Cache] {
            let of: Vec<&Task> = all
                .iter()
                .filter(|task| task.history == history && task.side == side)
                .collect();
            let (total, wanted) = (of.len(), (wanted / 4 + 1).min(of.len()));
            let take = |n: usize| (n + 1) * wanted / total > n * wanted / total;
            let some = of.into_iter().enumerate().filter(|(n, _)| take(*n));
            out.extend(some.map(|(_, task)| task.clone()));
        }
    }
    out
}

#[test]
fn a_plan_over_postgres_and_redis_broken_at_any_message_converges() {
    let mut lanes = Vec::new();
    // Mostly they wait for the lease of whoever died.
    for db in (0..8).flat_map(|_| of("postgres")).take(8) {
        let Some(server) = redis() else { return };
        lanes.push(Lane { db, server });
    }
    let Some(first) = lanes.first() else { return };
    let mut all = first.tasks(History::Own);
    all.extend(first.tasks(History::OfTheOther));
    let possible = all.len();
    let queue = Mutex::new(chosen(all, amount(POINTS + POINTS / 10, possible)));
    let found = Mutex::new(Found::default());
    std::thread::scope(|scope| {
        for lane in &lanes {
            scope.spawn(|| {
                while let Some(task) = { queue.lock().unwrap().pop_front() } {
                    lane.suffer(&task, &found);
                }
            });
        }
    });
    let found = found.into_inner().unwrap();
    said(
        "crash points",
        "postgres and redis",
        &format!(
            "{} points of {possible}, {} converged, max {} reruns, each effect once, {} not reached",
            found.points, found.converged, found.reruns, found.missed
        ),
    );
    assert!(
        found.failures.is_empty(),
        "{} failures\n{}",
        found.failures.len(),
        found.failures[..found.failures.len().min(3)].join("\n\n")
    );
    assert!(
        found.points >= POINTS.min(possible * 9 / 10),
        "{} points",
        found.points
    );
    assert!(found.reruns <= 3, "{} reruns", found.reruns);
}

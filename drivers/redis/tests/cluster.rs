//! A cluster of three masters: what lies apart is refused, what lies elsewhere than the ledger is
//! written with a mark of its own. (Catches a command that is sent to the wrong server, a guard that
//! looks at another slot, and a mark that outlives its time.)

mod bench;

use bench::{CLUSTER, Client, run, url};
use initium_driver::{
    Code, Driver, Entry, Host, Locked, Phase, Result, Script, Settings, Source, Statement, Step,
    Verdict,
};
use initium_redis::resp::Reply;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Keys that only this test has.
struct Corner {
    settings: Settings,
    prefix: String,
}

impl Corner {
    fn new(name: &str) -> Option<Corner> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let settings = Settings::parse(&url(CLUSTER)?, CLUSTER).expect("a URL");
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let prefix = format!("{name}-{}-{n}:", std::process::id());
        Some(Corner { settings, prefix })
    }

    fn open(&self) -> Box<dyn Driver> {
        let mut run = run("run-1");
        run.prefix = self.prefix.clone();
        match (initium_redis::OPENER.open)(&self.settings, &run) {
            Ok(driver) => driver,
            Err(error) => panic!("{error}"),
        }
    }

    fn ready(&self) -> Box<dyn Driver> {
        let mut driver = self.open();
        assert_eq!(driver.try_lock().expect("an answer"), Locked::Taken);
        driver.prepare_ledger().expect("a ledger");
        driver
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    fn clients(&self) -> Vec<Client> {
        let first = self.settings.host().expect("a host");
        let port = first.port.expect("a port");
        let at = |n| {
            let mut settings = self.settings.clone();
            settings.hosts = vec![Host::new(first.name.clone(), Some(port + n))];
            Client::new(&settings)
        };
        (0..3).map(at).collect()
    }
}

impl Drop for Corner {
    fn drop(&mut self) {
        for mut client in self.clients() {
            let keys = client.ask(&["KEYS", &format!("*{}*", self.prefix)]);
            for key in keys.items().iter().filter_map(Reply::text) {
                client.ask(&["DEL", std::str::from_utf8(key).expect("a name")]);
            }
        }
    }
}

fn statement(text: &str) -> Statement {
    let dialect = (initium_redis::OPENER.dialect)("redis");
    let split = dialect.split(&Source::file("a.redis", text));
    split.expect("a statement").remove(0)
}

fn step(number: u64, text: &str) -> Step {
    Step::new("m", Phase::Up, number, "v1:a".into(), text)
}

fn intent(number: u64, text: &str) -> Entry {
    Entry::Intent {
        step: step(number, text),
        statement: Box::new(statement(text)),
    }
}

fn alone(driver: &mut dyn Driver, before: Vec<Entry>, text: &str, after: Vec<Entry>) -> Result<()> {
    driver.execute(&Script::Alone {
        before,
        statement: Box::new(statement(text)),
        after,
    })
}

fn verdict(driver: &mut dyn Driver, text: &str) -> Verdict {
    let found = driver.verdict(&step(1, text), &statement(text));
    found.expect("a verdict")
}

const WITHOUT: Verdict = Verdict::Without { clear: Vec::new() };

#[test]
fn commands_go_where_their_keys_are() {
    let Some(corner) = Corner::new("where") else {
        return;
    };
    let mut driver = corner.ready();
    for n in 0..30 {
        let text = format!("SET {} {n}", corner.key(&format!("k{n}")));
        alone(&mut *driver, vec![intent(1, &text)], &text, vec![]).expect("it runs");
    }
    for n in 0..30 {
        let rows = driver.query(&format!("GET {}", corner.key(&format!("k{n}"))));
        assert_eq!(rows.expect("rows").first(), Some(n.to_string().as_str()));
    }
    let held: Vec<_> = corner
        .clients()
        .iter_mut()
        .map(|client| {
            client
                .ask(&["KEYS", &format!("{}k*", corner.prefix)])
                .items()
                .len()
        })
        .collect();
    assert_eq!(held.iter().sum::<usize>(), 30);
    assert!(held.iter().all(|count| *count > 0), "{held:?}");
    // What proved them is gone with them.
    for mut client in corner.clients() {
        let marks = client.ask(&["KEYS", &format!("*{}*marks", corner.prefix)]);
        assert_eq!(marks.items().len(), 0);
    }
}

#[test]
fn keys_that_lie_apart_are_refused_by_name() {
    let Some(corner) = Corner::new("apart") else {
        return;
    };
    let mut driver = corner.ready();
    let (a, b) = (corner.key("a"), corner.key("b"));
    for text in [
        format!("RENAME {a} {b}"),
        format!("initium.script {{\"keys\":[\"{a}\",\"{b}\"]}}\n| return 1"),
    ] {
        let error = alone(&mut *driver, vec![], &text, vec![]).expect_err("they lie apart");
        assert_eq!(error.code(), Code::CrossSlot, "{error}");
        assert!(
            error.message().contains(&a) && error.message().contains(&b),
            "{error}"
        );
        assert!(error.failed_at().is_some());
    }
    let (a, b) = (corner.key("{t}a"), corner.key("{t}b"));
    alone(&mut *driver, vec![], &format!("MSET {a} 1 {b} 2"), vec![]).expect("they lie together");
}

#[test]
fn a_mark_lies_where_its_command_wrote() {
    let Some(corner) = Corner::new("mark") else {
        return;
    };
    let mut driver = corner.ready();
    // Keys all around, so that some lie with the ledger and others not.
    for n in 0..8 {
        let text = format!("INCR {}", corner.key(&format!("n{n}")));
        driver
            .execute(&Script::entries(vec![intent(1, &text)]))
            .expect("an intent");
        assert_eq!(verdict(&mut *driver, &text), WITHOUT);
        // Died before its end was written: an entry that cannot be.
        alone(&mut *driver, vec![], &text, vec![]).expect("it runs");
        let again = format!("INCRBY {} 5", corner.key(&format!("n{n}")));
        driver
            .execute(&Script::entries(vec![intent(1, &again)]))
            .expect("an intent");
        assert_eq!(verdict(&mut *driver, &again), WITHOUT, "another text");
        let bad = format!("HSET {} f 1", corner.key(&format!("n{n}")));
        let error = alone(&mut *driver, vec![intent(1, &bad)], &bad, vec![]);
        assert_eq!(error.expect_err("a number").code(), Code::StatementFailed);
        assert_eq!(verdict(&mut *driver, &bad), WITHOUT);
        let lua = format!(
            "initium.script {{\"keys\":[\"{}\"]}}\n| redis.call('INCR', KEYS[1])\n| error('x')",
            corner.key(&format!("n{n}"))
        );
        alone(&mut *driver, vec![intent(1, &lua)], &lua, vec![]).expect_err("x");
        assert!(matches!(verdict(&mut *driver, &lua), Verdict::Otherwise(_)));
        // A new intent forgets what the old one left.
        driver
            .execute(&Script::entries(vec![intent(1, &lua)]))
            .expect("an intent");
        assert_eq!(verdict(&mut *driver, &lua), WITHOUT);
        let rows = driver.query(&format!("GET {}", corner.key(&format!("n{n}"))));
        assert_eq!(rows.expect("rows").first(), Some("2"));
    }
}

#[test]
fn who_lost_the_lock_writes_nowhere() {
    let Some(mut corner) = Corner::new("lost") else {
        return;
    };
    corner.settings.options.push(("lease".into(), "1s".into()));
    let mut first = corner.ready();
    let texts: Vec<_> = (0..12)
        .map(|n| format!("INCR {}", corner.key(&format!("n{n}"))))
        .collect();
    for text in &texts {
        alone(&mut *first, vec![], text, vec![]).expect("it holds the lock");
    }
    std::thread::sleep(Duration::from_millis(1200));
    let mut second = corner.open();
    assert_eq!(second.try_lock().expect("an answer"), Locked::Taken);
    for text in &texts {
        alone(&mut *second, vec![], text, vec![]).expect("it holds the lock");
        let error = alone(&mut *first, vec![], text, vec![]).expect_err("it lost the lock");
        assert_eq!(error.code(), Code::LeaseLost, "{error}");
    }
    for n in 0..12 {
        let rows = second.query(&format!("GET {}", corner.key(&format!("n{n}"))));
        assert_eq!(rows.expect("rows").first(), Some("2"));
    }
}

#[test]
fn a_server_of_a_cluster_says_itself_that_it_is_one() {
    let Some(corner) = Corner::new("said") else {
        return;
    };
    let mut settings = corner.settings.clone();
    settings.options.clear();
    settings.name = Some("0".into());
    let corner = Corner {
        settings,
        prefix: corner.prefix.clone(),
    };
    let mut driver = corner.ready();
    let text = format!("SET {} 1", corner.key("far"));
    alone(&mut *driver, vec![], &text, vec![]).expect("it runs");
    assert!(!driver.is_empty().expect("an answer"));
    let mut settings = corner.settings.clone();
    settings.name = Some("1".into());
    let Err(error) = (initium_redis::OPENER.open)(&settings, &run("r")) else {
        panic!("a cluster has one database");
    };
    assert!(
        matches!(
            error.code(),
            Code::ConnectionInvalid | Code::DatabaseMissing | Code::ConnectFailed
        ),
        "{error}"
    );
}

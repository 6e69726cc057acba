//! Through a pooler: catches a lock that is none, a setting or lock that stays in the pool, and a
//! reading verb that a pooler stops.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod servers;

use initium_driver::driver::{Access, Driver, Locked, Run};
use initium_driver::error::Code;
use initium_driver::settings::{Host, Settings};
use postgres_sync::{Client, Config, NoTls, SimpleQueryMessage};
use servers::{apply, ask, ids, run};
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixListener;
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const RUNS: usize = 20;

/// The settings that a run makes, as a session has them that nobody touched.
const UNTOUCHED: &str = "SELECT current_setting('lock_timeout') || current_setting('statement_timeout') \
     || current_setting('client_connection_check_interval') || coalesce(current_setting('initium.proof', true), '') \
     || (SELECT count(*) FROM pg_prepared_statements)";

/// A pooler's database in each mode, with a ledger of its own behind it.
struct Pool {
    through: Settings,
    direct: Settings,
    run: Run,
    /// The pool has one session only.
    one: bool,
}

impl Pool {
    fn new(mode: &str, test: &str) -> Option<Pool> {
        let url = |variable: &str| match std::env::var(variable) {
            Ok(url) => Settings::parse(&url, variable).ok(),
            Err(_) => {
                let required = std::env::var("INITIUM_TEST_SERVERS").is_ok_and(|v| v == "required");
                assert!(!required, "{variable} is not set and servers are required");
                eprintln!("SKIPPED: {variable} is not set");
                None
            }
        };
        let direct = url("INITIUM_TEST_POSTGRES_URL")?;
        let mut through = url("INITIUM_TEST_PGBOUNCER_URL")?;
        through.name = Some(format!("{}_{mode}", through.name.unwrap_or_default()));
        let table = format!("pool_{test}_{mode}_{}", std::process::id());
        Some(Pool {
            through,
            direct,
            run: Run { table, ..run() },
            one: mode.ends_with("one"),
        })
    }

    fn open(&self) -> Box<dyn Driver> {
        initium_postgres::open(&self.through, &self.run).unwrap()
    }

    fn straight(&self) -> Box<dyn Driver> {
        initium_postgres::open(&self.direct, &self.run).unwrap()
    }

    /// A client of the pooler that is not ours.
    fn raw(s: &Settings) -> Client {
        Config::new()
            .host(&s.hosts[0].name)
            .port(s.hosts[0].port.unwrap())
            .user(s.user.as_deref().unwrap())
            .password(s.password.as_ref().unwrap().reveal())
            .dbname(s.name.as_deref().unwrap())
            .connect(NoTls)
            .unwrap()
    }

    /// No lock is held, and no session of the pool knows that we were there.
    fn is_clean(&self) {
        let mut straight = self.straight();
        // The server hears of the end of a session a moment later.
        let end = Instant::now() + Duration::from_secs(5);
        while let Some(holder) = straight.holder().unwrap() {
            assert!(Instant::now() < end, "the pool holds a lock: {holder:?}");
        }
        let untouched = untouched(&mut Pool::raw(&self.direct));
        assert!(untouched.is_some());
        // As many as the pool may have sessions, where they wait for each other no longer than that.
        let many = if self.one { 1 } else { 4 };
        let mut clients: Vec<_> = (0..many).map(|_| Pool::raw(&self.through)).collect();
        for client in &mut clients {
            // Inside a transaction each has a session of its own; statement mode knows none.
            if client.batch_execute("BEGIN").is_err() {
                *client = Pool::raw(&self.through);
            }
        }
        for client in &mut clients {
            assert_eq!(self::untouched(client), untouched);
        }
    }
}

fn untouched(client: &mut Client) -> Option<String> {
    let answer = client.simple_query(UNTOUCHED).unwrap();
    answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(String::from),
        _ => None,
    })
}

impl Drop for Pool {
    fn drop(&mut self) {
        let table = &self.run.table;
        let text = format!(
            "DROP TABLE IF EXISTS {table}, {table}_step, {table}_log, {table}_meta, {table}_t"
        );
        if let Err(error) = servers::statement(&self.direct, &text) {
            eprintln!("{error}");
        }
    }
}

#[test]
fn a_session_that_is_kept_is_as_good_as_the_server() {
    let Some(pool) = Pool::new("session", "kept") else {
        return;
    };
    for n in 0..RUNS {
        let mut driver = pool.open();
        if n % 2 == 0 {
            // As the engine does it; without it the lock is the first that is asked for.
            driver.digest().unwrap();
        }
        assert_eq!(driver.try_lock().unwrap(), Locked::Taken);
        assert!(matches!(pool.open().try_lock().unwrap(), Locked::Held(_)));
        driver.prepare_ledger().unwrap();
        let table = &pool.run.table;
        let text = match n {
            0 => format!("CREATE TABLE {table}_t (n int)"),
            n => format!("INSERT INTO {table}_t VALUES ({n})"),
        };
        apply(&mut *driver, &format!("m{n}"), &text).unwrap();
        driver.unlock().unwrap();
        drop(driver);
        // What one run left the next ones would not take away; the first and the last are looked at.
        if n == 0 {
            pool.is_clean();
        }
    }
    pool.is_clean();
    assert_eq!(ids(&mut *pool.straight()).len(), RUNS);
}

#[test]
fn a_session_that_is_handed_on_is_refused_before_anything_is_written() {
    for mode in [
        "transaction",
        "statement",
        "transaction_one",
        "statement_one",
    ] {
        let Some(pool) = Pool::new(mode, "refused") else {
            return;
        };
        for n in 0..if mode.ends_with("one") { 2 } else { RUNS } {
            let mut driver = pool.open();
            if n % 2 == 0 {
                assert_eq!(driver.digest().unwrap(), None);
            }
            let error = driver.try_lock().unwrap_err();
            assert_eq!(error.code(), Code::PoolerRefused, "{mode}: {error}");
            assert!(error.help_text().is_some());
            drop(driver);
            if n == 0 {
                pool.is_clean();
            }
        }
        pool.is_clean();
        // Who does not ask for the lock first is refused as well.
        for write in [
            |driver: &mut dyn Driver| driver.prepare_ledger(),
            |driver: &mut dyn Driver| apply(driver, "m", "SELECT 1"),
            |driver: &mut dyn Driver| driver.end(&Default::default()),
        ] {
            let error = write(&mut *pool.open()).unwrap_err();
            assert_eq!(error.code(), Code::PoolerRefused, "{mode}: {error}");
        }
        pool.is_clean();
        let mut straight = pool.straight();
        let there = format!("SELECT to_regclass('{}') IS NULL", pool.run.table);
        assert_eq!(ask(&mut *straight, &there), "t");
    }
}

#[test]
fn reading_works_through_every_pooler() {
    for mode in ["session", "transaction", "statement"] {
        let Some(pool) = Pool::new(mode, "read") else {
            return;
        };
        let mut straight = pool.straight();
        straight.try_lock().unwrap();
        straight.prepare_ledger().unwrap();
        apply(&mut *straight, "m", "SELECT 1").unwrap();
        for _ in 0..RUNS {
            let read = Run {
                access: Access::Read,
                ..pool.run.clone()
            };
            let mut driver = initium_postgres::open(&pool.through, &read).unwrap();
            assert_eq!(driver.digest().unwrap().unwrap().count, 1, "{mode}");
            assert_eq!(ids(&mut *driver), ["m"]);
            assert_eq!(driver.attempts(9).unwrap().len(), 1);
            assert_eq!(ask(&mut *driver, "SELECT 7"), "7");
            assert!(driver.holder().unwrap().is_some());
            driver.introspect().unwrap();
        }
        straight.unlock().unwrap();
        pool.is_clean();
    }
}

/// One session for two cannot be told from one that is handed on: refused, and within seconds.
#[test]
fn a_pool_of_one_session_is_refused_and_does_not_hang() {
    let Some(pool) = Pool::new("session_one", "alone") else {
        return;
    };
    let begin = Instant::now();
    let mut driver = pool.open();
    let error = driver.try_lock().unwrap_err();
    assert_eq!(error.code(), Code::PoolerRefused, "{error}");
    assert!(error.message().contains("no second session"), "{error}");
    assert!(begin.elapsed() < Duration::from_secs(20));
    drop(driver);
    pool.is_clean();
}

/// A Unix socket that leads to an address. Nobody looks into its handshake.
fn socket_before(settings: &Settings) -> Settings {
    let folder = std::env::temp_dir().join(format!("initium-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let number = SOCKETS.fetch_add(1, Ordering::SeqCst);
    let listener = UnixListener::bind(folder.join(format!(".s.PGSQL.{number}"))).unwrap();
    let to = (
        settings.hosts[0].name.clone(),
        settings.hosts[0].port.unwrap(),
    );
    thread::spawn(move || {
        for client in listener.incoming() {
            let client = client.unwrap();
            let server = TcpStream::connect((to.0.as_str(), to.1)).unwrap();
            let back = (server.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || pump(client, &server, || server.shutdown(Shutdown::Both)));
            thread::spawn(move || pump(back.0, &back.1, || back.1.shutdown(Shutdown::Both)));
        }
    });
    let mut settings = settings.clone();
    settings.hosts = vec![Host::new(folder.to_str().unwrap(), Some(number))];
    settings
}

static SOCKETS: AtomicU16 = AtomicU16::new(1);

fn pump(mut from: impl Read, mut to: impl Write, end: impl FnOnce() -> io::Result<()>) {
    let _ = io::copy(&mut from, &mut to);
    let _ = end();
}

#[test]
fn through_a_unix_socket_it_is_found_out_all_the_same() {
    for mode in ["session", "transaction"] {
        let Some(mut pool) = Pool::new(mode, "unix") else {
            return;
        };
        if mode == "session" {
            let near = socket_before(&pool.direct);
            let mut driver = initium_postgres::open(&near, &pool.run).unwrap();
            assert_eq!(driver.try_lock().unwrap(), Locked::Taken);
            let stop = driver.stopper().unwrap();
            stop(Duration::from_secs(5));
            driver.unlock().unwrap();
        }
        pool.through = socket_before(&pool.through);
        let answer = pool.open().try_lock();
        match mode {
            "session" => assert_eq!(answer.unwrap(), Locked::Taken),
            _ => assert_eq!(answer.unwrap_err().code(), Code::PoolerRefused),
        }
    }
}

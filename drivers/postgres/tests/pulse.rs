//! The pulse in every wait. (Catches a wait in which no signal is heard, a statement that can only be
//! ended from another thread, and a pulse for every answer.)

#![allow(clippy::unwrap_used)]

mod servers;

use initium_driver::driver::{Driver, Limits, Pulse, Run, Stopper};
use initium_driver::error::Code;
use initium_driver::settings::Host;
use servers::{Database, alone, apply, ask, each, run};
use std::cell::{Cell, RefCell};
use std::net::TcpListener;
use std::time::{Duration, Instant};

thread_local! {
    static BEATS: Cell<usize> = const { Cell::new(0) };
    /// Called by the beat of this number.
    static STOPPER: RefCell<Option<(usize, Stopper)>> = const { RefCell::new(None) };
}

fn beat() {
    BEATS.set(BEATS.get() + 1);
    STOPPER.with_borrow(|stopper| match stopper {
        Some((at, stop)) if *at == BEATS.get() => stop(Duration::from_secs(5)),
        _ => {}
    });
}

fn patient() -> Run {
    Run {
        limits: Limits {
            connect: Duration::from_millis(1200),
            lock: Duration::from_secs(30),
            statement: Duration::ZERO,
        },
        pulse: Pulse(beat),
        ..run()
    }
}

fn ready(database: &Database) -> Box<dyn Driver> {
    let mut driver = initium_postgres::open(&database.settings, &patient()).unwrap();
    driver.try_lock().unwrap();
    driver.prepare_ledger().unwrap();
    driver
}

/// Ends what runs in the third beat from here on.
fn end_soon(driver: &dyn Driver) {
    BEATS.set(0);
    STOPPER.replace(Some((3, driver.stopper().unwrap())));
}

#[test]
fn a_statement_is_ended_in_the_middle_of_its_wait_on_one_thread() {
    let rows = "1\n".repeat(1 << 22);
    each(|database| {
        let mut other = database.open();
        alone(
            &mut *other,
            "CREATE TABLE a (n int); CREATE TABLE slow (n int CHECK (pg_sleep(60) IS NOT NULL))",
        )
        .unwrap();
        for (lock, text) in [
            (
                "SELECT 1",
                "INSERT INTO a VALUES (1); SELECT pg_sleep(60)".to_string(),
            ),
            // More rows are on their way than the sockets hold.
            ("SELECT 1", format!("COPY slow FROM stdin;\n{rows}\\.\n")),
            // It waits behind the lock of the other, and takes none.
            ("LOCK TABLE a", format!("COPY a FROM stdin;\n{rows}\\.\n")),
        ] {
            let mut driver = ready(database);
            alone(&mut *other, "BEGIN").unwrap();
            alone(&mut *other, lock).unwrap();
            end_soon(&*driver);
            let begin = Instant::now();
            let error = apply(&mut *driver, "m", &text).unwrap_err();
            STOPPER.take();
            assert!(begin.elapsed() < Duration::from_secs(10));
            let state = error.server_said().state.as_deref();
            assert_eq!(state, Some("57014"), "{error}");
            alone(&mut *other, "ROLLBACK").unwrap();
            if lock != "LOCK TABLE a" {
                // The connection goes on, with its lock.
                driver.unlock().unwrap();
            }
            drop(driver);
            let rows = "SELECT (SELECT count(*) FROM a) + (SELECT count(*) FROM slow)";
            assert_eq!(ask(&mut *other, rows), "0");
        }
    });
}

#[test]
fn the_pulse_beats_ten_times_a_second_however_the_time_passes() {
    each(|database| {
        let mut driver = ready(database);
        let mut beats = |what: &str, work: &mut dyn FnMut(&mut dyn Driver)| {
            BEATS.set(0);
            let begin = Instant::now();
            work(&mut *driver);
            let most = begin.elapsed().as_millis() as usize / 100 + 1;
            let beats = BEATS.get();
            assert!((5..=most).contains(&beats), "{what}: {beats} of {most}");
        };
        beats("one long wait", &mut |driver| {
            driver.query("SELECT pg_sleep(1)").unwrap();
        });
        beats("many short ones", &mut |driver| {
            let begin = Instant::now();
            while begin.elapsed() < Duration::from_secs(1) {
                driver.query("SELECT 1").unwrap();
            }
        });
        // The server speaks all the time.
        beats("one long answer", &mut |driver| {
            let begin = Instant::now();
            while begin.elapsed() < Duration::from_secs(1) {
                let rows = "SELECT repeat('x', 1000) FROM generate_series(1, 300000)";
                alone(driver, rows).unwrap();
            }
        });
    });
}

#[test]
fn the_pulse_beats_while_a_server_says_nothing_to_a_login() {
    each(|database| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut settings = database.settings.clone();
        let port = listener.local_addr().unwrap().port();
        settings.hosts = vec![Host::new("127.0.0.1", Some(port))];
        BEATS.set(0);
        let error = initium_postgres::open(&settings, &patient()).err().unwrap();
        assert_eq!(error.code(), Code::ConnectFailed, "{error}");
        assert!((9..=13).contains(&BEATS.get()), "{}", BEATS.get());
    });
}

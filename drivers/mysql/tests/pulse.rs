//! The pulse in every wait. (Catches a wait in which no signal is heard, a statement that can only be
//! ended from another thread, and TLS that notices how the waits below it are cut.)

#![allow(clippy::unwrap_used)]

mod bench;

use bench::{alone, cell, each, run, split, try_alone};
use initium_driver::driver::{Pulse, Stopper};
use initium_driver::{Code, Driver, Host, Mode, Run, Settings};
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

fn open(settings: &Settings, connect: Duration) -> initium_driver::Result<Box<dyn Driver>> {
    let mut run = Run {
        pulse: Pulse(beat),
        ..run("initium_migrate")
    };
    run.limits.connect = connect;
    (initium_mysql::OPENER.open)(settings, &run)
}

const TEN: Duration = Duration::from_secs(10);

/// In the clear and, where the server has it, through TLS.
fn ways(settings: &Settings) -> Vec<Settings> {
    let modes = [Mode::Disable, Mode::Require];
    let way = |mode| {
        let mut settings = settings.clone();
        settings.tls.mode = Some(mode);
        settings
    };
    let refuses = |settings: &Settings| {
        let refused = open(settings, TEN).err();
        refused.is_some_and(|error| error.code() == Code::TlsRefused)
    };
    modes
        .map(way)
        .into_iter()
        .filter(|way| !refuses(way))
        .collect()
}

#[test]
fn a_statement_is_ended_in_the_middle_of_its_wait_on_one_thread() {
    each(|database| {
        for settings in ways(&database.settings) {
            let mut driver = open(&settings, TEN).unwrap();
            driver.try_lock().unwrap();
            driver.prepare_ledger().unwrap();
            alone(
                &mut *driver,
                "DROP TABLE IF EXISTS t; CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2)",
            );
            BEATS.set(0);
            STOPPER.replace(Some((3, driver.stopper().unwrap())));
            let begin = Instant::now();
            let slow = split(&*driver, "UPDATE t SET a = a + SLEEP(20)").remove(0);
            let error = try_alone(&mut *driver, slow).unwrap_err();
            STOPPER.take();
            assert!(begin.elapsed() < Duration::from_secs(10));
            assert!(error.message().contains("(1317)"), "{error}");
            assert!(driver.holder().unwrap().is_some());
            let untouched = cell(&mut *driver, "SELECT sum(a) FROM t");
            assert_eq!(untouched.as_deref(), Some("3"));
        }
    });
}

#[test]
fn the_pulse_beats_ten_times_a_second_however_the_time_passes() {
    each(|database| {
        for settings in ways(&database.settings) {
            let mut driver = open(&settings, TEN).unwrap();
            let mut beats = |what: &str, work: &mut dyn FnMut(&mut dyn Driver)| {
                BEATS.set(0);
                let begin = Instant::now();
                work(&mut *driver);
                let most = begin.elapsed().as_millis() as usize / 100 + 1;
                let beats = BEATS.get();
                assert!((5..=most).contains(&beats), "{what}: {beats} of {most}");
            };
            beats("one long wait", &mut |driver| {
                driver.query("SELECT SLEEP(1)").unwrap();
            });
            beats("many short ones", &mut |driver| {
                let begin = Instant::now();
                while begin.elapsed() < Duration::from_secs(1) {
                    driver.query("SELECT 1").unwrap();
                }
            });
        }
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
        let begin = Instant::now();
        let error = open(&settings, Duration::from_millis(1200)).err().unwrap();
        assert_eq!(error.code(), Code::ConnectFailed, "{error}");
        assert!(begin.elapsed() < Duration::from_secs(2));
        assert!((9..=13).contains(&BEATS.get()), "{}", BEATS.get());
    });
}

//! The lock: one run at a time for one ledger, and nobody has to clean up after the dead.

use super::Bench;
use super::bench::{TABLE, failing, open, open_table, reader, ready, take};
use crate::driver::{Driver, Locked};
use crate::error::Code;
use std::time::{Duration, Instant};

/// The server may take a moment to notice that a connection has gone.
fn take_soon(driver: &mut dyn Driver) {
    let start = Instant::now();
    while driver.try_lock().expect("an answer") != Locked::Taken {
        assert!(start.elapsed() < Duration::from_secs(10), "never free");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub fn a_second_connection_is_refused_the_lock_and_told_the_holder(bench: &dyn Bench) {
    let mut first = open(bench);
    let mut second = open(bench);
    take(&mut *first);
    let Locked::Held(holder) = second.try_lock().expect("an answer") else {
        panic!("two connections hold one lock");
    };
    assert!(!holder.session.is_empty(), "{holder:?}");
    let asked = second.holder().expect("an answer").expect("a holder");
    assert_eq!(asked.session, holder.session);
    let asked = reader(bench).holder().expect("an answer");
    assert_eq!(asked.expect("a holder").session, holder.session);
}

pub fn the_lock_is_free_after_unlock(bench: &dyn Bench) {
    let mut first = open(bench);
    let mut second = open(bench);
    for _ in 0..3 {
        take(&mut *first);
        first.unlock().expect("an unlock");
        take(&mut *second);
        let refused = first.try_lock().expect("an answer");
        assert!(matches!(refused, Locked::Held(_)));
        second.unlock().expect("an unlock");
    }
}

pub fn the_lock_goes_with_its_connection(bench: &dyn Bench) {
    let mut first = open(bench);
    let mut second = open(bench);
    take(&mut *first);
    assert_ne!(second.try_lock().expect("an answer"), Locked::Taken);
    drop(first);
    take_soon(&mut *second);
}

pub fn a_lock_survives_a_failed_script(bench: &dyn Bench) {
    let mut first = ready(bench);
    failing(bench, &mut *first);
    let mut second = open(bench);
    let refused = second.try_lock().expect("an answer");
    assert!(matches!(refused, Locked::Held(_)));
}

pub fn a_free_lock_has_no_holder(bench: &dyn Bench) {
    let mut driver = open(bench);
    assert_eq!(driver.holder().expect("an answer"), None);
    take(&mut *driver);
    driver.unlock().expect("an unlock");
    assert_eq!(driver.holder().expect("an answer"), None);
}

pub fn another_ledger_is_another_lock(bench: &dyn Bench) {
    let mut first = open_table(bench, TABLE);
    let mut second = open_table(bench, "another_ledger");
    take(&mut *first);
    take(&mut *second);
    let mut third = open_table(bench, "another_ledger");
    let refused = third.try_lock().expect("an answer");
    assert!(matches!(refused, Locked::Held(_)));
    second.unlock().expect("an unlock");
    take(&mut *third);
    let mut fourth = open_table(bench, TABLE);
    let refused = fourth.try_lock().expect("an answer");
    assert!(matches!(refused, Locked::Held(_)));
}

pub fn ending_the_holder_frees_the_lock_or_is_not_supported(bench: &dyn Bench) {
    let mut first = open(bench);
    take(&mut *first);
    let mut second = open(bench);
    let holder = second.holder().expect("an answer").expect("a holder");
    match second.end(&holder) {
        Ok(()) => take_soon(&mut *second),
        Err(error) => {
            assert_eq!(error.code(), Code::NotSupported, "{error}");
            assert!(error.help_text().is_some(), "say what to do instead");
        }
    }
}

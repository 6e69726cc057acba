//! The lock of a run, as PostgreSQL has it: catches a lock that is not ours any more, a holder that
//! nobody can find, and a key that two ledgers share by accident.

#![allow(clippy::unwrap_used)]

mod servers;

use initium_driver::driver::{Holder, Locked, Script};
use initium_driver::error::Code;
use initium_driver::ledger::Entry;
use servers::{apply, ask, attempt, each, ids};

#[test]
fn the_holder_is_shown_with_what_it_runs() {
    each(|database| {
        let mut first = database.ready();
        let pid = ask(&mut *first, "SELECT pg_backend_pid()");
        let mut second = database.open();
        let Locked::Held(holder) = second.try_lock().unwrap() else {
            panic!("two hold one lock");
        };
        assert_eq!(holder.session, pid);
        assert_eq!(holder.user.as_deref(), Some("initium"));
        assert_eq!(holder.host.as_deref(), Some("127.0.0.1"));
        assert_eq!(holder.application.as_deref(), Some("initium run-1"));
        assert!(holder.seconds.is_some());
        assert!(
            holder
                .statement
                .is_some_and(|s| s.contains("pg_backend_pid"))
        );
    });
}

#[test]
fn a_lock_that_a_migration_gave_away_is_noticed() {
    each(|database| {
        let mut driver = database.ready();
        let text = "CREATE TABLE a (n int); SELECT pg_advisory_unlock_all()";
        let error = apply(&mut *driver, "m", text).unwrap_err();
        assert_eq!(error.code(), Code::StatementFailed, "{error}");
        assert!(error.message().contains("lock"), "{error}");
        assert_eq!(error.failed_at(), None);
        // Nothing was recorded or done without it, and what failed can be noted down.
        assert_eq!(ask(&mut *driver, "SELECT to_regclass('a') IS NULL"), "t");
        assert!(ids(&mut *driver).is_empty());
        let entries = vec![Entry::Attempt(attempt("m"))];
        driver.execute(&Script::entries(entries)).unwrap();
        let error = driver.unlock().unwrap_err();
        assert_eq!(error.code(), Code::StatementFailed, "{error}");
        // Trying again is honest: it is free.
        assert_eq!(driver.try_lock().unwrap(), Locked::Taken);
        driver.unlock().unwrap();
    });
}

#[test]
fn the_lock_is_taken_once_however_often_it_is_tried() {
    each(|database| {
        let mut first = database.open();
        assert_eq!(first.try_lock().unwrap(), Locked::Taken);
        assert_eq!(first.try_lock().unwrap(), Locked::Taken);
        first.unlock().unwrap();
        assert_eq!(database.open().try_lock().unwrap(), Locked::Taken);
    });
}

#[test]
fn only_a_holder_is_ended() {
    each(|database| {
        let mut first = database.open();
        let mut bystander = database.open();
        let session = ask(&mut *bystander, "SELECT pg_backend_pid()");
        let stranger = Holder {
            session,
            ..Holder::default()
        };
        first.end(&stranger).unwrap();
        assert_eq!(ask(&mut *bystander, "SELECT 1"), "1");
        let nonsense = Holder {
            session: "1; SELECT 1".into(),
            ..Holder::default()
        };
        assert_eq!(first.end(&nonsense).unwrap_err().code(), Code::NotSupported);
    });
}

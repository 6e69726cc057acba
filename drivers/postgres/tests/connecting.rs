//! Connecting: what is asked for is done or refused by name, and no error shows a password.

#![allow(clippy::unwrap_used)]

mod servers;

use initium_driver::error::{Code, Error};
use initium_driver::secret::Secret;
use initium_driver::settings::Settings;
use servers::{alone, ask, each, open};

const CANARY: &str = "hunter2-canary";

fn refused(settings: &Settings) -> Error {
    let Err(error) = open(settings) else {
        panic!("{settings:?} leads somewhere");
    };
    let all = format!("{error:?} {error} {:?}", error.help_text());
    assert!(!all.contains(CANARY), "{all}");
    error
}

fn elsewhere(url: &str) -> Settings {
    Settings::parse(url, "URL").unwrap()
}

#[test]
fn a_wrong_password_is_told_from_a_missing_database() {
    each(|database| {
        let mut settings = database.settings.clone();
        settings.password = Some(Secret::new(CANARY));
        let error = refused(&settings);
        assert_eq!(error.code(), Code::AuthenticationFailed, "{error}");
        assert_eq!(error.server_said().state.as_deref(), Some("28P01"));
        settings.password = None;
        assert_eq!(refused(&settings).code(), Code::AuthenticationFailed);
        let mut settings = database.settings.clone();
        settings.name = Some("nowhere_to_be_seen".into());
        let error = refused(&settings);
        assert_eq!(error.code(), Code::DatabaseMissing, "{error}");
    });
}

#[test]
fn a_server_that_is_not_there_is_named_with_host_and_port() {
    for (url, place) in [
        ("postgres://u:hunter2-canary@127.0.0.1:1/db", "127.0.0.1:1"),
        ("postgres://u:hunter2-canary@[::1]:1/db", "[::1]:1"),
        (
            "postgres://u:hunter2-canary@no.such.host.invalid/db",
            "no.such.host.invalid:5432",
        ),
        (
            "postgres://u:hunter2-canary@/db?host=/nowhere",
            "/nowhere/.s.PGSQL.5432",
        ),
    ] {
        let error = refused(&elsewhere(url));
        assert_eq!(error.code(), Code::ConnectFailed, "{error}");
        assert!(error.message().contains(place), "{error}");
        assert!(error.help_text().is_some());
    }
}

/// The crate's own limit ends where the server has accepted.
#[test]
fn a_server_that_accepts_and_says_nothing_is_given_up() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let url = format!("postgres://u:{CANARY}@127.0.0.1:{port}/db?connect_timeout=1");
    let begin = std::time::Instant::now();
    let error = refused(&elsewhere(&url));
    assert_eq!(error.code(), Code::ConnectFailed, "{error}");
    assert!(error.message().contains("in time"), "{error}");
    assert!(begin.elapsed() >= std::time::Duration::from_millis(900));
}

#[test]
fn an_option_that_cannot_be_honoured_is_refused() {
    for (option, code, named) in [
        ("sslrootcert=x", Code::FileUnreadable, "'x'"),
        ("sslcrl=x", Code::ConnectionInvalid, "sslcrl"),
        ("sslmode=maybe", Code::ConnectionInvalid, "sslmode"),
        (
            "sslmode=require&sslsni=2",
            Code::ConnectionInvalid,
            "sslsni",
        ),
        (
            "sslnegotiation=direct",
            Code::ConnectionInvalid,
            "sslmode=allow",
        ),
        (
            "sslnegotiation=odd",
            Code::ConnectionInvalid,
            "sslnegotiation",
        ),
        (
            "channel_binding=maybe",
            Code::ConnectionInvalid,
            "channel_binding",
        ),
        (
            "require_auth=scram",
            Code::ConnectionInvalid,
            "require_auth",
        ),
        (
            "load_balance_hosts=random",
            Code::ConnectionInvalid,
            "load_balance_hosts",
        ),
        ("keepalives=maybe", Code::ConnectionInvalid, "keepalives"),
        (
            "keepalives_idle=soon",
            Code::ConnectionInvalid,
            "keepalives_idle",
        ),
        (
            "connect_timeout=soon",
            Code::ConnectionInvalid,
            "connect_timeout",
        ),
        (
            "target_session_attrs=any-thing",
            Code::ConnectionInvalid,
            "target_session_attrs",
        ),
    ] {
        let url = format!("postgres://u:{CANARY}@127.0.0.1:1/db?{option}");
        let error = match Settings::parse(&url, "URL") {
            Ok(settings) => refused(&settings),
            Err(error) => error,
        };
        assert_eq!(error.code(), code, "{error}");
        assert!(error.message().contains(named), "{error}");
        assert!(error.help_text().is_some(), "{error}");
        // The value may be the end of a password.
        for value in ["maybe", "soon", "any-thing"] {
            assert!(!error.message().contains(value), "{error}");
        }
    }
    let socket = format!("postgres://u:{CANARY}@/db?host=/nowhere&require_auth=none");
    assert_eq!(refused(&elsewhere(&socket)).code(), Code::ConnectionInvalid);
}

#[test]
fn every_known_option_does_what_it_says() {
    each(|database| {
        for (key, value, show, seen) in [
            ("application_name", "mine", "SHOW application_name", "mine"),
            ("options", "-c work_mem=77kB", "SHOW work_mem", "77kB"),
            (
                "search_path",
                "a, \"b c\"",
                "SHOW search_path",
                "a, \"b c\"",
            ),
            ("target_session_attrs", "read-write", "SELECT 1", "1"),
            ("target_session_attrs", "primary", "SELECT 1", "1"),
            ("target_session_attrs", "prefer-standby", "SELECT 1", "1"),
            ("connect_timeout", "3", "SELECT 1", "1"),
            ("require_auth", "scram-sha-256", "SELECT 1", "1"),
            ("require_auth", "!password,!none", "SELECT 1", "1"),
            ("channel_binding", "disable", "SELECT 1", "1"),
            ("sslnegotiation", "postgres", "SELECT 1", "1"),
            ("load_balance_hosts", "disable", "SELECT 1", "1"),
            ("keepalives", "0", "SELECT 1", "1"),
            ("keepalives_count", "5", "SELECT 1", "1"),
        ] {
            let mut driver = open(&database.with(key, value)).unwrap();
            assert_eq!(ask(&mut *driver, show), seen, "{key}");
            assert!(driver.server().starts_with("PostgreSQL"));
        }
        for (key, value, code) in [
            ("target_session_attrs", "read-only", Code::ConnectFailed),
            ("target_session_attrs", "standby", Code::ConnectFailed),
            ("require_auth", "md5", Code::AuthenticationFailed),
            ("channel_binding", "require", Code::AuthenticationFailed),
        ] {
            let error = refused(&database.with(key, value));
            assert_eq!(error.code(), code, "{key}: {error}");
            assert!(error.help_text().is_some(), "{error}");
        }
    });
}

#[test]
fn a_database_that_only_reads_is_told_as_such() {
    each(|database| {
        let text = format!(
            "ALTER DATABASE {} SET default_transaction_read_only = on",
            database.name()
        );
        alone(&mut *database.open(), &text).unwrap();
        let error = refused(&database.with("target_session_attrs", "read-write"));
        assert_eq!(error.code(), Code::ReadOnly, "{error}");
        let mut driver = database.open();
        driver.try_lock().unwrap();
        assert_eq!(driver.digest().unwrap(), None);
        assert_eq!(driver.prepare_ledger().unwrap_err().code(), Code::ReadOnly);
    });
}

#[test]
fn a_session_that_is_ended_is_a_lost_connection() {
    each(|database| {
        let mut driver = database.ready();
        let pid = ask(&mut *driver, "SELECT pg_backend_pid()");
        let mut other = database.open();
        alone(
            &mut *other,
            &format!("SELECT pg_terminate_backend({pid}, 5000)"),
        )
        .unwrap();
        let error = driver.digest().unwrap_err();
        assert_eq!(error.code(), Code::ConnectionLost, "{error}");
        assert_eq!(error.failed_at(), None);
    });
}

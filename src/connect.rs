//! Settings to a driver. The only file with `cfg(feature)` for drivers: it knows what this build
//! speaks to, and says so when asked for something else.

use crate::token::{Variable, login};
use initium_driver::driver::Pulse;
use initium_driver::{Code, Dialect, Driver, Error, Opener, Result, Run, Settings};
use std::thread::sleep;
use std::time::{Duration, Instant};

const OPENERS: &[Opener] = &[
    #[cfg(feature = "postgres")]
    initium_postgres::OPENER,
    #[cfg(feature = "mysql")]
    initium_mysql::OPENER,
    #[cfg(feature = "sqlite")]
    initium_sqlite::OPENER,
    #[cfg(feature = "redis")]
    initium_redis::OPENER,
];

/// What this build speaks to.
pub fn databases() -> Vec<&'static str> {
    OPENERS
        .iter()
        .flat_map(|opener| opener.databases)
        .copied()
        .collect()
}

fn opener(database: &str) -> Result<&'static Opener> {
    OPENERS
        .iter()
        .find(|opener| opener.databases.contains(&database))
        .ok_or_else(|| {
            let known = databases();
            let list = if known.is_empty() {
                "none".into()
            } else {
                known.join(", ")
            };
            Error::new(
                Code::DriverMissing,
                format!("this build has no driver for {}", named(database)),
            )
            .help(match nearest(database, &known) {
                Some(near) => format!("is {near} meant? drivers in this build: {list}"),
                None => format!("drivers in this build: {list}; others are Cargo features"),
            })
        })
}

/// The driver that was probably meant.
fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .copied()
        .min_by_key(|name| crate::spec::distance(word, name))
        .filter(|name| crate::spec::distance(word, name) <= 2)
}

/// A scheme as a message may show it. Of a text that is no URL its beginning may be anything.
fn named(database: &str) -> String {
    match database.len() <= 12 && database.bytes().all(|b| b.is_ascii_lowercase()) {
        true => format!("'{database}'"),
        false => "this kind of database".into(),
    }
}

/// The dialect of a database, without a server.
pub fn dialect(database: &str) -> Result<Box<dyn Dialect>> {
    Ok((opener(database)?.dialect)(database))
}

/// Tries once; `variable` is asked where a password has to be made.
pub fn open(settings: &Settings, run: &Run, variable: Variable) -> Result<Box<dyn Driver>> {
    let open = |settings: &Settings, run: &Run| {
        let answer = (opener(&settings.database)?.open)(settings, run);
        answer.map_err(|error| unquoted(error, settings))
    };
    match login(settings, variable, run.limits.connect)? {
        None => open(settings, run),
        Some(login) => open(&login, run).map_err(|error| match error.code() {
            Code::AuthenticationFailed => error.help(DENIED),
            _ => error,
        }),
    }
}

/// A server may ask for the password in clear, and whoever stands in its place may say it back. A
/// password that is a plain word or that stands in the address is in messages anyway.
fn unquoted(error: Error, settings: &Settings) -> Error {
    let said = error.server_said();
    let texts = [
        Some(error.message()),
        said.detail.as_deref(),
        said.hint.as_deref(),
    ];
    let quoted = |password: &str| {
        let plain = password.len() < 4 || password.bytes().all(|b| b.is_ascii_lowercase());
        !plain
            && !settings.shown().contains(password)
            && texts.iter().flatten().any(|text| text.contains(password))
    };
    let hosts = settings.hosts.iter().map(|host| &host.password);
    let mut passwords = hosts.chain([&settings.password]).flatten();
    match passwords.any(|password| quoted(password.reveal())) {
        false => error,
        true => error.reworded(
            "the server answers the login with the password itself, so what it says is not shown",
        ),
    }
}

const DENIED: &str = "the password was an AWS token. On PostgreSQL: GRANT rds_iam TO the user; on MySQL: IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'. The role needs rds-db:connect for this user, the host must be the endpoint that RDS shows, and the clock must be right";

/// Tries until the server is up, or `patience` is over. Only what waiting can cure is tried again:
/// a refused connection or a server that starts, never a wrong password.
pub fn open_within(
    settings: &Settings,
    run: &Run,
    patience: Duration,
    variable: Variable,
    tell: &mut dyn FnMut(&Error),
) -> Result<Box<dyn Driver>> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(100);
    loop {
        match open(settings, run, variable) {
            Err(error) if passes(&error) && start.elapsed() + pause < patience => {
                tell(&error);
                nap(pause, run.pulse);
                pause = (pause * 2).min(Duration::from_secs(2));
            }
            answer => return answer,
        }
    }
}

fn nap(pause: Duration, pulse: Pulse) {
    let start = Instant::now();
    loop {
        let left = pause.saturating_sub(start.elapsed());
        if left.is_zero() {
            break;
        }
        sleep(left.min(Pulse::EVERY));
        pulse.beat();
    }
}

fn passes(error: &Error) -> bool {
    matches!(error.code(), Code::ConnectFailed | Code::TokenUnavailable)
}

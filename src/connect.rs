//! Settings to a driver. The only file with `cfg(feature)` for drivers: it knows what this build
//! speaks to, and says so when asked for something else.

use crate::token::{Variable, logins};
use initium_driver::{Code, Dialect, Driver, Error, Exit, Opener, Result, Run, Settings};
use std::thread::sleep;
use std::time::{Duration, Instant};

const OPENERS: &[Opener] = &[
    #[cfg(feature = "postgres")]
    initium_postgres::OPENER,
    #[cfg(feature = "mysql")]
    initium_mysql::OPENER,
    #[cfg(feature = "sqlite")]
    initium_sqlite::OPENER,
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
                format!("this build has no driver for '{database}'"),
            )
            .help(format!(
                "drivers in this build: {list}; others are Cargo features"
            ))
        })
}

/// The dialect of a database, without a server.
pub fn dialect(database: &str) -> Result<Box<dyn Dialect>> {
    Ok((opener(database)?.dialect)(database))
}

/// Tries once; `variable` is asked where a password has to be made.
pub fn open(settings: &Settings, run: &Run, variable: Variable) -> Result<Box<dyn Driver>> {
    let open = opener(&settings.database)?.open;
    match logins(settings, variable, run.limits.connect)? {
        None => open(settings, run),
        Some(logins) => first(&logins, &|login| open(login, run)),
    }
}

/// The first host that answers, each with the token that was made for it.
fn first(
    logins: &[Settings],
    open: &dyn Fn(&Settings) -> Result<Box<dyn Driver>>,
) -> Result<Box<dyn Driver>> {
    let mut failed: Option<Error> = None;
    for login in logins {
        let error = match open(login) {
            Ok(driver) => return Ok(driver),
            Err(error) => error,
        };
        match (error.code(), failed) {
            (code, before) if code.exit() != Exit::Unavailable => {
                let error = match code {
                    Code::AuthenticationFailed => error.help(DENIED),
                    _ => error,
                };
                return Err(before.iter().fold(error, |e, b| e.and(b.message())));
            }
            (_, None) => failed = Some(error),
            (_, Some(before)) => failed = Some(before.and(error.message())),
        }
    }
    Err(failed.unwrap_or_else(|| Error::new(Code::ConnectionMissing, "no host is given")))
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
                sleep(pause);
                pause = (pause * 2).min(Duration::from_secs(2));
            }
            answer => return answer,
        }
    }
}

fn passes(error: &Error) -> bool {
    matches!(error.code(), Code::ConnectFailed | Code::TokenUnavailable)
}

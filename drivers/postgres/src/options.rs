//! The options of a connection, each honoured or refused by name; none is ignored in silence.

use crate::stream::Methods;
use initium_driver::driver::Run;
use initium_driver::error::{Code, Error, Result};
use initium_driver::settings::Settings;
use postgres::Config;
use postgres::config::ChannelBinding;
use std::time::Duration;

pub const KNOWN: &[&str] = &[
    "connect_timeout",
    "application_name",
    "options",
    "search_path",
    "target_session_attrs",
    "load_balance_hosts",
    "sslnegotiation",
    "sslsni",
    "channel_binding",
    "require_auth",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
];

/// Everything but the place.
pub fn login(settings: &Settings, run: &Run) -> Result<Config> {
    let mut config = Config::new();
    config.application_name(
        settings
            .option("application_name")
            .map_or_else(|| format!("initium {}", run.id), String::from),
    );
    if let Some(user) = &settings.user {
        config.user(user);
    }
    if let Some(password) = &settings.password {
        config.password(password.reveal());
    }
    if let Some(name) = &settings.name {
        config.dbname(name);
    }
    if let Some(options) = command_line(settings) {
        config.options(options);
    }
    config.channel_binding(match settings.option("channel_binding") {
        None | Some("prefer" | "") => ChannelBinding::Prefer,
        Some("disable") => ChannelBinding::Disable,
        Some("require") => ChannelBinding::Require,
        Some(_) => {
            let expected = "disable, prefer or require";
            return Err(invalid("channel_binding", expected));
        }
    });
    match settings.option("load_balance_hosts") {
        None | Some("disable" | "") => {}
        Some(_) => {
            return Err(Error::new(
                Code::ConnectionInvalid,
                "hosts are tried in the order in which they stand: load_balance_hosts cannot be honoured",
            )
            .help("leave it out, or say load_balance_hosts=disable"));
        }
    }
    keepalives(settings, &mut config)?;
    if let Some(within) = patience(settings, run)? {
        config.connect_timeout(within);
    }
    Ok(config)
}

pub fn methods(settings: &Settings) -> Result<Methods> {
    Methods::parse(settings.option("require_auth").unwrap_or_default())
}

/// A dead network is found out within a minute, unless somebody knows better.
fn keepalives(settings: &Settings, config: &mut Config) -> Result<()> {
    let number = |key: &str, default: u64| match settings.option(key) {
        None | Some("") => Ok(default),
        Some(text) => text.parse::<u64>().map_err(|_| invalid(key, "a number")),
    };
    config.keepalives(match settings.option("keepalives") {
        None | Some("1" | "") => true,
        Some("0") => false,
        Some(_) => return Err(invalid("keepalives", "0 or 1")),
    });
    let seconds = |key, default| number(key, default).map(Duration::from_secs);
    let count = number("keepalives_count", 3)?;
    config
        .keepalives_idle(seconds("keepalives_idle", 30)?)
        .keepalives_interval(seconds("keepalives_interval", 10)?)
        .keepalives_retries(u32::try_from(count).unwrap_or(u32::MAX))
        .tcp_user_timeout(Duration::from_millis(number("tcp_user_timeout", 60_000)?));
    Ok(())
}

/// The URL knows its server best; zero means no limit.
fn patience(settings: &Settings, run: &Run) -> Result<Option<Duration>> {
    let within = match settings.option("connect_timeout") {
        None => run.limits.connect,
        Some(text) => Duration::from_secs(
            text.parse()
                .map_err(|_| invalid("connect_timeout", "a number of seconds"))?,
        ),
    };
    Ok(Some(within).filter(|within| !within.is_zero()))
}

/// What the server takes as its command line.
fn command_line(settings: &Settings) -> Option<String> {
    let path = settings
        .option("search_path")
        .map(|path| format!("-c search_path={}", escaped(path)));
    let all: Vec<String> = settings
        .option("options")
        .map(String::from)
        .into_iter()
        .chain(path)
        .collect();
    Some(all.join(" ")).filter(|all| !all.is_empty())
}

/// The server splits its options at blanks.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        if c == '\\' || c.is_ascii_whitespace() {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

/// Without the value: where a password was not percent-encoded, its end stands there.
pub fn invalid(key: &str, expected: &str) -> Error {
    Error::new(
        Code::ConnectionInvalid,
        format!("the connection option {key} is not {expected}"),
    )
    .help("see docs/connections.md for the options of PostgreSQL")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_search_path_with_blanks_stays_one_option() {
        let settings = Settings::parse(
            "postgres://h/db?search_path=a,%20%22b%20c%22&options=-c%20x=1",
            "X",
        )
        .unwrap();
        assert_eq!(
            command_line(&settings).unwrap(),
            "-c x=1 -c search_path=a,\\ \"b\\ c\""
        );
    }
}

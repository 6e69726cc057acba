//! From settings to an open connection. Host names are looked up on this thread (the crate would
//! start another one for it); options that would be ignored are refused; no password is ever shown.

use crate::wire::Wire;
use initium_driver::driver::Run;
use initium_driver::error::{Code, Error, Result};
use initium_driver::settings::{Host, Settings};
use postgres::Config;
use postgres::config::TargetSessionAttrs;
use std::net::{IpAddr, ToSocketAddrs};
use std::time::Duration;

const KNOWN: &[&str] = &[
    "connect_timeout",
    "application_name",
    "options",
    "search_path",
    "target_session_attrs",
];

const PORT: u16 = 5432;

pub fn open(settings: &Settings, run: &Run) -> Result<Wire> {
    settings.allow_options(KNOWN)?;
    refuse_tls(settings)?;
    let mut config = Config::new();
    config
        .application_name(
            &settings
                .option("application_name")
                .map_or_else(|| format!("initium {}", run.id), String::from),
        )
        .keepalives(true)
        .keepalives_idle(Duration::from_secs(30))
        .keepalives_interval(Duration::from_secs(10))
        .keepalives_retries(3)
        .tcp_user_timeout(Duration::from_secs(60));
    if let Some(user) = &settings.user {
        config.user(user);
    }
    if let Some(password) = &settings.password {
        config.password(password.reveal());
    }
    if let Some(name) = &settings.name {
        config.dbname(name);
    }
    if let Some(options) = options(settings) {
        config.options(&options);
    }
    if let Some(word) = settings.option("target_session_attrs") {
        config.target_session_attrs(session_attrs(word)?);
    }
    if let Some(within) = patience(settings, run)? {
        config.connect_timeout(within);
    }
    // What the server remarks on the way is nobody's business here; the crate would log it.
    config.notice_callback(|_| {});
    let place = address(settings, &mut config)?;
    Wire::open(config).map_err(|trouble| trouble.into_connect_error(&place))
}

/// Host and port, resolved; returns how people call it.
/// Host and port, resolved; returns how people call it.
fn address(settings: &Settings, config: &mut Config) -> Result<String> {
    let nearby = Host::new("localhost", None);
    let host = settings.host().unwrap_or(&nearby);
    let port = host.port.unwrap_or(PORT);
    config.port(port);
    if host.name.starts_with('/') {
        config.host_path(&host.name);
        return Ok(format!("{}/.s.PGSQL.{port}", host.name));
    }
    let place = Host::new(&host.name, Some(port)).shown();
    let host = host.name.as_str();
    let found = resolve(host, port).map_err(|cause| {
        Error::new(
            Code::ConnectFailed,
            format!("no connection to {place}: the host name cannot be looked up: {cause}"),
        )
        .help(format!(
            "is {host} the right name, and does it resolve on this machine?"
        ))
    })?;
    // As many names as addresses, or the crate refuses.
    for ip in found {
        config.host(host).hostaddr(ip);
    }
    Ok(place)
}

fn resolve(host: &str, port: u16) -> std::io::Result<Vec<IpAddr>> {
    let mut found: Vec<IpAddr> = Vec::new();
    for address in (host, port).to_socket_addrs()? {
        if !found.contains(&address.ip()) {
            found.push(address.ip());
        }
    }
    if found.is_empty() {
        return Err(std::io::Error::other("it has no address"));
    }
    Ok(found)
}

fn refuse_tls(settings: &Settings) -> Result<()> {
    match settings.tls.mode {
        Some(mode) if mode.is_demanded() => Err(Error::new(
            Code::TlsMissing,
            format!(
                "sslmode={} asks for TLS and this build has none",
                mode.word()
            ),
        )
        .help("take a build with TLS, or say sslmode=disable where the network is trusted")),
        _ => Ok(()),
    }
}

fn session_attrs(word: &str) -> Result<TargetSessionAttrs> {
    match word {
        "any" => Ok(TargetSessionAttrs::Any),
        "read-write" | "primary" => Ok(TargetSessionAttrs::ReadWrite),
        "read-only" => Ok(TargetSessionAttrs::ReadOnly),
        _ => Err(invalid(
            "target_session_attrs",
            "any, read-write or read-only",
        )),
    }
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
fn options(settings: &Settings) -> Option<String> {
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
fn invalid(key: &str, expected: &str) -> Error {
    Error::new(
        Code::ConnectionInvalid,
        format!("the connection option {key} is not {expected}"),
    )
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
            options(&settings).unwrap(),
            "-c x=1 -c search_path=a,\\ \"b\\ c\""
        );
    }

    #[test]
    fn a_host_name_becomes_addresses() {
        assert!(!resolve("localhost", 1).unwrap().is_empty());
        assert_eq!(
            resolve("::1", 1).unwrap(),
            ["::1".parse::<IpAddr>().unwrap()]
        );
    }
}

//! Settings into an address and a login: which options there are, and what is refused before a
//! byte is sent.

use initium_driver::{Code, Error, Result, Settings};
use std::time::Duration;

const PORT: u16 = 3306;
const OPTIONS: &[&str] = &["connect_timeout", "socket", "charset", "cluster"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    Tcp { host: String, port: u16 },
    Socket(String),
}

#[derive(Debug)]
pub struct Target {
    pub address: Address,
    pub database: String,
    /// Zero: none.
    pub patience: Duration,
    /// Every run reaches the same member of a cluster.
    pub one_node: bool,
}

/// Reads the settings; `patience` is how long connecting may take if the URL does not say.
pub fn target(settings: &Settings, patience: Duration) -> Result<Target> {
    settings.allow_options(OPTIONS)?;
    tls(settings)?;
    if let Some(charset) = settings.option("charset")
        && !charset.eq_ignore_ascii_case("utf8mb4")
    {
        return Err(invalid("charset is not utf8mb4")
            .help("scripts are UTF-8 and the connection is utf8mb4, always"));
    }
    let patience = match settings.option("connect_timeout") {
        None => patience,
        Some(text) => Duration::from_secs(text.parse().map_err(|_| {
            invalid("connect_timeout is no number").help("give whole seconds; 0 is no limit")
        })?),
    };
    let database = settings.name.clone().ok_or_else(|| {
        invalid("it names no database")
            .help("end the URL with /NAME: it is where the ledger is kept")
    })?;
    let host = settings.host().map_or("localhost", |host| &host.name);
    let address = match settings.option("socket") {
        Some(path) => Address::Socket(path.into()),
        None if host.starts_with('/') => Address::Socket(host.into()),
        None => Address::Tcp {
            host: host.into(),
            port: settings.host().and_then(|host| host.port).unwrap_or(PORT),
        },
    };
    let one_node = match settings.option("cluster") {
        None => false,
        Some("one-node") => true,
        Some(_) => {
            return Err(invalid("cluster is not one-node")
                .help("one-node is all it can be: every run reaches the same member"));
        }
    };
    let words = [&settings.user, &settings.name].into_iter().flatten();
    if words.into_iter().any(|word| word.contains('\0')) {
        return Err(invalid("it holds a zero byte"));
    }
    Ok(Target {
        address,
        database,
        patience,
        one_node,
    })
}

fn tls(settings: &Settings) -> Result<()> {
    match settings.tls.mode {
        Some(mode) if mode.is_demanded() => Err(Error::new(
            Code::TlsMissing,
            format!(
                "ssl-mode={} asks for TLS, which this driver does not have yet",
                mode.word()
            ),
        )
        .help("where the network is trusted, say ssl-mode=DISABLED; else use a tunnel")),
        _ => Ok(()),
    }
}

/// Without the value: where a password was not percent-encoded, its end stands there.
fn invalid(what: &str) -> Error {
    Error::new(
        Code::ConnectionInvalid,
        format!("the connection cannot be used: {what}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Result<Target> {
        target(&Settings::parse(url, "TEST")?, Duration::from_secs(7))
    }

    #[test]
    fn what_the_url_says_is_taken() {
        let t = read("mysql://u@h/db?connect_timeout=3&tls=preferred").expect("a target");
        assert_eq!(t.patience, Duration::from_secs(3));
        let tcp = Address::Tcp {
            host: "h".into(),
            port: 3306,
        };
        assert_eq!(t.address, tcp);
        let t = read("mysql://u@h/db?socket=/run/x.sock").expect("a target");
        assert_eq!(t.address, Address::Socket("/run/x.sock".into()));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for (url, code) in [
            ("mysql://u@h/db?ssl-mode=REQUIRED", Code::TlsMissing),
            ("mysql://u@h/db?sslmode=verify-full", Code::TlsMissing),
            ("mysql://u@h/db?ssl-mode=VERIFY_IDENTITY", Code::TlsMissing),
            ("mysql://u@h/db?ssl-mode=maybe", Code::ConnectionInvalid),
            ("mysql://u@h/db?multi=1", Code::ConnectionInvalid),
            ("mysql://u@h/db?charset=latin1", Code::ConnectionInvalid),
            ("mysql://u@h/db?cluster=all", Code::ConnectionInvalid),
            ("mysql://u@h/db?connect_timeout=x", Code::ConnectionInvalid),
            ("mysql://u@h", Code::ConnectionInvalid),
            ("mysql://u%00@h/db", Code::ConnectionInvalid),
        ] {
            match read(url) {
                Ok(_) => panic!("{url}"),
                Err(error) => assert_eq!(error.code(), code, "{url}: {error}"),
            }
        }
    }
}

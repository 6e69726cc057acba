//! Settings into an address and a login: which options there are, and what is refused before a
//! byte is sent.

use initium_driver::driver::{Access, Pulse};
use initium_driver::hosts::Wanted;
use initium_driver::{Result, Settings, Tls};
use initium_socket::{Place, invalid, places};
use std::time::Duration;

const PORT: u16 = 3306;
const OPTIONS: &[&str] = &[
    "connect_timeout",
    "socket",
    "charset",
    "cluster",
    "target_session_attrs",
];

#[derive(Debug)]
pub struct Target {
    /// In the order of trying.
    pub places: Vec<Place>,
    pub wanted: Wanted,
    pub database: String,
    /// For one address; zero: none.
    pub patience: Duration,
    /// None, unless it is set.
    pub pulse: Pulse,
    /// Every run reaches the same member of a cluster.
    pub one_node: bool,
    pub tls: Tls,
    /// Where it leads, without the password.
    pub shown: String,
}

/// Reads the settings; `patience` is how long connecting may take if the URL does not say.
pub fn target(settings: &Settings, patience: Duration, access: Access) -> Result<Target> {
    settings.allow_options(OPTIONS)?;
    if let Some(charset) = settings.option("charset")
        && !charset.eq_ignore_ascii_case("utf8mb4")
    {
        return Err(invalid("charset is not utf8mb4")
            .help("scripts are UTF-8 and the connection is utf8mb4, always"));
    }
    let patience = initium_socket::patience(settings, patience)?;
    let database = settings.name.clone().ok_or_else(|| {
        invalid("it names no database")
            .help("end the URL with /NAME: it is where the ledger is kept")
    })?;
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
    let places = match settings.option("socket") {
        Some(path) => vec![Place::socket(path, settings.password.clone())],
        None => places(settings, PORT)?,
    };
    Ok(Target {
        wanted: Wanted::of(settings, access)?,
        places,
        database,
        patience,
        pulse: Pulse::default(),
        one_node,
        tls: settings.tls.clone(),
        shown: settings.shown(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use initium_driver::{Code, Mode};
    use initium_socket::Address;

    fn read(url: &str) -> Result<Target> {
        let settings = Settings::parse(url, "TEST")?;
        target(&settings, Duration::from_secs(7), Access::Write)
    }

    #[test]
    fn what_the_url_says_is_taken() {
        let t = read("mysql://u@h/db?connect_timeout=3&tls=preferred").expect("a target");
        assert_eq!(t.patience, Duration::from_secs(3));
        let tcp = Address::Tcp {
            host: "h".into(),
            port: 3306,
        };
        assert_eq!(t.places[0].address, tcp);
        let t = read("mysql://u@h/db?socket=/run/x.sock").expect("a target");
        assert_eq!(t.places[0].address, Address::Socket("/run/x.sock".into()));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for (url, code) in [
            (
                "mysql://u@localhost/db?target_session_attrs=x",
                Code::ConnectionInvalid,
            ),
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

    #[test]
    fn another_machine_is_spoken_to_encrypted_or_not_at_all() {
        for (url, mode) in [
            ("mysql://u@db.example/db", Mode::VerifyFull),
            ("mysql://u@127.0.0.1/db?ssl-mode=REQUIRED", Mode::Require),
            ("mysql://u@localhost/db?ssl-ca=/ca.crt", Mode::VerifyFull),
        ] {
            let read = read(url).map(|target| target.places[0].mode);
            match cfg!(feature = "tls") {
                true => assert_eq!(read.expect("a target"), mode, "{url}"),
                false => assert_eq!(read.expect_err(url).code(), Code::TlsMissing),
            }
        }
        for (url, mode) in [
            ("mysql://u@localhost/db", Mode::Allow),
            ("mysql://u@db.example/db?ssl-mode=DISABLED", Mode::Disable),
            ("mysql://u@db.example/db?socket=/run/x.sock", Mode::Disable),
        ] {
            assert_eq!(read(url).expect("a target").places[0].mode, mode, "{url}");
        }
    }
}

//! Settings into addresses and a login: which options there are, and what is refused before a byte
//! is sent.

use initium_driver::driver::{Access, Pulse};
use initium_driver::hosts::Wanted;
use initium_driver::{Error, Result, Settings, Tls};
use initium_socket::{Place, invalid, places};
use std::time::Duration;

const PORT: u16 = 6379;
const SENTINEL_PORT: u16 = 26379;
const OPTIONS: &[&str] = &[
    "connect_timeout",
    "topology",
    "master",
    "lease",
    "target_session_attrs",
];
/// Long enough for a slow network, short enough to wait for after a crash.
const LEASE: Duration = Duration::from_secs(30);

/// How the servers stand together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topology {
    /// As the server says itself.
    Said,
    /// The hosts are sentinels, which know where this master is.
    Sentinel(String),
    Cluster,
}

#[derive(Clone, Debug)]
pub struct Target {
    /// In the order of trying.
    pub places: Vec<Place>,
    pub wanted: Wanted,
    pub topology: Topology,
    pub user: Option<String>,
    pub number: u32,
    pub lease: Duration,
    /// For one address; zero: none.
    pub patience: Duration,
    pub pulse: Pulse,
    pub tls: Tls,
    /// Names the run in the server's list of clients.
    pub run: String,
    /// Where it leads, without the password.
    pub shown: String,
}

impl Target {
    pub fn patience(&self) -> Option<Duration> {
        Some(self.patience).filter(|limit| !limit.is_zero())
    }
}

/// Reads the settings; `patience` is how long connecting may take if the URL does not say.
pub fn target(settings: &Settings, patience: Duration, access: Access) -> Result<Target> {
    settings.allow_options(OPTIONS)?;
    let topology = topology(settings)?;
    let patience = initium_socket::patience(settings, patience)?;
    let number = match settings.name.as_deref() {
        None | Some("") => 0,
        Some(text) => text.parse().map_err(|_| {
            invalid("its database is no number").help("databases of Redis are numbered from 0")
        })?,
    };
    if topology == Topology::Cluster && number != 0 {
        return Err(no_number());
    }
    let port = match topology {
        Topology::Sentinel(_) => SENTINEL_PORT,
        _ => PORT,
    };
    Ok(Target {
        places: places(settings, port)?,
        wanted: Wanted::of(settings, access)?,
        topology,
        user: settings.user.clone().filter(|user| !user.is_empty()),
        number,
        lease: settings.option("lease").map_or(Ok(LEASE), lease)?,
        patience,
        pulse: Pulse::default(),
        tls: settings.tls.clone(),
        run: String::new(),
        shown: settings.shown(),
    })
}

/// A cluster has one database.
pub fn no_number() -> Error {
    invalid("a cluster has the database 0 and no other")
        .help("leave the number out; deployments that share a cluster are told apart by --prefix")
}

fn topology(settings: &Settings) -> Result<Topology> {
    match (settings.option("topology"), settings.option("master")) {
        (None | Some(""), None) => Ok(Topology::Said),
        (Some("cluster"), None) => Ok(Topology::Cluster),
        (Some("sentinel"), Some(master)) if !master.is_empty() => {
            Ok(Topology::Sentinel(master.into()))
        }
        (Some("sentinel"), _) => {
            Err(invalid("it names sentinels and no master")
                .help("redis-sentinel://HOST,HOST/MASTER/0"))
        }
        _ => Err(invalid("its topology is none that there is").help(
            "redis-sentinel:// or redis-cluster:// say it; a master is named for sentinels only",
        )),
    }
}

/// `10s`, `2m`, `500ms`; a plain number is seconds.
fn lease(text: &str) -> Result<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let millis = number.parse::<u64>().ok().and_then(|number| match unit {
        "ms" => Some(number),
        "" | "s" => number.checked_mul(1000),
        "m" => number.checked_mul(60_000),
        _ => None,
    });
    match millis {
        Some(millis @ 1000..=3_600_000) => Ok(Duration::from_millis(millis)),
        _ => Err(invalid("its lease cannot be used").help("lease=30s: from 1s to 60m")),
    }
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
        let t = read("redis://u:p@127.0.0.1/3?lease=10s&connect_timeout=3").expect("a target");
        assert_eq!((t.number, t.lease), (3, Duration::from_secs(10)));
        assert_eq!(t.patience, Duration::from_secs(3));
        assert_eq!(t.topology, Topology::Said);
        let tcp = |host: &str, port| Address::Tcp {
            host: host.into(),
            port,
        };
        assert_eq!(t.places[0].address, tcp("127.0.0.1", 6379));
        let t = read("unix:///run/redis.sock?db=2").expect("a target");
        assert_eq!(
            t.places[0].address,
            Address::Socket("/run/redis.sock".into())
        );
        let t = read("redis-sentinel://127.0.0.1,localhost:5/main/1").expect("a target");
        assert_eq!(t.topology, Topology::Sentinel("main".into()));
        assert_eq!(t.places[0].address, tcp("127.0.0.1", 26379));
        assert_eq!(t.number, 1);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for url in [
            "redis://localhost/0?lease=1ms",
            "redis://localhost/0?lease=soon",
            "redis://localhost/0?connect_timeout=x",
            "redis-sentinel://localhost",
            "redis-cluster://localhost/1",
            "redis://localhost/0?topology=ring",
            "redis://localhost/0?master=x",
            "redis://localhost/99999999999",
        ] {
            let error = read(url).expect_err(url);
            assert_eq!(error.code(), Code::ConnectionInvalid, "{url}: {error}");
        }
    }

    #[test]
    fn the_scheme_says_whether_it_is_encrypted() {
        let mode = |url| read(url).map(|target| target.places[0].mode);
        assert_eq!(mode("redis://db.example").expect("a mode"), Mode::Disable);
        assert_eq!(mode("redis://localhost").expect("a mode"), Mode::Disable);
        for url in ["rediss://db.example", "valkeys://localhost"] {
            match cfg!(feature = "tls") {
                true => assert_eq!(mode(url).expect("a mode"), Mode::VerifyFull),
                false => assert_eq!(mode(url).expect_err(url).code(), Code::TlsMissing),
            }
        }
    }
}

//! Where a server may be, and how it is to be spoken to there.

use crate::stream::Socket;
use initium_driver::driver::Pulse;
use initium_driver::settings::{Locality, Mode, missing};
use initium_driver::{Code, Error, Host, Result, Secret, Settings};
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::{Duration, Instant};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    Tcp { host: String, port: u16 },
    Socket(String),
}

/// One server, and how it is to be spoken to.
#[derive(Clone, Debug)]
pub struct Place {
    pub address: Address,
    /// Where to find it instead of looking the name up.
    pub found_at: Option<String>,
    pub mode: Mode,
    pub locality: Locality,
    pub password: Option<Secret>,
}

/// How long connecting may take: what the URL says, or else what is given.
pub fn patience(settings: &Settings, given: Duration) -> Result<Duration> {
    match settings.option("connect_timeout") {
        None => Ok(given),
        Some(text) => text.parse().map(Duration::from_secs).map_err(|_| {
            invalid("connect_timeout is no number").help("give whole seconds; 0 is no limit")
        }),
    }
}

/// Without the value: where a password was not percent-encoded, its end stands there.
pub fn invalid(what: &str) -> Error {
    Error::new(
        Code::ConnectionInvalid,
        format!("the connection cannot be used: {what}"),
    )
}

/// Those that the settings name, in the order of trying; `port` is the usual one.
pub fn places(settings: &Settings, port: u16) -> Result<Vec<Place>> {
    let nowhere = [Host::new("localhost", None)];
    let hosts = match settings.hosts.as_slice() {
        [] => &nowhere,
        some => some,
    };
    let place = |host| Place::of(settings, host, port);
    hosts.iter().map(place).collect()
}

impl Place {
    /// It never leaves this machine: there is nothing to encrypt it against.
    pub fn socket(path: &str, password: Option<Secret>) -> Place {
        Place {
            address: Address::Socket(path.into()),
            found_at: None,
            mode: Mode::Disable,
            locality: Locality::Here,
            password,
        }
    }

    pub fn of(settings: &Settings, host: &Host, port: u16) -> Result<Place> {
        let password = host.password.as_ref().or(settings.password.as_ref());
        let password = password.cloned();
        if host.name.starts_with('/') {
            return Ok(Place::socket(&host.name, password));
        }
        let place = Place {
            address: Address::Tcp {
                host: host.name.clone(),
                port: host.port.unwrap_or(port),
            },
            found_at: host.address.clone(),
            mode: settings.tls_mode(host),
            locality: host.locality(),
            password,
        };
        match place.mode.is_demanded() && !cfg!(feature = "tls") {
            true => Err(missing(&place.shown(), place.mode)),
            false => Ok(place),
        }
    }

    /// What its certificate must be for.
    pub fn name(&self) -> &str {
        match &self.address {
            Address::Tcp { host, .. } => host,
            Address::Socket(path) => path,
        }
    }

    pub fn shown(&self) -> String {
        match &self.address {
            Address::Tcp { host, port } => Host::new(host, Some(*port)).shown(),
            Address::Socket(path) => path.clone(),
        }
    }

    /// More than one where its name has several: `localhost` is often ::1 first, where not every
    /// server listens. `None`: a socket, which has none.
    pub fn addresses(&self) -> io::Result<Vec<Option<SocketAddr>>> {
        let (name, port) = match &self.address {
            Address::Socket(_) => return Ok(vec![None]),
            Address::Tcp { host, port } => (host, *port),
        };
        let name = self.found_at.as_ref().unwrap_or(name);
        let found: Vec<_> = (name.as_str(), port).to_socket_addrs()?.map(Some).collect();
        match found.is_empty() {
            true => Err(io::Error::other("the name has no address")),
            false => Ok(found),
        }
    }

    /// In the clear.
    pub fn reach(
        &self,
        address: Option<SocketAddr>,
        until: Option<Instant>,
        pulse: Pulse,
    ) -> io::Result<Socket> {
        match (&self.address, address) {
            (Address::Socket(path), _) => Socket::unix(path, until, pulse),
            (_, Some(address)) => Socket::tcp(address, until, pulse),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

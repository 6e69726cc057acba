//! From settings to an open connection: how each host is spoken to, and which of its addresses there
//! are; which one is taken is [`hosts`]'. Host names are looked up on this thread: the crate would
//! start another one for it.

use crate::error::Trouble;
use crate::options;
use crate::stream::{Begin, Methods, Through, Watch};
#[cfg(feature = "tls")]
use crate::stream::{Negotiation, Terms};
use crate::wire::Wire;
use initium_driver::Mode;
use initium_driver::driver::{Pulse, Run};
use initium_driver::error::{Code, Error, Result};
use initium_driver::hosts::{self, Kind, Wanted, first};
use initium_driver::settings::{Host, Settings};
use postgres::Config;
use std::net::{IpAddr, ToSocketAddrs};
#[cfg(feature = "tls")]
use std::sync::Arc;

const PORT: u16 = 5432;

pub fn open(settings: &Settings, run: &Run) -> Result<Wire> {
    settings.allow_options(options::KNOWN)?;
    let login = options::login(settings, run)?;
    let methods = options::methods(settings)?;
    let wanted = Wanted::of(settings, run.access)?;
    let hosts = match settings.hosts.as_slice() {
        [] => vec![Host::new("localhost", None)],
        some => some.to_vec(),
    };
    // Everything that can be known to be wrong is told before the first connection.
    let doors = hosts
        .iter()
        .map(|host| Door::new(settings, host, &login, &methods, run.pulse))
        .collect::<Result<Vec<_>>>()?;
    first(&doors, wanted)
}

/// One host, and how it is to be spoken to.
struct Door<'a> {
    settings: &'a Settings,
    host: &'a Host,
    login: &'a Config,
    methods: &'a Methods,
    pulse: Pulse,
    mode: Mode,
    port: u16,
    /// As people call it.
    place: String,
}

impl<'a> Door<'a> {
    fn new(
        settings: &'a Settings,
        host: &'a Host,
        login: &'a Config,
        methods: &'a Methods,
        pulse: Pulse,
    ) -> Result<Door<'a>> {
        let port = host.port.unwrap_or(PORT);
        let mode = settings.tls_mode(host);
        let door = Door {
            settings,
            host,
            login,
            methods,
            pulse,
            mode,
            port,
            place: match is_socket(host) {
                true => format!("{}/.s.PGSQL.{port}", host.name),
                false => Host::new(&host.name, Some(port)).shown(),
            },
        };
        if is_socket(host) {
            return match methods.is_any() {
                true => Ok(door),
                false => Err(Error::new(
                    Code::ConnectionInvalid,
                    "require_auth cannot be honoured on a Unix socket",
                )
                .help("leave it out there: the server's own machine is behind it")),
            };
        }
        door.negotiable()?;
        #[cfg(not(feature = "tls"))]
        if mode.is_demanded() {
            return Err(initium_driver::settings::missing(&door.place, mode));
        }
        Ok(door)
    }

    fn negotiable(&self) -> Result<()> {
        match self.settings.option("sslnegotiation") {
            None | Some("postgres" | "") => Ok(()),
            Some("direct") if self.mode.is_demanded() => Ok(()),
            Some("direct") => Err(Error::new(
                Code::ConnectionInvalid,
                format!(
                    "sslnegotiation=direct has no way back from TLS, and sslmode={} wants one",
                    self.mode.word()
                ),
            )
            .help("say sslmode=verify-full, verify-ca or require as well")),
            Some(_) => Err(options::invalid("sslnegotiation", "postgres or direct")),
        }
    }

    fn wire(&self, address: Option<IpAddr>) -> Result<Wire, Trouble> {
        let mut config = self.login.clone();
        if let Some(password) = &self.host.password {
            config.password(password.reveal());
        }
        config.port(self.port);
        let Some(address) = address else {
            config.host_path(&self.host.name);
            return Wire::open(config, None, self.place.clone(), self.pulse);
        };
        let name = match self.host.name.as_str() {
            "" => "localhost",
            name => name,
        };
        config.host(name).hostaddr(address);
        let clear = || self.begun(&config, Begin::Clear);
        match self.mode {
            Mode::Disable => clear(),
            Mode::Allow => match clear() {
                Err(first) if first.wants_encryption() => self.instead(first, &config),
                answer => answer,
            },
            _ => self.begun(&config, self.begin()?),
        }
    }

    fn begun(&self, config: &Config, begin: Begin) -> Result<Wire, Trouble> {
        let through = Through {
            begin,
            methods: self.methods.clone(),
            place: self.place.clone(),
            watch: Watch::default(),
        };
        let place = self.place.clone();
        Wire::open(config.clone(), Some(through), place, self.pulse)
    }

    /// The server did not like the clear: once more with TLS, if it has it.
    #[cfg(feature = "tls")]
    fn instead(&self, first: Trouble, config: &Config) -> Result<Wire, Trouble> {
        match self.begun(config, self.begin()?) {
            Err(Trouble::Known(error)) if error.code() == Code::TlsRefused => Err(first),
            answer => answer,
        }
    }

    #[cfg(not(feature = "tls"))]
    fn instead(&self, first: Trouble, _: &Config) -> Result<Wire, Trouble> {
        Err(first)
    }

    #[cfg(feature = "tls")]
    fn begin(&self) -> Result<Begin, Trouble> {
        let negotiation = match self.settings.option("sslnegotiation") {
            Some("direct") => Negotiation::Direct,
            _ => Negotiation::Postgres,
        };
        let terms = Terms::new(self.settings, self.host, self.mode, negotiation);
        Ok(Begin::Secure(Arc::new(terms.map_err(Trouble::Known)?)))
    }

    /// Where TLS is demanded it was refused before; elsewhere there is none to prefer.
    #[cfg(not(feature = "tls"))]
    fn begin(&self) -> Result<Begin, Trouble> {
        Ok(Begin::Clear)
    }
}

impl hosts::Door for Door<'_> {
    /// `None`: a socket, which has none.
    type Address = Option<IpAddr>;
    type Session = Wire;

    fn addresses(&self) -> Result<Vec<Option<IpAddr>>> {
        if is_socket(self.host) {
            return Ok(vec![None]);
        }
        let name = self.host.address.as_deref().unwrap_or(&self.host.name);
        let name = match name {
            "" => "localhost",
            name => name,
        };
        let found = resolve(name, self.port).map_err(|cause| {
            Error::new(
                Code::ConnectFailed,
                format!(
                    "no connection to {}: the host name cannot be looked up: {cause}",
                    self.place
                ),
            )
            .help(format!(
                "is {name} the right name, and does it resolve on this machine?"
            ))
        })?;
        Ok(found.into_iter().map(Some).collect())
    }

    fn open(&self, address: Option<IpAddr>, kind: Kind) -> Result<(Wire, Option<Error>)> {
        let mut wire = self
            .wire(address)
            .map_err(|trouble| trouble.into_connect_error(&self.place))?;
        if kind == Kind::Any {
            return Ok((wire, None));
        }
        let standing = wire
            .standing_within(self.login.get_connect_timeout().copied())
            .map_err(|trouble| trouble.into_connect_error(&self.place))?;
        Ok((wire, kind.misses(&self.place, standing.of_hosts())))
    }
}

fn is_socket(host: &Host) -> bool {
    host.address.is_none() && host.name.starts_with(['/', '@'])
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_host_name_becomes_addresses() {
        assert!(!resolve("localhost", 1).unwrap().is_empty());
        assert_eq!(
            resolve("::1", 1).unwrap(),
            ["::1".parse::<IpAddr>().unwrap()]
        );
    }
}

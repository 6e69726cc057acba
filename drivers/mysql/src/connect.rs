//! Which server to speak to, and how: each host and each of its addresses in turn, encrypted as it
//! is to be. What somebody must mend (a wrong password, a certificate) ends it; what time or another
//! host may mend does not. Must never fall back to the clear where encryption was asked for.

use crate::address::{Address, Place, Target, Wants};
use crate::error::{Fault, connecting, wants_tls};
use crate::login::{Channel, Login, greeted, log_in};
use crate::packets::Packets;
use crate::socket::{Socket, Stream};
use crate::wire::Wire;
use initium_driver::settings::Locality;
use initium_driver::{Code, Error, Mode, Result, Tls};
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::{Duration, Instant};

/// A session, and where it is.
pub struct Connected {
    pub wire: Wire,
    pub place: Place,
}

pub fn open(target: &Target, login: &Login) -> Result<Connected> {
    let mut failures = Vec::new();
    let mut second_best = None;
    for place in &target.places {
        let mut found = match at(place, target, login) {
            Ok(found) => found,
            Err(error) if error.code() == Code::ConnectFailed => {
                failures.push(error);
                continue;
            }
            Err(error) => return Err(error),
        };
        match suits(&mut found, target) {
            Ok(()) => return Ok(found),
            Err(error) if target.wants.is_demanded() || error.code() != Code::ReadOnly => {
                failures.push(error);
            }
            Err(_) => {
                second_best.get_or_insert(found);
            }
        }
    }
    second_best.ok_or_else(|| none(failures))
}

/// What to say where no host would do.
fn none(mut failures: Vec<Error>) -> Error {
    if failures.len() == 1 {
        return failures.remove(0);
    }
    let all: Vec<_> = failures.iter().map(Error::message).collect();
    let code = match failures.iter().all(|f| f.code() == Code::ConnectFailed) {
        true => Code::ConnectFailed,
        false => Code::ReadOnly,
    };
    let message = match all.is_empty() {
        true => "no host is named".into(),
        false => format!("none of {} hosts will do: {}", all.len(), all.join("; ")),
    };
    let help = failures.iter().rev().find_map(Error::help_text);
    Error::new(code, message).help(help.unwrap_or("name the server"))
}

/// Whether the server is of the kind that is looked for; no question where any will do.
fn suits(found: &mut Connected, target: &Target) -> Result<()> {
    let wants = target.wants;
    if wants == Wants::Any {
        return Ok(());
    }
    let rows = found
        .wire
        .ask(
            "SELECT @@GLOBAL.read_only, @@GLOBAL.innodb_read_only",
            patience(target),
        )
        .map_err(|fault| connecting(&fault, &found.place, &target.shown, &target.tls))?;
    let cells = rows.rows.first().map(Vec::as_slice).unwrap_or_default();
    let on = |cell: &Option<String>| !matches!(cell.as_deref(), None | Some("0" | "OFF"));
    let reads = cells.iter().any(on);
    let place = found.place.shown();
    match wants {
        Wants::Writable | Wants::RatherWritable if reads => Err(Error::new(
            Code::ReadOnly,
            format!("{place} does not allow writes"),
        )
        .help("target_session_attrs asks for a server that does")),
        Wants::Reading | Wants::RatherReading if !reads => {
            Err(Error::new(Code::ReadOnly, format!("{place} allows writes"))
                .help("target_session_attrs asks for a server that only reads"))
        }
        _ => Ok(()),
    }
}

fn patience(target: &Target) -> Option<Duration> {
    Some(target.patience).filter(|limit| !limit.is_zero())
}

fn at(place: &Place, target: &Target, login: &Login) -> Result<Connected> {
    let wrong = |fault: Fault| connecting(&fault, place, &target.shown, &target.tls);
    let (name, port) = match &place.address {
        Address::Socket(_) => return to(place, None, target, login),
        Address::Tcp { host, port } => (host, *port),
    };
    let name = place.found_at.as_ref().unwrap_or(name);
    let addresses = (name.as_str(), port).to_socket_addrs();
    let mut last = None;
    // `localhost` is often ::1 first, where not every server listens.
    for address in addresses.map_err(|error| wrong(error.into()))? {
        match to(place, Some(address), target, login) {
            Err(error) if error.code() == Code::ConnectFailed => last = Some(error),
            answer => return answer,
        }
    }
    let nowhere = std::io::Error::new(std::io::ErrorKind::NotFound, "the name has no address");
    Err(last.unwrap_or_else(|| wrong(nowhere.into())))
}

/// When a connection is encrypted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Never,
    #[cfg_attr(not(feature = "tls"), allow(dead_code))]
    Offered(Mode),
    #[cfg_attr(not(feature = "tls"), allow(dead_code))]
    Always(Mode),
}

/// One address, as its mode has it.
fn to(
    place: &Place,
    address: Option<SocketAddr>,
    target: &Target,
    login: &Login,
) -> Result<Connected> {
    let attempt = Attempt {
        place,
        address,
        target,
        login,
    };
    let wrong = |refused: Refused| match refused {
        Refused::Fault(fault, _) => connecting(&fault, place, &target.shown, &target.tls),
        Refused::Error(error) => error,
    };
    let when = match place.mode {
        Mode::Disable | Mode::Allow => When::Never,
        mode if !mode.is_demanded() => match cfg!(feature = "tls") {
            true => When::Offered(mode),
            false => When::Never,
        },
        mode => When::Always(mode),
    };
    let first = match attempt.make(when) {
        Ok(found) => return Ok(found),
        Err(refused) => refused,
    };
    let Refused::Fault(fault, Offered::Tls) = &first else {
        return Err(wrong(first));
    };
    // No round trip more where the server takes the login in the clear.
    if place.mode != Mode::Allow || !wants_tls(fault) || !cfg!(feature = "tls") {
        return Err(wrong(first));
    }
    match attempt.make(When::Always(Mode::Require)) {
        Ok(found) => Ok(found),
        // Nothing came of it; what the server said to begin with is what counts.
        Err(Refused::Fault(Fault::Io(_), _)) => Err(wrong(first)),
        Err(second) => Err(wrong(second)),
    }
}

/// Whether the greeting offers to encrypt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Offered {
    Tls,
    Nothing,
}

enum Refused {
    Fault(Fault, Offered),
    Error(Error),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Refused {
        Refused::Fault(fault, Offered::Nothing)
    }
}

struct Attempt<'a> {
    place: &'a Place,
    address: Option<SocketAddr>,
    target: &'a Target,
    login: &'a Login<'a>,
}

impl Attempt<'_> {
    fn make(&self, when: When) -> Result<Connected, Refused> {
        let place = self.place;
        // Files that are wrong are told before a byte is sent.
        let ready = match when {
            When::Always(mode) => Some(prepare(place, &self.target.tls, mode)?),
            _ => None,
        };
        let until = patience(self.target).and_then(|limit| Instant::now().checked_add(limit));
        let socket = match (&place.address, self.address) {
            (Address::Socket(path), _) => Socket::unix(path, until),
            (_, Some(address)) => Socket::tcp(address, until),
            _ => Err(std::io::ErrorKind::NotFound.into()),
        };
        let mut packets = Packets::new(Stream::Clear(socket.map_err(Fault::Io)?));
        let greeting = greeted(&mut packets)?;
        let offered = match greeting.offers_tls() {
            true => Offered::Tls,
            false => Offered::Nothing,
        };
        let ready = match (ready, when, offered) {
            (Some(_), _, Offered::Nothing) => return Err(Refused::Error(refused(place))),
            (None, When::Offered(mode), Offered::Tls) => {
                Some(prepare(place, &self.target.tls, mode)?)
            }
            (ready, ..) => ready,
        };
        let refused = |fault| Refused::Fault(fault, offered);
        if let Some(ready) = ready {
            packets = ready.encrypt(packets, &greeting).map_err(refused)?;
        }
        let channel = match (packets.is_safe(), place.mode, place.locality) {
            (true, ..) => Channel::Safe,
            (_, Mode::Disable, _) | (.., Locality::Here) => Channel::Trusted,
            _ => Channel::Open,
        };
        let done = log_in(&mut packets, &greeting, self.login, channel).map_err(refused)?;
        let patient = packets.stream().socket().hurry_until(None);
        patient.map_err(Fault::Io)?;
        Ok(Connected {
            wire: Wire::new(packets, greeting, &done),
            place: Place {
                found_at: self.address.map(|address| address.ip().to_string()),
                ..place.clone()
            },
        })
    }
}

#[cfg(feature = "tls")]
use encrypting::{prepare, refused};
#[cfg(not(feature = "tls"))]
use plain::{prepare, refused};

#[cfg(feature = "tls")]
mod encrypting {
    //! What TLS needs, read before it begins.

    use super::*;
    use crate::login::{Greeting, encrypted};
    use initium_tls::rustls::ClientConfig;
    use initium_tls::rustls::pki_types::ServerName;
    use std::sync::Arc;

    pub struct Ready {
        config: Arc<ClientConfig>,
        name: ServerName<'static>,
    }

    pub fn prepare(place: &Place, tls: &Tls, mode: Mode) -> Result<Ready, Refused> {
        let config = initium_tls::config(tls, mode).map_err(Refused::Error)?;
        let name = ServerName::try_from(place.name().to_string()).map_err(|_| {
            Refused::Error(
                Error::new(
                    Code::ConnectionInvalid,
                    format!("no certificate can be for '{}'", place.name()),
                )
                .help("give the server's name, or its address"),
            )
        })?;
        Ok(Ready {
            config: Arc::new(config),
            name,
        })
    }

    impl Ready {
        pub fn encrypt(self, packets: Packets, greeting: &Greeting) -> Result<Packets, Fault> {
            encrypted(packets, greeting, self.config, self.name)
        }
    }

    pub fn refused(place: &Place) -> Error {
        initium_tls::refused(&place.shown(), place.mode)
    }
}

#[cfg(not(feature = "tls"))]
mod plain {
    //! A build without TLS says so.

    use super::*;
    use crate::login::Greeting;
    use initium_driver::settings::missing;

    pub enum Ready {}

    pub fn prepare(place: &Place, _: &Tls, mode: Mode) -> Result<Ready, Refused> {
        Err(Refused::Error(missing(&place.shown(), mode)))
    }

    impl Ready {
        pub fn encrypt(self, _: Packets, _: &Greeting) -> Result<Packets, Fault> {
            match self {}
        }
    }

    pub fn refused(place: &Place) -> Error {
        missing(&place.shown(), place.mode)
    }
}

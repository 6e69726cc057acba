//! How a server is spoken to: encrypted as it is to be, at one of its addresses; which one of several
//! is taken is [`hosts`]'. Must never fall back to the clear where encryption was asked for.

use crate::address::Target;
use crate::error::{Fault, connecting, wants_tls};
use crate::login::{Channel, Greeting, Login, greeted, log_in};
use crate::packets::Packets;
use crate::wire::Wire;
use initium_driver::hosts::{self, Kind, Standing, first};
use initium_driver::settings::Locality;
use initium_driver::{Error, Mode, Result};
use initium_socket::{Place, Ready, Stream, prepare, refused};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// A session, and where it is.
pub struct Connected {
    pub wire: Wire,
    pub place: Place,
}

pub fn open(target: &Target, login: &Login) -> Result<Connected> {
    let doors: Vec<_> = target
        .places
        .iter()
        .map(|place| Door {
            place,
            target,
            login,
        })
        .collect();
    first(&doors, target.wanted)
}

/// One server, and who wants in.
struct Door<'a> {
    place: &'a Place,
    target: &'a Target,
    login: &'a Login<'a>,
}

impl hosts::Door for Door<'_> {
    /// `None`: a socket, which has none.
    type Address = Option<SocketAddr>;
    type Session = Connected;

    fn addresses(&self) -> Result<Vec<Option<SocketAddr>>> {
        let found = self.place.addresses();
        found.map_err(|e| connecting(&e.into(), self.place, &self.target.shown, &self.target.tls))
    }

    /// No question where any will do.
    fn open(&self, address: Option<SocketAddr>, kind: Kind) -> Result<(Connected, Option<Error>)> {
        let mut found = to(self.place, address, self.target, self.login)?;
        if kind == Kind::Any {
            return Ok((found, None));
        }
        let standing = standing(&mut found, self.target)?;
        let misses = kind.misses(&found.place.shown(), standing);
        Ok((found, misses))
    }
}

/// Whether the server writes. A replica that has none of the variables on looks like a primary.
fn standing(found: &mut Connected, target: &Target) -> Result<Standing> {
    const ASK: &str = "SELECT @@GLOBAL.read_only, @@GLOBAL.innodb_read_only";
    let rows = found
        .wire
        .ask(ASK, patience(target))
        .map_err(|fault| connecting(&fault, &found.place, &target.shown, &target.tls))?;
    let cells = rows.rows.first().map(Vec::as_slice).unwrap_or_default();
    let on = |n| {
        let cell: Option<&Option<String>> = cells.get(n);
        !matches!(cell.and_then(Option::as_deref), None | Some("0" | "OFF"))
    };
    let reads = match (on(0), on(1)) {
        (true, _) => Some("read_only is on"),
        (_, true) => Some("innodb_read_only is on"),
        _ => None,
    };
    Ok(Standing {
        standby: reads.is_some(),
        reads,
    })
}

fn patience(target: &Target) -> Option<Duration> {
    Some(target.patience).filter(|limit| !limit.is_zero())
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
            When::Always(mode) => {
                Some(prepare(place, &self.target.tls, mode).map_err(Refused::Error)?)
            }
            _ => None,
        };
        let until = patience(self.target).and_then(|limit| Instant::now().checked_add(limit));
        let pulse = self.target.pulse;
        let socket = place.reach(self.address, until, pulse);
        let mut packets = Packets::new(Stream::Clear(socket.map_err(Fault::Io)?));
        let greeting = greeted(&mut packets)?;
        let offered = match greeting.offers_tls() {
            true => Offered::Tls,
            false => Offered::Nothing,
        };
        let ready = match (ready, when, offered) {
            (Some(_), _, Offered::Nothing) => return Err(Refused::Error(refused(place))),
            (None, When::Offered(mode), Offered::Tls) => {
                Some(prepare(place, &self.target.tls, mode).map_err(Refused::Error)?)
            }
            (ready, ..) => ready,
        };
        let refused = |fault| Refused::Fault(fault, offered);
        if let Some(ready) = ready {
            packets = encrypt(ready, packets, &greeting).map_err(refused)?;
        }
        let channel = match (packets.is_safe(), place.mode, place.locality) {
            (true, ..) => Channel::Safe,
            (_, Mode::Disable, _) | (.., Locality::Here) => Channel::Trusted,
            _ => Channel::Open,
        };
        let password = place.password.as_ref().map_or("", |p| p.reveal());
        let done = log_in(&mut packets, &greeting, self.login, password, channel);
        let done = done.map_err(refused)?;
        packets.stream().socket().hurry_until(None);
        Ok(Connected {
            wire: Wire::new(packets, greeting, &done),
            place: Place {
                found_at: self.address.map(|address| address.ip().to_string()),
                ..place.clone()
            },
        })
    }
}

/// The same connection, encrypted.
#[cfg(feature = "tls")]
fn encrypt(ready: Ready, packets: Packets, greeting: &Greeting) -> Result<Packets, Fault> {
    crate::login::encrypted(packets, greeting, ready)
}

/// Without TLS nothing can be ready for it.
#[cfg(not(feature = "tls"))]
fn encrypt(_: Ready, packets: Packets, _: &Greeting) -> Result<Packets, Fault> {
    Ok(packets)
}

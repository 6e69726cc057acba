//! How a server is spoken to: encrypted as it is to be, at one of its addresses, logged in. Which one
//! of several is taken is [`hosts`]'; where a sentinel or a cluster leads is `topology`'s.

use crate::address::Target;
use crate::error::{refused, unreachable, word};
use crate::info::Info;
use crate::resp::{Reply, Sending};
use crate::wire::Wire;
use initium_driver::hosts::{self, Kind, first};
use initium_driver::{Code, Error, Result};
use initium_socket::{Place, Stream, prepare};
use std::net::SocketAddr;
use std::time::Instant;

/// A session, and where it is.
pub struct Connected {
    pub wire: Wire,
    pub info: Info,
    pub place: Place,
}

/// Whether the password is shown at once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Login {
    Always,
    /// Sentinels mostly know no password, and refuse one.
    Asked,
}

pub fn open(target: &Target, places: &[Place], login: Login) -> Result<Connected> {
    let door = |place| Door {
        place,
        target,
        login,
    };
    let doors: Vec<_> = places.iter().map(door).collect();
    first(&doors, target.wanted)
}

struct Door<'a> {
    place: &'a Place,
    target: &'a Target,
    login: Login,
}

impl hosts::Door for Door<'_> {
    /// `None`: a socket, which has none.
    type Address = Option<SocketAddr>;
    type Session = Connected;

    fn addresses(&self) -> Result<Vec<Option<SocketAddr>>> {
        let found = self.place.addresses();
        found.map_err(|error| unreachable(&error, self.place, &self.target.tls))
    }

    fn open(&self, address: Option<SocketAddr>, kind: Kind) -> Result<(Connected, Option<Error>)> {
        let found = self.to(address)?;
        let misses = kind.misses(&found.place.shown(), found.info.standing());
        Ok((found, misses))
    }
}

impl Door<'_> {
    fn to(&self, address: Option<SocketAddr>) -> Result<Connected> {
        let (place, target) = (self.place, self.target);
        // Redis has no way to begin in the clear and go on encrypted: a mode that leaves it open
        // means the clear.
        let ready = match place.mode.is_demanded() {
            true => Some(prepare(place, &target.tls, place.mode)?),
            false => None,
        };
        let patience = target.patience();
        let until = patience.and_then(|limit| Instant::now().checked_add(limit));
        let wrong = |error| unreachable(&error, place, &target.tls);
        let socket = place.reach(address, until, target.pulse).map_err(wrong)?;
        let stream = match ready {
            Some(ready) => ready.encrypt(socket).map_err(wrong)?,
            None => Stream::Clear(socket),
        };
        let mut wire = Wire::new(stream);
        let info = match self.login {
            Login::Always => self.greet(&mut wire)?,
            Login::Asked => Info::default(),
        };
        if info.is_loading() {
            let said = "LOADING it is loading its data into memory";
            return Err(refused(said, &target.shown));
        }
        wire.hurry(None);
        Ok(Connected {
            wire,
            info,
            place: Place {
                found_at: address.map(|address| address.ip().to_string()),
                ..place.clone()
            },
        })
    }

    /// Login, database, name, and what the server says of itself, in one round trip.
    fn greet(&self, wire: &mut Wire) -> Result<Info> {
        let target = self.target;
        let mut sending = Sending::default();
        // What may go wrong; the others are only asked for.
        let mut needed = 0;
        if let Some(parts) = login(self.place, target) {
            sending.command(&parts);
            needed += 1;
        }
        if target.number != 0 {
            sending.command(&["SELECT", &target.number.to_string()]);
            needed += 1;
        }
        // A server that wants a password says so here, to whoever gave none.
        sending.command(&["CLIENT", "SETNAME", &name(&target.run)]);
        sending.command(&["INFO"]);
        let replies = wire
            .ask(&sending)
            .map_err(|error| unreachable(&error, self.place, &target.tls))?;
        for (n, reply) in replies.iter().enumerate() {
            let Some(said) = reply.error() else { continue };
            let harmless = n >= needed && !matches!(word(said), "NOAUTH" | "LOADING" | "DENIED");
            if !harmless {
                return Err(refused(said, &target.shown));
            }
        }
        let info = replies.last().and_then(Reply::text).map(Info::read);
        Ok(info.unwrap_or_default())
    }
}

/// AUTH, with a user or without.
pub fn login(place: &Place, target: &Target) -> Option<Vec<String>> {
    let password = place.password.as_ref().map(|p| p.reveal().to_string());
    match (&target.user, password) {
        (Some(user), password) => Some(vec![
            "AUTH".into(),
            user.clone(),
            password.unwrap_or_default(),
        ]),
        (None, Some(password)) => Some(vec!["AUTH".into(), password]),
        (None, None) => None,
    }
}

/// A name of a client has no blanks.
fn name(run: &str) -> String {
    let plain = |c: char| if c.is_ascii_graphic() { c } else { '-' };
    let run: String = run.chars().map(plain).take(100).collect();
    format!("initium:{run}")
}

/// It is no server of data.
pub fn is_sentinel(place: &Place) -> Error {
    Error::new(
        Code::ConnectionInvalid,
        format!("{} is a sentinel, and holds no data", place.shown()),
    )
    .help("say which master is meant: redis-sentinel://HOST,HOST/MASTER/0")
}

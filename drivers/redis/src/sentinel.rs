//! Sentinels know where the master is. Whoever they name is asked whether it is one: they may not
//! have heard yet.

use crate::address::Target;
use crate::connect::{Connected, Login, login, open};
use crate::error::{lost, refused, word};
use crate::resp::{Reply, Sending};
use initium_driver::hosts::{Kind, Otherwise, Wanted};
use initium_driver::{Code, Error, Locality, Result};
use initium_socket::{Address, Place};

pub fn open_master(target: &Target, master: &str) -> Result<Connected> {
    let mut any = target.clone();
    any.wanted = Wanted {
        kind: Kind::Any,
        otherwise: Otherwise::Refuse,
    };
    let mut failures = Vec::new();
    for place in &target.places {
        let asked = open(&any, std::slice::from_ref(place), Login::Asked)
            .and_then(|sentinel| ask(sentinel, target, master));
        match asked.and_then(|place| reach(target, place)) {
            Ok(found) => return Ok(found),
            Err(error) if error.code() == Code::ConnectFailed => failures.push(error),
            Err(error) => return Err(error),
        }
    }
    let said: Vec<_> = failures.iter().map(Error::message).collect();
    Err(Error::new(
        Code::ConnectFailed,
        format!("no sentinel leads to '{master}': {}", said.join("; ")),
    )
    .help("one of the sentinels must be up and know this master; a failover may be under way"))
}

fn ask(mut sentinel: Connected, target: &Target, master: &str) -> Result<Place> {
    sentinel.wire.hurry(target.patience());
    let mut sending = Sending::default();
    sending.command(&["SENTINEL", "get-master-addr-by-name", master]);
    let mut asked = |sending: &Sending| {
        let replies = sentinel.wire.ask(sending).map_err(|error| lost(&error))?;
        Ok::<_, Error>(replies.into_iter().last().unwrap_or(Reply::Nil))
    };
    let mut reply = asked(&sending)?;
    // The same login as the servers', where they want one.
    if reply.error().is_some_and(|said| word(said) == "NOAUTH")
        && let Some(parts) = login(&sentinel.place, target)
    {
        let mut both = Sending::default();
        both.command(&parts);
        both.bytes.extend_from_slice(&sending.bytes);
        both.count += sending.count;
        reply = asked(&both)?;
    }
    if let Some(said) = reply.error() {
        return Err(refused(said, &sentinel.place.shown()));
    }
    let text = |n: usize| {
        let part = reply.items().get(n).and_then(Reply::text);
        part.map(|part| String::from_utf8_lossy(part).into_owned())
    };
    match (text(0), text(1).and_then(|port| port.parse().ok())) {
        (Some(host), Some(port)) => Ok(Place {
            locality: Locality::of(&host),
            found_at: None,
            address: Address::Tcp { host, port },
            ..sentinel.place.clone()
        }),
        _ => Err(Error::new(
            Code::ConnectFailed,
            format!(
                "the sentinel {} knows no master '{master}'",
                sentinel.place.shown()
            ),
        )
        .help("redis-cli -p 26379 SENTINEL masters lists those that it knows")),
    }
}

fn reach(target: &Target, place: Place) -> Result<Connected> {
    let mut primary = target.clone();
    primary.wanted = Wanted {
        kind: Kind::Primary,
        otherwise: Otherwise::Refuse,
    };
    open(&primary, std::slice::from_ref(&place), Login::Always).map_err(|error| {
        match error.code() {
            // The sentinels have not heard of the failover yet: it passes.
            Code::ReadOnly => Error::new(Code::ConnectFailed, error.message().to_string())
                .help("a failover is under way"),
            _ => error,
        }
    })
}

//! The lock of a ledger: a lease with a number that goes up with each holder. It ends by itself; the
//! guard of every script that writes renews it. Must never wait: polling is the engine's.

use crate::error::{denied, denies, failed, lease_lost, word};
use crate::lua;
use crate::resp::Reply;
use crate::servers::Words;
use crate::session::{Lock, Ready, Session};
use initium_driver::{Code, Error, Holder, Locked, Result};
use serde::{Deserialize, Serialize};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant};

/// What stands in the lock. `since` comes last: the server writes it.
#[derive(Serialize, Deserialize)]
struct Value {
    token: String,
    #[serde(default)]
    run: String,
    user: Option<String>,
    client: Option<String>,
    #[serde(default, skip_serializing)]
    since: u64,
}

/// The standard library's only chance: its maps are seeded by the system.
pub fn token() -> String {
    let number = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", number(), number())
}

/// An error of the server about a key of the ledger.
pub fn wrong(session: &Session, said: &str) -> Error {
    match word(said) {
        word if word == "NOPERM" || denies(said) => denied(said, &session.names.pattern()),
        "WRONGTYPE" => foreign(&session.names.pattern()),
        _ => failed(said),
    }
}

/// Somebody else's keys stand where the ledger's would.
pub fn foreign(keys: &str) -> Error {
    Error::new(
        Code::LedgerDenied,
        format!("there are keys {keys} that are not a ledger of initium"),
    )
    .help("choose another name with --table, or another --prefix")
}

fn script(session: &Session, script: crate::ground::Script, args: Words) -> Ready {
    Ready {
        script,
        place: session.home(),
        keys: vec![session.names.key("lock"), session.names.key("fence")],
        args,
    }
}

/// Asks once.
pub fn try_lock(session: &mut Session) -> Result<Locked> {
    let info = session.servers.info();
    if let Some(why) = info.standing().reads {
        return Err(Error::new(
            Code::ReadOnly,
            format!("{} does not allow writes: {why}", session.servers.place()),
        )
        .help("name the master; of several hosts, the first that writes is taken"));
    }
    let value = claim(session)?;
    let lease = session.lease.as_millis().to_string().into_bytes();
    let before = match &session.lock {
        Lock::Held { value, .. } => value.clone(),
        _ => b"none".to_vec(),
    };
    let ready = script(session, lua::TAKE, vec![value, lease, before]);
    let reply = session.run(&[ready], &[])?.pop().unwrap_or(Reply::Nil);
    if let Some(said) = reply.error() {
        return Err(wrong(session, said));
    }
    let items = reply.items();
    let number = |n: usize| items.get(n).and_then(Reply::integer);
    let text = |n: usize| {
        items
            .get(n)
            .and_then(Reply::text)
            .unwrap_or_default()
            .to_vec()
    };
    if number(0) != Some(1) {
        // It may be free again by now; then there is nothing to tell of its holder.
        return Ok(Locked::Held(Box::new(holder(session)?.unwrap_or_default())));
    }
    session.lock = Lock::Held {
        value: text(1),
        number: text(2),
    };
    let millis = number(3).unwrap_or(0) * 1000 + number(4).unwrap_or(0) / 1000;
    session.clock = Some((u64::try_from(millis).unwrap_or(0), Instant::now()));
    session.wait_for_replicas(Duration::from_secs(1))?;
    Ok(Locked::Taken)
}

/// What is written into the lock, up to its time, which the server writes behind it.
fn claim(session: &mut Session) -> Result<Vec<u8>> {
    if let Some(known) = &session.claim {
        return Ok(known.clone());
    }
    let client = session
        .servers
        .one(session.home(), vec![b"CLIENT".to_vec(), b"INFO".to_vec()])?;
    let client = client
        .text()
        .map(|text| String::from_utf8_lossy(text).into_owned());
    let client = client.as_deref().and_then(|text| {
        let mut parts = text.split(' ');
        parts
            .find_map(|part| part.strip_prefix("addr="))
            .map(String::from)
    });
    let value = Value {
        token: session.token.clone(),
        run: session.run.clone(),
        user: session.servers.target().user.clone(),
        client,
        since: 0,
    };
    let mut text = serde_json::to_string(&value).unwrap_or_default();
    text.pop();
    text.push_str(",\"since\":");
    session.claim = Some(text.clone().into_bytes());
    Ok(text.into_bytes())
}

pub fn unlock(session: &mut Session) -> Result<()> {
    let value = match &session.lock {
        Lock::Held { value, .. } => value.clone(),
        Lock::Free => return Ok(()),
        Lock::Lost => return Err(lease_lost()),
    };
    session.lock = Lock::Free;
    let ready = script(session, lua::GIVE_BACK, vec![value]);
    let reply = session.run(&[ready], &[])?.pop().unwrap_or(Reply::Nil);
    match (reply.error(), reply.integer()) {
        (Some(said), _) => Err(wrong(session, said)),
        (_, Some(-1)) => Err(lease_lost()),
        _ => Ok(()),
    }
}

pub fn holder(session: &mut Session) -> Result<Option<Holder>> {
    let home = session.home();
    let words = |name: &str, key: Option<Vec<u8>>| {
        let mut words = vec![name.as_bytes().to_vec()];
        words.extend(key);
        (home, words)
    };
    let lock = session.names.key("lock");
    let replies = session.servers.ask(&[
        words("GET", Some(lock.clone())),
        words("PTTL", Some(lock)),
        words("HVALS", Some(session.names.key("steps"))),
        words("TIME", None),
    ])?;
    if let Some(said) = replies[..3].iter().find_map(Reply::error) {
        return Err(wrong(session, said));
    }
    let Some(text) = replies[0].text() else {
        return Ok(None);
    };
    let value = std::str::from_utf8(text).ok();
    let value = value.and_then(|text| serde_json::from_str::<Value>(text).ok());
    let Some(value) = value else {
        return Err(foreign(&session.names.pattern()));
    };
    let seconds = replies[3].items().first().and_then(Reply::integer);
    let seconds = seconds.and_then(|now| u64::try_from(now).ok());
    let left = replies[1]
        .integer()
        .and_then(|left| u64::try_from(left).ok());
    Ok(Some(Holder {
        session: value.token,
        user: value.user,
        host: value.client,
        application: Some(format!("initium {}", value.run)),
        seconds: seconds.map(|now| now.saturating_sub(value.since / 1000)),
        statement: running(replies[2].items()),
        lease: left.map(Duration::from_millis),
    }))
}

/// The statement whose intent is written and whose end is not.
fn running(steps: &[Reply]) -> Option<String> {
    steps.iter().filter_map(Reply::text).find_map(|text| {
        let text = std::str::from_utf8(text).ok()?;
        let step: serde_json::Value = serde_json::from_str(text).ok()?;
        let head = step.get("head")?.as_str()?;
        (step.get("state")?.as_str()? == "intent").then(|| head.to_string())
    })
}

/// Takes the lock away from a holder, as long as it is the holder.
pub fn end(session: &mut Session, holder: &Holder) -> Result<()> {
    let hex = |b: u8| b.is_ascii_hexdigit();
    if holder.session.len() != 32 || !holder.session.bytes().all(hex) {
        return Err(Error::new(
            Code::NotSupported,
            format!("'{}' holds no lock of this server", holder.session),
        )
        .help("initium migrate unlock shows who does"));
    }
    let token = holder.session.clone().into_bytes();
    let ready = script(session, lua::END, vec![token]);
    let reply = session.run(&[ready], &[])?.pop().unwrap_or(Reply::Nil);
    match reply.error() {
        Some(said) => Err(wrong(session, said)),
        None => Ok(()),
    }
}

//! One run at work: its servers, its lock, its clock, and scripts that run only while the lock is
//! ours. Knows no statement and no entry.

use crate::entries::{Now, time};
use crate::error::{lease_lost, word};
use crate::ground::{Call, Page, Script};
use crate::lua;
use crate::names::{LEDGER, Names, slot};
use crate::resp::{Reply, Sending};
use crate::servers::{Servers, Where, Words};
use initium_driver::{Code, Error, Result};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

pub struct Session {
    pub servers: Servers,
    pub names: Names,
    pub lock: Lock,
    pub lease: Duration,
    /// Names this connection in the lock.
    pub token: String,
    pub run: String,
    /// What is written into the lock, up to its time; known once it was tried.
    pub claim: Option<Vec<u8>>,
    /// The server's clock when the lock was taken, in ms, and when that was here.
    pub clock: Option<(u64, Instant)>,
    /// When the lock was last seen to be ours.
    pub renewed: Instant,
    /// Something was written that no replica had within its time.
    pub unacknowledged: bool,
    /// Scripts, and the names the server gave them.
    hashes: Vec<(&'static str, Vec<u8>)>,
    /// What was begun and not finished.
    pub flights: VecDeque<Flight>,
}

/// Scripts that were sent, and maybe a question for a page.
pub enum Flight {
    /// Answered already.
    Landed(Vec<Reply>, Option<Page>),
    Sent {
        scripts: Vec<Ready>,
        page: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lock {
    Free,
    Held {
        value: Vec<u8>,
        number: Vec<u8>,
    },
    /// It was ours and is another's.
    Lost,
}

/// A script with all it needs, where it runs.
pub struct Ready {
    pub script: Script,
    pub place: Where,
    pub keys: Words,
    pub args: Words,
}

impl Session {
    pub fn new(servers: Servers, names: Names, run: &str, token: String) -> Session {
        Session {
            lease: servers.target().lease,
            servers,
            names,
            lock: Lock::Free,
            token,
            run: run.into(),
            claim: None,
            clock: None,
            renewed: Instant::now(),
            unacknowledged: false,
            hashes: Vec::new(),
            flights: VecDeque::new(),
        }
    }

    /// The slot that a key's work is done in; `None`: all keys lie together.
    pub fn slot(&self, key: &[u8]) -> Option<u16> {
        self.servers.is_cluster().then(|| slot(key))
    }

    /// Whether a key's work is done where the ledger is.
    pub fn is_home(&self, slot: Option<u16>) -> bool {
        slot.is_none_or(|slot| slot == self.names.slot())
    }

    pub fn home(&self) -> Where {
        match self.servers.is_cluster() {
            true => Where::Slot(self.names.slot()),
            false => Where::Anywhere,
        }
    }

    /// By the server's clock, as far as it is known.
    pub fn now(&self, start: Instant) -> Now {
        let at = self.clock.map_or(0, |(millis, then)| {
            millis + then.elapsed().as_millis() as u64
        });
        Now {
            at: time(at),
            elapsed_ms: start.elapsed().as_millis() as u64,
        }
    }

    fn held(&self) -> Result<(Vec<u8>, Vec<u8>)> {
        match &self.lock {
            Lock::Held { value, number } => Ok((value.clone(), number.clone())),
            Lock::Lost => Err(lease_lost()),
            Lock::Free => Err(Error::new(
                Code::Internal,
                "something would be written without the lock",
            )),
        }
    }

    /// Puts before a script what its guard wants. `slot`: where it runs.
    pub fn guarded(&mut self, script: Script, slot: Option<u16>) -> Result<Ready> {
        let (value, number) = self.held()?;
        let lease = self.lease.as_millis().to_string().into_bytes();
        let (keys, value, place) = match slot.filter(|_| !self.is_home(slot)) {
            None => (
                vec![self.names.key("lock"), self.names.key("fence")],
                value,
                self.home(),
            ),
            Some(slot) => {
                let fence = self.names.elsewhere(slot, "fence");
                (vec![fence.clone(), fence], Vec::new(), Where::Slot(slot))
            }
        };
        Ok(Ready {
            script,
            place,
            keys,
            args: vec![value, number, lease],
        })
    }

    /// A script on the keys of the ledger, or on those that stand for them in another slot.
    pub fn on_ledger(&mut self, script: Script, slot: Option<u16>) -> Result<Ready> {
        let mut ready = self.guarded(script, slot)?;
        let keys: Vec<_> = match slot.filter(|_| !self.is_home(slot)) {
            None => LEDGER.iter().map(|what| self.names.key(what)).collect(),
            // There is nothing but marks.
            Some(slot) => vec![self.names.elsewhere(slot, "marks"); LEDGER.len()],
        };
        ready.keys.extend(keys);
        Ok(ready)
    }

    pub fn called(&mut self, call: &Call) -> Result<Ready> {
        let slot = call.keys.first().and_then(|key| self.slot(key));
        let mut ready = self.guarded(call.script, slot)?;
        ready.keys.extend(call.keys.iter().cloned());
        ready.args.extend(call.args.iter().cloned());
        Ok(ready)
    }

    /// Runs them, and whatever else is asked, in one round trip. A lost lock is an error, what else a
    /// script says is its reply.
    pub fn run(&mut self, scripts: &[Ready], others: &[(Where, Words)]) -> Result<Vec<Reply>> {
        let guards = scripts.iter().any(|ready| ready.place != self.home());
        if guards && self.renewed.elapsed() > self.lease / 4 {
            // Only where the ledger is can the lock be renewed.
            let renew = self.guarded(lua::renew(), None)?;
            self.run(&[renew], &[])?;
        }
        let mut commands = Vec::new();
        let mut replies_at = Vec::new();
        let mut learning: Vec<(usize, &'static str)> = Vec::new();
        for ready in scripts {
            let text = ready.script.text;
            let known = self.hash(text);
            if known.is_none() && !learning.iter().any(|(_, other)| same(other, text)) {
                learning.push((commands.len(), text));
                commands.push((ready.place, load(text)));
            }
            replies_at.push(commands.len());
            commands.push((ready.place, spelled(ready, known)));
        }
        let first = commands.len();
        commands.extend_from_slice(others);
        let mut replies = self.servers.ask(&commands)?;
        for (at, text) in learning {
            if let Some(hash) = replies[at].text() {
                self.hashes.push((text, hash.to_vec()));
            }
        }
        let rest = replies.split_off(first);
        let mut answers = Vec::with_capacity(commands.len());
        for (ready, at) in scripts.iter().zip(replies_at) {
            let reply = std::mem::replace(&mut replies[at], Reply::Nil);
            answers.push(self.answered(ready, reply)?);
        }
        answers.extend(rest);
        Ok(answers)
    }

    pub fn answered(&mut self, ready: &Ready, mut reply: Reply) -> Result<Reply> {
        if reply.error().is_some_and(|said| word(said) == "NOSCRIPT") {
            // The server was started anew, or is another one.
            reply = self.servers.one(ready.place, spelled(ready, None))?;
        }
        if reply.error().is_some_and(|said| said.contains("LEASELOST")) {
            self.lock = Lock::Lost;
            return Err(lease_lost());
        }
        self.renewed = Instant::now();
        Ok(reply)
    }

    /// Sends scripts ahead, where they and the page are for one server that knows them.
    pub fn send(&mut self, scripts: &[Ready], page: Option<&Words>) -> Result<bool> {
        let known = |ready: &Ready| self.hash(ready.script.text).is_some();
        if self.servers.is_cluster() || !scripts.iter().all(known) {
            return Ok(false);
        }
        let mut sending = Sending::default();
        for ready in scripts {
            let count = ready.keys.len().to_string().into_bytes();
            let hash = self.hash(ready.script.text).unwrap_or_default();
            let front = [&b"EVALSHA"[..], hash, &count[..]];
            sending.begin(front.len() + ready.keys.len() + ready.args.len());
            front.iter().for_each(|part| sending.part(part));
            let rest = ready.keys.iter().chain(&ready.args);
            rest.for_each(|part| sending.part(part));
        }
        if let Some(page) = page {
            sending.command(page);
        }
        self.servers.send(&sending)?;
        Ok(true)
    }

    /// So many replies to what was sent ahead: all of them, whatever the first one says.
    pub fn receive(&mut self, count: usize) -> Result<Vec<Reply>> {
        (0..count).map(|_| self.servers.receive()).collect()
    }

    /// What was written stays if a replica has it and the master is lost.
    pub fn wait_for_replicas(&mut self, limit: Duration) -> Result<()> {
        if self.servers.info().replicas() == 0 {
            return Ok(());
        }
        let limit = limit.as_millis().to_string().into_bytes();
        let words = vec![b"WAIT".to_vec(), b"1".to_vec(), limit];
        let reply = self.servers.one(self.home(), words)?;
        // Who may not ask learns nothing, which is no failure.
        self.unacknowledged |= reply.integer() == Some(0);
        Ok(())
    }

    fn hash(&self, text: &'static str) -> Option<&[u8]> {
        let found = self.hashes.iter().find(|(other, _)| same(other, text));
        found.map(|(_, hash)| hash.as_slice())
    }
}

/// The same text, not an equal one: they are constants.
fn same(one: &'static str, other: &'static str) -> bool {
    std::ptr::eq(one.as_ptr(), other.as_ptr()) && one.len() == other.len()
}

fn load(text: &str) -> Words {
    vec![b"SCRIPT".to_vec(), b"LOAD".to_vec(), text.into()]
}

fn spelled(ready: &Ready, hash: Option<&[u8]>) -> Words {
    let mut words = match hash {
        Some(hash) => vec![b"EVALSHA".to_vec(), hash.to_vec()],
        None => vec![b"EVAL".to_vec(), ready.script.text.into()],
    };
    words.push(ready.keys.len().to_string().into_bytes());
    words.extend(ready.keys.iter().cloned());
    words.extend(ready.args.iter().cloned());
    words
}

//! What is about the slots of a cluster: in which one a statement's keys lie, and its mark there.

use crate::dialect::{Lua, SCRIPT, what};
use crate::entries::mark;
use crate::error::{denied, failed, word};
use crate::lock::wrong;
use crate::lua;
use crate::names::slot;
use crate::resp::Reply;
use crate::servers::{Where, Words};
use crate::session::Session;
use crate::text::{What, spelled};
use initium_driver::{Code, Entry, Error, Result, Statement};

impl Session {
    /// The slot of a statement's keys; `None`: it has none, or all keys lie together.
    pub fn slot_of(&mut self, statement: &Statement) -> Result<Option<u16>> {
        if !self.servers.is_cluster() {
            return Ok(None);
        }
        match what(statement)? {
            What::Command(words) => self.slot_of_command(&words),
            What::Step { name, json, .. } if name == SCRIPT => {
                let keys = Lua::read(&json)?.keys;
                self.one_slot(&keys.into_iter().map(String::into_bytes).collect())
            }
            What::Step { .. } => Ok(None),
        }
    }

    /// As the server finds them.
    pub fn slot_of_command(&mut self, words: &Words) -> Result<Option<u16>> {
        if !self.servers.is_cluster() {
            return Ok(None);
        }
        let mut ask = vec![b"COMMAND".to_vec(), b"GETKEYS".to_vec()];
        ask.extend(words.iter().cloned());
        let reply = self.servers.one(Where::Anywhere, ask)?;
        if let Some(said) = reply.error() {
            return match said.contains("no key arguments") {
                true => Ok(None),
                false if word(said) == "NOPERM" => Err(denied(said, &self.names.pattern())),
                false => Err(failed(said)),
            };
        }
        let keys = reply.items().iter().filter_map(Reply::text);
        self.one_slot(&keys.map(<[u8]>::to_vec).collect())
    }

    /// The one slot of these keys; refuses keys of several, naming two.
    pub fn one_slot(&self, keys: &Words) -> Result<Option<u16>> {
        let Some(first) = keys.first().filter(|_| self.servers.is_cluster()) else {
            return Ok(None);
        };
        match keys.iter().find(|key| slot(key) != slot(first)) {
            None => Ok(Some(slot(first))),
            Some(other) => Err(Error::new(
                Code::CrossSlot,
                format!(
                    "the keys {} (slot {}) and {} (slot {}) lie apart in the cluster",
                    spelled(first),
                    slot(first),
                    spelled(other),
                    slot(other)
                ),
            )
            .help("keys that share what stands in braces lie together: {user:1}:name, {user:1}:mail; else use a step over a pattern, which takes each key by itself")),
        }
    }

    /// Before an intent is written, no mark of its statement may be left in another slot: of an
    /// earlier time, when it ran and was undone since.
    pub fn forget_marks(&mut self, entries: &[&Entry]) -> Result<()> {
        if !self.servers.is_cluster() {
            return Ok(());
        }
        for entry in entries {
            if let Entry::Intent { step, statement } = entry {
                // One whose keys lie apart is refused when its turn comes.
                if let Ok(slot) = self.slot_of(statement) {
                    self.forget_mark(slot, &mark(step))?;
                }
            }
        }
        Ok(())
    }

    pub fn forget_mark(&mut self, slot: Option<u16>, mark: &str) -> Result<()> {
        if self.is_home(slot) || mark.is_empty() {
            return Ok(());
        }
        let mut ready = self.on_ledger(lua::forget(), slot)?;
        ready.args.push(mark.into());
        let reply = self.run(&[ready], &[])?.pop().unwrap_or(Reply::Nil);
        match reply.error() {
            Some(said) => Err(wrong(self, said)),
            None => Ok(()),
        }
    }

    /// What a mark says, as whoever may only read sees it.
    pub fn marked(&mut self, slot: Option<u16>, mark: &str) -> Result<Option<String>> {
        let (place, key) = match slot.filter(|_| !self.is_home(slot)) {
            None => (self.home(), self.names.key("marks")),
            Some(slot) => (Where::Slot(slot), self.names.elsewhere(slot, "marks")),
        };
        let words = vec![b"HGET".to_vec(), key, mark.into()];
        let reply = self.servers.one(place, words)?;
        match (reply.error(), reply.text()) {
            (Some(said), _) => Err(wrong(self, said)),
            (None, text) => Ok(text.map(|text| String::from_utf8_lossy(text).into_owned())),
        }
    }
}

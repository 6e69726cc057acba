//! What is known of a connection from the outside, shared by the stream inside the crate and by us.
//! It must never hold a byte of what is carried.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

#[derive(Clone, Debug, Default)]
pub struct Watch(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    until: Option<Instant>,
    /// How much one answer may be; without it only each message has an end.
    answer: Option<u64>,
    session: Option<i32>,
    standing: Standing,
    encryption: Option<String>,
}

/// What a server says of itself in the login, from PostgreSQL 14 on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub standby: Option<bool>,
    /// Whether transactions only read unless they say otherwise.
    pub read_only: Option<bool>,
}

impl Standing {
    /// In the words of the contract.
    pub fn of_hosts(self) -> initium_driver::hosts::Standing {
        initium_driver::hosts::Standing {
            standby: self.standby == Some(true),
            reads: match (self.standby, self.read_only) {
                (Some(true), _) => Some("it is a standby in recovery"),
                (_, Some(true)) => Some("default_transaction_read_only is on"),
                _ => None,
            },
        }
    }
}

impl Watch {
    /// The session that the server, or whoever speaks for it, promised.
    pub fn session(&self) -> Option<i32> {
        self.seen().session
    }

    /// What was agreed in the handshake of TLS, if there was one.
    pub fn encryption(&self) -> Option<String> {
        self.seen().encryption.clone()
    }

    pub fn encrypted(&self, agreed: Option<String>) {
        self.seen().encryption = agreed;
    }

    pub fn standing(&self) -> Standing {
        self.seen().standing
    }

    pub fn met(&self, session: Option<i32>, standing: Standing) {
        let mut seen = self.seen();
        seen.session = session;
        seen.standing = standing;
    }

    /// From now on an answer may take this long; `None`: as long as it takes.
    pub fn within(&self, limit: Option<Duration>) {
        self.until(limit.map(|limit| Instant::now() + limit));
    }

    pub fn until(&self, end: Option<Instant>) {
        self.seen().until = end;
    }

    pub fn left(&self) -> Option<Duration> {
        let until = self.seen().until?;
        Some(until.saturating_duration_since(Instant::now()))
    }

    /// From now on answers are kept, and this is how much of one may be.
    pub fn keep(&self, most: Option<u64>) {
        self.seen().answer = most;
    }

    /// An answer grew by this much. Whether it may.
    pub fn spend(&self, amount: u64) -> bool {
        match &mut self.seen().answer {
            None => true,
            Some(left) => match left.checked_sub(amount) {
                Some(less) => {
                    *left = less;
                    true
                }
                None => false,
            },
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

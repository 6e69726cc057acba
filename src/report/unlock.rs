//! The answer of `unlock`.

use super::{SCHEMA_VERSION, clean_line};
use crate::run::describe;
use initium_driver::Holder;
use serde::Serialize;

#[derive(Serialize)]
pub struct UnlockDocument {
    schema_version: u32,
    pub(super) verb: String,
    locks: Vec<Lock>,
}

#[derive(Serialize)]
struct Lock {
    target: String,
    state: &'static str,
    holder: Option<HolderDocument>,
}

#[derive(Serialize)]
struct HolderDocument {
    session: String,
    user: Option<String>,
    host: Option<String>,
    application: Option<String>,
    seconds: Option<u64>,
    statement: Option<String>,
    /// How long the lock lasts if nothing more is heard of them, where it ends by itself.
    lease_ms: Option<u64>,
    #[serde(skip)]
    shown: String,
}

impl UnlockDocument {
    #[allow(clippy::new_without_default)]
    pub fn new() -> UnlockDocument {
        UnlockDocument {
            schema_version: SCHEMA_VERSION,
            verb: "unlock".into(),
            locks: Vec::new(),
        }
    }

    pub fn add(&mut self, target: &str, holder: Option<&Holder>, ended: bool) {
        self.locks.push(Lock {
            target: target.into(),
            state: match (holder, ended) {
                (None, _) => "free",
                (Some(_), false) => "held",
                (Some(_), true) => "ended",
            },
            holder: holder.map(|h| HolderDocument {
                session: h.session.clone(),
                user: h.user.clone(),
                host: h.host.clone(),
                application: h.application.clone(),
                seconds: h.seconds,
                statement: h.statement.clone(),
                lease_ms: h.lease.map(|left| left.as_millis() as u64),
                shown: describe(h),
            }),
        });
    }

    pub fn text(&self) -> String {
        let line = |lock: &Lock| match &lock.holder {
            None => format!("{}: nobody holds the lock\n", lock.target),
            Some(holder) if lock.state == "held" => {
                format!(
                    "{}: held by {}; end it with --yes\n",
                    lock.target, holder.shown
                )
            }
            Some(holder) => format!("{}: ended {}\n", lock.target, holder.shown),
        };
        let lines = self.locks.iter().map(line);
        lines
            .map(|line| clean_line(line.trim_end()) + "\n")
            .collect()
    }
}

//! Events of a run, and what somebody should know of a connection before it is made, to the log.

use super::progress;
use crate::report::{keys, left_out};
use crate::run::{By, Connection, Event, Outcome, describe};
use crate::spec::DEFAULT_TARGET;
use initium_driver::{Locality, Mode, Settings};
use std::collections::BTreeSet;
use std::sync::Mutex;

/// What was remarked already: `wait` connects again and again, and many databases are on one server.
static REMARKED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn once(remark: String) {
    let mut remarked = REMARKED.lock().unwrap_or_else(|e| e.into_inner());
    if !remarked.contains(&remark) {
        log::warn!("{remark}");
        remarked.insert(remark);
    }
}

/// What a server says of itself before, and after, it is written to.
pub fn warn(connections: &mut [Connection]) {
    for connection in connections {
        for remark in connection.driver.remarks() {
            once(match connection.target.as_str() {
                DEFAULT_TARGET => remark,
                target => format!("{target}: {remark}"),
            });
        }
    }
}

/// What somebody should know of a connection before it is made.
pub fn remark(settings: &Settings) {
    for remark in &settings.remarks {
        once(remark.clone());
    }
    let weak = settings
        .hosts
        .iter()
        .filter(|host| host.locality() == Locality::Elsewhere)
        .map(|host| (host, settings.tls_mode(host)))
        .find(|(_, mode)| !mode.verifies());
    if let Some((host, mode)) = weak {
        let what = match mode {
            Mode::Disable => "is not encrypted",
            Mode::Allow | Mode::Prefer => "may be read and changed on the way",
            _ => "is encrypted for whoever answers",
        };
        once(format!(
            "the connection to {} {what} (sslmode={})",
            host.shown(),
            mode.word()
        ));
    }
}

pub fn tell(event: &Event) {
    match event {
        Event::Progress { .. } => return progress::show(event),
        _ => progress::over(),
    }
    match event {
        Event::Progress { .. } => {}
        Event::Resuming { target, id, error } => {
            log::warn!("target" = *target, "migration" = *id; "{}; it goes on over a new connection", error.message());
        }
        Event::Waiting { target, holder } => {
            log::info!("target" = *target; "waiting for another run: {}", describe(holder));
        }
        Event::Breaking { target, what } => {
            log::warn!("target" = *target; "breaking, and let through: {what}");
        }
        // A run plans more than once.
        Event::Skipped(one) => once(format!("skipped {}", left_out(one))),
        Event::Started { target, id, phase } => {
            log::debug!("target" = *target, "migration" = *id; "begin {}", phase.word());
        }
        Event::Retrying {
            target,
            id,
            error,
            blockers,
        } => {
            let waits: Vec<_> = blockers.iter().map(describe).collect();
            let waits = match waits.as_slice() {
                [] => String::new(),
                some => format!("; it waits for {}", some.join("; ")),
            };
            log::warn!("target" = *target, "migration" = *id; "trying again: {}{waits}", error.message());
        }
        Event::Proven {
            target,
            id,
            error,
            by,
        } => {
            let found = match by {
                By::Us => "the ledger proves that what was sent was committed",
                By::AnotherRun => "the ledger shows that another run did it meanwhile",
            };
            log::warn!("target" = *target, "migration" = *id; "{}; over a new connection {found}", error.message());
        }
        Event::Finished { done } => {
            let (target, id, ms) = (
                done.target.as_str(),
                done.id.as_str(),
                done.duration.as_millis() as u64,
            );
            match done.outcome {
                Outcome::Failed => {
                    log::error!("migration" = id, "target" = target, "duration_ms" = ms; "failed '{}'", done.name);
                }
                outcome => {
                    let word = match outcome {
                        Outcome::Empty => "Applied".to_string(),
                        outcome => format!("{outcome:?}"),
                    };
                    let keys = done.keys.as_ref().map(keys).unwrap_or_default();
                    let why = done
                        .reason
                        .as_ref()
                        .map(|r| match outcome {
                            Outcome::Empty => ": there was nothing to move".to_string(),
                            _ => format!(" ({r})"),
                        })
                        .unwrap_or_default();
                    log::info!("migration" = id, "target" = target, "duration_ms" = ms; "{} '{}'{keys}{why}", words(&word), done.name);
                }
            }
        }
    }
}

/// `RolledBack` as `rolled back`.
fn words(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.extend(c.to_lowercase());
    }
    out
}

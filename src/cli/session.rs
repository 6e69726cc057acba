//! What most verbs begin with: the spec, the connections, and who is asking.

use super::arguments::Common;
use super::connection::{Targets, settings};
use super::{duration, interrupt, logging};
use crate::connect;
use crate::plan::Author;
use crate::run::{By, Connection, Context, Event, Outcome, describe};
use crate::spec::{Input, Spec, Target, load};
use initium_driver::driver::Access;
use initium_driver::sql::name::TableName;
use initium_driver::{Code, Error, Limits, Locality, Result, Run};
use std::io::Read;
use std::sync::Once;
use std::time::Duration;

/// Whether a verb can do without a spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Spec,
    ConnectionOnly,
}

pub struct Session {
    pub spec: Spec,
    pub connections: Vec<Connection>,
    author: Author,
    lock_wait: Duration,
}

impl Session {
    pub fn open(common: &Common, verb: &str, need: Need, access: Access) -> Result<Session> {
        let (spec, chosen) = read(common, need)?;
        let author = author(verb);
        let table = common
            .table
            .clone()
            .unwrap_or_else(|| "initium_migrate".into());
        TableName::parse(&table)?;
        let patience = duration::setting(
            "--connect-timeout",
            common.connect_timeout.as_deref(),
            None,
            CONNECT,
        )?;
        let run = Run {
            id: author.run.clone(),
            table,
            limits: limits(common, &spec, patience)?,
            access,
        };
        let lock_wait =
            duration::setting("--lock-wait", common.lock_wait.as_deref(), None, LOCK_WAIT)?;
        // Everything that can be known to be wrong is told before the first connection.
        let targets = match (spec.targets.len(), chosen.len()) {
            (1, _) => Targets::Only,
            (_, 1) => Targets::Chosen,
            _ => Targets::Several,
        };
        let wanted = chosen
            .iter()
            .map(|target| Ok((target, settings(target, common, targets)?)))
            .collect::<Result<Vec<_>>>()?;
        let mut tell = |error: &Error| log::info!("waiting for the server: {}", error.message());
        interrupt::watch(grace(common, access)?);
        let mut connections = Vec::new();
        for (target, settings) in wanted {
            let driver = connect::open_within(&settings, &run, patience, &mut tell)
                .map_err(|error| error.target(&target.name))?;
            interrupt::ends(&target.name, driver.stopper());
            if settings.hosts.iter().any(|host| {
                host.locality() == Locality::Elsewhere && !settings.tls_mode(host).is_demanded()
            }) {
                // Once: `wait` connects again and again.
                UNENCRYPTED.call_once(|| {
                    log::warn!(
                        "nothing demands that the connection to {} is encrypted",
                        settings.shown()
                    )
                });
            }
            log::debug!("connected to {}", settings.shown());
            let (name, run) = (target.name.clone(), run.clone());
            connections.push(Connection {
                target: target.name.clone(),
                driver,
                reopen: Box::new(move || {
                    let driver = connect::open_within(&settings, &run, patience, &mut tell)?;
                    interrupt::ends(&name, driver.stopper());
                    Ok(driver)
                }),
            });
        }
        Ok(Session {
            spec,
            connections,
            author,
            lock_wait,
        })
    }

    pub fn because(&mut self, reason: Option<String>) {
        self.author.reason = reason;
    }

    /// Runs with a context that logs events.
    pub fn run<T>(&mut self, work: impl FnOnce(&Spec, &mut [Connection], &mut Context) -> T) -> T {
        let mut tell = |event: &Event| tell(event);
        let mut context = Context {
            author: self.author.clone(),
            lock_wait: self.lock_wait,
            stop: &interrupt::stop,
            tell: &mut tell,
        };
        work(&self.spec, &mut self.connections, &mut context)
    }
}

static UNENCRYPTED: Once = Once::new();
const CONNECT: Duration = Duration::from_secs(10);
const GRACE: Duration = Duration::from_secs(20);
const LOCK_WAIT: Duration = Duration::from_secs(300);
const LOCK_TIMEOUT: Duration = Duration::from_millis(500);

/// The spec, and the targets that are asked for.
pub fn read(common: &Common, need: Need) -> Result<(Spec, Vec<Target>)> {
    let spec = if common.spec.is_empty() {
        if need == Need::Spec {
            return Err(Error::new(Code::Usage, "no spec is given")
                .help("use --spec FILE (or INITIUM_SPEC), `-` for standard input; `initium migrate new` writes one"));
        }
        Spec {
            targets: vec![Target {
                name: "default".into(),
                ..Target::default()
            }],
            ..Spec::default()
        }
    } else {
        let twice = common
            .spec
            .iter()
            .enumerate()
            .find(|(n, path)| common.spec[..*n].contains(path));
        if let Some((_, path)) = twice {
            return Err(Error::new(
                Code::Usage,
                format!("the spec '{path}' is given twice"),
            ));
        }
        let inputs = common
            .spec
            .iter()
            .map(|path| input(path))
            .collect::<Result<Vec<_>>>()?;
        load(&inputs)?
    };
    if common.target.is_empty() {
        let targets = spec.targets.clone();
        return Ok((spec, targets));
    }
    let mut chosen = Vec::new();
    for name in &common.target {
        let found = spec
            .targets
            .iter()
            .find(|t| t.name == *name)
            .ok_or_else(|| {
                let known = spec
                    .targets
                    .iter()
                    .map(|t| t.name.as_str())
                    .collect::<Vec<_>>()
                    .join(", ");
                Error::new(
                    Code::UnknownTarget,
                    format!("the spec has no target '{name}'"),
                )
                .help(format!("it has: {known}"))
            })?;
        chosen.push(found.clone());
    }
    Ok((spec, chosen))
}

fn input(path: &str) -> Result<Input> {
    if path != "-" {
        return Ok(Input::File(path.into()));
    }
    let mut text = Vec::new();
    std::io::stdin()
        .lock()
        .read_to_end(&mut text)
        .map_err(|e| {
            Error::new(
                Code::FileUnreadable,
                format!("cannot read the spec from standard input: {e}"),
            )
        })?;
    Ok(Input::Stdin(text))
}

fn limits(common: &Common, spec: &Spec, patience: Duration) -> Result<Limits> {
    let defaults = &spec.defaults;
    Ok(Limits {
        // One try takes no longer than all of them may.
        connect: if patience.is_zero() {
            CONNECT
        } else {
            patience.min(CONNECT)
        },
        lock: duration::setting(
            "--lock-timeout",
            common.lock_timeout.as_deref(),
            defaults.lock_timeout,
            LOCK_TIMEOUT,
        )?,
        statement: duration::setting(
            "--statement-timeout",
            common.statement_timeout.as_deref(),
            defaults.statement_timeout,
            Duration::ZERO,
        )?,
    })
}

/// How long a statement that runs may go on after a signal; what only reads has nothing to save.
fn grace(common: &Common, access: Access) -> Result<Duration> {
    let grace = duration::setting("--grace", common.grace.as_deref(), None, GRACE)?;
    Ok(match access {
        Access::Write => grace,
        Access::Read => Duration::ZERO,
    })
}

fn author(verb: &str) -> Author {
    let variable = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let user = variable("USER")
        .or_else(|| variable("LOGNAME"))
        .unwrap_or_else(|| "unknown".into());
    let host = variable("HOSTNAME")
        .or_else(|| std::fs::read_to_string("/proc/sys/kernel/hostname").ok())
        .unwrap_or_else(|| "unknown".into());
    let time: String = logging::now()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let noise = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |now| now.subsec_nanos());
    Author {
        run: format!("{time}-{:x}-{noise:x}", std::process::id()),
        action: verb.into(),
        actor: format!("{user}@{}", host.trim())
            .chars()
            .take(200)
            .collect(),
        tool: concat!("initium ", env!("CARGO_PKG_VERSION")).into(),
        reason: None,
    }
}

fn tell(event: &Event) {
    match event {
        Event::Waiting { target, holder } => {
            log::info!("target" = *target; "waiting for another run: {}", describe(holder));
        }
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
                    let word = format!("{outcome:?}");
                    let why = done
                        .reason
                        .as_ref()
                        .map(|r| format!(" ({r})"))
                        .unwrap_or_default();
                    log::info!("migration" = id, "target" = target, "duration_ms" = ms; "{} '{}'{why}", words(&word), done.name);
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

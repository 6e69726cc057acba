//! What most verbs begin with: the spec, the connections, and who is asking.

mod author;
pub mod limits;
pub mod progress;
mod reach;
mod reading;
mod telling;
mod values;

pub use reach::Reach;
pub use reading::{chosen, dirs, inputs, read, spec};

use super::arguments::Common;
use super::connection::{Targets, settings, variable};
use super::interrupt;
use crate::connect;
use crate::plan::Author;
use crate::run::{Connection, Context, Event, Open};
use crate::spec::{Spec, Target};
use author::author;
use initium_driver::driver::{Access, Pulse};
use initium_driver::sql::name::TableName;
use initium_driver::{Apart, Driver, Error, Result, Run, Settings};
use std::rc::Rc;
use std::time::Duration;
use telling::{remark, tell, warn};
pub use values::valued;

/// Whether a verb can do without a spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Spec,
    /// Heard by both judges: somebody looks at it.
    JudgedSpec,
    ConnectionOnly,
}

pub struct Session {
    pub spec: Rc<Spec>,
    pub connections: Vec<Connection>,
    author: Author,
    lock_wait: Duration,
    access: Access,
}

/// Everything that can be known to be wrong before the first connection, known to be right.
pub struct Prepared {
    spec: Rc<Spec>,
    /// How to reach each target.
    pub wanted: Vec<Reach>,
    patience: Duration,
    author: Author,
    lock_wait: Duration,
    grace: Duration,
}

impl Prepared {
    pub fn new(common: &Common, verb: &str, need: Need, access: Access) -> Result<Prepared> {
        let spec = spec(common, need)?;
        let author = author(verb);
        let table = common
            .table
            .clone()
            .unwrap_or_else(|| "initium_migrate".into());
        TableName::parse(&table)?;
        let patience = limits::patience(common)?;
        let run = Run {
            id: author.run.clone(),
            table,
            prefix: String::new(),
            limits: limits::limits(common, &spec, patience)?,
            access,
            pulse: Pulse(interrupt::pulse),
        };
        let lock_wait = limits::lock_wait(common)?;
        let wanted = match &common.one {
            Some(one) => {
                let settings = one.settings(common)?;
                vec![Reach::one(&one.target, settings, common, &run)?]
            }
            None => {
                let chosen = chosen(common, &spec)?;
                let targets = Targets::of(&spec, &chosen);
                let reach = |target| Reach::of(target, &spec, targets, common, &run);
                chosen.iter().map(reach).collect::<Result<Vec<_>>>()?
            }
        };
        Ok(Prepared {
            spec,
            wanted,
            patience,
            author,
            lock_wait,
            grace: limits::grace(common, access)?,
        })
    }

    /// One connection, waited for.
    pub fn open(&self, reach: &Reach) -> Result<Box<dyn Driver>> {
        open(reach, self.patience)
    }
}

/// What opens the place that the flag names, where SQL can be built and taken away.
fn scratch(common: &Common, prepared: &Prepared) -> Result<Option<Open>> {
    let Some(name) = &common.scratch_url_env else {
        return Ok(None);
    };
    let settings = scratch_settings(name)?;
    let (spec, patience) = (Rc::clone(&prepared.spec), prepared.patience);
    let common = common.clone();
    Ok(Some(Box::new(move || {
        aside(&settings, &common, &spec, patience, Access::Write)
    })))
}

/// How to reach it.
pub fn scratch_settings(variable: &str) -> Result<Settings> {
    let target = Target {
        name: "scratch".into(),
        url_env: Some(variable.into()),
        ..Target::default()
    };
    settings(&target, &Common::default(), Targets::Chosen)
}

/// A target's connection, or the two of one whose ledger is kept elsewhere.
fn open(reach: &Reach, patience: Duration) -> Result<Box<dyn Driver>> {
    let open = |settings, run| {
        connect::open_within(settings, run, patience, &variable, &mut waiting)
            .map_err(|error| error.target(&reach.target))
    };
    let data = open(&reach.settings, &reach.run)?;
    Ok(match &reach.ledger {
        None => data,
        Some((settings, run)) => Box::new(Apart::new(data, open(settings, run)?)),
    })
}

/// A connection for who has no session of it.
pub fn aside(
    settings: &Settings,
    common: &Common,
    spec: &Spec,
    patience: Duration,
    access: Access,
) -> Result<Box<dyn Driver>> {
    let run = Run {
        id: author("aside").run,
        table: "initium_migrate".into(),
        prefix: String::new(),
        limits: limits::limits(common, spec, patience)?,
        access,
        pulse: Pulse(interrupt::pulse),
    };
    remark(settings);
    connect::open_within(settings, &run, patience, &variable, &mut waiting)
}

fn waiting(error: &Error) {
    log::info!("waiting for the server: {}", error.message());
}

impl Session {
    pub fn open(common: &Common, verb: &str, need: Need, access: Access) -> Result<Session> {
        let mut prepared = Prepared::new(common, verb, need, access)?;
        let wanted = std::mem::take(&mut prepared.wanted);
        for reach in &wanted {
            remark(&reach.settings);
            if let Some((settings, _)) = &reach.ledger {
                remark(settings);
            }
        }
        interrupt::watch(prepared.grace);
        let mut connections = Vec::new();
        for reach in wanted {
            let (target, patience) = (reach.target.clone(), prepared.patience);
            let driver = open(&reach, patience)?;
            interrupt::ends(&target, driver.stopper());
            log::debug!("connected to {}", reach.settings.shown());
            connections.push(Connection {
                target,
                address: reach.address(),
                driver,
                scratch: scratch(common, &prepared)?,
                reopen: Box::new(move || {
                    let driver = open(&reach, patience)?;
                    interrupt::ends(&reach.target, driver.stopper());
                    Ok(driver)
                }),
            });
        }
        if access == Access::Write {
            warn(&mut connections);
        }
        let named = connections.iter();
        let named = named.map(|one| (one.target.as_str(), one.driver.dialect()));
        let named: Vec<_> = named.collect();
        let spec = valued(prepared.spec, common, verb, &named)?;
        Ok(Session {
            access,
            spec,
            connections,
            author: prepared.author,
            lock_wait: prepared.lock_wait,
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
            variable: &variable,
            stop: &interrupt::stop,
            tell: &mut tell,
        };
        let answer = work(&self.spec, &mut self.connections, &mut context);
        // A replica that does not follow is known only behind a write.
        if self.access == Access::Write {
            warn(&mut self.connections);
        }
        answer
    }
}

/// What ends a statement of a connection ends nothing else once that one is closed.
impl Drop for Session {
    fn drop(&mut self) {
        for connection in &self.connections {
            interrupt::ends(&connection.target, None);
        }
    }
}

//! Redis and what speaks like it. Nothing here is undone by a server that fails in the middle, so
//! each statement is written together with its proof, by one Lua script that first asks for the lock.
//!
//! Rooms, lowest first: `resp` is the protocol and `wire` a connection; `address`, `connect` and
//! `sentinel` lead to a server, `servers` to all of a cluster's; `text` is the language of scripts,
//! `refused` what none may say, `dialect` what can be said of them without a server; `names`,
//! `entries` and `lua` are the ledger as keys, words and scripts; `session` is a run at work, with
//! `slots` and `lock`; `ground` is what long work stands on, `work` the session as that, `bulk` the
//! work itself; `ledger`, `execute`, `verdict`, `query` and `remarks` are the contract.

#![forbid(unsafe_code)]

mod address;
pub mod bulk;
mod connect;
mod dialect;
mod entries;
mod error;
mod execute;
pub mod ground;
mod info;
mod ledger;
mod lock;
mod lua;
mod names;
mod place;
mod query;
mod refused;
mod remarks;
pub mod resp;
mod sentinel;
mod servers;
mod session;
mod slots;
mod text;
mod verdict;
mod wire;
mod work;

use dialect::Redis;
use execute::Work;
use initium_driver::driver::{Preview, Progress};
use initium_driver::{
    Attempt, Dialect, Digest, Driver, Effect, History, Holder, Locked, Opener, Result, Rows, Run,
    Script, Settings, Statement, Step, Stored, Verdict,
};
use names::Names;
use remarks::Saves;
use servers::Servers;
use session::{Lock, Session};
use std::time::Duration;
use text::What;

/// The driver, as `connect` knows it.
pub const OPENER: Opener = Opener {
    databases: &["redis"],
    open,
    dialect: |_| Box::new(Redis),
};

/// Login and what the server says of itself; in a cluster, who has which slot.
fn open(settings: &Settings, run: &Run) -> Result<Box<dyn Driver>> {
    let names = Names::new(&run.prefix, &run.table)?;
    let mut target = address::target(settings, run.limits.connect, run.access)?;
    target.pulse = run.pulse;
    target.run = run.id.clone();
    let servers = Servers::connect(target, run.limits)?;
    let session = Session::new(servers, names, &run.id, lock::token());
    Ok(Box::new(RedisDriver {
        session,
        next: None,
        saves: Saves::Unasked,
    }))
}

struct RedisDriver {
    session: Session,
    /// The mark of the statement that comes next.
    next: Option<String>,
    saves: Saves,
}

/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(1);

impl Drop for RedisDriver {
    /// So that nobody has to wait for the end of the lease.
    fn drop(&mut self) {
        if matches!(self.session.lock, Lock::Held { .. }) {
            self.session.servers.hurry(GOODBYE);
            let _ = lock::unlock(&mut self.session);
        }
    }
}

impl Driver for RedisDriver {
    fn dialect(&self) -> &dyn Dialect {
        &Redis
    }

    fn server(&mut self) -> String {
        self.session.servers.info().server()
    }

    fn encryption(&self) -> Option<String> {
        self.session.servers.encryption()
    }

    fn digest(&mut self) -> Result<Option<Digest>> {
        ledger::digest(&mut self.session)
    }

    fn history(&mut self) -> Result<History> {
        ledger::history(&mut self.session)
    }

    fn stored(&mut self, id: &str) -> Result<Stored> {
        ledger::stored(&mut self.session, id)
    }

    fn attempts(&mut self, limit: u64) -> Result<Vec<Attempt>> {
        ledger::attempts(&mut self.session, limit)
    }

    fn try_lock(&mut self) -> Result<Locked> {
        lock::try_lock(&mut self.session)
    }

    fn unlock(&mut self) -> Result<()> {
        lock::unlock(&mut self.session)
    }

    fn holder(&mut self) -> Result<Option<Holder>> {
        lock::holder(&mut self.session)
    }

    fn end(&mut self, holder: &Holder) -> Result<()> {
        lock::end(&mut self.session, holder)
    }

    fn prepare_ledger(&mut self) -> Result<()> {
        ledger::prepare(&mut self.session)
    }

    fn execute(&mut self, script: &Script) -> Result<()> {
        self.execute_telling(script, &mut |_| Ok(()))
    }

    fn execute_telling(
        &mut self,
        script: &Script,
        tell: &mut dyn FnMut(&Progress) -> Result<()>,
    ) -> Result<()> {
        Work {
            session: &mut self.session,
            next: &mut self.next,
            tell,
        }
        .execute(script)
    }

    fn preview(&mut self, statement: &Statement) -> Result<Option<Preview>> {
        match dialect::what(statement)? {
            What::Step { name, json, body } if statement.effect == Effect::Bulk => {
                let step = bulk::parse(&name, &json, body.as_deref().unwrap_or_default())?;
                bulk::preview(&step, &mut self.session).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn is_empty(&mut self) -> Result<bool> {
        remarks::is_empty(&mut self.session)
    }

    fn remarks(&mut self) -> Vec<String> {
        remarks::remarks(&mut self.session, &mut self.saves)
    }

    fn verdict(&mut self, step: &Step, statement: &Statement) -> Result<Verdict> {
        verdict::verdict(&mut self.session, step, statement)
    }

    fn query(&mut self, sql: &str) -> Result<Rows> {
        query::query(&mut self.session, sql)
    }

    /// There are none.
    fn has_table(&mut self, _name: &str) -> Result<bool> {
        Ok(false)
    }
}

//! A driver that lets chance have its turn before each call. It must never change a call.

use super::schedule::{Schedule, Verb};
use initium_driver::driver::Rows;
use initium_driver::ledger::Step;
use initium_driver::{
    Attempt, Catalog, Dialect, Digest, Driver, History, Holder, Locked, Result, Script, Statement,
    Stored, Verdict,
};
use std::rc::Rc;

pub struct Between {
    pub inner: Box<dyn Driver>,
    pub schedule: Rc<Schedule>,
    pub verb: Verb,
}

impl Between {
    fn turn(&mut self) -> &mut dyn Driver {
        self.schedule.disturb(self.verb);
        &mut *self.inner
    }
}

impl Driver for Between {
    fn dialect(&self) -> &dyn Dialect {
        self.inner.dialect()
    }

    fn server(&mut self) -> String {
        self.inner.server()
    }

    fn digest(&mut self) -> Result<Option<Digest>> {
        self.turn().digest()
    }

    fn history(&mut self) -> Result<History> {
        self.turn().history()
    }

    fn stored(&mut self, id: &str) -> Result<Stored> {
        self.turn().stored(id)
    }

    fn attempts(&mut self, limit: u64) -> Result<Vec<Attempt>> {
        self.turn().attempts(limit)
    }

    fn try_lock(&mut self) -> Result<Locked> {
        self.turn().try_lock()
    }

    fn unlock(&mut self) -> Result<()> {
        self.turn().unlock()
    }

    fn holder(&mut self) -> Result<Option<Holder>> {
        self.turn().holder()
    }

    fn end(&mut self, holder: &Holder) -> Result<()> {
        self.turn().end(holder)
    }

    fn prepare_ledger(&mut self) -> Result<()> {
        self.turn().prepare_ledger()
    }

    fn execute(&mut self, script: &Script) -> Result<()> {
        self.turn().execute(script)
    }

    fn verdict(&mut self, step: &Step, statement: &Statement) -> Result<Verdict> {
        self.turn().verdict(step, statement)
    }

    fn query(&mut self, sql: &str) -> Result<Rows> {
        self.turn().query(sql)
    }

    fn has_table(&mut self, name: &str) -> Result<bool> {
        self.turn().has_table(name)
    }

    fn introspect(&mut self) -> Result<Catalog> {
        self.turn().introspect()
    }
}

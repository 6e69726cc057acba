//! A database whose ledger is kept in another one: two connections that look like one. Nothing commits
//! in both at once, so each statement runs on its own between its intent and its done, whatever the
//! database could do. Never decides: what became of a statement is asked of the database it ran in.

use crate::catalog::{Catalog, Sizes};
use crate::ddl::Ddl;
use crate::driver::{
    Capabilities, Dialect, Driver, Holder, Locked, Part, Preview, Progress, Rows, Script, Stopper,
    Verdict,
};
use crate::error::{Code, Error, Result};
use crate::ledger::{Attempt, Digest, Entry, History, Step, Stored};
use crate::long::Slice;
use crate::source::{Source, Statement};
use crate::sql::form::Sink;
use crate::sql::stretch::Runs;
use crate::sql::variables::Spelling;

pub struct Apart {
    data: Box<dyn Driver>,
    ledger: Box<dyn Driver>,
}

impl Apart {
    pub fn new(data: Box<dyn Driver>, ledger: Box<dyn Driver>) -> Apart {
        Apart { data, ledger }
    }

    /// Where there are no transactions the driver keeps marks of its own of what ran.
    fn keeps_marks(&self) -> bool {
        !self.data.dialect().capabilities().transactions
    }

    /// First the ledger: a mark that is left is dropped by the next intent of its name, and one that
    /// went too early would let a statement run twice.
    fn write(&mut self, entries: &[Entry]) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let here = entries.iter().map(foreign).collect();
        self.ledger.execute(&Script::entries(here))?;
        let over = |entry: &&Entry| matches!(entry, Entry::ClearSteps { .. });
        let over: Vec<_> = entries.iter().filter(over).cloned().collect();
        match over.is_empty() || !self.keeps_marks() {
            true => Ok(()),
            false => self.data.execute(&Script::entries(over)),
        }
    }
}

/// The ledger's database cannot see what the statement will touch, so it must not note anything of it.
fn foreign(entry: &Entry) -> Entry {
    match entry {
        Entry::Intent { step, .. } => Entry::Step(step.clone()),
        entry => entry.clone(),
    }
}

impl Dialect for Apart {
    fn names(&self) -> &'static [&'static str] {
        self.data.dialect().names()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            transactional_ddl: false,
            transactions: false,
            ..self.data.dialect().capabilities()
        }
    }

    fn split(&self, source: &Source) -> Result<Vec<Statement>> {
        self.data.dialect().split(source)
    }

    fn statements(&self, sources: &[Source], runs: Runs) -> Result<Vec<Statement>> {
        self.data.dialect().statements(sources, runs)
    }

    fn normal_form(&self, text: &str) -> String {
        self.data.dialect().normal_form(text)
    }

    fn stream_form(&self, slice: &Slice, sink: &mut dyn Sink) -> Result<()> {
        self.data.dialect().stream_form(slice, sink)
    }

    fn spelling(&self) -> Option<&dyn Spelling> {
        self.data.dialect().spelling()
    }

    fn ddl(&self) -> Option<&dyn Ddl> {
        self.data.dialect().ddl()
    }
}

impl Driver for Apart {
    fn dialect(&self) -> &dyn Dialect {
        self
    }

    fn server(&mut self) -> String {
        self.data.server()
    }

    fn encryption(&self) -> Option<String> {
        self.data.encryption()
    }

    fn digest(&mut self) -> Result<Option<Digest>> {
        self.ledger.digest()
    }

    fn history(&mut self) -> Result<History> {
        self.ledger.history()
    }

    fn stored(&mut self, id: &str) -> Result<Stored> {
        self.ledger.stored(id)
    }

    fn attempts(&mut self, limit: u64) -> Result<Vec<Attempt>> {
        self.ledger.attempts(limit)
    }

    /// The ledger's first; half of it is nothing.
    fn try_lock(&mut self) -> Result<Locked> {
        match self.ledger.try_lock()? {
            Locked::Taken => {}
            held => return Ok(held),
        }
        match self.data.try_lock() {
            Ok(Locked::Taken) => Ok(Locked::Taken),
            answer => {
                self.ledger.unlock()?;
                answer
            }
        }
    }

    fn unlock(&mut self) -> Result<()> {
        let data = self.data.unlock();
        self.ledger.unlock().and(data)
    }

    fn holder(&mut self) -> Result<Option<Holder>> {
        match self.ledger.holder()? {
            None => self.data.holder(),
            found => Ok(found),
        }
    }

    fn end(&mut self, holder: &Holder) -> Result<()> {
        let same =
            |found: &Holder| (&found.session, &found.host) == (&holder.session, &holder.host);
        if self.ledger.holder()?.as_ref().is_some_and(same) {
            self.ledger.end(holder)?;
        }
        // A process that died on the way may have left only this one.
        match self.data.holder()? {
            Some(found) => self.data.end(&found),
            None => Ok(()),
        }
    }

    /// The marks of a database lie beside where its own ledger would.
    fn prepare_ledger(&mut self) -> Result<()> {
        self.ledger.prepare_ledger()?;
        match self.keeps_marks() {
            true => self.data.prepare_ledger(),
            false => Ok(()),
        }
    }

    fn execute(&mut self, script: &Script) -> Result<()> {
        self.execute_telling(script, &mut |_| Ok(()))
    }

    fn execute_telling(
        &mut self,
        script: &Script,
        tell: &mut dyn FnMut(&Progress) -> Result<()>,
    ) -> Result<()> {
        match script {
            Script::Together(_) if script.has_statements() => Err(Error::new(
                Code::NotSupported,
                "the ledger is kept in another database, so nothing can commit together with it",
            )),
            Script::Together(parts) => {
                let entries = |part: &Part| part.entries.clone();
                self.write(&parts.iter().flat_map(entries).collect::<Vec<_>>())
            }
            Script::Alone {
                before,
                statement,
                after,
            } => {
                self.write(before)?;
                // The mark of the statement has its name from its intent.
                let names = |entry: &&Entry| matches!(entry, Entry::Intent { .. });
                let before = match self.keeps_marks() {
                    true => before.iter().filter(names).cloned().collect(),
                    false => Vec::new(),
                };
                let bare = Script::Alone {
                    before,
                    statement: statement.clone(),
                    after: Vec::new(),
                };
                self.data.execute_telling(&bare, tell)?;
                self.write(after)
            }
        }
    }

    fn preview(&mut self, statement: &Statement) -> Result<Option<Preview>> {
        self.data.preview(statement)
    }

    fn is_empty(&mut self) -> Result<bool> {
        self.data.is_empty()
    }

    fn remarks(&mut self) -> Vec<String> {
        let mut all = self.data.remarks();
        all.extend(self.ledger.remarks());
        all
    }

    fn verdict(&mut self, step: &Step, statement: &Statement) -> Result<Verdict> {
        self.data.verdict(step, statement)
    }

    fn blockers(&mut self, statement: &Statement) -> Result<Vec<Holder>> {
        self.data.blockers(statement)
    }

    /// Whichever is waited for, in half of the time each.
    fn stopper(&self) -> Option<Stopper> {
        match (self.data.stopper(), self.ledger.stopper()) {
            (Some(data), Some(ledger)) => Some(Box::new(move |limit| {
                data(limit / 2);
                ledger(limit / 2);
            })),
            (data, ledger) => data.or(ledger),
        }
    }

    fn query(&mut self, sql: &str) -> Result<Rows> {
        self.data.query(sql)
    }

    fn own_tables(&self) -> Vec<String> {
        self.data.own_tables()
    }

    fn has_table(&mut self, name: &str) -> Result<bool> {
        self.data.has_table(name)
    }

    fn introspect(&mut self) -> Result<Catalog> {
        self.data.introspect()
    }

    fn sizes(&mut self) -> Result<Sizes> {
        self.data.sizes()
    }

    fn realise(&mut self, statements: &[Statement]) -> Result<Catalog> {
        self.data.realise(statements)
    }
}

//! Scripts: what commits together, and the one statement that cannot. An error names the statement
//! only where the statement is what failed.

use crate::dialect::Family;
use crate::effect::answers_often;
use crate::error::{failed, offset};
use crate::lock;
use crate::session::Session;
use crate::wire::Answers;
use initium_driver::error::At;
use initium_driver::sql::ledger::{Ledger, Words};
use initium_driver::sql::pages::Pages;
use initium_driver::sql::split::Grammar;
use initium_driver::{Code, Effect, Entry, Error, Part, Result, Script, Statement, Stretch};
use std::time::Instant;

/// A session at work on a ledger.
pub struct Work<'a> {
    pub session: &'a mut Session,
    pub ledger: &'a Ledger,
}

/// Whether ledger statements bring a transaction or stand in one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bounds {
    Both,
    End,
    Neither,
}

impl Work<'_> {
    pub fn execute(&mut self, script: &Script) -> Result<()> {
        let entries: Vec<&Entry> = match script {
            Script::Together(parts) => parts.iter().flat_map(|p| &p.entries).collect(),
            Script::Alone { before, after, .. } => before.iter().chain(after).collect(),
        };
        let id = entries.iter().find_map(|e| id_of(e));
        let over = entries.iter().any(|e| matches!(e, Entry::Attempt(_)));
        self.session.turn(id)?;
        let answer = match script {
            Script::Together(parts) => self.together(parts),
            Script::Alone {
                before,
                statement,
                after,
            } => self.alone(before, statement, after),
        };
        if over {
            self.session.over();
            if self.session.tables_locked {
                // At once: everybody who reads the ledger waits for it.
                let unlocked = self.session.unlock_tables();
                return answer.and(unlocked);
            }
        }
        answer
    }

    fn together(&mut self, parts: &[Part]) -> Result<()> {
        if self.session.in_transaction() {
            // Of a script that failed in a transaction it began itself.
            self.session.run("ROLLBACK")?;
        }
        if parts.iter().all(|part| part.statements.is_empty()) {
            let entries: Vec<_> = parts.iter().flat_map(|p| p.entries.clone()).collect();
            return self.entries(&entries, Instant::now());
        }
        self.transaction(parts)
            .inspect_err(|error| self.session.roll_back(error))?;
        if self.session.tables_locked {
            self.session.run("SET SESSION autocommit = 1")?;
        }
        Ok(())
    }

    fn transaction(&mut self, parts: &[Part]) -> Result<()> {
        // START TRANSACTION would give up the locks of LOCK TABLES.
        let locked = self.session.tables_locked;
        self.session.run(match locked {
            true => "SET SESSION autocommit = 0",
            false => "START TRANSACTION",
        })?;
        for (n, part) in parts.iter().enumerate() {
            let start = Instant::now();
            for (statement, found) in part.statements.iter().enumerate() {
                let at = At {
                    part: n,
                    statement,
                    offset: None,
                };
                match &found.more {
                    Some(stretch) => self.again(at, stretch)?,
                    None => self.inside(at, found)?,
                }
            }
            let written = self.statements(&part.entries, start);
            let bounds = match n + 1 == parts.len() {
                true => Bounds::End,
                false => Bounds::Neither,
            };
            self.write(&written, bounds)?;
        }
        self.committed()
    }

    /// The statements of a stretch, read again from their file.
    fn again(&mut self, at: At, stretch: &Stretch) -> Result<()> {
        let dialect = self.session.dialect.clone();
        let mut pages = Pages::again(&dialect, stretch)?;
        let mut number = 0;
        while let Some(statement) = pages.statement()? {
            number += 1;
            self.inside(at, &statement)
                .map_err(|error| stretch.placed(error, &statement, number))?;
        }
        Ok(())
    }

    /// A statement that leaves the transaction open in which it runs.
    fn inside(&mut self, at: At, statement: &Statement) -> Result<()> {
        self.statement(at, statement)?;
        if self.session.tables_locked || self.session.in_transaction() {
            return Ok(());
        }
        Err(Error::new(
            Code::StatementFailed,
            "the statement ended the transaction it ran in: what stood before it is committed, the ledger has no record of it",
        )
        .help("what was written stays; give this statement a migration of its own")
        .at(at))
    }

    fn alone(&mut self, before: &[Entry], statement: &Statement, after: &[Entry]) -> Result<()> {
        let start = Instant::now();
        self.entries(before, start)?;
        let start = Instant::now();
        let begun = self.session.in_transaction();
        self.statement(At::default(), statement)?;
        let open = self.session.in_transaction();
        if open && !begun && statement.effect != Effect::Control && !self.session.tables_locked {
            let error = Error::new(
                Code::StatementFailed,
                "the statement left a transaction open; it was rolled back",
            )
            .help("end it in the same statement")
            .at(At::default());
            self.session.roll_back(&error);
            return Err(error);
        }
        self.entries(after, start)
    }

    /// Entries on their own, committed.
    fn entries(&mut self, entries: &[Entry], start: Instant) -> Result<()> {
        let written = self.statements(entries, start);
        if written.is_empty() {
            return Ok(());
        }
        if self.session.in_transaction() {
            // A script began it (`transaction: none`); its own COMMIT takes the entries with it.
            if entries.iter().any(|e| matches!(e, Entry::Attempt(_))) {
                let error = Error::new(
                    Code::StatementFailed,
                    "the script left a transaction open; it was rolled back",
                )
                .help("end the script with COMMIT");
                self.session.roll_back(&error);
                return Err(error);
            }
            return self.write(&written, Bounds::Neither);
        }
        if let [one] = written.as_slice() {
            self.note(one)?;
            // A script may have turned autocommit off.
            if self.session.in_transaction() {
                self.session.run("COMMIT")?;
            }
            return self.committed();
        }
        self.write(&written, Bounds::Both)
            .and_then(|()| self.committed())
            .inspect_err(|error| self.session.roll_back(error))
    }

    /// MariaDB takes a block in one packet: one round trip for all of them. MySQL has no such thing.
    fn write(&mut self, statements: &[String], bounds: Bounds) -> Result<()> {
        let begin = match (bounds, self.session.tables_locked) {
            (Bounds::Both, true) => Some("SET SESSION autocommit = 0"),
            (Bounds::Both, false) => Some("START TRANSACTION"),
            _ => None,
        };
        let end = (bounds != Bounds::Neither).then_some("COMMIT");
        let all: Vec<&str> = begin
            .into_iter()
            .chain(statements.iter().map(String::as_str))
            .chain(end)
            .collect();
        match all.as_slice() {
            [] => return Ok(()),
            [one] => self.note(one)?,
            // The words of a block do not tell what it leaves open.
            all if self.session.dialect.family() == Family::MariaDb
                && !self.session.wire.told.deaf =>
            {
                let block = all.join("; ");
                self.note(&format!("BEGIN NOT ATOMIC {block}; END"))?;
            }
            all => {
                for statement in all {
                    self.note(statement)?;
                }
            }
        }
        if begin.is_some() && self.session.tables_locked {
            self.session.run("SET SESSION autocommit = 1")?;
        }
        Ok(())
    }

    /// Our own statement on the ledger: if a right is missing, the error says which.
    fn note(&mut self, sql: &str) -> Result<()> {
        match self.session.run(sql) {
            Err(error) if self.session.words.is_denied(&error) => {
                Err(self.ledger.denied(&self.session.words, &error))
            }
            Err(error) if lock::is_lost(&error) => Err(lock::lost(
                "the lock is not ours any more: nothing is recorded without it",
            )),
            answer => answer,
        }
    }

    fn statements(&self, entries: &[Entry], start: Instant) -> Vec<String> {
        let elapsed = start.elapsed().as_millis().to_string();
        self.ledger
            .statements(&self.session.words, entries, &elapsed)
    }

    /// The server's own word that nothing is open any more.
    fn committed(&self) -> Result<()> {
        match self.session.in_transaction() {
            false => Ok(()),
            true => Err(Error::new(
                Code::StatementFailed,
                "the server still has a transaction open after the commit",
            )),
        }
    }

    pub fn statement(&mut self, at: At, statement: &Statement) -> Result<()> {
        let session = &mut *self.session;
        if let Some(error) = session.too_long(&statement.text) {
            return Err(error.at(at));
        }
        // The connection would run all of them, see `connect`.
        if session
            .dialect
            .is_several(&statement.text, &session.reading.rules)
        {
            return Err(Error::new(
                Code::StatementFailed,
                "the text holds more than one statement, and one goes to the server at a time",
            )
            .help("end each statement with the delimiter in force")
            .at(at));
        }
        let words = session
            .dialect
            .words(&statement.text, &session.reading.rules);
        let answers = match answers_often(&words) {
            true => Answers::Several,
            false => Answers::One,
        };
        let tables = |n: usize| words.get(n).is_some_and(|w| w == "TABLES" || w == "TABLE");
        let answer = match words.first().map(String::as_str) {
            Some("LOCK") if tables(1) => {
                // Under LOCK TABLES a session sees only what it named: the ledger must be there.
                let text = format!("{}{}", statement.text, self.ledger_locks());
                let session = &mut *self.session;
                session
                    .send(&text, answers)
                    .inspect(|()| session.tables_locked = true)
            }
            Some("UNLOCK") if tables(1) => session
                .send(&statement.text, answers)
                .inspect(|()| session.tables_locked = false),
            _ => session.send(&statement.text, answers),
        };
        answer.map_err(|fault| {
            let offset = offset(&fault, &statement.text);
            failed(&fault).at(At { offset, ..at })
        })?;
        // What it changed in how the next one is read; what cannot be known was refused before.
        let session = &mut *self.session;
        let next = session
            .dialect
            .follow(&statement.text, &words, &session.reading);
        if let Ok(Some(next)) = next {
            session.reading = next;
        }
        Ok(())
    }

    fn ledger_locks(&self) -> String {
        // Where --table says: that may be another database than the script's.
        let paths = self.ledger.paths(&self.session.words);
        paths.map(|path| format!(", {path} WRITE")).concat()
    }
}

fn id_of(entry: &Entry) -> Option<&str> {
    match entry {
        Entry::Record(record) => Some(&record.id),
        Entry::Step(step) | Entry::Intent { step, .. } => Some(&step.id),
        Entry::State { id, .. }
        | Entry::Accept { id, .. }
        | Entry::Forget { id }
        | Entry::Unstep { id, .. }
        | Entry::ClearSteps { id, .. } => Some(id),
        Entry::Attempt(attempt) => attempt.id.as_deref(),
    }
}

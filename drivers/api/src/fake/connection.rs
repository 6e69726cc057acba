//! One connection to a fake. Every event goes through [`Connection::at`], where it is written down
//! and where a test may cut the connection.

use super::bulk::Mark;
use super::line::{self, Committed};
use super::world::{Book, Fate, Kept, Lock, World, book, lost};
use super::{FakeDialect, Flavour};
use crate::driver::{Part, Run};
use crate::error::{At, Code, Error, Result};
use crate::ledger::{Entry, Step};
use crate::source::Statement;
use std::sync::{Arc, Mutex};

pub struct Connection {
    pub(super) world: Arc<Mutex<World>>,
    pub(super) dialect: FakeDialect,
    pub(super) run: Run,
    pub(super) number: u64,
    alive: bool,
}

impl Connection {
    pub fn open(world: Arc<Mutex<World>>, flavour: Flavour, run: &Run) -> Result<Connection> {
        let number = {
            let mut world = world.lock().unwrap_or_else(|e| e.into_inner());
            world.connections += 1;
            world.connections
        };
        let mut connection = Connection {
            world,
            dialect: FakeDialect(flavour),
            run: run.clone(),
            number,
            alive: true,
        };
        connection.at("open", |_| Ok(()))?;
        Ok(connection)
    }

    /// Something happens, unless the connection is cut.
    pub(super) fn at<T>(
        &mut self,
        event: &str,
        work: impl FnOnce(&mut World) -> Result<T>,
    ) -> Result<T> {
        let mut world = self.world.lock().unwrap_or_else(|e| e.into_inner());
        if !self.alive || world.ended.contains(&self.number) {
            return Err(lost());
        }
        let answer = match world.note(event) {
            Fate::Happens => return work(&mut world),
            Fate::Lost => Err(lost()),
            Fate::Unheard => work(&mut world).and(Err(lost())),
        };
        self.alive = false;
        let number = self.number;
        world.locks.retain(|_, lock| lock.connection != number);
        answer
    }

    /// One transaction: all of it, or as it was.
    fn transaction(
        &mut self,
        work: impl FnOnce(&mut Connection, &mut Kept) -> Result<()>,
    ) -> Result<()> {
        let mut saved = self.at("begin", |world| Ok(world.kept.clone()))?;
        // What a lost COMMIT leaves is what it had done before the answer was lost.
        let mut committed = false;
        let answer = work(self, &mut saved).and_then(|()| {
            self.at("commit", |_| {
                committed = true;
                Ok(())
            })
        });
        if let Err(error) = answer {
            let mut world = self.world.lock().unwrap_or_else(|e| e.into_inner());
            if !committed {
                world.kept = saved;
                world.events.push("rollback".into());
            }
            return Err(error);
        }
        Ok(())
    }

    pub(super) fn parts(&mut self, parts: &[Part]) -> Result<()> {
        self.transaction(|connection, saved| {
            for (index, part) in parts.iter().enumerate() {
                for (n, statement) in part.statements.iter().enumerate() {
                    if connection.statement(statement, index, n)? == Committed::Yes {
                        let world = connection.world.lock().unwrap_or_else(|e| e.into_inner());
                        *saved = world.kept.clone();
                    }
                }
                connection.write(&part.entries)?;
            }
            Ok(())
        })
    }

    pub(super) fn statement(
        &mut self,
        statement: &Statement,
        part: usize,
        n: usize,
    ) -> Result<Committed> {
        self.marked(statement, None).map_err(|error| {
            error.at(At {
                part,
                statement: n,
                offset: None,
            })
        })
    }

    /// Runs a line and leaves its mark in the same step.
    pub(super) fn marked(
        &mut self,
        statement: &Statement,
        mark: Option<Mark>,
    ) -> Result<Committed> {
        let (flavour, mine) = (self.dialect.0, self.lease());
        let (table, run) = (self.run.table.clone(), self.run.id.clone());
        self.at(&format!("run {}", statement.text), |world| {
            mine.holds(world)?;
            // What is announced has not run, so a mark of its name is of another time.
            if let Some(mark) = &mark {
                world.kept.marks.remove(mark);
            }
            let committed = line::run(world, flavour, &statement.text)?;
            world.kept.marks.extend(mark);
            if statement.text == "steal" {
                let (connection, run) = (u64::MAX, format!("not {run}"));
                world.locks.insert(table, Lock { connection, run });
            }
            Ok(committed)
        })
    }

    pub(super) fn entries(&mut self, entries: &[Entry]) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        self.transaction(|connection, _| connection.write(entries))
    }

    fn write(&mut self, entries: &[Entry]) -> Result<()> {
        let (table, mine) = (self.run.table.clone(), self.lease());
        for entry in entries {
            self.at(&format!("write {}", named(entry)), |world| {
                mine.holds(world)?;
                if let Entry::ClearSteps { id, phase } = entry {
                    let of = (&table, id, phase.word());
                    let kept = &mut world.kept.marks;
                    kept.retain(|mark| (&mark.0, &mark.1, mark.2) != of);
                }
                let noted = match entry {
                    Entry::Intent { step, statement } => Some(Entry::Step(Step {
                        catalog: line::seen(world, &statement.text),
                        ..step.clone()
                    })),
                    _ => None,
                };
                let ledger = world.kept.ledgers.get_mut(&table).ok_or_else(|| {
                    Error::new(Code::StatementFailed, "the ledger is not prepared")
                })?;
                ledger.write(noted.as_ref().unwrap_or(entry))
            })?;
        }
        Ok(())
    }

    pub(super) fn book<T>(
        &mut self,
        event: &str,
        read: impl FnOnce(&Book) -> T,
    ) -> Result<Option<T>> {
        let table = self.run.table.clone();
        self.at(event, |world| Ok(book(&world.kept, &table)?.map(read)))
    }
}

/// What an event calls an entry.
fn named(entry: &Entry) -> String {
    match entry {
        Entry::Record(r) => format!("record {} {}", r.id, r.state.word()),
        Entry::State { id, state } => format!("state {id} {}", state.word()),
        Entry::Accept { id, .. } => format!("accept {id}"),
        Entry::Forget { id } => format!("forget {id}"),
        Entry::Step(s) | Entry::Intent { step: s, .. } => format!(
            "step {} {} {} {}",
            s.id,
            s.phase.word(),
            s.number,
            s.state.word()
        ),
        Entry::Unstep { id, phase, number } => format!("unstep {id} {} {number}", phase.word()),
        Entry::ClearSteps { id, phase } => format!("clear {id} {}", phase.word()),
        Entry::Attempt(a) => format!(
            "attempt {} {} {}",
            a.action,
            a.id.as_deref().unwrap_or("-"),
            a.outcome.word()
        ),
    }
}

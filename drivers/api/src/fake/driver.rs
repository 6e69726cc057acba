//! The contract, as a fake keeps it.

use super::Flavour;
use super::connection::Connection;
use super::line;
use super::world::{Book, Lock, book};
use crate::catalog::{Catalog, Name, Table};
use crate::driver::{Dialect, Driver, Holder, Locked, Preview, Progress, Rows, Script, Verdict};
use crate::error::{At, Code, Error, Result};
use crate::ledger::{Attempt, Digest, History, Phase, Step, Stored};
use crate::source::{Effect, Statement};

fn holder(lock: &Lock) -> Holder {
    Holder {
        session: lock.connection.to_string(),
        application: Some(lock.run.clone()),
        ..Holder::default()
    }
}

impl Driver for Connection {
    fn dialect(&self) -> &dyn Dialect {
        &self.dialect
    }

    fn server(&mut self) -> String {
        "fake 1".into()
    }

    fn digest(&mut self) -> Result<Option<Digest>> {
        let digest = self.book("digest", |book| {
            let mut digest = Digest::default();
            book.records
                .iter()
                .for_each(|r| digest.add(&r.id, &r.checksum));
            let half_undone = book.steps.iter().any(|s| s.phase == Phase::Down);
            (!half_undone).then_some(digest)
        })?;
        Ok(digest.flatten())
    }

    fn history(&mut self) -> Result<History> {
        Ok(self.book("history", Book::history)?.unwrap_or_default())
    }

    fn stored(&mut self, id: &str) -> Result<Stored> {
        let found = self.book(&format!("stored {id}"), |book| {
            let record = book.records.iter().find(|r| r.id == id)?;
            Some(Stored {
                up: record.up.clone(),
                down: record.down.clone(),
                cleanup: record.cleanup.clone(),
            })
        })?;
        Ok(found.flatten().unwrap_or_default())
    }

    fn attempts(&mut self, limit: u64) -> Result<Vec<Attempt>> {
        let found = self.book("attempts", |book| {
            let skipped = book.attempts.len().saturating_sub(limit as usize);
            book.attempts[skipped..].to_vec()
        })?;
        Ok(found.unwrap_or_default())
    }

    fn try_lock(&mut self) -> Result<Locked> {
        let (table, run, connection) = (self.run.table.clone(), self.run.id.clone(), self.number);
        self.at("lock", |world| {
            let lock = world.locks.entry(table).or_insert(Lock { connection, run });
            Ok(if lock.connection == connection {
                Locked::Taken
            } else {
                Locked::Held(Box::new(holder(lock)))
            })
        })
    }

    fn unlock(&mut self) -> Result<()> {
        let (table, number) = (self.run.table.clone(), self.number);
        self.at("unlock", |world| {
            let mine = |name: &str, lock: &Lock| name == table && lock.connection == number;
            world.locks.retain(|name, lock| !mine(name, lock));
            Ok(())
        })
    }

    fn holder(&mut self) -> Result<Option<Holder>> {
        let table = self.run.table.clone();
        self.at("holder", |world| Ok(world.locks.get(&table).map(holder)))
    }

    fn end(&mut self, holder: &Holder) -> Result<()> {
        self.at(&format!("end {}", holder.session), |world| {
            let number = holder.session.parse().unwrap_or(0);
            world.ended.push(number);
            world.locks.retain(|_, lock| lock.connection != number);
            Ok(())
        })
    }

    fn prepare_ledger(&mut self) -> Result<()> {
        let table = self.run.table.clone();
        self.at("prepare", |world| {
            book(&world.kept, &table)?;
            world.kept.ledgers.entry(table).or_default();
            Ok(())
        })
    }

    fn execute(&mut self, script: &Script) -> Result<()> {
        self.execute_telling(script, &mut |_| Ok(()))
    }

    fn execute_telling(
        &mut self,
        script: &Script,
        tell: &mut dyn FnMut(&Progress) -> Result<()>,
    ) -> Result<()> {
        let plain = self.dialect.0 == Flavour::Plain;
        match script {
            Script::Together(_) if plain && script.has_statements() => {
                let message = "there are no transactions here";
                Err(Error::new(Code::NotSupported, message))
            }
            Script::Together(parts) => self.parts(parts),
            Script::Alone {
                before,
                statement,
                after,
            } => {
                self.entries(before)?;
                if statement.effect == Effect::Bulk {
                    self.bulk(statement, tell)?;
                } else {
                    let mark = self.announced(before).filter(|_| plain);
                    self.marked(statement, mark)
                        .map_err(|error| error.at(At::default()))?;
                }
                self.entries(after)
            }
        }
    }

    fn verdict(&mut self, step: &Step, statement: &Statement) -> Result<Verdict> {
        let (id, number) = (&step.id, step.number);
        let by_mark = self.judge_of(step, statement);
        self.at(&format!("verdict {id} {number}"), |world| {
            let noted = step.catalog.as_deref();
            Ok(match by_mark(world) {
                Some(verdict) => verdict,
                None => line::verdict(world, noted, &statement.text),
            })
        })
    }

    fn preview(&mut self, statement: &Statement) -> Result<Option<Preview>> {
        self.foreseen(statement)
    }

    fn is_empty(&mut self) -> Result<bool> {
        let plain = self.dialect.0 == Flavour::Plain;
        self.at("is_empty", |world| {
            Ok(plain && world.kept.tables.values().all(|rows| *rows == 0))
        })
    }

    fn remarks(&mut self) -> Vec<String> {
        let found = self.at("remarks", |world| Ok(world.remarks.clone()));
        found.unwrap_or_default()
    }

    fn query(&mut self, sql: &str) -> Result<Rows> {
        self.at(&format!("query {sql}"), |world| line::answer(world, sql))
    }

    fn has_table(&mut self, name: &str) -> Result<bool> {
        self.at("has_table", |world| {
            Ok(world.kept.tables.contains_key(name))
        })
    }

    fn introspect(&mut self) -> Result<Catalog> {
        self.at("introspect", |world| {
            let table = |name: &String| Table {
                name: Name::new(name),
                ..Table::default()
            };
            Ok(Catalog {
                tables: world.kept.tables.keys().map(table).collect(),
                ..Catalog::default()
            })
        })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut world = self.world.lock().unwrap_or_else(|e| e.into_inner());
        let number = self.number;
        world.locks.retain(|_, lock| lock.connection != number);
        world.events.push("close".into());
    }
}

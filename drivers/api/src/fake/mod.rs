//! A driver without a database, for the engine's own tests: it keeps the contract (the suite proves
//! it), writes down the order of what is asked of it, and fails where a test wants it to.
//!
//! A [`Fake`] is one database; its clones and all connections opened from it share it. Its scripts
//! are lines, or pieces between `;`:
//!
//! | line | does |
//! |---|---|
//! | `ok` | nothing |
//! | `fail` | fails, always |
//! | `busy` or `busy 3` | gets no lock of the database, always or three times |
//! | `create t`, `drop t` | the schema |
//! | `insert t`, `delete t` | one row more, no rows left |
//! | `rows t` | as a query: a row `1` per row of the table |
//! | `true`, `false`, `null`, `value x` | as a query: one row of one cell |
//! | `alone ...` | the rest, outside a transaction |
//! | `bulk t 7` | works until `t` has seven rows, two in each batch; `bulk t 7 bad 1`: and one key more fails |
//! | `steal` | the lock ends, and another run takes it |
//! | `begin`, `commit`, `rollback` | are refused: the transaction is the engine's |
//! | `-- ...` | a comment |

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod book;
mod bulk;
mod connection;
mod dialect;
mod driver;
mod line;
mod world;

pub use dialect::FakeDialect;
pub use world::{Cut, World};

use crate::driver::{Driver, Run};
use crate::error::Result;
use std::sync::{Arc, Mutex, MutexGuard};

/// What a schema change does to the transaction around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flavour {
    /// It is part of it, as in PostgreSQL and SQLite.
    #[default]
    Transactional,
    /// It commits it, as in MySQL and MariaDB.
    Implicit,
    /// There are no transactions, and the lock may end by itself, as in Redis.
    Plain,
}

/// One database in memory.
#[derive(Clone, Default)]
pub struct Fake {
    world: Arc<Mutex<World>>,
    flavour: Flavour,
}

impl Fake {
    pub fn new(flavour: Flavour) -> Fake {
        let fake = Fake::default();
        Fake { flavour, ..fake }
    }

    pub fn open(&self, run: &Run) -> Result<Box<dyn Driver>> {
        let connection = connection::Connection::open(self.world.clone(), self.flavour, run)?;
        Ok(Box::new(connection))
    }

    pub fn dialect(&self) -> FakeDialect {
        FakeDialect(self.flavour)
    }

    /// What was asked since the last call, in order: `lock`, `history`, `prepare`, `begin`,
    /// `run create t`, `write record a`, `commit`, `unlock` ...
    pub fn events(&self) -> Vec<String> {
        std::mem::take(&mut self.world().events)
    }

    /// Breaks the connection at the n-th event from now, from 1, once.
    pub fn cut(&self, n: usize, cut: Cut) {
        self.world().cut_after(n, cut);
    }

    /// Rows of a table, `None` where there is none.
    pub fn table(&self, name: &str) -> Option<usize> {
        self.world().kept.tables.get(name).copied()
    }

    /// Everything in it, to look at and to change from outside.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(|e| e.into_inner())
    }
}

#[cfg(all(test, feature = "conformance"))]
mod tests;

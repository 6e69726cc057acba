//! PostgreSQL behind the contract. One connection, one thread, and as few round trips as there are
//! things to wait for: a migration, its ledger entries and the proof that both are committed travel
//! in one message (`execute`). Nothing here decides, logs, retries or reads the environment.

#![forbid(unsafe_code)]

mod blockers;
mod connect;
mod copy;
mod ddl;
mod dialect;
mod error;
mod execute;
mod expression;
mod grammar;
mod impact;
mod introspect;
mod lock;
mod message;
mod naming;
mod native;
mod noted;
mod options;
mod pooler;
mod query;
mod reading;
mod realise;
mod render;
mod session;
mod spell;
mod stream;
mod subject;
mod tables;
mod transaction;
mod types;
mod verdict;
mod wire;
mod words;

pub use dialect::Postgres;
pub use expression::FLAVOUR;

use initium_driver::catalog::{Catalog, Sizes};
use initium_driver::ddl::{SCHEMAS, missing};
use initium_driver::driver::{
    Dialect, Driver, Holder, Locked, Opener, Rows, Run, Script, Stopper, Verdict,
};
use initium_driver::error::{Code, Error, Result};
use initium_driver::ledger::{Attempt, Digest, History, Step, Stored};
use initium_driver::settings::Settings;
use initium_driver::source::Statement;
use initium_driver::sql::ledger::{Ledger, Words, has_table};
use initium_driver::sql::name::{Longest, TableName};
use introspect::Asked;
use session::Link;
use words::PostgresWords;

pub const OPENER: Opener = Opener {
    databases: &["postgres"],
    open,
    dialect: |_| Box::new(Postgres::OLDEST),
};

/// NAMEDATALEN, less the zero at its end.
const LONGEST: Longest = Longest::Bytes(63);

pub fn open(settings: &Settings, run: &Run) -> Result<Box<dyn Driver>> {
    let ledger = Ledger::new(TableName::parse(&run.table)?.within(LONGEST)?);
    let wire = connect::open(settings, run)?;
    let dialect = wire
        .major()
        .map_or(Postgres::OLDEST, |major| Postgres { major });
    Ok(Box::new(Connected {
        dialect,
        ledger,
        link: Link {
            wire,
            words: PostgresWords {
                role: settings.user.clone().unwrap_or_default(),
            },
            limits: run.limits,
            run: run.id.clone(),
            sent: 0,
            version: None,
            backend: None,
            held: None,
        },
    }))
}

struct Connected {
    dialect: Postgres,
    link: Link,
    ledger: Ledger,
}

impl Connected {
    /// Why nothing can be written, where the server knows.
    fn writing<T>(&mut self, result: Result<T>) -> Result<T> {
        result.map_err(|error| {
            if error.code() != Code::ReadOnly {
                return error;
            }
            let standing = self.link.wire.standing_within(None).unwrap_or_default();
            match standing.of_hosts().reads {
                Some(why) => error.and(&format!("{} only reads: {why}", self.link.wire.place())),
                None => error,
            }
        })
    }

    /// Reading the ledger needs rights too; say which.
    fn reading<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error| match self.link.words.is_denied(&error) {
            true => self.ledger.denied(&self.link.words, &error),
            false => error,
        })
    }
}

fn asked(dialect: Postgres, leave_out: &[String]) -> Asked<'_> {
    Asked {
        major: dialect.major,
        leave_out,
        besides: &[],
    }
}

impl Driver for Connected {
    fn dialect(&self) -> &dyn Dialect {
        &self.dialect
    }

    fn server(&mut self) -> String {
        match &self.link.version {
            Some(version) => format!("PostgreSQL {version}"),
            None => "PostgreSQL".into(),
        }
    }

    fn encryption(&self) -> Option<String> {
        self.link.wire.encryption()
    }

    fn digest(&mut self) -> Result<Option<Digest>> {
        let digest = self.ledger.digest(&mut self.link);
        self.reading(digest)
    }

    fn history(&mut self) -> Result<History> {
        let history = self.ledger.history(&mut self.link);
        self.reading(history)
    }

    fn stored(&mut self, id: &str) -> Result<Stored> {
        let stored = self.ledger.stored(&mut self.link, id);
        self.reading(stored)
    }

    fn attempts(&mut self, limit: u64) -> Result<Vec<Attempt>> {
        let attempts = self.ledger.attempts(&mut self.link, limit);
        self.reading(attempts)
    }

    fn try_lock(&mut self) -> Result<Locked> {
        // Advisory locks are counted: taken twice, given back once, they would stay.
        if self.link.held.is_some() {
            return Ok(Locked::Taken);
        }
        let taken = lock::take(&mut self.link, &self.ledger)?;
        self.ledger.look_again();
        Ok(taken)
    }

    fn unlock(&mut self) -> Result<()> {
        lock::release(&mut self.link, &self.ledger)
    }

    fn holder(&mut self) -> Result<Option<Holder>> {
        lock::holder(&mut self.link, &self.ledger)
    }

    fn end(&mut self, holder: &Holder) -> Result<()> {
        pooler::settle(&mut self.link)?;
        lock::end(&mut self.link, &self.ledger, holder)
    }

    fn prepare_ledger(&mut self) -> Result<()> {
        pooler::settle(&mut self.link)?;
        let prepared = self.ledger.prepare(&mut self.link);
        self.writing(prepared)?;
        match &self.link.held {
            Some(held) if !held.is_of(&self.ledger) => Err(Error::new(
                Code::LockHeld,
                "another run created the ledger in another schema of the search path meanwhile",
            )
            .help("run it again, now that there is one")),
            _ => Ok(()),
        }
    }

    fn execute(&mut self, script: &Script) -> Result<()> {
        pooler::settle(&mut self.link)?;
        let executed = execute::run(&mut self.link, &self.ledger, script);
        self.writing(executed)
    }

    fn verdict(&mut self, step: &Step, statement: &Statement) -> Result<Verdict> {
        verdict::of(&mut self.link, step, statement)
    }

    fn blockers(&mut self, statement: &Statement) -> Result<Vec<Holder>> {
        blockers::of(&mut self.link, statement)
    }

    fn stopper(&self) -> Option<Stopper> {
        Some(self.link.wire.stopper())
    }

    fn query(&mut self, sql: &str) -> Result<Rows> {
        query::run(&mut self.link, sql)
    }

    fn own_tables(&self) -> Vec<String> {
        self.ledger.tables().to_vec()
    }

    fn has_table(&mut self, name: &str) -> Result<bool> {
        has_table(&mut self.link, name)
    }

    fn introspect(&mut self) -> Result<Catalog> {
        if !SCHEMAS {
            return Err(missing("introspect"));
        }
        let tables = self.ledger.tables();
        introspect::catalog(&mut self.link, &asked(self.dialect, &tables))
    }

    fn realise(&mut self, statements: &[Statement]) -> Result<Catalog> {
        if !SCHEMAS {
            return Err(missing("realise"));
        }
        pooler::settle(&mut self.link)?;
        let tables = self.ledger.tables();
        realise::realise(&mut self.link, &asked(self.dialect, &tables), statements)
    }

    fn sizes(&mut self) -> Result<Sizes> {
        if !SCHEMAS {
            return Err(missing("sizes"));
        }
        let tables = self.ledger.tables();
        introspect::sizes(&mut self.link, &asked(self.dialect, &tables))
    }
}

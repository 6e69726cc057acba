//! The contract. `Dialect` is pure: planning, linting and goldens need no server. `Driver` is one
//! open connection. A method stands here only because two drivers need different code for it.
//!
//! Drivers never decide, never log, never read the environment and never retry.

use crate::catalog::{Catalog, Sizes};
use crate::ddl::Ddl;
use crate::error::{Code, Error, Result};
use crate::ledger::{Attempt, Digest, Entry, History, Step, Stored};
use crate::long::Slice;
use crate::settings::Settings;
use crate::source::{Source, Statement};
use crate::sql::form::Sink;
use crate::sql::stretch::Runs;
use crate::sql::variables::Spelling;
use std::time::Duration;

/// What a server of this kind and version can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Schema changes and the ledger commit together.
    pub transactional_ddl: bool,
    /// A script that fails leaves nothing of it.
    pub transactions: bool,
    /// There is a catalog to look at and to change.
    pub catalog: bool,
}

/// How one kind of database spells things. Pure.
pub trait Dialect {
    /// The name under which specs know it, most exact first (`["mariadb", "mysql"]`).
    fn names(&self) -> &'static [&'static str];

    fn capabilities(&self) -> Capabilities;

    /// Statements in order, each with its place; what is not understood is refused, never skipped.
    fn split(&self, source: &Source) -> Result<Vec<Statement>>;

    /// The statements of files that run one after the other in one session. `Joined`: of a file
    /// that is too long to be held, runs of statements that may commit together are one.
    fn statements(&self, sources: &[Source], _runs: Runs) -> Result<Vec<Statement>> {
        let mut all = Vec::new();
        for source in sources {
            all.extend(self.split(source)?);
        }
        Ok(all)
    }

    /// The text with everything left out that does not count (comments, blanks, line ends); the
    /// engine's checksums are taken over it.
    fn normal_form(&self, text: &str) -> String;

    /// The same of a text that is not held.
    fn stream_form(&self, slice: &Slice, sink: &mut dyn Sink) -> Result<()> {
        let text = slice.long.text(slice.long.length)?;
        let range = slice.range.start as usize..slice.range.end as usize;
        sink.add(&self.normal_form(&text[range]));
        Ok(())
    }

    /// How it spells values in SQL; `None` where scripts are something else.
    fn spelling(&self) -> Option<&dyn Spelling> {
        None
    }

    /// How it spells changes of its catalog; `None` where there is none, or the build knows of none.
    fn ddl(&self) -> Option<&dyn Ddl> {
        None
    }
}

/// The answer to a query, as text; `None` is NULL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Option<String>>>,
}

impl Rows {
    /// The first cell of the first row.
    pub fn first(&self) -> Option<&str> {
        self.rows.first()?.first()?.as_deref()
    }
}

/// Who holds the lock, as far as the server tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    /// Process or connection id, as the server knows it.
    pub session: String,
    pub user: Option<String>,
    pub host: Option<String>,
    pub application: Option<String>,
    pub seconds: Option<u64>,
    pub statement: Option<String>,
    /// How long the lock lasts if nothing more is heard of them, where it is one that ends by itself.
    pub lease: Option<Duration>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Locked {
    Taken,
    Held(Box<Holder>),
}

/// How far a statement is that works through many keys, and in the end: what came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub processed: u64,
    /// They were as they should be, or gone.
    pub skipped: u64,
    pub failed: u64,
    /// How many there may be, by an estimate.
    pub total: u64,
}

impl Progress {
    pub fn seen(&self) -> u64 {
        self.processed + self.skipped + self.failed
    }
}

/// What a statement would do, as far as looking tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// How many keys it is about: counted, or else estimated.
    pub keys: u64,
    pub counted: bool,
    /// Some of them, before and after.
    pub samples: Vec<(String, String)>,
}

/// What became of a statement whose run died, or that failed outside a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It had no effect that stays, once `clear` ran (an index that was never finished): it may run.
    Without { clear: Vec<String> },
    /// It took effect, all of it.
    With,
    /// What it can touch changed, and not as this statement changes it: in a few words, how.
    Otherwise(String),
    /// What a statement of this kind does is not to be seen: why.
    Invisible(String),
}

/// Statements of one migration and the ledger entries that prove them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    pub statements: Vec<Statement>,
    pub entries: Vec<Entry>,
}

/// What is committed together, or what cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Script {
    /// All parts in one transaction.
    Together(Vec<Part>),
    /// One statement outside a transaction. `before` is committed first, `after` afterwards, each
    /// in a transaction of its own.
    Alone {
        before: Vec<Entry>,
        statement: Box<Statement>,
        after: Vec<Entry>,
    },
}

impl Script {
    /// Whether it does more than write to the ledger.
    pub fn has_statements(&self) -> bool {
        match self {
            Script::Together(parts) => parts.iter().any(|part| !part.statements.is_empty()),
            Script::Alone { .. } => true,
        }
    }

    /// Ledger entries alone.
    pub fn entries(entries: Vec<Entry>) -> Script {
        Script::Together(vec![Part {
            statements: Vec::new(),
            entries,
        }])
    }
}

/// One open connection. Blocking and object-safe: it holds the lock *and* runs the work.
pub trait Driver {
    fn dialect(&self) -> &dyn Dialect;

    /// Product and version, for people; may ask the server.
    fn server(&mut self) -> String;

    /// How this connection is encrypted, as far as the first host on its way; `None`: not at all.
    fn encryption(&self) -> Option<String> {
        None
    }

    /// One round trip; `None` where there is no ledger that this format can digest, and where a
    /// rollback stopped half-way.
    fn digest(&mut self) -> Result<Option<Digest>>;

    /// Everything recorded, oldest first; empty where there is no ledger. Never writes.
    fn history(&mut self) -> Result<History>;

    /// The stored scripts of a record.
    fn stored(&mut self, id: &str) -> Result<Stored>;

    /// The newest `limit` attempts, oldest first. Never writes.
    fn attempts(&mut self, limit: u64) -> Result<Vec<Attempt>>;

    /// Tries once and never waits; polling is the engine's. Also prepares the session for work.
    fn try_lock(&mut self) -> Result<Locked>;

    fn unlock(&mut self) -> Result<()>;

    /// Who holds the lock now.
    fn holder(&mut self) -> Result<Option<Holder>>;

    /// Ends the session of a holder.
    fn end(&mut self, holder: &Holder) -> Result<()>;

    /// Looks for the ledger and creates or upgrades it where needed. Only under the lock.
    fn prepare_ledger(&mut self) -> Result<()>;

    /// Runs a script. An error says in [`crate::error::At`] which statement failed; nothing of a
    /// failed `Together` remains.
    fn execute(&mut self, script: &Script) -> Result<()>;

    /// The same; where a statement works through many keys, `tell` hears after each batch how far it
    /// is, and in the end what came of it. It answers with an error where the work has to stop: that
    /// is a safe point, and the error is the driver's answer.
    fn execute_telling(
        &mut self,
        script: &Script,
        _tell: &mut dyn FnMut(&Progress) -> Result<()>,
    ) -> Result<()> {
        self.execute(script)
    }

    /// What a statement would do. Never writes; `None` where nothing but its text tells.
    fn preview(&mut self, _statement: &Statement) -> Result<Option<Preview>> {
        Ok(None)
    }

    /// Whether there is nothing at all that a migration of data could move.
    fn is_empty(&mut self) -> Result<bool> {
        Ok(false)
    }

    /// What somebody should know of this server before it is written to.
    fn remarks(&mut self) -> Vec<String> {
        Vec::new()
    }

    /// Compares the catalog with what an intent noted of it. Never writes.
    fn verdict(&mut self, _step: &Step, _statement: &Statement) -> Result<Verdict> {
        Ok(Verdict::Invisible("what it does leaves no trace".into()))
    }

    /// Whose sessions a statement has to wait for, as far as the server tells.
    fn blockers(&mut self, _statement: &Statement) -> Result<Vec<Holder>> {
        Ok(Vec::new())
    }

    /// Ends what this connection is running; the statement then fails in the ordinary way. It is
    /// called in a pulse, in the middle of that statement's wait: so it has a connection of its own,
    /// touches nothing of this one, has no pulse, and takes no longer than it is given.
    fn stopper(&self) -> Option<Stopper> {
        None
    }

    /// A question, as text. The driver refuses to write where the server can refuse it.
    fn query(&mut self, sql: &str) -> Result<Rows>;

    /// The tables of its ledger, whether they are there or not: a run that died may have made some of
    /// them.
    fn own_tables(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether there is such a table where names without a schema are looked for.
    fn has_table(&mut self, name: &str) -> Result<bool>;

    /// What the database holds, without the ledger.
    fn introspect(&mut self) -> Result<Catalog> {
        Ok(Catalog::default())
    }

    /// How many rows its tables have, by the server's estimate. Never counts, never writes.
    fn sizes(&mut self) -> Result<Sizes> {
        Ok(Sizes::new())
    }

    /// What an empty database would hold after these statements, in the server's own spelling. It
    /// leaves nothing behind. Where schema changes cannot be taken back, the connection's database
    /// has to be an empty one, and is emptied again.
    fn realise(&mut self, _statements: &[Statement]) -> Result<Catalog> {
        Err(Error::new(
            Code::NotSupported,
            "this database has no catalog that statements could build",
        ))
    }
}

pub type Stopper = Box<dyn Fn(Duration) + Send>;

/// What a driver calls now and then while it waits for its server, wherever it waits: with it the
/// engine hears of a signal in the middle of a statement.
#[derive(Clone, Copy, Debug)]
pub struct Pulse(pub fn());

impl Pulse {
    /// The longest that a wait may go on without it.
    pub const EVERY: Duration = Duration::from_millis(100);

    pub fn beat(self) {
        (self.0)()
    }
}

impl Default for Pulse {
    fn default() -> Pulse {
        Pulse(|| {})
    }
}

/// How long a statement may wait or run. Zero means no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    pub connect: Duration,
    pub lock: Duration,
    pub statement: Duration,
}

/// What a connection needs to know about the run it serves.
#[derive(Clone, Debug)]
pub struct Run {
    /// Names the run in the ledger and, where the server shows it, in its session list.
    pub id: String,
    /// Ledger table, maybe with a schema; checked by the engine.
    pub table: String,
    /// Stands before the names of the ledger's keys, where they share one space with others' keys.
    pub prefix: String,
    pub limits: Limits,
    /// Reading commands open files read-only and create none.
    pub access: Access,
    pub pulse: Pulse,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Read,
    Write,
}

/// A driver as `connect` knows it.
pub struct Opener {
    /// What specs and URLs call it.
    pub databases: &'static [&'static str],
    pub open: fn(&Settings, &Run) -> Result<Box<dyn Driver>>,
    /// For planning without a server.
    pub dialect: fn(database: &str) -> Box<dyn Dialect>,
}

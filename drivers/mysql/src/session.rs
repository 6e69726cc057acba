//! One connection and what its session is set to. Settings a migration leaves behind are put back
//! before the next one. Must never reconnect: a lost session lost its lock.

use crate::dialect::{Family, MySql};
use crate::error::{Fault, failed, too_long};
use crate::settings;
use crate::trace;
use crate::wire::{Answers, Heard, Statements, Wire};
use crate::words::{Words, quote};
use initium_driver::sql::ledger::{Session as LedgerSession, Words as LedgerWords};
use initium_driver::sql::reading::Reading;
use initium_driver::sql::split::Grammar;
use initium_driver::{Code, Error, Limits, Result, Rows};
use std::time::Duration;

pub struct Session {
    pub wire: Wire,
    pub dialect: MySql,
    pub words: Words,
    /// Where the connection works and the ledger is looked for.
    pub database: String,
    limits: Limits,
    /// As it was when the session began.
    pub sql_mode: Option<String>,
    /// The longest statement the server takes, once it was asked.
    pub longest: Option<usize>,
    /// As the server calls itself, once it was asked.
    pub version: Option<String>,
    /// Every run reaches the same member of a cluster.
    pub one_node: bool,
    /// The server, as people write it.
    pub place: String,
    settled: bool,
    /// Whose settings the session has: the migration that ran last.
    owner: Option<String>,
    /// LOCK TABLES is in force.
    pub tables_locked: bool,
    /// A packet may hold several statements.
    several: bool,
    /// How the server reads quotes, by what the scripts set.
    pub reading: Reading,
}

/// Idle time after which the server ends a session: its own default, whatever it was lowered to.
const IDLE: u64 = 28_800;
/// What the server takes for "for ever" when it waits for a lock.
const FOR_EVER: u64 = 31_536_000;

/// What an answer may be late.
const SLACK: Duration = Duration::from_secs(5);

impl Session {
    pub fn new(wire: Wire, dialect: MySql, database: String, limits: Limits) -> Session {
        Session {
            wire,
            reading: Reading::new(dialect.rules()),
            dialect,
            words: Words::default(),
            database,
            limits,
            sql_mode: None,
            longest: None,
            version: None,
            one_node: false,
            place: String::new(),
            settled: false,
            owner: None,
            tables_locked: false,
            several: false,
        }
    }

    pub fn send(&mut self, sql: &str, answers: Answers) -> Result<(), Fault> {
        self.wire.run(sql, answers)?;
        if self.wire.told.deaf {
            self.wire.told.infer(&self.dialect.first_words(sql));
        }
        Ok(())
    }

    pub fn run(&mut self, sql: &str) -> Result<()> {
        self.send(sql, Answers::One).map_err(|fault| failed(&fault))
    }

    /// The answer of one question.
    pub fn question(&mut self, sql: &str) -> Result<Rows> {
        let limit = self.patience();
        self.wire.ask(sql, limit).map_err(|fault| failed(&fault))
    }

    /// The rows of its answer, one by one, so that nothing holds them all.
    pub fn rows(&mut self, sql: &str, row: &mut dyn FnMut(Vec<Option<String>>)) -> Result<()> {
        self.hear(sql, Answers::One, &mut |_, found| row(found))
    }

    /// Questions of our own in one packet, for the many that a catalog is asked; the answers come
    /// one after the other. A script never gets this way: see [`Session::one_by_one`].
    pub fn questions(
        &mut self,
        questions: &[String],
        row: &mut dyn FnMut(usize, Vec<Option<String>>),
    ) -> Result<()> {
        if questions.is_empty() {
            return Ok(());
        }
        if !self.several {
            match self.wire.allow(Statements::Several) {
                Ok(()) => self.several = true,
                // Not every proxy knows how; then they go one by one.
                Err(Fault::Said(_)) => {
                    for (n, question) in questions.iter().enumerate() {
                        self.hear(question, Answers::One, &mut |_, found| row(n, found))?;
                    }
                    return Ok(());
                }
                Err(fault) => return Err(failed(&fault)),
            }
        }
        self.hear(&questions.join(";"), Answers::Several, row)
    }

    /// From here on a packet is one statement again.
    pub fn one_by_one(&mut self) -> Result<()> {
        if !std::mem::take(&mut self.several) {
            return Ok(());
        }
        let answer = self.wire.allow(Statements::One);
        answer.map_err(|fault| failed(&fault))
    }

    fn hear(
        &mut self,
        sql: &str,
        answers: Answers,
        row: &mut dyn FnMut(usize, Vec<Option<String>>),
    ) -> Result<()> {
        let limit = self.patience();
        let mut ear = |number, heard: Heard| {
            if let Heard::Row(found) = heard {
                row(number, found);
            }
        };
        self.wire
            .hear(sql, answers, limit, &mut ear)
            .map_err(|fault| failed(&fault))
    }

    /// The server ends what takes too long; one that is silent is given up a little later.
    fn patience(&self) -> Option<Duration> {
        let limit = Some(self.limits.statement).filter(|limit| !limit.is_zero());
        limit.map(|limit| limit + SLACK)
    }

    /// After the last answer a transaction is open.
    pub fn in_transaction(&self) -> bool {
        self.wire.told.open
    }

    /// What the server calls itself decides; until it was asked, the numbers of its greeting do.
    pub fn is(&mut self, version: Option<String>) {
        if let Some(version) = &version {
            let family = match version.to_ascii_lowercase().contains("mariadb") {
                true => Family::MariaDb,
                false => Family::MySql,
            };
            self.dialect = self.dialect.clone().at(family, version);
            let sight = self.dialect.clone();
            self.words.sight = trace::is_readable(family, version).then_some(sight);
        }
        self.version = version;
    }

    /// Sets what work needs, once.
    pub fn settle(&mut self) -> Result<()> {
        if self.settled {
            return Ok(());
        }
        self.pin()?;
        self.settled = true;
        Ok(())
    }

    fn pin(&mut self) -> Result<()> {
        let pins = self.pins();
        self.wire.told = Default::default();
        self.run(&format!("SET {}", pins.join(", ")))?;
        // Turning it on is the first thing that is told.
        self.wire.told.deaf = !self.wire.told.heard;
        self.wire.told.changed = Default::default();
        Ok(())
    }

    fn pins(&self) -> Vec<String> {
        let lock = match self.limits.lock {
            Duration::ZERO => FOR_EVER,
            // The servers count whole seconds.
            limit => limit.as_secs_f64().ceil() as u64,
        };
        let statement = self.limits.statement.as_millis() as u64;
        let limit = match self.dialect.family() {
            Family::MariaDb => format!(
                "SESSION max_statement_time = {}.{:03}",
                statement / 1000,
                statement % 1000
            ),
            // It bounds SELECT only; MySQL has nothing for the rest.
            Family::MySql => format!("SESSION max_execution_time = {statement}"),
        };
        vec![
            format!("SESSION lock_wait_timeout = {lock}"),
            format!("SESSION innodb_lock_wait_timeout = {lock}"),
            limit,
            format!("SESSION wait_timeout = {IDLE}"),
            "SESSION autocommit = 1".into(),
            // From here on the server tells with its answers what a script changes.
            "SESSION session_track_schema = 1".into(),
            "SESSION session_track_system_variables = _utf8mb4'*'".into(),
            "SESSION session_track_transaction_info = _utf8mb4'STATE'".into(),
        ]
    }

    /// A script of this migration follows: what another one left behind is put back.
    pub fn turn(&mut self, id: Option<&str>) -> Result<()> {
        self.settle()?;
        if self.owner.is_some() && self.owner.as_deref() == id {
            return Ok(());
        }
        self.restore()?;
        self.owner = id.map(String::from);
        Ok(())
    }

    /// The migration is over; what follows is not its.
    pub fn over(&mut self) {
        self.owner = None;
    }

    pub fn unlock_tables(&mut self) -> Result<()> {
        self.run("UNLOCK TABLES")?;
        self.tables_locked = false;
        Ok(())
    }

    /// No round trip where nothing changed.
    pub fn restore(&mut self) -> Result<()> {
        self.reading = Reading::new(self.dialect.rules());
        if self.tables_locked {
            self.unlock_tables()?;
        }
        let changed = std::mem::take(&mut self.wire.told.changed);
        if changed.database {
            self.run(&format!("USE {}", quote(&self.database)))?;
        }
        let names: Vec<&str> = changed
            .variables
            .iter()
            .map(String::as_str)
            .filter(|name| settings::is_known(name))
            .collect();
        if !names.is_empty() {
            let mut assignments = settings::first_values(&names, self.sql_mode.as_deref());
            assignments.extend(self.pins());
            self.run(&format!("SET {}", assignments.join(", ")))
                .map_err(|error| left_behind(&names, &error))?;
        }
        self.wire.told.changed = Default::default();
        Ok(())
    }

    /// Whether the text is longer than the server takes; said before it is sent, because the server
    /// only breaks the connection.
    pub fn too_long(&self, text: &str) -> Option<Error> {
        let longest = self.longest?;
        (text.len() + 1 > longest).then(|| too_long(text.len(), longest))
    }

    /// Takes back what is open; the error that led here is the one to tell.
    pub fn roll_back(&mut self, error: &Error) {
        if error.code() != Code::ConnectionLost {
            let _ = self.send("ROLLBACK", Answers::One);
        }
    }
}

fn left_behind(names: &[&str], error: &Error) -> Error {
    Error::new(
        Code::StatementFailed,
        format!(
            "the session settings a script left behind ({}) cannot be put back: {}",
            names.join(", "),
            error.message()
        ),
    )
    .help("run again: a new session begins with the server's own")
    .server(error.server_said().clone())
}

impl LedgerSession for Session {
    fn words(&self) -> &dyn LedgerWords {
        &self.words
    }

    fn ask(&mut self, questions: &[String]) -> Result<Vec<Rows>> {
        // Not all at once: poolers and proxies break on a second packet before the first answer.
        questions.iter().map(|q| self.question(q)).collect()
    }

    /// Creating and upgrading the ledger: each statement commits itself here, and every one may be
    /// the last before a crash. So what already stands from an earlier try is passed over; the row
    /// that makes it a ledger is written last.
    fn commit(&mut self, statements: &[String]) -> Result<()> {
        for statement in statements {
            match self.run(statement) {
                Err(error) if matches!(crate::error::number(&error), Some(1050 | 1060)) => {}
                other => other?,
            }
        }
        Ok(())
    }
}

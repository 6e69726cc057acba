//! The one connection. It runs texts to their end, reads every row, and leaves no transaction open.

use crate::error::Trouble;
use crate::open::{Home, Opened, Target};
use crate::words::SqliteWords;
use initium_driver::driver::Rows;
use initium_driver::sql::ledger::{Session, Words};
use initium_driver::{Code, Error, Result};
use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::types::ValueRef;
use rusqlite::{Batch, Connection, InterruptHandle, Statement, ffi};
use std::path::Path;
use std::time::Duration;

pub struct SqliteSession {
    connection: Connection,
    target: Target,
    /// The file is not there yet; `connection` is empty and stands in for it.
    awaited: bool,
}

impl SqliteSession {
    pub fn open(target: Target) -> Result<SqliteSession> {
        let (connection, awaited) = match target.open()? {
            Opened::There(connection) => (connection, false),
            Opened::Awaited(connection) => (connection, true),
        };
        Ok(SqliteSession {
            connection,
            target,
            awaited,
        })
    }

    /// An empty database in memory, with the same patience.
    pub fn scratch(&self) -> Result<SqliteSession> {
        SqliteSession::open(Target {
            home: Home::Memory,
            ..self.target.clone()
        })
    }

    /// What ends the statement that runs.
    pub fn interrupt(&self) -> InterruptHandle {
        self.connection.get_interrupt_handle()
    }

    pub fn path(&self) -> Option<&Path> {
        match &self.target.home {
            Home::Memory => None,
            Home::File(path) => Some(path),
        }
    }

    /// Looks again for a file that was not there; whether it is now.
    pub fn appear(&mut self) -> Result<bool> {
        if !self.awaited {
            return Ok(false);
        }
        if let Opened::There(connection) = self.target.open()? {
            self.connection = connection;
            self.awaited = false;
        }
        Ok(!self.awaited)
    }

    /// Everything in a text, each statement to its last row.
    pub fn run(&self, text: &str) -> Result<(), Trouble> {
        let mut batch = Batch::new(&self.connection, text);
        while let Some(mut statement) = batch.next()? {
            self.target.pace.look_up();
            // Asked to end between two statements, SQLite would forget it with the next one.
            if self.connection.is_interrupted() {
                let ended = ffi::Error::new(ffi::SQLITE_INTERRUPT);
                return Err(rusqlite::Error::SqliteFailure(ended, None).into());
            }
            refuse_parameters(&statement)?;
            let mut rows = statement.raw_query();
            while rows.next()?.is_some() {}
        }
        Ok(())
    }

    /// The same, stopped when it takes longer than a statement may.
    pub fn run_limited(&self, text: &str) -> Result<(), Trouble> {
        let limit = self.target.limits.statement;
        if limit == Duration::ZERO {
            return self.run(text);
        }
        self.target.pace.limit(Some(limit));
        let answer = self.run(text);
        self.target.pace.limit(None);
        answer
    }

    pub fn in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// All of it or nothing. IMMEDIATE, because a transaction that begins by reading gets no
    /// second chance to write: SQLite answers BUSY at once and ignores the timeout.
    pub fn transaction(
        &mut self,
        work: impl FnOnce(&mut SqliteSession) -> Result<()>,
    ) -> Result<()> {
        self.say("BEGIN IMMEDIATE")?;
        let answer = work(self).and_then(|()| self.say("COMMIT"));
        if answer.is_err() {
            self.abandon();
        }
        answer
    }

    /// Ends what is still open. Its own failure would hide the reason for it.
    pub fn abandon(&mut self) {
        if self.in_transaction() {
            let _ = self.run("ROLLBACK");
        }
    }

    pub fn say(&self, text: &str) -> Result<()> {
        self.run(text).map_err(Trouble::into_error)
    }

    /// A question of ours.
    pub fn rows(&self, question: &str) -> Result<Rows> {
        self.read(question).map_err(Trouble::into_error)
    }

    /// The rows of a question of ours, one by one.
    pub fn each(
        &self,
        question: &str,
        mut take: impl FnMut(&[Option<String>]) -> Result<()>,
    ) -> Result<()> {
        let mut walk = || -> Result<(), Trouble> {
            let mut statement = self.connection.prepare(question)?;
            let width = statement.column_count();
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                let cells = (0..width).map(|n| Ok(text(row.get_ref(n)?)));
                let cells = cells.collect::<Result<Vec<_>, Trouble>>()?;
                take(&cells).map_err(Trouble::Refused)?;
            }
            Ok(())
        };
        walk().map_err(Trouble::into_error)
    }

    fn read(&self, question: &str) -> Result<Rows, Trouble> {
        let mut batch = Batch::new(&self.connection, question);
        let Some(mut statement) = batch.next()? else {
            return Err(refused("the query is empty"));
        };
        if batch.next()?.is_some() {
            return Err(refused("more than one statement in a query"));
        }
        refuse_parameters(&statement)?;
        if !statement.readonly() {
            return Err(refused("a query that writes"));
        }
        let columns: Vec<_> = statement.column_names().map(String::from).collect();
        let mut answer = Rows {
            columns,
            rows: Vec::new(),
        };
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            let cells = (0..answer.columns.len()).map(|n| Ok(text(row.get_ref(n)?)));
            answer.rows.push(cells.collect::<Result<_, Trouble>>()?);
        }
        Ok(answer)
    }

    /// A question of the user: cannot write, cannot leave a transaction open.
    pub fn question(&mut self, question: &str) -> Result<Rows> {
        self.say("PRAGMA query_only = ON")?;
        let answer = self.rows(question);
        self.abandon();
        self.say("PRAGMA query_only = OFF")?;
        answer
    }
}

impl Session for SqliteSession {
    fn words(&self) -> &dyn Words {
        &SqliteWords
    }

    fn ask(&mut self, questions: &[String]) -> Result<Vec<Rows>> {
        questions.iter().map(|one| self.rows(one)).collect()
    }

    fn commit(&mut self, statements: &[String]) -> Result<()> {
        self.transaction(|session| statements.iter().try_for_each(|one| session.say(one)))
    }
}

/// SQLite would take NULL for `:name` or `?` and say nothing.
fn refuse_parameters(statement: &Statement) -> Result<(), Trouble> {
    if statement.parameter_count() == 0 {
        return Ok(());
    }
    let name = statement.parameter_name(1).unwrap_or("?");
    Err(refused(&format!(
        "a parameter {name}, for which nothing is given"
    )))
}

fn refused(message: &str) -> Trouble {
    Trouble::Refused(Error::new(Code::StatementFailed, message))
}

/// As the shell of SQLite shows it; bytes as a hexadecimal literal.
fn text(value: ValueRef) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(format!("{number:?}")),
        ValueRef::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Blob(bytes) => {
            let digits: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
            Some(format!("x'{digits}'"))
        }
    }
}

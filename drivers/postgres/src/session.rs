//! The session behind the connection: its settings, and questions in one message each. Between two
//! migrations the session is as it was when it was opened, whatever the first of them had set.

use crate::execute;
use crate::lock::Held;
use crate::wire::Wire;
use crate::words::PostgresWords;
use initium_driver::driver::{Limits, Rows};
use initium_driver::error::Result;
use initium_driver::sql::ledger::{Session, Words};

pub struct Link {
    pub wire: Wire,
    pub words: PostgresWords,
    pub limits: Limits,
    /// Names the run in the proof of each transaction.
    pub run: String,
    /// Transactions so far; makes each proof and each mark its own.
    pub sent: u64,
    /// Asked for with the first questions.
    pub version: Option<String>,
    /// The server session, once it is sure that nobody else gets it between two transactions.
    pub backend: Option<i32>,
    /// The lock, while we should have it.
    pub held: Option<Held>,
}

impl Link {
    /// Our settings as a statement.
    fn settings(&self) -> String {
        format!("SELECT {}", self.settings_made())
    }

    /// Our settings, as an expression that makes them; a server that does not know one of them is
    /// not asked to set it.
    pub fn settings_made(&self) -> String {
        let mut calls: Vec<String> = [
            ("lock_timeout", self.limits.lock),
            ("statement_timeout", self.limits.statement),
        ]
        .iter()
        .map(|(name, limit)| set(name, &limit.as_millis().to_string()))
        .collect();
        // The splitter reads strings this way, so the server has to.
        calls.push(set("standard_conforming_strings", "on"));
        for name in [
            "idle_in_transaction_session_timeout",
            "idle_session_timeout",
            "transaction_timeout",
        ] {
            calls.push(set_if_known(name, "0"));
        }
        // A client that is gone without a word must not hold the lock for hours.
        for (name, value) in [
            ("tcp_keepalives_idle", "30"),
            ("tcp_keepalives_interval", "10"),
            ("tcp_keepalives_count", "3"),
            ("tcp_user_timeout", "60000"),
        ] {
            calls.push(set_if_known(name, value));
        }
        // Ends the statement of a client that died; systems without it refuse the setting.
        let watch = "client_connection_check_interval";
        calls.push(format!(
            "CASE WHEN {} AND pg_catalog.version() ~* 'linux|darwin|bsd' THEN {} END",
            knows(watch),
            set(watch, "500")
        ));
        format!("pg_catalog.concat({})", calls.join(", "))
    }

    /// Back to the session as it was opened, and our settings again. `DISCARD ALL` would do it,
    /// and would give up the lock.
    pub fn reset(&self) -> String {
        let mut all: Vec<String> = [
            "RESET SESSION AUTHORIZATION",
            "RESET ROLE",
            "RESET ALL",
            "CLOSE ALL",
            "DISCARD TEMP",
            "DISCARD SEQUENCES",
        ]
        .map(String::from)
        .into();
        all.push(self.settings());
        // Last: it takes the marks away by which a failure is found.
        all.push("DEALLOCATE ALL".into());
        all.join(";\n")
    }

    /// For a question that may wait: its limits end with its transaction.
    pub fn local_limits(&self) -> String {
        format!(
            "SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = {}",
            self.limits.lock.as_millis(),
            self.limits.statement.as_millis()
        )
    }

    /// Whom we speak to; a server that keeps its promise speaks for itself.
    fn meet(&mut self, who: &Rows) {
        let cell = |index: usize| who.rows.first()?.get(index)?.clone();
        self.version = cell(0);
        let backend = cell(1).and_then(|text| text.parse().ok());
        if backend.is_some() && backend == self.wire.promised() {
            self.backend = backend;
        }
    }

    pub fn rows(&mut self, message: &str) -> Result<Vec<Rows>> {
        self.wire
            .rows(message)
            .map_err(|trouble| trouble.into_error())
    }
}

/// Goes with the first questions, so that it costs no round trip.
const WHO: &str =
    ";\nSELECT pg_catalog.current_setting('server_version'), pg_catalog.pg_backend_pid()";

/// Until the end of the transaction we are the role that logged in, and names mean the server's
/// own: the ledger is written by the same role in the same way, whatever a migration has set.
pub const GUARD: &str = "SET LOCAL session_authorization TO DEFAULT;\n\
     SET LOCAL role TO DEFAULT;\nSET LOCAL search_path TO pg_catalog";

fn knows(name: &str) -> String {
    format!("pg_catalog.current_setting('{name}', true) IS NOT NULL")
}

fn set_if_known(name: &str, value: &str) -> String {
    format!("CASE WHEN {} THEN {} END", knows(name), set(name, value))
}

fn set(name: &str, value: &str) -> String {
    format!("pg_catalog.set_config('{name}', '{value}', false)")
}

impl Session for Link {
    fn words(&self) -> &dyn Words {
        &self.words
    }

    fn ask(&mut self, questions: &[String]) -> Result<Vec<Rows>> {
        let mut message = questions.join(";\n");
        if self.version.is_none() {
            message.push_str(WHO);
        }
        let mut answers = self.rows(&message)?;
        if self.version.is_none() {
            let who = answers.pop().unwrap_or_default();
            self.meet(&who);
        }
        answers.resize(questions.len(), Rows::default());
        Ok(answers)
    }

    fn commit(&mut self, statements: &[String]) -> Result<()> {
        execute::commit(self, statements)
    }
}

//! Looking for the ledger, creating it, upgrading it. It looks before it creates, so that a role
//! without CREATE works where the tables exist.

use super::{Format, Ledger, Right, Session, Words, cell, text};
use crate::error::{Code, Error, Result};
use crate::ledger::{FORMAT, fingerprint};

impl Ledger {
    /// Finds out where the ledger is and which format it has. Never writes.
    pub(super) fn look(&mut self, session: &mut dyn Session) -> Result<()> {
        let words = session.words();
        let tables = self.tables();
        let mut questions = vec![words.columns_of(self.name.schema.as_deref(), &tables)];
        questions.push(format!("SELECT {}", words.current_schema()));
        let answers = session.ask(&questions)?;
        let main = |row: &&Vec<Option<String>>| cell(row, 1) == Some(tables[0].as_str());
        let columns: Vec<_> = answers[0].rows.iter().filter(main).collect();
        let Some(first) = columns.first() else {
            if self.schema.is_none() {
                self.schema = answers[1].first().map(String::from);
            }
            self.format = Format::Missing;
            return Ok(());
        };
        self.schema = cell(first, 0).map(String::from);
        let has_meta = answers[0]
            .rows
            .iter()
            .any(|row| cell(row, 1) == Some(tables[1].as_str()));
        let has_digest = columns.iter().any(|row| cell(row, 2) == Some("digest"));
        if !has_meta {
            if has_digest || columns.iter().any(|row| cell(row, 2) == Some("checksum")) {
                self.format = Format::Is(0);
                return Ok(());
            }
            return Err(Error::new(
                Code::LedgerDenied,
                format!(
                    "there is a table {} that is not a ledger of initium",
                    tables[0]
                ),
            )
            .help("choose another name with --table"));
        }
        let question = format!(
            "SELECT format FROM {}",
            self.table(session.words(), "_meta")
        );
        let answer = session.ask(&[question])?;
        let format = answer[0].first().and_then(|f| f.parse().ok()).unwrap_or(0);
        self.accept(format)
    }

    /// Takes note of the format, or refuses a newer one.
    pub(super) fn accept(&mut self, format: u32) -> Result<()> {
        if format > FORMAT {
            return Err(Error::new(
                Code::LedgerNewer,
                format!(
                    "the ledger {} has format {format}, this tool knows {FORMAT}",
                    self.name.table
                ),
            )
            .help("a newer initium wrote it; use that version or a later one"));
        }
        self.format = Format::Is(format);
        Ok(())
    }

    /// Creates or upgrades what is missing. Only under the lock.
    pub fn prepare(&mut self, session: &mut dyn Session) -> Result<()> {
        if self.format == Format::Unknown {
            self.look(session)?;
        }
        let statements = match self.format {
            Format::Is(FORMAT) => return Ok(()),
            Format::Is(0) => self.upgrade_from_0(session)?,
            Format::Is(_) => self.upgrade_from_1(session)?,
            _ => self.creation(session.words()),
        };
        match session.commit(&statements) {
            Ok(()) => self.format = Format::Is(FORMAT),
            Err(error) if session.words().is_denied(&error) => {
                return Err(self.denied(session.words(), &error));
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn creation(&self, words: &dyn Words) -> Vec<String> {
        let (key, long, time) = (words.key_type(), words.text_type(), words.time_type());
        let mut statements = vec![format!(
            "CREATE TABLE {} (id {key} NOT NULL PRIMARY KEY, seq bigint NOT NULL, name {long} NOT NULL, \
             checksum {key} NOT NULL, digest bigint NOT NULL, state {key} NOT NULL, reason {long}, \
             statements bigint NOT NULL, duration_ms bigint NOT NULL, applied_at {time} NOT NULL, \
             changed_at {time} NOT NULL, run_id {key} NOT NULL, tool {key} NOT NULL, up_sql {long}, down_sql {long}, \
             cleanup_sql {long}){}",
            self.table(words, ""),
            words.table_options()
        )];
        statements.extend(self.beside(words));
        statements
    }

    /// The tables beside the main one.
    fn beside(&self, words: &dyn Words) -> Vec<String> {
        let (key, long, time) = (words.key_type(), words.text_type(), words.time_type());
        let options = words.table_options();
        vec![
            format!(
                "CREATE TABLE {} (id {key} NOT NULL, phase {key} NOT NULL, number bigint NOT NULL, \
                 state {key} NOT NULL, checksum {key} NOT NULL, head {long} NOT NULL, catalog {long}, at {time} NOT NULL, \
                 PRIMARY KEY (id, phase, number)){options}",
                self.table(words, "_step")
            ),
            format!(
                "CREATE TABLE {} (seq {}, at {time} NOT NULL, run_id {key} NOT NULL, action {key} NOT NULL, \
                 migration {key}, outcome {key} NOT NULL, code {key}, message {long}, reason {long}, \
                 duration_ms bigint NOT NULL, actor {key} NOT NULL, tool {key} NOT NULL){options}",
                self.table(words, "_log"),
                words.counter()
            ),
            format!(
                "CREATE TABLE {} (format bigint NOT NULL, created_at {time} NOT NULL){options}",
                self.table(words, "_meta")
            ),
            format!(
                "INSERT INTO {} (format, created_at) VALUES ({FORMAT}, {})",
                self.table(words, "_meta"),
                words.now()
            ),
        ]
    }

    /// Format 0 (the previews) had the main table alone: id, seq, name, checksum, state, applied_at.
    fn upgrade_from_0(&self, session: &mut dyn Session) -> Result<Vec<String>> {
        let table = self.table(session.words(), "");
        let answer = session.ask(&[format!("SELECT id, checksum FROM {table}")])?;
        let words = session.words();
        let (key, long, time) = (words.key_type(), words.text_type(), words.time_type());
        let mut statements: Vec<String> = [
            "digest bigint NOT NULL DEFAULT 0".to_string(),
            format!("reason {long}"),
            "statements bigint NOT NULL DEFAULT 0".into(),
            "duration_ms bigint NOT NULL DEFAULT 0".into(),
            format!("changed_at {time}"),
            format!("run_id {key} NOT NULL DEFAULT ''"),
            format!("tool {key} NOT NULL DEFAULT ''"),
            format!("up_sql {long}"),
            format!("down_sql {long}"),
            format!("cleanup_sql {long}"),
        ]
        .into_iter()
        .map(|column| format!("ALTER TABLE {table} ADD COLUMN {column}"))
        .collect();
        for row in &answer[0].rows {
            let (id, checksum) = (text(row, 0), text(row, 1));
            statements.push(format!(
                "UPDATE {table} SET digest = {}, changed_at = applied_at WHERE id = {}",
                fingerprint(&id, &checksum),
                words.literal(&id)
            ));
        }
        statements.extend(self.beside(words));
        Ok(statements)
    }

    /// Format 1 did not keep what a migration said.
    fn upgrade_from_1(&self, session: &mut dyn Session) -> Result<Vec<String>> {
        let words = session.words();
        let schema = self.schema.as_deref().or(self.name.schema.as_deref());
        let question = words.columns_of(schema, std::slice::from_ref(&self.name.table));
        let answer = session.ask(&[question])?;
        let mut statements = self.second(session.words());
        // Where schema changes are not part of a transaction, a run may have died between the two.
        if answer[0]
            .rows
            .iter()
            .any(|row| cell(row, 2) == Some("up_sql"))
        {
            statements.remove(0);
        }
        Ok(statements)
    }

    fn second(&self, words: &dyn Words) -> Vec<String> {
        let (main, meta) = (self.table(words, ""), self.table(words, "_meta"));
        vec![
            format!("ALTER TABLE {main} ADD COLUMN up_sql {}", words.text_type()),
            format!("UPDATE {meta} SET format = {FORMAT}"),
        ]
    }

    /// The error that says which rights to ask for.
    pub fn denied(&self, words: &dyn Words, error: &Error) -> Error {
        let schema = self.schema.as_deref().unwrap_or("public");
        let right = match self.format {
            Format::Is(1..) => Right::Use,
            _ => Right::Create,
        };
        let mut grants = words.grants(schema, &self.tables(), right);
        if self.format == Format::Is(1) {
            // Only an owner can change a table, so the owner may as well do it.
            let upgrade = self.second(words).into_iter();
            grants.extend(upgrade.map(|statement| format!("{statement};")));
        }
        let grants = grants.join("\n");
        Error::new(
            Code::LedgerDenied,
            format!(
                "no right to create or write the ledger {} ({})",
                self.name.table,
                error.message()
            ),
        )
        .help(format!("let an owner of the database run:\n{grants}"))
        .server(error.server_said().clone())
    }
}

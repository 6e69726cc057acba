//! One transaction, from BEGIN to the proof that it committed: in one message, or in several where
//! it is too long. What fails is told to its owner; what was committed is never called failed.

use crate::error::Trouble;
use crate::lock;
use crate::message::{Message, Owner};
use crate::session::Link;
use crate::words::literal;
use initium_driver::driver::Rows;
use initium_driver::error::{At, Code, Error, Result};
use initium_driver::sql::ledger::{Ledger, Words};

/// A message is sent off when it gets longer than this, so that memory stays bounded.
const LONGEST: usize = 1 << 20;

/// Set inside the transaction, asked for after it: a rollback takes it back.
const PROOF: &str = "pg_catalog.current_setting('initium.proof', true)";

/// What the server says where the proof fails.
const UNPROVEN: &str = "the transaction was not committed";

pub struct Transaction<'a> {
    pub link: &'a mut Link,
    ledger: Option<&'a Ledger>,
    message: Message,
    /// What the proof has to answer.
    token: String,
    /// The first statements where they may not be marked.
    unmarked: Vec<(At, String)>,
}

impl<'a> Transaction<'a> {
    pub fn begin(link: &'a mut Link, ledger: Option<&'a Ledger>) -> Transaction<'a> {
        link.sent += 1;
        let token = format!("{}/{}", link.run, link.sent);
        let mut message = Message::new(link.sent);
        message.plain("BEGIN");
        Transaction {
            link,
            ledger,
            message,
            token,
            unmarked: Vec::new(),
        }
    }

    pub fn push(&mut self, owner: Owner, sql: &str) -> Result<()> {
        self.make_room(sql)?;
        self.message.unit(owner, sql);
        self.message.mark();
        Ok(())
    }

    /// A statement after which nothing may look at the database yet, not even a mark.
    pub fn push_unmarked(&mut self, at: At, sql: &str) -> Result<()> {
        self.make_room(sql)?;
        let (part, statement) = (at.part, at.statement);
        self.message.unit(Owner::Script { part, statement }, sql);
        self.unmarked.push((at, sql.to_string()));
        Ok(())
    }

    fn make_room(&mut self, sql: &str) -> Result<()> {
        if self.message.has_units() && self.message.text().len() + sql.len() > LONGEST {
            self.send()?;
            self.message.next();
        }
        Ok(())
    }

    /// `reset`: the session becomes what it was before the migration.
    pub fn commit(mut self, reset: bool) -> Result<()> {
        let token = literal(&self.token);
        if let Some(held) = &self.link.held {
            // Committed with it: a record that is written without the lock is undone.
            self.message.unit(Owner::Commit, held);
        }
        self.message.plain(&format!("SET initium.proof TO {token}"));
        self.message.unit(Owner::Commit, "COMMIT");
        self.message.plain(&format!(
            "SELECT (CASE WHEN {PROOF} = {token} THEN '1' ELSE '{UNPROVEN}' END)::pg_catalog.int4"
        ));
        if reset {
            self.message.plain(&self.link.reset());
        }
        self.send()
    }

    fn send(&mut self) -> Result<()> {
        let Err(trouble) = self.link.wire.run(self.message.text()) else {
            return Ok(());
        };
        if trouble.is_lost() {
            return Err(trouble.into_error());
        }
        let Some(after) = self.clean_up() else {
            return Err(trouble.into_error());
        };
        if after.proof.as_ref() == Some(&self.token) {
            // It failed after the commit, in what only tidies up, and that is done now.
            return Ok(());
        }
        let blamed = self.message.blame(after.done, &trouble);
        Err(self.explain(blamed, after.done, trouble))
    }

    fn explain(
        &mut self,
        blamed: Option<(Owner, Option<At>)>,
        done: Option<usize>,
        trouble: Trouble,
    ) -> Error {
        let replayed = match blamed {
            // Several statements before the first mark: only trying them again can tell.
            Some((Owner::Script { .. }, Some(at))) if at.offset.is_none() && done.is_none() => {
                self.replay()
            }
            _ => None,
        };
        let error = trouble.into_error();
        match (blamed, replayed) {
            (_, Some(at)) | (Some((_, Some(at))), None) => error.at(at),
            (Some((Owner::Ledger, _)), None) => self.bookkeeping(error),
            (Some((Owner::Commit, _)), None) if lock::is_gone(&error) => {
                self.link.held = None;
                lock::gone()
            }
            (Some((Owner::Commit, _)), None) => at_commit(error),
            _ => error,
        }
    }

    /// Ends what is open, makes the session new, and tells how far it came; `None` where the
    /// connection did not live to tell.
    fn clean_up(&mut self) -> Option<After> {
        let marks = self.message.marks();
        let message = format!(
            "ROLLBACK;\nSELECT {PROOF};\n\
             SELECT pg_catalog.substr(name, {}) FROM pg_catalog.pg_prepared_statements \
             WHERE pg_catalog.starts_with(name, '{marks}');\n{}",
            marks.len() + 1,
            self.link.reset()
        );
        let answers = self.link.wire.rows(&message).ok()?;
        let proof = answers.get(1).and_then(Rows::first).map(String::from);
        let left = answers.get(2)?;
        let numbers = left.rows.iter().filter_map(|row| row.first()?.as_ref());
        let done = numbers.filter_map(|text| text.parse().ok()).max();
        Some(After { proof, done })
    }

    /// Statements that only set something, one after the other, in a transaction that is undone.
    fn replay(&mut self) -> Option<At> {
        if self.unmarked.is_empty() {
            return None;
        }
        self.link.wire.run("BEGIN").ok()?;
        let failed = self
            .unmarked
            .iter()
            .find(|(_, sql)| self.link.wire.run(sql).is_err())
            .map(|(at, _)| *at);
        self.link.wire.run("ROLLBACK").ok()?;
        // None of them: then it was the one that has the first mark.
        failed.or_else(|| {
            let (last, _) = self.unmarked.last()?;
            Some(At {
                statement: last.statement + 1,
                ..*last
            })
        })
    }

    /// Our own statement failed: say so, and which rights are missing if it is that.
    fn bookkeeping(&self, error: Error) -> Error {
        match self.ledger {
            Some(ledger) if self.link.words.is_denied(&error) => {
                ledger.denied(&self.link.words, &error)
            }
            Some(_) if error.code() == Code::StatementFailed => Error::new(
                Code::StatementFailed,
                format!("the ledger cannot be written: {}", error.message()),
            )
            .server(error.server_said().clone()),
            _ => error,
        }
    }
}

/// What is left of a transaction that failed.
struct After {
    proof: Option<String>,
    /// The unit that left the last mark.
    done: Option<usize>,
}

fn at_commit(error: Error) -> Error {
    if error.message().contains(UNPROVEN) {
        return Error::new(
            Code::StatementFailed,
            "the server ended the transaction without committing it",
        )
        .help("nothing of the script remains; does one of its statements roll back?");
    }
    match error.help_text() {
        Some(_) => error,
        None => error.help("it failed at COMMIT: a deferred constraint or trigger of the script"),
    }
}

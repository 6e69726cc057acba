//! One transaction, from BEGIN to the proof that it committed: in one message, or in several where
//! it is too long. What fails is told to its owner; what was committed is never called failed.

use crate::copy::{self, Fault, Rows as CopyRows};
use crate::error::Trouble;
use crate::lock;
use crate::message::{Blame, Message, Owner, Within, byte_of};
use crate::session::Link;
use crate::words::literal;
use initium_driver::driver::Rows;
use initium_driver::error::{At, Code, Error, Result};
use initium_driver::sql::ledger::{Ledger, Words};

/// A message is sent off when it gets longer than this. The server copies the whole of it for every
/// mark in it: twice the length is four times the work and the memory there.
const LONGEST: usize = 1 << 16;

/// Set inside the transaction, asked for after it: a rollback takes it back.
const PROOF: &str = "pg_catalog.current_setting('initium.proof', true)";

/// What the server says where the proof fails.
const UNPROVEN: &str = "the transaction was not committed";

/// Ends with the transaction, whatever ends it, and with nothing else: a setting would go with
/// RESET ALL, a cursor with CLOSE ALL. The key is of this session alone; it stops nobody.
const OPEN: &str =
    "SELECT pg_catalog.pg_try_advisory_xact_lock(1768843636, pg_catalog.pg_backend_pid())";

/// What the server says where a statement ended the transaction in the middle.
const ENDED: &str = "a statement of the script ended its transaction";

/// A statement that fails then, before the rest is committed as well.
fn still_open() -> String {
    format!(
        "SELECT (CASE WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory' \
         AND l.pid = pg_catalog.pg_backend_pid() AND l.objsubid = 2 AND l.classid = 1768843636::oid \
         AND l.objid = l.pid::oid) THEN '1' ELSE '{ENDED}' END)::pg_catalog.int4"
    )
}

pub struct Transaction<'a> {
    pub link: &'a mut Link,
    ledger: Option<&'a Ledger>,
    message: Message,
    /// What the proof has to answer.
    token: String,
    /// A script changed how strings are read.
    turned: bool,
    /// The first statements where they may not be marked.
    unmarked: Vec<(At, String)>,
    /// Whether its end would be noticed.
    watched: bool,
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
            turned: false,
            unmarked: Vec::new(),
            watched: false,
        }
    }

    pub fn push(&mut self, owner: Owner, sql: &str) -> Result<()> {
        self.push_within(owner, sql, None)
    }

    pub fn push_within(
        &mut self,
        owner: Owner,
        sql: &str,
        within: Option<Box<Within>>,
    ) -> Result<()> {
        self.make_room(sql)?;
        let sets = sql
            .get(..3)
            .is_some_and(|word| word.eq_ignore_ascii_case("set"));
        // A question before the isolation level is set would be too early.
        if !sets && matches!(owner, Owner::Script { .. }) {
            self.watch();
        }
        self.message.unit_within(owner, sql, within);
        if takes_marks(owner, sql) {
            self.message.forget_marks();
        }
        self.message.mark();
        Ok(())
    }

    /// From here on the end of the transaction would be noticed.
    fn watch(&mut self) {
        if !self.watched {
            self.message.plain(OPEN);
            self.watched = true;
        }
    }

    /// A COPY and its rows, which no message can hold. What was collected goes first.
    pub fn copy(&mut self, at: At, command: &str, rows: &mut CopyRows) -> Result<()> {
        self.watch();
        if !self.message.text().is_empty() {
            self.send()?;
            self.message.next();
        }
        let trouble = match copy::run(&mut self.link.wire, command, rows) {
            Ok(()) => return Ok(()),
            Err(Fault::Server(trouble)) => trouble,
            Err(Fault::Ours(error)) => {
                self.clean_up();
                return Err(error.at(at));
            }
        };
        if trouble.is_lost() {
            return Err(trouble.into_error());
        }
        self.clean_up();
        let row = trouble.row();
        // The position counts in the command alone.
        let offset = trouble.position().map(|c| byte_of(command, c));
        let error = trouble.into_error().at(At { offset, ..at });
        Err(match (row, &*rows) {
            (Some(row), CopyRows::Here { text, .. }) => {
                let offset = Some(copy::row_at(text, row));
                error.at(At { offset, ..at })
            }
            (Some(row), CopyRows::There { .. }) => rows.placed(error, row),
            (None, _) => error,
        })
    }

    /// A statement after which nothing may look at the database yet, not even a mark.
    pub fn push_unmarked(&mut self, at: At, sql: &str) -> Result<()> {
        self.make_room(sql)?;
        let (part, statement) = (at.part, at.statement);
        self.message.unit(Owner::Script { part, statement }, sql);
        self.unmarked.push((at, sql.to_string()));
        Ok(())
    }

    /// A statement behind which strings are read otherwise. The server reads a message as a whole
    /// before it runs the first statement of it, so what follows goes into another one.
    pub fn turn(&mut self) -> Result<()> {
        self.turned = true;
        self.send()?;
        self.message.next();
        Ok(())
    }

    /// Our settings again, between two migrations.
    pub fn between(&mut self, sql: &str) -> Result<()> {
        self.push(Owner::Frame, sql)?;
        match std::mem::take(&mut self.turned) {
            true => self.turn().map(|()| self.turned = false),
            false => Ok(()),
        }
    }

    fn make_room(&mut self, sql: &str) -> Result<()> {
        if self.message.has_units() && self.message.text().len() + sql.len() > LONGEST {
            self.send()?;
            self.message.next();
        }
        Ok(())
    }

    /// What has to be there before the first statement, and is nobody's.
    pub fn set_up(&mut self, sql: &str) -> Result<()> {
        self.message.unit(Owner::Frame, sql);
        self.send()?;
        self.message.next();
        Ok(())
    }

    /// Runs what was collected, looks at what came of it, and takes it all back.
    pub fn look<T>(mut self, look: impl FnOnce(&mut Link) -> Result<T>) -> Result<T> {
        self.send()?;
        let seen = look(self.link);
        self.clean_up();
        seen
    }

    /// `reset`: the session becomes what it was before the migration.
    pub fn commit(mut self, reset: bool) -> Result<()> {
        let token = literal(&self.token);
        if self.watched {
            self.message.unit(Owner::Commit, &still_open());
        }
        if let Some(held) = &self.link.held {
            // Committed with it: a record that is written without the lock is undone.
            self.message.unit(Owner::Commit, &held.proof);
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

    fn explain(&mut self, blamed: Option<Blame>, done: Option<usize>, trouble: Trouble) -> Error {
        // Several statements before the first mark: only trying them again can tell.
        let at = blamed.as_ref().and_then(|blame| blame.at);
        let replayed = match at {
            Some(at) if at.offset.is_none() && done.is_none() => self.replay(),
            _ => None,
        };
        let error = trouble.into_error();
        match (blamed, replayed) {
            (_, Some(at)) => error.at(at),
            (Some(blame), None) => match (blame.at, blame.owner) {
                (Some(at), _) => match blame.within {
                    Some(within) => within.placed(error.at(at)),
                    None => error.at(at),
                },
                (None, Owner::Ledger) => self.bookkeeping(error),
                (None, Owner::Commit) if lock::is_gone(&error) => {
                    self.link.held = None;
                    lock::gone()
                }
                (None, Owner::Commit) => at_commit(error),
                _ => error,
            },
            (None, None) => error,
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

/// Whether a unit takes the marks away by which a failure is found.
fn takes_marks(owner: Owner, sql: &str) -> bool {
    let mut words = sql.split_whitespace();
    owner == Owner::Frame
        || words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("DEALLOCATE"))
}

fn at_commit(error: Error) -> Error {
    if error.message().contains(ENDED) {
        return Error::new(Code::StatementFailed, ENDED)
            .help("what stood before that statement may be committed, what stood behind it is not: look before you try again");
    }
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

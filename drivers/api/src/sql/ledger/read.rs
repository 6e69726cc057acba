//! Reading the ledger. Nothing here writes, and everything works for a role that may only SELECT.

use super::{Format, Ledger, Session, number, optional, text};
use crate::driver::Rows;
use crate::error::{Code, Error, Result};
use crate::ledger::{
    Attempt, Digest, FORMAT, History, Outcome, Phase, Record, State, Step, StepState, Stored,
};

impl Ledger {
    /// Count and sum in one round trip, whatever the length of the history.
    pub fn digest(&mut self, session: &mut dyn Session) -> Result<Option<Digest>> {
        let words = session.words();
        let schema = match &self.schema {
            Some(schema) => words.literal(schema),
            None => words.schema_of(&self.name.table),
        };
        let question = format!(
            "SELECT m.format, l.n, l.s, {schema}, \
             (SELECT count(*) FROM {} WHERE phase = '{}') FROM {} m, \
             (SELECT count(*) AS n, coalesce(sum(digest), 0) AS s FROM {}) l",
            self.table(words, "_step"),
            Phase::Down.word(),
            self.table(words, "_meta"),
            self.table(words, "")
        );
        let answer = match session.ask(&[question]) {
            Ok(answer) => answer,
            Err(error) if session.words().is_missing(&error) => {
                self.absent = true;
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let Some(row) = answer[0].rows.first() else {
            return Ok(None);
        };
        self.accept(number(row, 0) as u32)?;
        self.schema = optional(row, 3);
        if number(row, 4) > 0 {
            // The record of a migration that is half undone says nothing: look closer.
            return Ok(None);
        }
        Ok(Some(Digest {
            count: number(row, 1),
            sum: number(row, 2),
        }))
    }

    pub fn history(&mut self, session: &mut dyn Session) -> Result<History> {
        if self.format == Format::Unknown && !self.absent {
            // As it is in nearly every database: then one question is all.
            let kept = self.format;
            self.format = Format::Is(FORMAT);
            match self.told(session) {
                Ok(Some(history)) => return Ok(history),
                Ok(None) => self.format = kept,
                Err(error) if session.words().is_missing(&error) => self.format = kept,
                Err(error) => {
                    self.format = kept;
                    return Err(error);
                }
            }
        }
        if self.format == Format::Unknown {
            self.look(session)?;
        }
        Ok(self.told(session)?.unwrap_or_default())
    }

    /// By the format that is known. Nothing where no row says which it is.
    fn told(&mut self, session: &mut dyn Session) -> Result<Option<History>> {
        let words = session.words();
        let schema = match &self.schema {
            Some(schema) => words.literal(schema),
            None => words.schema_of(&self.name.table),
        };
        let table = self.table(words, "");
        let steps = self.table(words, "_step");
        let time = words.time("applied_at");
        let (records, steps) = match self.format {
            Format::Is(0) => (
                format!(
                    "SELECT 0, id, seq, name, checksum, state, NULL, 0, 0, {time}, '', '' \
                     FROM {table} ORDER BY seq"
                ),
                None,
            ),
            Format::Is(_) => (
                // The join gives the format even where no migration is recorded.
                format!(
                    "SELECT m.format, id, seq, name, checksum, state, reason, statements, duration_ms, \
                     {time}, run_id, tool, {schema}, (SELECT count(*) FROM {steps}) \
                     FROM {} m LEFT JOIN {table} l ON 1 = 1 ORDER BY seq",
                    self.table(words, "_meta")
                ),
                Some(format!(
                    "SELECT id, phase, number, state, checksum, head, catalog FROM {steps} ORDER BY id, phase, number",
                )),
            ),
            _ => return Ok(None),
        };
        let mut answers = session.ask(&[records])?;
        let Some(row) = answers[0].rows.first() else {
            return Ok(None);
        };
        // Only a run that died leaves some.
        let unfinished = steps.filter(|_| number(row, 13) > 0);
        self.accept(number(row, 0) as u32)?;
        if let Some(schema) = row.get(12).cloned().flatten() {
            self.schema = Some(schema);
        }
        if let Some(question) = unfinished {
            answers.extend(session.ask(&[question])?);
        }
        let records = answers[0].rows.iter().filter(|r| r[1].is_some());
        let records: Vec<_> = records.map(|r| record(r)).collect::<Result<_>>()?;
        Ok(Some(History {
            records: records.into(),
            steps: answers
                .get(1)
                .map(steps_of)
                .transpose()?
                .unwrap_or_default(),
        }))
    }

    pub fn stored(&mut self, session: &mut dyn Session, id: &str) -> Result<Stored> {
        if self.format == Format::Unknown {
            self.look(session)?;
        }
        if !matches!(self.format, Format::Is(1..)) {
            return Ok(Stored::default());
        }
        let words = session.words();
        let up = match self.format {
            Format::Is(1) => "NULL",
            _ => "up_sql",
        };
        let question = format!(
            "SELECT {up}, down_sql, cleanup_sql FROM {} WHERE id = {}",
            self.table(words, ""),
            words.literal(id)
        );
        let answer = session.ask(&[question])?;
        Ok(answer[0]
            .rows
            .first()
            .map(|row| Stored {
                up: optional(row, 0),
                down: optional(row, 1),
                cleanup: optional(row, 2),
            })
            .unwrap_or_default())
    }

    pub fn attempts(&mut self, session: &mut dyn Session, limit: u64) -> Result<Vec<Attempt>> {
        if self.format == Format::Unknown {
            self.look(session)?;
        }
        if !matches!(self.format, Format::Is(1..)) {
            return Ok(Vec::new());
        }
        let words = session.words();
        let question = format!(
            "SELECT seq, {}, run_id, action, migration, outcome, code, message, reason, duration_ms, \
             actor, tool FROM {} ORDER BY seq DESC LIMIT {limit}",
            words.time("at"),
            self.table(words, "_log")
        );
        let answer = session.ask(&[question])?;
        answer[0]
            .rows
            .iter()
            .rev()
            .map(|row| attempt(row))
            .collect()
    }
}

fn record(row: &[Option<String>]) -> Result<Record> {
    Ok(Record {
        id: text(row, 1),
        seq: number(row, 2),
        name: text(row, 3),
        checksum: text(row, 4),
        state: State::parse(&text(row, 5)).ok_or_else(|| unknown("state", &text(row, 5)))?,
        reason: optional(row, 6),
        statements: number(row, 7),
        duration_ms: number(row, 8),
        applied_at: text(row, 9),
        run: text(row, 10),
        tool: text(row, 11),
        up: None,
        down: None,
        cleanup: None,
    })
}

fn steps_of(rows: &Rows) -> Result<Vec<Step>> {
    rows.rows
        .iter()
        .map(|row| {
            Ok(Step {
                id: text(row, 0),
                phase: Phase::parse(&text(row, 1))
                    .ok_or_else(|| unknown("phase", &text(row, 1)))?,
                number: number(row, 2),
                state: StepState::parse(&text(row, 3))
                    .ok_or_else(|| unknown("state", &text(row, 3)))?,
                checksum: text(row, 4),
                head: text(row, 5),
                catalog: optional(row, 6),
            })
        })
        .collect()
}

fn attempt(row: &[Option<String>]) -> Result<Attempt> {
    Ok(Attempt {
        seq: number(row, 0),
        at: text(row, 1),
        run: text(row, 2),
        action: text(row, 3),
        id: optional(row, 4),
        outcome: Outcome::parse(&text(row, 5)).ok_or_else(|| unknown("outcome", &text(row, 5)))?,
        code: optional(row, 6),
        message: optional(row, 7),
        reason: optional(row, 8),
        duration_ms: number(row, 9),
        actor: text(row, 10),
        tool: text(row, 11),
    })
}

fn unknown(what: &str, word: &str) -> Error {
    Error::new(
        Code::LedgerNewer,
        format!("the ledger holds the {what} '{word}', which this tool does not know"),
    )
    .help("a newer initium wrote it; use that version or a later one")
}

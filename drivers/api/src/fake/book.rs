//! The fake's ledger: the same rules as the tables of the others, on vectors.

use super::world::Book;
use crate::error::{Code, Error, Result};
use crate::ledger::{Attempt, Entry, History, Record};

/// The fake has no clock.
const NOW: &str = "2000-01-01T00:00:00Z";

impl Book {
    /// Oldest first, without the stored scripts.
    pub fn history(&self) -> History {
        let (mut records, mut steps) = (self.records.clone(), self.steps.clone());
        records.sort_by_key(|r| r.seq);
        for record in &mut records {
            (record.up, record.down, record.cleanup) = (None, None, None);
        }
        steps.sort_by_key(|s| (s.id.clone(), s.phase.word(), s.number));
        History {
            records: records.into(),
            steps,
        }
    }

    pub(super) fn write(&mut self, entry: &Entry) -> Result<()> {
        match entry {
            Entry::Record(record) => self.add(record)?,
            Entry::State { id, state } => self.change(id, |r| r.state = *state),
            Entry::Accept { id, checksum, up } => self.change(id, |r| {
                (r.checksum, r.up) = (checksum.clone(), up.clone());
            }),
            Entry::Forget { id } => self.records.retain(|r| r.id != *id),
            Entry::Step(step) | Entry::Intent { step, .. } => {
                let same = |s: &crate::ledger::Step| {
                    (&s.id, s.phase, s.number) == (&step.id, step.phase, step.number)
                };
                match self.steps.iter_mut().find(|s| same(s)) {
                    Some(found) => *found = step.clone(),
                    None => self.steps.push(step.clone()),
                }
            }
            Entry::Unstep { id, phase, number } => self
                .steps
                .retain(|s| (&s.id, s.phase, s.number) != (id, *phase, *number)),
            Entry::ClearSteps { id, phase } => {
                self.steps.retain(|s| (&s.id, s.phase) != (id, *phase));
            }
            Entry::Attempt(attempt) => self.attempts.push(Attempt {
                seq: self.attempts.len() as u64 + 1,
                at: NOW.into(),
                ..attempt.clone()
            }),
        }
        Ok(())
    }

    fn add(&mut self, record: &Record) -> Result<()> {
        if self.records.iter().any(|r| r.id == record.id) {
            let message = format!("there is a record '{}' already", record.id);
            return Err(Error::new(Code::StatementFailed, message));
        }
        self.records.push(Record {
            applied_at: NOW.into(),
            ..record.clone()
        });
        Ok(())
    }

    fn change(&mut self, id: &str, change: impl FnOnce(&mut Record)) {
        if let Some(record) = self.records.iter_mut().find(|r| r.id == id) {
            change(record);
        }
    }
}

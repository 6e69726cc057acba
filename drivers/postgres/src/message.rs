//! A transaction as text, and how an error finds its statement again. All statements go in one
//! message, many errors carry no position, and the crate drops what was answered before an error:
//! so a prepared statement, which survives a rollback, is left behind after each unit as a mark.
//! Pure: nothing is sent here.

use crate::error::Trouble;
use initium_driver::error::At;
use initium_driver::source::Statement;
use std::ops::Range;

/// Whose statements they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Settings between two migrations, ours.
    Frame,
    /// Writes the ledger.
    Ledger,
    /// COMMIT and the proof of it.
    Commit,
    /// A statement of a migration.
    Script { part: usize, statement: usize },
}

/// Which statement of a stretch it is, from 1. Only the last message is kept, and this with it.
#[derive(Clone, Debug)]
pub struct Within {
    pub number: usize,
    pub count: usize,
    pub statement: Statement,
}

impl Within {
    /// An error at its place in the file.
    pub fn placed(&self, error: initium_driver::Error) -> initium_driver::Error {
        let offset = error.failed_at().and_then(|at| at.offset).unwrap_or(0);
        error
            .place(self.statement.place_of(offset))
            .excerpt(self.statement.excerpt_of(offset))
            .statement(self.number, self.count)
    }
}

#[derive(Clone, Debug)]
struct Unit {
    owner: Owner,
    /// Where it stands in the message.
    range: Range<usize>,
    within: Option<Box<Within>>,
}

/// What failed.
#[derive(Clone, Debug)]
pub struct Blame {
    pub owner: Owner,
    pub at: Option<At>,
    pub within: Option<Box<Within>>,
}

#[derive(Debug, Default)]
pub struct Message {
    text: String,
    /// Of this message; a transaction may be several.
    units: Vec<Unit>,
    /// How many units the messages before this one had.
    first: usize,
    /// Units whose marks are still there.
    marked: Vec<usize>,
    /// Tells the marks of this transaction from those of another.
    number: u64,
}

impl Message {
    pub fn new(number: u64) -> Message {
        Message {
            number,
            ..Message::default()
        }
    }

    /// Text that cannot fail.
    pub fn plain(&mut self, sql: &str) {
        self.text.push_str(sql);
        self.text.push_str(";\n");
    }

    pub fn unit(&mut self, owner: Owner, sql: &str) {
        self.unit_within(owner, sql, None);
    }

    pub fn unit_within(&mut self, owner: Owner, sql: &str, within: Option<Box<Within>>) {
        let start = self.text.len();
        self.text.push_str(sql);
        let range = start..self.text.len();
        self.text.push_str(";\n");
        self.units.push(Unit {
            owner,
            range,
            within,
        });
    }

    /// Leaves a mark: the units so far succeeded.
    pub fn mark(&mut self) {
        let last = (self.first + self.units.len()).saturating_sub(1);
        let mark = format!("PREPARE {}{last} AS SELECT 1", self.marks());
        self.plain(&mark);
        self.marked.push(last);
    }

    /// A unit takes all marks away that were made so far.
    pub fn forget_marks(&mut self) {
        self.marked.clear();
    }

    /// What the names of the marks begin with.
    pub fn marks(&self) -> String {
        format!("initium_{}_", self.number)
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn has_units(&self) -> bool {
        !self.units.is_empty()
    }

    /// Goes on in a new message. Of the marks only the last one still tells something.
    pub fn next(&mut self) {
        self.text.clear();
        self.first += self.units.len();
        self.units.clear();
        let old = self.marked.len().saturating_sub(1);
        let marks = self.marks();
        for mark in self.marked.drain(..old).collect::<Vec<_>>() {
            self.plain(&format!("DEALLOCATE {marks}{mark}"));
        }
    }

    /// The unit that failed, after the unit `done` that left the last mark. Without a mark of this
    /// message the server may not even have read it to its end (a syntax error anywhere in it):
    /// then a position tells.
    pub fn blame(&self, done: Option<usize>, trouble: &Trouble) -> Option<Blame> {
        let fault = trouble.position().map(|chars| byte_of(&self.text, chars));
        let next = done.map_or(0, |done| done + 1);
        let unread = next <= self.first;
        let following = || self.units.get(next.saturating_sub(self.first));
        let unit = match fault {
            Some(fault) if unread => self
                .units
                .iter()
                .find(|unit| holds(&unit.range, fault))
                .or_else(following),
            None if unread && trouble.is_unreadable() => None,
            _ => following(),
        }?;
        let at = match unit.owner {
            Owner::Script { part, statement } => Some(At {
                part,
                statement,
                // A position elsewhere belongs to a text that this statement only called up.
                offset: fault
                    .filter(|fault| holds(&unit.range, *fault))
                    .map(|fault| fault - unit.range.start),
            }),
            _ => None,
        };
        Some(Blame {
            owner: unit.owner,
            at,
            within: unit.within.clone(),
        })
    }
}

fn holds(range: &Range<usize>, byte: usize) -> bool {
    (range.start..=range.end).contains(&byte)
}

/// The byte at which the n-th character begins.
pub fn byte_of(text: &str, chars: usize) -> usize {
    text.char_indices()
        .nth(chars)
        .map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_after_the_last_mark_is_to_blame() {
        let mut message = Message::new(4);
        message.plain("BEGIN");
        for statement in 0..2 {
            message.unit(Owner::Script { part: 3, statement }, "SELECT é");
            message.mark();
        }
        message.unit(Owner::Commit, "COMMIT");
        assert!(message.text().contains("PREPARE initium_4_1 AS"));
        let trouble = Trouble::Odd("x".into());
        let at = |done| message.blame(done, &trouble).and_then(|blame| blame.at);
        assert_eq!(at(None).map(|at| (at.part, at.statement)), Some((3, 0)));
        assert_eq!(at(Some(0)).map(|at| (at.part, at.statement)), Some((3, 1)));
        let last = message.blame(Some(1), &trouble).expect("the commit");
        assert_eq!((last.owner, last.at), (Owner::Commit, None));
        assert!(message.blame(Some(2), &trouble).is_none());
    }

    #[test]
    fn only_the_last_mark_of_a_message_outlives_it() {
        let mut message = Message::new(4);
        let unit = |message: &mut Message, statement| {
            message.unit(Owner::Script { part: 0, statement }, "SELECT 1");
            message.mark();
        };
        (0..3).for_each(|n| unit(&mut message, n));
        message.next();
        assert_eq!(
            message.text(),
            "DEALLOCATE initium_4_0;\nDEALLOCATE initium_4_1;\n"
        );
        unit(&mut message, 3);
        let trouble = Trouble::Odd("x".into());
        let blame = message.blame(Some(2), &trouble).and_then(|blame| blame.at);
        assert_eq!(blame.map(|at| at.statement), Some(3));
        message.next();
        assert_eq!(message.text(), "DEALLOCATE initium_4_2;\n");
        assert!(!message.has_units());
        message.forget_marks();
        message.next();
        assert_eq!(message.text(), "");
    }

    #[test]
    fn a_position_counts_characters() {
        assert_eq!(byte_of("é;x", 2), 3);
        assert_eq!(byte_of("é", 9), 2);
    }
}

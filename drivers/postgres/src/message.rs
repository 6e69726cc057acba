//! A transaction as text, and how an error finds its statement again. All statements go in one
//! message, many errors carry no position, and the crate drops what was answered before an error:
//! so a prepared statement, which survives a rollback, is left behind after each unit as a mark.
//! Pure: nothing is sent here.

use crate::error::Trouble;
use initium_driver::error::At;
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

#[derive(Clone, Debug)]
struct Unit {
    owner: Owner,
    /// Where it stands in the message that holds it.
    range: Range<usize>,
}

#[derive(Debug, Default)]
pub struct Message {
    text: String,
    /// Of the whole transaction, which may be several messages.
    units: Vec<Unit>,
    /// The first unit of this message.
    first: usize,
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
        let start = self.text.len();
        self.text.push_str(sql);
        let range = start..self.text.len();
        self.text.push_str(";\n");
        self.units.push(Unit { owner, range });
    }

    /// Leaves a mark: the units so far succeeded.
    pub fn mark(&mut self) {
        let last = self.units.len().saturating_sub(1);
        let mark = format!("PREPARE {}{last} AS SELECT 1", self.marks());
        self.plain(&mark);
    }

    /// What the names of the marks begin with.
    pub fn marks(&self) -> String {
        format!("initium_{}_", self.number)
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn has_units(&self) -> bool {
        self.units.len() > self.first
    }

    /// Goes on in a new message.
    pub fn next(&mut self) {
        self.text.clear();
        self.first = self.units.len();
    }

    /// The unit that failed, after the unit `done` that left the last mark. Without a mark of this
    /// message the server may not even have read it to its end (a syntax error anywhere in it):
    /// then a position tells.
    pub fn blame(&self, done: Option<usize>, trouble: &Trouble) -> Option<(Owner, Option<At>)> {
        let fault = trouble.position().map(|chars| byte_of(&self.text, chars));
        let next = done.map_or(0, |done| done + 1);
        let unread = next <= self.first;
        let found = |fault: usize| {
            let mine = self.units.iter().skip(self.first);
            mine.clone().find(|unit| holds(&unit.range, fault))
        };
        let unit = match fault {
            Some(fault) if unread => found(fault).or_else(|| self.units.get(next)),
            None if unread && trouble.is_unreadable() => None,
            _ => self.units.get(next),
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
        Some((unit.owner, at))
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
        let at = |done| message.blame(done, &trouble).and_then(|(_, at)| at);
        assert_eq!(at(None).map(|at| (at.part, at.statement)), Some((3, 0)));
        assert_eq!(at(Some(0)).map(|at| (at.part, at.statement)), Some((3, 1)));
        let last = message.blame(Some(1), &trouble);
        assert_eq!(last, Some((Owner::Commit, None)));
        assert_eq!(message.blame(Some(2), &trouble), None);
    }

    #[test]
    fn a_position_counts_characters() {
        assert_eq!(byte_of("é;x", 2), 3);
        assert_eq!(byte_of("é", 9), 2);
    }
}

//! What a statement leaves behind in the catalog, so that a later run can tell whether it took
//! effect: DDL commits by itself here, and nothing else remembers it.
//!
//! `words` and `aim` read from the statement which objects it is about, `alter` what it does to a
//! table; `ask` spells the question that the server answers inside the row of the intent; `seen` reads
//! such an answer, and `judge` compares two of them. Pure: nothing here speaks to a server, and
//! nothing guesses. What cannot be read from a statement has no trace, and it is invisible.

mod aim;
mod alter;
mod ask;
mod explain;
mod judge;
mod seen;
mod words;

#[cfg(test)]
mod tests;

use crate::dialect::{Family, MySql, numbers};
use crate::words::literal;
use aim::Aim;
use initium_driver::Verdict;
use initium_driver::sql::split::Grammar;
use seen::Seen;
use words::Form;

/// Older servers, and those that only speak like one, are not asked.
pub fn is_readable(family: Family, version: &str) -> bool {
    numbers(version).unwrap_or_default() >= family.oldest()
}

/// The question about what a statement is about, as one expression.
pub fn question(dialect: &MySql, text: &str) -> Option<String> {
    let aim = Aim::of(dialect, text)?;
    Some(ask::expression(dialect.family(), &aim, "DATABASE()"))
}

/// Everything that may be a name in a statement.
pub fn names(dialect: &MySql, text: &str) -> Vec<String> {
    let bare = dialect.bared(text);
    let text = bare.as_deref().unwrap_or(text);
    let mut names: Vec<_> = words::words(text, Grammar::rules(dialect))
        .unwrap_or_default()
        .into_iter()
        // Its tables stand at the front of a long one.
        .take(1000)
        .filter(|word| matches!(word.form, Form::Plain | Form::Name))
        .map(|word| word.text)
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// An intent, held against the catalog.
pub struct Trace {
    aim: Aim,
    before: Seen,
}

impl Trace {
    /// What was asked before the statement ran; `None` where that does not tell anything.
    pub fn of(dialect: &MySql, text: &str, noted: Option<&str>) -> Option<Trace> {
        let aim = Aim::of(dialect, text)?;
        let before = Seen::read(noted?, &aim)?;
        Some(Trace { aim, before })
    }

    /// The same question again, in the database in which it was asked.
    pub fn question(&self, dialect: &MySql) -> String {
        let database = match &self.before.database {
            Some(name) => literal(name),
            None => "NULL".into(),
        };
        let asked = ask::expression(dialect.family(), &self.aim, &database);
        format!("SELECT {asked}")
    }

    pub fn verdict(&self, now: &str) -> Verdict {
        match Seen::read(now, &self.aim) {
            Some(now) => judge::verdict(&self.aim, &self.before, &now),
            None => Verdict::Invisible("the catalog gave no answer".into()),
        }
    }
}

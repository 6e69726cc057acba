//! What SQL that has not run yet may change, and what is therefore not known: every object whose name
//! stands in a statement that is not about rows alone. Never wrong about what is named; what a
//! statement changes without naming it (a function that it calls) nobody sees.

use initium_driver::sorted;
use initium_driver::{Dialect, Effect, Name, Result, Source, Statement};
use std::collections::BTreeSet;

#[derive(Debug, Default)]
pub struct Cloud {
    words: BTreeSet<String>,
    /// A procedure, or more than is held in memory: it may be about anything.
    everything: bool,
    /// What was made behind that.
    since: BTreeSet<Name>,
}

/// What is about rows, whatever it names.
const ROWS: &[&str] = &[
    "insert", "update", "delete", "replace", "merge", "values", "copy", "truncate",
];

/// What may be about anything.
const ANYTHING: &[&str] = &["call", "do", "execute", "prepare"];

impl Cloud {
    pub fn covers(&self, name: &Name) -> bool {
        if self.since.contains(name) {
            return false;
        }
        self.everything || words(&name.name).all(|word| self.words.contains(&word))
    }

    /// A statement that comes before what is asked next.
    pub fn spread(&mut self, statement: &Statement) {
        let first = words(&statement.text).next().unwrap_or_default();
        if statement.more.is_some() || ANYTHING.contains(&first.as_str()) {
            self.everything = true;
            self.since.clear();
            return;
        }
        let named: BTreeSet<String> = sorted::set(words(&statement.text));
        // SELECT ... INTO makes a table.
        let reads = matches!(first.as_str(), "select" | "with") && !named.contains("into");
        if statement.effect != Effect::Data || !(reads || ROWS.contains(&first.as_str())) {
            self.since
                .retain(|name| !words(&name.name).all(|word| named.contains(&word)));
            self.words.extend(named);
        }
    }

    pub fn spread_all(&mut self, source: &Source, dialect: &dyn Dialect) -> Result<()> {
        let statements = dialect.split(source)?;
        statements.iter().for_each(|it| self.spread(it));
        Ok(())
    }

    /// This one is not known any more.
    pub fn hide(&mut self, name: &Name) {
        self.since.remove(name);
        self.words.extend(words(&name.name));
    }

    /// This one is made now.
    pub fn lift(&mut self, name: &Name) {
        self.since.insert(name.clone());
    }
}

/// In small letters, also those within quotes: a text may be run as SQL.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let is_gap = |c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && c != '_';
    text.split(is_gap)
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use initium_driver::{Lines, Place};

    fn statement(text: &str, effect: Effect) -> Statement {
        Statement {
            text: text.into(),
            place: Place {
                file: "a.sql".into(),
                line: 1,
                column: 1,
            },
            lines: Lines::Folded,
            effect,
            lock: None,
            more: None,
        }
    }

    #[test]
    fn what_a_statement_names_is_not_known_behind_it() {
        let mut cloud = Cloud::default();
        cloud.spread(&statement(
            "ALTER TABLE \"Users\" ADD x int",
            Effect::Schema,
        ));
        assert!(cloud.covers(&"users".into()));
        assert!(!cloud.covers(&"orders".into()));
        cloud.spread(&statement("UPDATE orders SET x = 1", Effect::Data));
        assert!(!cloud.covers(&"orders".into()));
        cloud.spread(&statement(
            "ALTER TABLE \"white space\" ADD x int",
            Effect::Schema,
        ));
        assert!(cloud.covers(&"white space".into()));
        cloud.lift(&"users".into());
        assert!(!cloud.covers(&"users".into()));
        cloud.spread(&statement("CREATE INDEX i ON users (x)", Effect::Schema));
        assert!(cloud.covers(&"users".into()));
    }

    #[test]
    fn behind_a_procedure_nothing_is_known_but_what_is_made_later() {
        let mut cloud = Cloud::default();
        cloud.lift(&"early".into());
        cloud.spread(&statement("CALL install()", Effect::Data));
        assert!(cloud.covers(&"early".into()));
        cloud.lift(&"late".into());
        assert!(!cloud.covers(&"late".into()));
    }
}

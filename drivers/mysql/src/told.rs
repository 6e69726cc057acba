//! What the session became, as the server tells with its OK packets: whether a transaction is open,
//! and which settings are no longer what they were. No question is asked for it.
//!
//! The transaction is followed through `session_track_transaction_info` like all the rest, which
//! both families send with the next OK packet, and not through the status flag of each answer: so
//! there is one thing that can be missing, and its absence shows. Answers with rows end in another
//! packet: what changed inside a SELECT (a function that sets a variable) is told late, on MariaDB
//! only with the next change. A proxy may swallow all of it; then the words of the statements have
//! to do, which is weaker: nobody sees what a procedure does.

use crate::bytes::Bytes;
use crate::effect::effect;
use crate::error::Fault;
use initium_driver::Effect;
use std::collections::BTreeSet;

/// Kinds of what is told; there are more, of which nothing follows here.
const VARIABLES: u8 = 0;
const SCHEMA: u8 = 1;
const TRANSACTION: u8 = 5;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    pub variables: BTreeSet<String>,
    pub database: bool,
}

#[derive(Debug, Default)]
pub struct Told {
    /// After the last answer a transaction is open.
    pub open: bool,
    pub changed: Changed,
    /// Something was told.
    pub heard: bool,
    /// Nothing will be told: the words have to do.
    pub deaf: bool,
}

impl Told {
    /// Takes note of what an OK packet told.
    pub fn listen(&mut self, changes: &[u8]) -> Result<(), Fault> {
        let mut all = Bytes::new(changes);
        while !all.is_empty() {
            let kind = all.u8()?;
            let mut told = Bytes::new(all.text()?.unwrap_or_default());
            if !matches!(kind, VARIABLES | SCHEMA | TRANSACTION) {
                continue;
            }
            self.heard = true;
            match kind {
                VARIABLES => {
                    while !told.is_empty() {
                        let name = told.text()?.unwrap_or_default();
                        told.text()?;
                        let name = String::from_utf8_lossy(name).into_owned();
                        self.changed.variables.insert(name);
                    }
                }
                SCHEMA => self.changed.database = true,
                // T: begun by a statement, I: by autocommit = 0, _: none.
                _ => {
                    let state = told.text()?.unwrap_or_default();
                    self.open = state.first().is_some_and(|c| *c != b'_');
                }
            }
        }
        Ok(())
    }

    /// What a statement that succeeded must have done, by its first words.
    pub fn infer(&mut self, words: &[String]) {
        let first = words.first().map_or("", String::as_str);
        match effect(words) {
            Effect::Control => self.open = matches!(first, "BEGIN" | "START"),
            Effect::Schema => self.open = false,
            _ => {}
        }
        match first {
            "USE" => self.changed.database = true,
            "SET" => {
                let names = words.iter().map(|w| w.to_ascii_lowercase());
                self.changed.variables.extend(names);
                if words.iter().any(|w| w == "NAMES" || w == "CHARACTER") {
                    let sets = ["client", "connection", "results"];
                    let names = sets.map(|of| format!("character_set_{of}"));
                    self.changed.variables.extend(names);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(texts: &[&str]) -> Told {
        let mut told = Told::default();
        for text in texts {
            let words: Vec<_> = text
                .split(' ')
                .map(|word| word.to_ascii_uppercase())
                .collect();
            told.infer(&words);
        }
        told
    }

    #[test]
    fn words_tell_what_a_deaf_connection_does_not() {
        assert!(after(&["start transaction", "insert into t"]).open);
        assert!(!after(&["begin", "commit"]).open);
        assert!(!after(&["begin", "create table t"]).open);
        assert!(after(&["begin", "rollback to savepoint a"]).open);
        assert!(after(&["use other"]).changed.database);
        let changed = after(&["set names latin1", "set sql_mode = x"]).changed;
        for name in ["character_set_results", "sql_mode"] {
            assert!(changed.variables.contains(name), "{name}");
        }
    }
}

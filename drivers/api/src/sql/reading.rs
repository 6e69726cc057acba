//! How a script is read from a statement on: what the statements before it changed. Pure data, so
//! that a reading can stop at one place of a file and another one can go on there.

use super::lexer::Rules;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub rules: Rules,
    /// What ends a statement; `;` unless a line for the client says otherwise.
    pub delimiter: String,
    /// Ways to read that a variable of the session keeps, for a statement that goes back to them.
    pub kept: BTreeMap<String, Rules>,
}

impl Reading {
    pub fn new(rules: &Rules) -> Reading {
        Reading {
            rules: *rules,
            delimiter: ";".into(),
            kept: BTreeMap::new(),
        }
    }

    /// A new file in the same session: the server remembers, the client does not.
    pub fn next_file(&self) -> Reading {
        Reading {
            delimiter: ";".into(),
            ..self.clone()
        }
    }
}

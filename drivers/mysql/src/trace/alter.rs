//! What ALTER TABLE must leave behind: which columns, indexes and constraints are there afterwards,
//! and which are not. Clauses that leave no certain trace demand nothing.

use super::words::{Form, Reader};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Must {
    Present,
    Absent,
}

/// The letters under which `ask` notes the parts of a table.
pub const COLUMN: char = 'C';
pub const INDEX: char = 'I';
pub const FOREIGN: char = 'K';
pub const CHECK: char = 'X';

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alter {
    /// By letter and name in small letters.
    pub musts: BTreeMap<(char, String), Must>,
    /// The catalog may look the same afterwards although data is gone or moved.
    pub moves_data: bool,
    /// Nothing in the catalog tells, not even the time of the last change.
    pub unseen: bool,
    pub renamed: Option<(Option<String>, String)>,
}

impl Alter {
    pub fn index(name: String, must: Must) -> Alter {
        let mut alter = Alter::default();
        alter.must(INDEX, name, must);
        alter
    }

    pub fn of(reader: &Reader) -> Option<Alter> {
        let mut alter = Alter::default();
        for mut clause in reader.clauses() {
            alter.clause(&mut clause)?;
        }
        Some(alter)
    }

    fn must(&mut self, letter: char, name: String, must: Must) {
        let key = (letter, name.to_lowercase());
        // A new column of the name of one that goes is another column.
        if letter == COLUMN && self.musts.get(&key).is_some_and(|old| *old != must) {
            self.moves_data = true;
            self.musts.insert(key, Must::Present);
            return;
        }
        // A later clause adds what an earlier one drops, in whatever order they are written.
        match must {
            Must::Present => _ = self.musts.insert(key, must),
            Must::Absent => _ = self.musts.entry(key).or_insert(must),
        }
    }

    fn clause(&mut self, clause: &mut Reader) -> Option<()> {
        let Some(first) = clause.next() else {
            return Some(());
        };
        match first.text.to_ascii_uppercase().as_str() {
            "ADD" => self.add(clause),
            "DROP" => self.drop(clause),
            "CHANGE" => {
                clause.eat("COLUMN");
                clause.condition();
                let old = clause.name()?;
                let new = clause.name()?;
                self.change(COLUMN, old, new);
                Some(())
            }
            "RENAME" => self.rename(clause),
            "TRUNCATE" | "EXCHANGE" | "DISCARD" | "IMPORT" => {
                self.unseen = true;
                Some(())
            }
            _ => Some(()),
        }
    }

    fn change(&mut self, letter: char, old: String, new: String) {
        if !old.eq_ignore_ascii_case(&new) {
            self.must(letter, old, Must::Absent);
            self.must(letter, new, Must::Present);
        }
    }

    fn rename(&mut self, clause: &mut Reader) -> Option<()> {
        let letter = match clause.eat("COLUMN") {
            true => COLUMN,
            false if clause.eat_any(&["INDEX", "KEY"]) => INDEX,
            false => {
                clause.eat_any(&["TO", "AS", "="]);
                self.renamed = Some(clause.qualified()?);
                return Some(());
            }
        };
        clause.condition();
        let old = clause.name()?;
        clause.eat("TO").then_some(())?;
        self.change(letter, old, clause.name()?);
        Some(())
    }

    fn add(&mut self, clause: &mut Reader) -> Option<()> {
        let named = clause.eat("CONSTRAINT");
        let mut constraint = None;
        if named {
            clause.condition();
            if !["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"]
                .iter()
                .any(|word| clause.sees(word))
            {
                constraint = clause.name();
            }
        }
        if clause.eat_any(&["PARTITION", "SYSTEM"]) || clause.eat_all(&["PERIOD", "FOR"]) {
            return Some(());
        }
        if clause.eat("PRIMARY") {
            self.must(INDEX, "primary".into(), Must::Present);
        } else if clause.eat("FOREIGN") {
            // Without CONSTRAINT the server makes the name.
            constraint.map(|name| self.must(FOREIGN, name, Must::Present));
        } else if clause.eat("CHECK") {
            constraint.map(|name| self.must(CHECK, name, Must::Present));
        } else if clause.eat_any(&["UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR", "INDEX", "KEY"]) {
            clause.eat_any(&["INDEX", "KEY"]);
            clause.condition();
            let nameless = clause.sees("(") || clause.sees("USING");
            let own = if nameless { None } else { clause.name() };
            own.or(constraint)
                .map(|name| self.must(INDEX, name, Must::Present));
        } else if !named {
            clause.eat("COLUMN");
            clause.condition();
            return self.columns(clause);
        }
        Some(())
    }

    /// `name ...`, or a list of them in parentheses, in which indexes may stand too.
    fn columns(&mut self, clause: &mut Reader) -> Option<()> {
        if !clause.eat("(") {
            self.must(COLUMN, clause.name()?, Must::Present);
            return Some(());
        }
        let inner = Reader {
            rest: clause.rest.strip_suffix(&[close()]).unwrap_or(clause.rest),
        };
        for mut one in inner.clauses() {
            let other = [
                "PRIMARY",
                "UNIQUE",
                "FOREIGN",
                "CHECK",
                "CONSTRAINT",
                "INDEX",
                "KEY",
            ];
            let other = other.iter().any(|word| one.sees(word));
            if other || one.sees("FULLTEXT") || one.sees("SPATIAL") {
                self.add(&mut one)?;
            } else {
                self.must(COLUMN, one.name()?, Must::Present);
            }
        }
        Some(())
    }

    fn drop(&mut self, clause: &mut Reader) -> Option<()> {
        if clause.eat("PARTITION") || clause.eat("SYSTEM") || clause.eat_all(&["PERIOD", "FOR"]) {
            return Some(());
        }
        if clause.eat_all(&["PRIMARY", "KEY"]) {
            self.must(INDEX, "primary".into(), Must::Absent);
            return Some(());
        }
        let letters: &[char] = if clause.eat_any(&["INDEX", "KEY"]) {
            &[INDEX]
        } else if clause.eat_all(&["FOREIGN", "KEY"]) {
            &[FOREIGN]
        } else if clause.eat_any(&["CONSTRAINT", "CHECK"]) {
            &[FOREIGN, CHECK, INDEX]
        } else {
            clause.eat("COLUMN");
            &[COLUMN]
        };
        clause.condition();
        let name = clause.name()?;
        for letter in letters {
            self.must(*letter, name.clone(), Must::Absent);
        }
        Some(())
    }
}

fn close() -> super::words::Word {
    super::words::Word {
        text: ")".into(),
        form: Form::Sign,
    }
}

//! A migration as the rules see it: its statements read, with what it makes itself.

use crate::plan::{Group, Planned};
use initium_driver::Phase;
use initium_driver::sql::ddl::{self, Act, Name, Object, Tongue, What};
use std::collections::HashMap;

pub struct Script<'s> {
    pub statements: Vec<Read<'s>>,
    pub phase: Phase,
    groups: &'s [Group],
    /// In small letters: in which statement a table or a type was made.
    made: HashMap<String, usize>,
}

/// A statement that was read.
pub struct Read<'s> {
    pub text: &'s str,
    pub acts: Vec<Act<'s>>,
}

impl<'s> Script<'s> {
    pub fn new(planned: &'s Planned, tongue: Tongue) -> Script<'s> {
        let mut script = Script {
            statements: Vec::with_capacity(planned.statements.len()),
            phase: planned.phase,
            groups: &planned.groups,
            made: HashMap::new(),
        };
        for (n, statement) in planned.statements.iter().enumerate() {
            let acts = ddl::read(&statement.text, tongue);
            acts.iter().for_each(|act| script.note(n, act));
            let text = &statement.text;
            script.statements.push(Read { text, acts });
        }
        script
    }

    fn note(&mut self, n: usize, act: &Act) {
        let made = match (&act.what, &act.table) {
            (What::CreateTable(_), Some(table)) => table,
            (What::RenameTable { to }, Some(from)) if self.is_new(from, n) => to,
            (
                What::Create {
                    object: Object::Type | Object::Domain | Object::View,
                    name,
                    ..
                },
                _,
            ) => name,
            (What::DomainCheck { domain, .. }, _) => domain,
            _ => return,
        };
        self.made.entry(key(made)).or_insert(n);
    }

    /// Whether this migration made it before.
    pub fn is_new(&self, name: &Name, at: usize) -> bool {
        self.made.get(&key(name)).is_some_and(|made| *made < at)
    }

    /// The first statement that commits with this one; itself where it is alone.
    pub fn transaction_start(&self, at: usize) -> usize {
        let holds = self.groups.iter().find_map(|group| match group {
            Group::Together(range) if range.contains(&at) => Some(range.start),
            _ => None,
        });
        holds.unwrap_or(at)
    }
}

/// Tables of one name in two schemas are one here: the rule says less, never something wrong.
fn key(name: &Name) -> String {
    name.name.to_ascii_lowercase()
}

//! A migration as the rules see it: its statements read, with what it makes itself.

use crate::plan::{Group, Planned};
use initium_driver::Phase;
use initium_driver::sql::ddl::{self, Act, Name, Object, Tongue, What};
use std::collections::HashMap;

pub struct Script<'s> {
    pub statements: Vec<Read<'s>>,
    pub phase: Phase,
    /// Of each statement the first that commits with it.
    starts: Vec<usize>,
    /// The statements that are about more than rows, in order: only among them is searched, so that a
    /// script of many rows costs no more than it is long.
    marked: Vec<usize>,
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
            starts: (0..planned.statements.len()).collect(),
            marked: Vec::new(),
            made: HashMap::new(),
        };
        for group in &planned.groups {
            if let Group::Together(range) = group
                && let Some(starts) = script.starts.get_mut(range.clone())
            {
                starts.fill(range.start);
            }
        }
        for (n, statement) in planned.statements.iter().enumerate() {
            let acts = ddl::read(&statement.text, tongue);
            acts.iter().for_each(|act| script.note(n, act));
            if !acts.iter().all(|act| is_of_rows(&act.what)) {
                script.marked.push(n);
            }
            let text = &statement.text;
            script.statements.push(Read { text, acts });
        }
        script
    }

    /// What is done in these statements, but to rows.
    pub fn acts(&self, from: usize, to: usize) -> impl DoubleEndedIterator<Item = &Act<'s>> {
        let place = |at: usize| self.marked.partition_point(|n| *n < at);
        let marked = &self.marked[place(from)..place(to.max(from))];
        marked.iter().flat_map(|n| self.statements[*n].acts.iter())
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
        self.starts.get(at).copied().unwrap_or(at)
    }
}

fn is_of_rows(what: &What) -> bool {
    matches!(
        what,
        What::Insert { .. } | What::Update { .. } | What::Delete { .. } | What::Other
    )
}

/// Tables of one name in two schemas are one here: the rule says less, never something wrong.
fn key(name: &Name) -> String {
    name.name.to_ascii_lowercase()
}

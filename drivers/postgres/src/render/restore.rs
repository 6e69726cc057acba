//! What goes when a column goes, and has to come back with it: the keys, checks and indexes that hold
//! it, and stay in the end.

use super::constraint::{PRIMARY, UNIQUE, check, exclusion, foreign_key, key};
use super::{Writer, index};
use crate::spell;
use initium_driver::catalog::Name;
use initium_driver::change::{Change, Edit};
use initium_driver::error::Result;

impl Writer<'_> {
    /// What went with a column that was made anew, and stays in the end.
    pub fn restore_parts(&mut self, wanted: &Name, old: &str, new: &str) -> Result<()> {
        let (Some(before), Some(after)) = (self.before(wanted), self.after(wanted)) else {
            return Ok(());
        };
        let (before, after) = (before.clone(), after.clone());
        let table = self.now(wanted);
        let is_added = |name: &str| {
            self.changes
                .list
                .iter()
                .any(|change| adds(change, wanted, name))
        };
        let mut actions = Vec::new();
        let keys = after.primary_key.iter().map(|it| (it, PRIMARY));
        for (it, kind) in keys.chain(after.unique.iter().map(|it| (it, UNIQUE))) {
            let holds = it.parts.iter().any(|part| part.name() == Some(new))
                || it.include.iter().any(|it| it == new);
            let was = before
                .primary_key
                .iter()
                .chain(&before.unique)
                .any(|was| was.name == it.name);
            if holds && was && !is_added(&it.name) {
                actions.push((key(it, kind), &it.name, &it.comment));
            }
        }
        for it in &after.checks {
            let was = before
                .checks
                .iter()
                .any(|was| was.name == it.name && spell::mentions(&was.expression, old));
            if was && !is_added(&it.name) {
                actions.push((check(it), &it.name, &it.comment));
            }
        }
        for it in &after.exclusions {
            let was = before
                .exclusions
                .iter()
                .any(|was| was.name == it.name && spell::mentions(&was.definition, old));
            if was && !is_added(&it.name) {
                actions.push((exclusion(it), &it.name, &it.comment));
            }
        }
        for it in &after.foreign_keys {
            let was = before
                .foreign_keys
                .iter()
                .any(|was| was.name == it.name && was.columns.iter().any(|it| it == old));
            if was && !is_added(&it.name) {
                actions.push((foreign_key(it), &it.name, &it.comment));
            }
        }
        let indexes: Vec<_> = after
            .indexes
            .iter()
            .filter(|it| {
                index::holds(it, new) && before.indexes.iter().any(|was| was.name == it.name)
            })
            .filter(|it| !is_added(&it.name))
            .collect();
        for (definition, name, comment) in actions {
            self.alter(&table, format!("ADD {definition}"));
            self.constraint_comment(&table, name, comment.as_deref());
        }
        for it in indexes {
            self.index_added(&table, it);
        }
        Ok(())
    }
}

/// Whether a change brings a part of this name.
pub fn adds(change: &Change, table: &Name, name: &str) -> bool {
    let (of, added) = match change {
        Change::PrimaryKey(of) | Change::Unique(of) => {
            (&of.table, added(&of.edit).map(|it| &it.name))
        }
        Change::ForeignKey(of) => (&of.table, added(&of.edit).map(|it| &it.name)),
        Change::Check(of) => (&of.table, added(&of.edit).map(|it| &it.name)),
        Change::Exclusion(of) => (&of.table, added(&of.edit).map(|it| &it.name)),
        Change::Index(of) => (&of.table, added(&of.edit).map(|it| &it.name)),
        _ => return false,
    };
    of == table && added.is_some_and(|it| it == name)
}

fn added<T>(edit: &Edit<T>) -> Option<&T> {
    match edit {
        Edit::Add(it) => Some(it),
        _ => None,
    }
}

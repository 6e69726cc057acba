//! Triggers of tables and views.

use super::Writer;
use super::inherited::by_itself;
use crate::spell::{self, path};
use initium_driver::catalog::{Name, Table, Trigger};
use initium_driver::change::{Edit, Of};
use initium_driver::error::Result;

impl Writer<'_> {
    pub fn trigger(&mut self, of: &Of<Trigger>) -> Result<()> {
        let same = |table: &Table| {
            let this = of.edit.from().or(of.edit.to());
            table
                .triggers
                .iter()
                .any(|it| this.is_some_and(|this| it.name == this.name))
        };
        if by_itself(self, of, same) {
            return Ok(());
        }
        let table = self.now(&of.table);
        let on = |name: &str| format!("{} ON {}", spell::name(name), path(&table));
        match &of.edit {
            Edit::Add(it) => self.trigger_added(&table, it),
            Edit::Drop(it) => self.say(format!("DROP TRIGGER {}", on(&it.name))),
            Edit::Alter { from, to } => {
                if from.name != to.name {
                    let new = spell::name(&to.name);
                    self.say(format!("ALTER TRIGGER {} RENAME TO {new}", on(&from.name)));
                }
                if from.disabled != to.disabled {
                    self.trigger_state(&table, to);
                }
                if from.comment != to.comment {
                    self.trigger_comment(&table, to);
                }
            }
        }
        Ok(())
    }

    pub fn trigger_added(&mut self, table: &Name, it: &Trigger) {
        let definition = it.definition.trim_end().trim_end_matches(';');
        self.say(definition);
        if it.disabled {
            self.trigger_state(table, it);
        }
        if it.comment.is_some() {
            self.trigger_comment(table, it);
        }
    }

    fn trigger_state(&mut self, table: &Name, it: &Trigger) {
        let word = if it.disabled { "DISABLE" } else { "ENABLE" };
        self.alter(table, format!("{word} TRIGGER {}", spell::name(&it.name)));
    }

    fn trigger_comment(&mut self, table: &Name, it: &Trigger) {
        self.say(format!(
            "COMMENT ON TRIGGER {} ON {} IS {}",
            spell::name(&it.name),
            path(table),
            spell::comment(it.comment.as_deref())
        ));
    }
}

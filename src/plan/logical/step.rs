//! One item of `changes`: from what is known before it to what is known behind it.

use super::raw::Raw;
use super::refuse::unknown;
use super::{Ground, hint, way};
use crate::diff::{applied, diff, undo, words};
use crate::spec::Verb;
use initium_driver::catalog::{Catalog, View};
use initium_driver::change::{Change, Changes, Edit};
use initium_driver::{Name, Result};

/// One item, between what was known before and behind it.
pub struct Step {
    pub from: Catalog,
    pub to: Catalog,
    pub list: Vec<Change>,
    pub raw: Raw,
}

impl Ground<'_> {
    pub(super) fn step(&self, verb: &Verb, mut from: Catalog) -> Result<Step> {
        let raw = self.raw(verb, &mut from)?;
        let mut to = applied(&raw.list, &from);
        if let Some((old, new)) = &raw.table {
            self.called(&mut to, old, new);
        }
        let mut to = self.ddl.native(to)?;
        hint(&mut to, &raw);
        let list = diff(&from, &to, self.ddl).changes;
        let step = Step {
            from,
            to,
            list,
            raw,
        };
        self.sure(verb, &step)?;
        Ok(step)
    }

    /// Names that a database found by the name of the table are others behind its rename.
    fn called(&self, catalog: &mut Catalog, old: &Name, new: &Name) {
        let mut tables = catalog.tables.iter_mut();
        let Some(table) = tables.find(|it| it.name == *new) else {
            return;
        };
        let keys = table.foreign_keys.iter_mut().map(|it| &mut it.name);
        for name in keys.chain(table.checks.iter_mut().map(|it| &mut it.name)) {
            if let Some(now) = self.ddl.renamed(name, old, new) {
                *name = now;
            }
        }
    }

    /// Nothing is written from what is not known.
    fn sure(&self, verb: &Verb, step: &Step) -> Result<()> {
        let changes = Changes {
            from: &step.from,
            to: &step.to,
            list: &step.list,
            way: way(verb),
        };
        let back = Changes {
            from: &step.to,
            to: &step.from,
            ..changes
        };
        // The way back is the same list turned round.
        let turned = undo(&step.list, &step.from, &step.to, self.ddl);
        let back = Changes {
            list: &turned,
            ..back
        };
        let rebuilt = |change: &Change| {
            let is_new = matches!(change, Change::Table(Edit::Add(_)));
            !is_new
                && (self.ddl.rebuilds(change, &changes)
                    || turned
                        .iter()
                        .any(|it| it.table() == change.table() && self.ddl.rebuilds(it, &back)))
        };
        for change in &step.list {
            if let Change::View(edit) = change
                && let Some(old) = edit.from()
                && self.cloud.covers(&old.name)
            {
                return Err(unknown("view", &old.name));
            }
            let Some(table) = change.table() else {
                continue;
            };
            // Views that look at a table step aside while it is built anew.
            let looks = |view: &&View| {
                self.cloud.covers(&view.name) && words(&view.definition).contains(&table.name)
            };
            if let Some(view) = step.from.views.iter().find(looks)
                && rebuilt(change)
            {
                return Err(unknown("view", &view.name));
            }
            if !self.cloud.covers(table) {
                continue;
            }
            if rebuilt(change) {
                return Err(unknown("table", table));
            }
        }
        Ok(())
    }

    /// What an item leaves known and unknown.
    pub(super) fn behind(&mut self, verb: &Verb, step: &Step) {
        match verb {
            Verb::CreateTable(table) => {
                self.cloud.lift(&table.name);
                self.fresh.insert(table.name.clone());
            }
            Verb::CreateView(view) => self.cloud.lift(&view.name),
            Verb::CreateEnum { name, .. } => self.cloud.lift(name),
            Verb::RenameTable { from, to } => {
                if self.fresh.remove(from) {
                    self.fresh.insert(to.clone());
                }
                match self.cloud.covers(from) {
                    true => self.cloud.hide(to),
                    false => self.cloud.lift(to),
                }
                self.reworded(&[&from.name], step);
            }
            Verb::RenameColumn { table, from, .. } => self.reworded(&[&table.name, from], step),
            _ => {}
        }
        self.enums.follow(verb);
    }

    /// How a database rewrites a text that names what is renamed, only it knows.
    fn reworded(&mut self, named: &[&str], step: &Step) {
        let has = |text: &str| {
            let words = words(text);
            named.iter().all(|word| words.contains(*word))
        };
        for view in &step.from.views {
            let mut triggers = view.triggers.iter();
            if has(&view.definition) || triggers.any(|it| has(&it.definition)) {
                self.cloud.hide(&view.name);
            }
        }
        for table in &step.to.tables {
            if table.triggers.iter().any(|it| has(&it.definition)) {
                self.cloud.hide(&table.name);
            }
        }
    }
}

//! `changes` of migrations as statements, up and down. What they mean depends on what the database
//! holds, so the catalog is followed from one to the next in memory; SQL between them clouds it.
//! Asks no database: what is there is a fact, how it is spelled is the dialect's.

mod batch;
mod cloud;
mod enums;
mod found;
pub mod kept;
mod raw;
mod refuse;
mod rest;
mod slice;
mod step;
#[cfg(test)]
mod tests;

pub use kept::Kept;

use crate::diff::{Difference, words};
use crate::spec::{Logical, Verb};
use batch::{hint, unhinted};
use cloud::Cloud;
use enums::Enums;
use initium_driver::catalog::{Catalog, Sizes};
use initium_driver::change::Way;
use initium_driver::ddl::Ddl;
use initium_driver::{Dialect, Error, Name, Result, Statement};
use kept::Part;
use slice::{settle, slice};
use std::collections::BTreeSet;
use step::Step;

/// What is known of a database while its migrations are planned, one behind the other.
pub struct Ground<'a> {
    dialect: &'a dyn Dialect,
    ddl: &'a dyn Ddl,
    sizes: &'a Sizes,
    catalog: Catalog,
    cloud: Cloud,
    enums: Enums,
    /// Tables that were made on the way, and that no SQL speaks of since: they are empty.
    fresh: BTreeSet<Name>,
}

/// The statements of a migration, by the items that they make, and what they mean.
#[derive(Debug, Default)]
pub struct Made {
    pub parts: Vec<Part>,
    pub difference: Difference,
}

impl<'a> Ground<'a> {
    pub fn new(
        dialect: &'a dyn Dialect,
        ddl: &'a dyn Ddl,
        catalog: &Catalog,
        sizes: &'a Sizes,
    ) -> Ground<'a> {
        Ground {
            dialect,
            ddl,
            sizes,
            catalog: catalog.clone(),
            cloud: Cloud::default(),
            enums: Enums::default(),
            fresh: BTreeSet::new(),
        }
    }

    /// SQL that comes before what is made next.
    pub fn sql(&mut self, statements: &[Statement]) {
        for statement in statements {
            self.cloud.spread(statement);
            match statement.more {
                Some(_) => self.fresh.clear(),
                None => self.filled(&statement.text),
            }
        }
    }

    fn filled(&mut self, text: &str) {
        let words = words(text);
        self.fresh
            .retain(|name| !words.contains(&name.name.to_ascii_lowercase()));
    }

    /// Changes that are applied: they name what the database does not.
    pub fn past(&mut self, list: &[Logical]) {
        list.iter().for_each(|it| self.enums.follow(&it.verb));
    }

    /// Changes that may have been made, and may not.
    pub fn perhaps(&mut self, list: &[Logical]) -> Result<()> {
        for one in list {
            self.names(&one.verb)
                .iter()
                .for_each(|name| self.cloud.hide(name));
            if let Verb::Sql { up, .. } = &one.verb {
                self.cloud.spread_all(up, self.dialect)?;
            }
            self.enums.follow(&one.verb);
        }
        Ok(())
    }

    /// The statements of these items; the ground is as they leave it.
    pub fn make(&mut self, list: &[Logical]) -> Result<Made> {
        let mut made = Made::default();
        let mut rest = list;
        while let Some(first) = rest.first() {
            let of = match &first.verb {
                Verb::Sql { .. } => 1,
                verb => match subject(verb) {
                    Some(name) => {
                        let same = |it: &&Logical| subject(&it.verb) == Some(name);
                        rest.iter().take_while(same).count()
                    }
                    None => 1,
                },
            };
            let (group, behind) = rest.split_at(of);
            match &first.verb {
                Verb::Sql { up, down } => {
                    made.sql(first, up.whole()?.as_ref(), down.as_ref())?;
                    let statements = self.dialect.split(up)?;
                    self.sql(&statements);
                }
                _ => self.group(group, &mut made)?,
            }
            rest = behind;
        }
        Ok(made)
    }

    /// Items about one table: those are made together that do not build on each other.
    fn group(&mut self, group: &[Logical], made: &mut Made) -> Result<()> {
        let names: Vec<Name> = group.iter().flat_map(|it| self.names(&it.verb)).collect();
        let before = slice(&self.catalog, &names);
        let mut now = before.clone();
        let mut steps: Vec<Step> = Vec::new();
        for one in group {
            let placed = |error: Error| error.place(one.place.clone());
            let step = self.step(&one.verb, now).map_err(placed)?;
            now = unhinted(step.to.clone());
            self.behind(&one.verb, &step);
            steps.push(step);
        }
        // What is half made could not be edited, so it is whole or is not there.
        let at_once = self.dialect.capabilities().transactional_ddl;
        let mut start = 0;
        while start < steps.len() {
            let placed = |error: Error| error.place(group[start].place.clone());
            let way = way(&group[start].verb);
            let mut end = start + 1;
            let mut found = self.between(&steps[start..end], way).map_err(placed)?;
            while end < steps.len() && self.together(&group[start..=end], &steps[start..=end]) {
                let more = self.between(&steps[start..=end], way).map_err(placed)?;
                if !at_once && more.up.len() > 1 {
                    break;
                }
                (found, end) = (more, end + 1);
            }
            made.add(&group[start..end], found);
            start = end;
        }
        settle(&mut self.catalog, &before, now);
        Ok(())
    }

    /// The tables that an item is about.
    fn names(&self, verb: &Verb) -> Vec<Name> {
        match verb {
            Verb::CreateTable(table) | Verb::Add(table, _) => {
                let keys = table.foreign_keys.iter().map(|key| key.references.clone());
                keys.chain([table.name.clone()]).collect()
            }
            Verb::RenameTable { from, to } => vec![from.clone(), to.clone()],
            Verb::DropTable(name)
            | Verb::Drop(name, ..)
            | Verb::RenameColumn { table: name, .. }
            | Verb::AlterColumn { table: name, .. }
            | Verb::Comment { table: name, .. } => vec![name.clone()],
            Verb::CreateView(view) | Verb::ReplaceView(view) => vec![view.name.clone()],
            Verb::DropView(name) => vec![name.clone()],
            Verb::CreateEnum { name, .. }
            | Verb::AddEnumValue { name, .. }
            | Verb::DropEnum(name) => {
                let mut names = self.enums.tables(name);
                names.push(name.clone());
                names
            }
            Verb::Sql { .. } => Vec::new(),
        }
    }
}

/// The table that an item changes, where others may be made with it.
fn subject(verb: &Verb) -> Option<&Name> {
    match verb {
        Verb::CreateTable(table) | Verb::Add(table, Way::Plain) => Some(&table.name),
        Verb::Drop(table, _, Way::Plain)
        | Verb::RenameColumn { table, .. }
        | Verb::AlterColumn { table, .. }
        | Verb::Comment { table, .. } => Some(table),
        _ => None,
    }
}

fn way(verb: &Verb) -> Way {
    match verb {
        Verb::Add(_, way) | Verb::Drop(_, _, way) => *way,
        _ => Way::Plain,
    }
}

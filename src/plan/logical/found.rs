//! What an item of `changes` speaks of, in a catalog: it is known, or known as far as the item speaks of
//! it, or refused.

use super::Ground;
use super::refuse::{missing, taken, unknown};
use initium_driver::catalog::{Catalog, Column, Named, Type, View};
use initium_driver::ddl::Enums as Kept;
use initium_driver::{Name, Result, Table};

impl Ground<'_> {
    /// All of it is known.
    pub(super) fn table<'c>(&self, name: &Name, now: &'c Catalog) -> Result<&'c Table> {
        if self.cloud.covers(name) {
            return Err(unknown("table", name));
        }
        let found = now.tables.iter().find(|table| table.name == *name);
        found.ok_or_else(|| missing("table", &name.to_string()))
    }

    /// It is known, or it is there as far as somebody speaks of it: with these columns.
    pub(super) fn guessed<'c>(
        &self,
        name: &Name,
        columns: &[&String],
        now: &'c mut Catalog,
    ) -> Result<&'c Table> {
        if self.cloud.covers(name) {
            let mut guess = self.ddl.native(Catalog {
                tables: vec![Table {
                    name: name.clone(),
                    columns: vec![Column {
                        data_type: "int".into(),
                        ..Column::default()
                    }],
                    ..Table::default()
                }],
                ..Catalog::default()
            })?;
            for table in &mut guess.tables {
                let one = table.columns.pop().unwrap_or_default();
                let called = |name: &&String| Column {
                    name: (*name).clone(),
                    ..one.clone()
                };
                table.columns = columns.iter().map(called).collect();
            }
            now.tables.retain(|table| table.name != *name);
            now.tables.extend(guess.tables);
        }
        let found = now.tables.iter().find(|table| table.name == *name);
        found.ok_or_else(|| missing("table", &name.to_string()))
    }

    pub(super) fn view<'c>(&self, name: &Name, now: &'c Catalog) -> Result<&'c View> {
        if self.cloud.covers(name) {
            return Err(unknown("view", name));
        }
        let found = now.views.iter().find(|view| view.name == *name);
        found.ok_or_else(|| missing("view", &name.to_string()))
    }

    pub(super) fn named<'c>(&self, name: &Name, now: &'c Catalog) -> Result<&'c Type> {
        if self.cloud.covers(name) {
            return Err(unknown("enum", name));
        }
        let found = now.types.iter().find(|it| it.name == *name);
        found.ok_or_else(|| missing("enum", &name.to_string()))
    }

    /// Nothing that is known has this name.
    pub(super) fn is_free(&self, name: &Name, now: &Catalog) -> Result<()> {
        let is_table = now.tables.iter().any(|it| it.name == *name);
        let is_view = now.views.iter().any(|it| it.name == *name);
        match (self.cloud.covers(name), is_table, is_view) {
            (true, ..) | (_, false, false) => Ok(()),
            (_, true, _) => Err(taken("table", &name.to_string())),
            (_, _, true) => Err(taken("view", &name.to_string())),
        }
    }

    /// The column in the words of a database without types of its own.
    pub(super) fn said(&self, column: &mut Column) {
        if self.ddl.enums() == Kept::Columns {
            self.enums.inline(column);
        }
    }

    /// The table that a foreign key leads to is there, and its columns are said where it is not known.
    pub(super) fn leads(&self, table: &Table, now: &Catalog) -> Result<()> {
        for key in &table.foreign_keys {
            let to = &key.references;
            let is_there = now.tables.iter().any(|one| one.name == *to);
            match self.cloud.covers(to) {
                true if key.referenced.is_empty() => return Err(unknown("table", to)),
                false if !is_there && *to != table.name => {
                    return Err(missing("table", &to.to_string())
                        .help("create it before; of two that refer to each other one gets its foreign key by `add_foreign_key`"));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

pub fn column<'c>(table: &'c Table, name: &str) -> Result<&'c Column> {
    let found = table.column(name);
    found.ok_or_else(|| missing("column", &format!("{}.{name}", table.name)))
}

pub fn free(table: &Table, name: &str) -> Result<()> {
    match table.column(name) {
        None => Ok(()),
        Some(_) => Err(taken("column", &format!("{}.{name}", table.name))),
    }
}

pub fn fresh<T: Named>(all: &[T], part: &T, kind: &str, table: &Name) -> Result<()> {
    let name = part.name();
    match !name.is_empty() && all.iter().any(|one| one.name() == name) {
        true => Err(taken(kind, &format!("{name} of {table}"))),
        false => Ok(()),
    }
}

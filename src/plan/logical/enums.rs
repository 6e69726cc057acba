//! Enums with names where the database has no types of its own: each column says the values, and only
//! the changes of the spec know what the enum is called and which columns are of it. So all of them
//! are followed, those that are applied, too.

use super::refuse::{impossible, missing, taken};
use crate::spec::{Gone, Spot, Verb};
use initium_driver::catalog::{Catalog, Check, Column};
use initium_driver::change::{Change, Edit, Of};
use initium_driver::ddl::Ddl;
use initium_driver::{Name, Result, Table};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default)]
pub struct Enums {
    values: BTreeMap<String, Vec<String>>,
    /// Which enum a column is of.
    columns: BTreeMap<(Name, String), String>,
}

/// The values with one more; the place is one of them.
pub fn grown(name: &Name, values: &[String], value: &str, spot: &Spot) -> Result<Vec<String>> {
    if values.iter().any(|one| one == value) {
        return Err(taken(
            &format!("value '{value}' in enum"),
            &name.to_string(),
        ));
    }
    let place = |word: &String| {
        let found = values.iter().position(|one| one == word);
        found.ok_or_else(|| missing(&format!("value '{word}' in enum"), &name.to_string()))
    };
    let at = match spot {
        Spot::Last => values.len(),
        Spot::Before(word) => place(word)?,
        Spot::After(word) => place(word)? + 1,
    };
    let mut values = values.to_vec();
    values.insert(at, value.into());
    Ok(values)
}

impl Enums {
    /// What a change says of enums and of columns that are of one.
    pub fn follow(&mut self, verb: &Verb) {
        match verb {
            Verb::CreateEnum { name, values } => {
                self.values.insert(name.to_string(), values.clone());
            }
            Verb::AddEnumValue { name, value, spot } => {
                if let Some(values) = self.values.get_mut(&name.to_string())
                    && let Ok(more) = grown(name, values, value, spot)
                {
                    *values = more;
                }
            }
            Verb::DropEnum(name) => drop(self.values.remove(&name.to_string())),
            Verb::CreateTable(table) | Verb::Add(table, _) => {
                for column in &table.columns {
                    self.bind(&table.name, column);
                }
            }
            Verb::AlterColumn {
                table,
                column,
                keys,
            } if keys.iter().any(|key| key == "type") => self.bind(table, column),
            Verb::Drop(table, Gone::Column(column), _) => {
                self.columns.remove(&(table.clone(), column.clone()));
            }
            Verb::RenameColumn { table, from, to } => {
                self.moved(
                    |one, column| one == table && column == from,
                    table,
                    Some(to),
                );
            }
            Verb::RenameTable { from, to } => self.moved(|one, _| one == from, to, None),
            Verb::DropTable(name) => self.columns.retain(|(table, _), _| table != name),
            _ => {}
        }
    }

    fn bind(&mut self, table: &Name, column: &Column) {
        let key = (table.clone(), column.name.clone());
        match self.values.contains_key(&column.data_type) {
            true => self.columns.insert(key, column.data_type.clone()),
            false => self.columns.remove(&key),
        };
    }

    fn moved(&mut self, is_it: impl Fn(&Name, &String) -> bool, table: &Name, to: Option<&String>) {
        let all = std::mem::take(&mut self.columns);
        for ((one, column), name) in all {
            let key = match (is_it(&one, &column), to) {
                (true, Some(to)) => (table.clone(), to.clone()),
                (true, None) => (table.clone(), column),
                (false, _) => (one, column),
            };
            self.columns.insert(key, name);
        }
    }

    pub fn known(&self, name: &Name) -> Result<&[String]> {
        let values = self.values.get(&name.to_string());
        values.map(Vec::as_slice).ok_or_else(|| {
            missing("enum", &name.to_string()).help(
                "here an enum is known by the changes of the spec alone: say `create_enum` before",
            )
        })
    }

    pub fn is_known(&self, name: &Name) -> bool {
        self.values.contains_key(&name.to_string())
    }

    /// The tables with columns of an enum.
    pub fn tables(&self, name: &Name) -> Vec<Name> {
        self.of(name).map(|(table, _)| table.clone()).collect()
    }

    fn of(&self, name: &Name) -> impl Iterator<Item = &(Name, String)> {
        let name = name.to_string();
        let mine = self.columns.iter().filter(move |(_, one)| **one == name);
        mine.map(|(column, _)| column)
    }

    pub fn unused(&self, name: &Name) -> Result<()> {
        self.known(name)?;
        match self.of(name).next() {
            None => Ok(()),
            Some((table, column)) => Err(impossible(format!(
                "column {table}.{column} is of enum {name}"
            ))
            .help("drop the column, or give it another type, before the enum goes")),
        }
    }

    /// The column as it is said where there are no types with names.
    pub fn inline(&self, column: &mut Column) {
        if let Some(values) = self.values.get(&column.data_type) {
            column.data_type = spelled(values);
        }
    }

    /// What it takes to give all columns of an enum other values.
    pub fn changed(
        &self,
        name: &Name,
        values: &[String],
        catalog: &Catalog,
        ddl: &dyn Ddl,
    ) -> Result<Vec<Change>> {
        let old = self.known(name)?;
        let mut list = Vec::new();
        for (table, column) in self.of(name) {
            let found = catalog.tables.iter().find(|one| one.name == *table);
            let here = found.and_then(|found| Some((found, found.column(column)?)));
            let Some((found, column)) = here else {
                return Err(missing("column", &format!("{table}.{column}")));
            };
            list.extend(exchanged(found, column, old, values, ddl)?);
        }
        Ok(list)
    }
}

/// The type with other values; a check that held the old ones goes.
pub fn exchanged(
    table: &Table,
    column: &Column,
    old: &[String],
    values: &[String],
    ddl: &dyn Ddl,
) -> Result<Vec<Change>> {
    let mut list = freed(table, column, old, ddl)?;
    let to = Column {
        data_type: spelled(values),
        ..column.clone()
    };
    list.push(Change::Column(Of {
        table: table.name.clone(),
        edit: Edit::Alter {
            from: Box::new(column.clone()),
            to: Box::new(to),
        },
    }));
    Ok(list)
}

/// The checks that a column has because it was of an enum: what the dialect makes of one tells them.
fn freed(table: &Table, column: &Column, old: &[String], ddl: &dyn Ddl) -> Result<Vec<Change>> {
    let probe = Table {
        name: table.name.clone(),
        columns: vec![Column {
            data_type: spelled(old),
            default: None,
            identity: None,
            generated: None,
            ..column.clone()
        }],
        ..Table::default()
    };
    let probe = ddl.native(Catalog {
        tables: vec![probe],
        ..Catalog::default()
    })?;
    let made: Vec<&Check> = probe.tables.iter().flat_map(|it| &it.checks).collect();
    let is_made = |check: &&Check| {
        let mut made = made.iter();
        made.any(|one| ddl.same(&one.expression, &check.expression))
    };
    let goes = table.checks.iter().filter(is_made).map(|check| {
        Change::Check(Of {
            table: table.name.clone(),
            edit: Edit::Drop(check.clone()),
        })
    });
    Ok(goes.collect())
}

impl Enums {
    /// The same where the column gets another type.
    pub fn left(&self, table: &Table, column: &Column, ddl: &dyn Ddl) -> Result<Vec<Change>> {
        let key = (table.name.clone(), column.name.clone());
        let values = self
            .columns
            .get(&key)
            .and_then(|name| self.values.get(name));
        match values {
            Some(values) => freed(table, column, values, ddl),
            None => Ok(Vec::new()),
        }
    }
}

fn spelled(values: &[String]) -> String {
    let all: Vec<_> = values
        .iter()
        .map(|value| format!("'{}'", value.replace('\'', "''")))
        .collect();
    format!("enum({})", all.join(","))
}

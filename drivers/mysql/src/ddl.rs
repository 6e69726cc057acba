//! Changes of the catalog as MySQL's and MariaDB's statements. Pure.

use crate::dialect::MySql;
use crate::types;
use crate::words::quote;
use initium_driver::catalog::{Catalog, Column, Index, Of, Part, Table};
use initium_driver::change::{Act, Change, Changes, Edit, Impact};
use initium_driver::ddl::{Ddl, Enums, Habits};
use initium_driver::error::{Code, Error, Result};

impl Ddl for MySql {
    fn canonical(&self, data_type: &str) -> String {
        types::canonical(data_type)
    }

    fn native(&self, mut catalog: Catalog) -> Result<Catalog> {
        for column in catalog.tables.iter_mut().flat_map(|t| &mut t.columns) {
            column.data_type = types::canonical(&column.data_type);
        }
        Ok(catalog)
    }

    fn generated(&self, _: &Table, _: &str) -> bool {
        false
    }

    fn same(&self, one: &str, other: &str) -> bool {
        one == other
    }

    fn habits(&self) -> Habits {
        Habits {
            column_order: true,
            views_pin: false,
            keys_after: true,
        }
    }

    fn render(&self, changes: &Changes) -> Result<Vec<Act>> {
        let mut acts = Vec::new();
        for (n, change) in changes.list.iter().enumerate() {
            acts.push(Act {
                sql: statement(change)?,
                changes: vec![n],
            });
        }
        Ok(acts)
    }

    fn impact(&self, _: &Change, _: &Changes) -> Impact {
        Impact::default()
    }

    fn enums(&self) -> Enums {
        Enums::Columns
    }
}

fn statement(change: &Change) -> Result<String> {
    Ok(match change {
        Change::Table(Edit::Add(table)) => create(table),
        Change::Table(Edit::Drop(table)) => format!("DROP TABLE {}", quote(&table.name.name)),
        Change::Column(of) => {
            let table = quote(&of.table.name);
            match &of.edit {
                Edit::Add(it) => format!("ALTER TABLE {table} ADD COLUMN {}", column(it)),
                Edit::Drop(it) => format!("ALTER TABLE {table} DROP COLUMN {}", quote(&it.name)),
                Edit::Alter { .. } => return Err(unknown()),
            }
        }
        _ => return Err(unknown()),
    })
}

fn unknown() -> Error {
    Error::new(Code::NotSupported, "this change cannot be written yet")
}

fn create(table: &Table) -> String {
    let key = table.primary_key.as_ref();
    let key = key.map(|key| format!("PRIMARY KEY ({})", parts(&key.parts)));
    let lines: Vec<_> = table
        .columns
        .iter()
        .map(column)
        .chain(key)
        .chain(table.indexes.iter().map(index))
        .collect();
    format!(
        "CREATE TABLE {} (\n  {}\n)",
        quote(&table.name.name),
        lines.join(",\n  ")
    )
}

fn column(column: &Column) -> String {
    let mut text = format!("{} {}", quote(&column.name), column.data_type);
    // TIMESTAMP without NULL is NOT NULL on older servers, so both are said.
    text.push_str(if column.nullable {
        " NULL"
    } else {
        " NOT NULL"
    });
    if let Some(default) = &column.default {
        text.push_str(" DEFAULT ");
        text.push_str(default);
    }
    text
}

fn index(index: &Index) -> String {
    let columns = parts(&index.parts);
    match index {
        Index { unique: true, .. } => format!("UNIQUE KEY {} ({columns})", quote(&index.name)),
        _ => format!("KEY {} ({columns})", quote(&index.name)),
    }
}

fn parts(parts: &[Part]) -> String {
    let part = |part: &Part| match (&part.of, part.length) {
        (Of::Column(name), Some(length)) => format!("{}({length})", quote(name)),
        (Of::Column(name), None) => quote(name),
        (Of::Expression(text), _) => format!("({text})"),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(", ")
}

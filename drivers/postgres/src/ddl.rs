//! Changes of the catalog as PostgreSQL's statements. Pure.

use crate::dialect::Postgres;
use crate::expression::FLAVOUR;
use crate::types;
use crate::words::quote;
use initium_driver::catalog::{Catalog, Column, Index, Name, Of, Part, Table};
use initium_driver::change::{Act, Change, Changes, Edit, Impact};
use initium_driver::ddl::{Ddl, Habits};
use initium_driver::error::{Code, Error, Result};
use initium_driver::sql::expression::{Within, same};

impl Ddl for Postgres {
    fn canonical(&self, data_type: &str) -> String {
        types::canonical(data_type)
    }

    fn native(&self, mut catalog: Catalog) -> Result<Catalog> {
        for column in catalog.tables.iter_mut().flat_map(|t| &mut t.columns) {
            column.data_type = types::canonical(&column.data_type);
        }
        Ok(catalog)
    }

    fn generated(&self, table: &Table, name: &str) -> bool {
        name.strip_prefix(&table.name.name)
            .is_some_and(|rest| rest.starts_with('_'))
    }

    fn same(&self, one: &str, other: &str) -> bool {
        self.same_in(one, other, &Within::default())
    }

    fn same_in(&self, one: &str, other: &str, within: &Within) -> bool {
        same(one, other, &FLAVOUR, within)
    }

    fn habits(&self) -> Habits {
        Habits {
            column_order: false,
            views_pin: true,
            keys_after: true,
        }
    }

    fn render(&self, changes: &Changes) -> Result<Vec<Act>> {
        let mut acts = Vec::new();
        for (n, change) in changes.list.iter().enumerate() {
            for sql in statements(change)? {
                acts.push(Act {
                    sql,
                    changes: vec![n],
                });
            }
        }
        Ok(acts)
    }

    fn impact(&self, _: &Change, _: &Changes) -> Impact {
        Impact::default()
    }
}

fn statements(change: &Change) -> Result<Vec<String>> {
    Ok(match change {
        Change::Table(Edit::Add(table)) => create_table(table),
        Change::Table(Edit::Drop(table)) => vec![format!("DROP TABLE {}", path(&table.name))],
        Change::Column(of) => {
            let table = path(&of.table);
            match &of.edit {
                Edit::Add(column) => {
                    vec![format!(
                        "ALTER TABLE {table} ADD COLUMN {}",
                        column_of(column)
                    )]
                }
                Edit::Drop(column) => {
                    vec![format!(
                        "ALTER TABLE {table} DROP COLUMN {}",
                        quote(&column.name)
                    )]
                }
                Edit::Alter { .. } => return Err(unknown()),
            }
        }
        _ => return Err(unknown()),
    })
}

fn unknown() -> Error {
    Error::new(Code::NotSupported, "this change cannot be written yet")
}

fn path(name: &Name) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", quote(schema), quote(&name.name)),
        None => quote(&name.name),
    }
}

fn column_of(column: &Column) -> String {
    let mut text = format!("{} {}", quote(&column.name), column.data_type);
    if let Some(default) = &column.default {
        text.push_str(&format!(" DEFAULT {default}"));
    }
    if !column.nullable {
        text.push_str(" NOT NULL");
    }
    text
}

fn create_table(table: &Table) -> Vec<String> {
    let mut lines: Vec<String> = table.columns.iter().map(column_of).collect();
    if let Some(key) = &table.primary_key {
        let name = match key.name.as_str() {
            "" => String::new(),
            name => format!("CONSTRAINT {} ", quote(name)),
        };
        lines.push(format!("{name}PRIMARY KEY ({})", parts(&key.parts)));
    }
    let create = format!(
        "CREATE TABLE {} (\n    {}\n)",
        path(&table.name),
        lines.join(",\n    ")
    );
    let index = |index: &Index| {
        format!(
            "CREATE {}INDEX {} ON {} ({})",
            if index.unique { "UNIQUE " } else { "" },
            quote(&index.name),
            path(&table.name),
            parts(&index.parts)
        )
    };
    std::iter::once(create)
        .chain(table.indexes.iter().map(index))
        .collect()
}

fn parts(parts: &[Part]) -> String {
    let part = |part: &Part| match &part.of {
        Of::Column(name) => quote(name),
        Of::Expression(text) => format!("({text})"),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(", ")
}

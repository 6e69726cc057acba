//! Changes as SQLite's statements. Names are quoted; types and defaults are SQL and stay SQL.

use crate::words::quote;
use initium_driver::catalog::{Of, Part};
use initium_driver::change::Edit;
use initium_driver::{Change, Code, Column, Error, Result, Table};

pub fn statements(change: &Change) -> Result<Vec<String>> {
    Ok(match change {
        Change::Table(Edit::Add(table)) => create(table),
        Change::Table(Edit::Drop(table)) => {
            vec![format!("DROP TABLE {}", quote(&table.name.name))]
        }
        Change::Column(of) => {
            let table = quote(&of.table.name);
            match &of.edit {
                Edit::Add(it) => vec![format!("ALTER TABLE {table} ADD COLUMN {}", spelled(it))],
                Edit::Drop(it) => {
                    vec![format!(
                        "ALTER TABLE {table} DROP COLUMN {}",
                        quote(&it.name)
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

fn create(table: &Table) -> Vec<String> {
    let mut lines: Vec<_> = table.columns.iter().map(spelled).collect();
    if let Some(key) = &table.primary_key {
        lines.push(format!("PRIMARY KEY ({})", list(&key.parts)));
    }
    for key in &table.unique {
        lines.push(format!("UNIQUE ({})", list(&key.parts)));
    }
    let mut statements = vec![format!(
        "CREATE TABLE {} ({})",
        quote(&table.name.name),
        lines.join(", ")
    )];
    for index in &table.indexes {
        let unique = if index.unique { "UNIQUE " } else { "" };
        statements.push(format!(
            "CREATE {unique}INDEX {} ON {} ({})",
            quote(&index.name),
            quote(&table.name.name),
            list(&index.parts)
        ));
    }
    statements
}

fn spelled(column: &Column) -> String {
    let mut text = quote(&column.name);
    if !column.data_type.is_empty() {
        text += &format!(" {}", column.data_type);
    }
    if !column.nullable {
        text += " NOT NULL";
    }
    if let Some(default) = &column.default {
        text += &format!(" DEFAULT ({default})");
    }
    text
}

fn list(parts: &[Part]) -> String {
    let part = |part: &Part| match &part.of {
        Of::Column(name) => quote(name),
        Of::Expression(text) => format!("({text})"),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(", ")
}

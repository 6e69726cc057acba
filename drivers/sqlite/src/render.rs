//! Changes as SQLite's statements. Names are quoted; types and defaults are SQL and stay SQL.

use crate::words::quote;
use initium_driver::{Change, Column, Index, Table};

pub fn statements(change: &Change) -> Vec<String> {
    match change {
        Change::CreateTable(table) => create(table),
        Change::DropTable { table } => vec![format!("DROP TABLE {}", quote(table))],
        Change::AddColumn { table, column } => vec![format!(
            "ALTER TABLE {} ADD COLUMN {}",
            quote(table),
            spelled(column)
        )],
        Change::DropColumn { table, column } => vec![format!(
            "ALTER TABLE {} DROP COLUMN {}",
            quote(table),
            quote(column)
        )],
    }
}

fn create(table: &Table) -> Vec<String> {
    let mut lines: Vec<_> = table.columns.iter().map(spelled).collect();
    let mut indexes = Vec::new();
    for index in &table.indexes {
        let columns = list(&index.columns);
        if index.primary {
            lines.push(format!("PRIMARY KEY ({columns})"));
        } else if is_constraint(index) {
            lines.push(format!("UNIQUE ({columns})"));
        } else {
            let unique = if index.unique { "UNIQUE " } else { "" };
            indexes.push(format!(
                "CREATE {unique}INDEX {} ON {} ({columns})",
                quote(&index.name),
                quote(&table.name)
            ));
        }
    }
    let mut statements = vec![format!(
        "CREATE TABLE {} ({})",
        quote(&table.name),
        lines.join(", ")
    )];
    statements.append(&mut indexes);
    statements
}

/// SQLite names the index of a constraint itself and lets nobody else use such a name.
fn is_constraint(index: &Index) -> bool {
    index.unique && (index.name.is_empty() || index.name.starts_with("sqlite_autoindex_"))
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

fn list(columns: &[String]) -> String {
    let quoted: Vec<_> = columns.iter().map(|column| quote(column)).collect();
    quoted.join(", ")
}

//! How PostgreSQL spells things: splitting, changes as statements, types. Pure: planning and
//! goldens need no server, and nothing here may ask one.

use crate::grammar::{PostgresGrammar, RULES};
use crate::types;
use crate::words::quote;
use initium_driver::catalog::{Column, Index, Table};
use initium_driver::change::Change;
use initium_driver::driver::{Capabilities, Dialect};
use initium_driver::error::Result;
use initium_driver::long::Slice;
use initium_driver::source::{Source, Statement};
use initium_driver::sql::form::{Sink, normal_form, stream};
use initium_driver::sql::stretch::{Runs, statements};

#[derive(Clone, Copy, Debug)]
pub struct Postgres;

impl Dialect for Postgres {
    fn names(&self) -> &'static [&'static str] {
        &["postgres"]
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            transactional_ddl: true,
            transactions: true,
            catalog: true,
        }
    }

    fn split(&self, source: &Source) -> Result<Vec<Statement>> {
        self.statements(std::slice::from_ref(source), Runs::Parted)
    }

    fn statements(&self, sources: &[Source], runs: Runs) -> Result<Vec<Statement>> {
        statements(&PostgresGrammar, sources, runs)
    }

    fn normal_form(&self, text: &str) -> String {
        normal_form(text, &RULES)
    }

    fn stream_form(&self, slice: &Slice, sink: &mut dyn Sink) -> Result<()> {
        stream(slice, &RULES, sink)
    }

    fn render(&self, change: &Change) -> Result<Vec<String>> {
        Ok(match change {
            Change::CreateTable(table) => create_table(table),
            Change::DropTable { table } => vec![format!("DROP TABLE {}", path(table))],
            Change::AddColumn { table, column } => vec![format!(
                "ALTER TABLE {} ADD COLUMN {}",
                path(table),
                column_of(column)
            )],
            Change::DropColumn { table, column } => vec![format!(
                "ALTER TABLE {} DROP COLUMN {}",
                path(table),
                quote(column)
            )],
        })
    }

    fn canonical(&self, data_type: &str) -> String {
        types::canonical(data_type)
    }
}

/// A table's name, maybe with its schema.
fn path(name: &str) -> String {
    match name.split_once('.') {
        Some((schema, table)) => format!("{}.{}", quote(schema), quote(table)),
        None => quote(name),
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
    let (primary, others): (Vec<&Index>, Vec<&Index>) =
        table.indexes.iter().partition(|index| index.primary);
    for index in primary {
        let name = Some(&index.name)
            .filter(|name| !name.is_empty())
            .map(|name| format!("CONSTRAINT {} ", quote(name)))
            .unwrap_or_default();
        lines.push(format!("{name}PRIMARY KEY ({})", keys(table, index)));
    }
    let create = format!(
        "CREATE TABLE {} (\n    {}\n)",
        path(&table.name),
        lines.join(",\n    ")
    );
    std::iter::once(create)
        .chain(others.into_iter().map(|index| {
            format!(
                "CREATE {}INDEX {} ON {} ({})",
                if index.unique { "UNIQUE " } else { "" },
                quote(&index.name),
                path(&table.name),
                keys(table, index)
            )
        }))
        .collect()
}

/// What is not a column of the table is an expression.
fn keys(table: &Table, index: &Index) -> String {
    let is_column = |key: &String| table.columns.iter().any(|column| column.name == *key);
    index
        .columns
        .iter()
        .map(|key| {
            if is_column(key) {
                quote(key)
            } else {
                format!("({key})")
            }
        })
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_table_is_rendered_with_quoted_names() {
        let table = Table {
            name: "ops.order".into(),
            columns: vec![Column {
                name: "Id".into(),
                data_type: "bigint".into(),
                nullable: false,
                default: Some("0".into()),
            }],
            indexes: vec![
                Index {
                    name: "order_pkey".into(),
                    columns: vec!["Id".into()],
                    unique: true,
                    primary: true,
                },
                Index {
                    name: "i".into(),
                    columns: vec!["Id".into(), "\"Id\" % 2".into()],
                    unique: false,
                    primary: false,
                },
            ],
        };
        assert_eq!(
            Postgres.render(&Change::CreateTable(table)).unwrap(),
            [
                "CREATE TABLE \"ops\".\"order\" (\n    \"Id\" bigint DEFAULT 0 NOT NULL,\n    \
                 CONSTRAINT \"order_pkey\" PRIMARY KEY (\"Id\")\n)",
                "CREATE INDEX \"i\" ON \"ops\".\"order\" (\"Id\", (\"Id\" % 2))",
            ]
        );
    }
}

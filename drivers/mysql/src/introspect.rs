//! What the database holds: two questions to information_schema, one for the columns and one for
//! the indexes. Only the database of the connection, without the ledger.

use crate::dialect::Family;
use crate::session::Session;
use crate::types::{Quoted, canonical, default};
use crate::words::literal;
use initium_driver::catalog::{Key, Part};
use initium_driver::{Catalog, Column, Index, Name, Result, Rows, Table};
use std::collections::BTreeMap;

pub fn introspect(session: &mut Session, ledger: &[String]) -> Result<Catalog> {
    let database = literal(&session.database);
    let hidden: Vec<_> = ledger.iter().map(|t| literal(t)).collect();
    let hidden = hidden.join(", ");
    let columns = session.question(&format!(
        "SELECT c.table_name, c.column_name, c.column_type, c.is_nullable, c.column_default, c.extra \
         FROM information_schema.columns c JOIN information_schema.tables t \
         ON t.table_schema = c.table_schema AND t.table_name = c.table_name \
         WHERE c.table_schema = {database} AND t.table_schema = {database} \
         AND t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') AND c.table_name NOT IN ({hidden}) \
         ORDER BY c.table_name, c.ordinal_position"
    ))?;
    // MariaDB has no expressions in indexes, and no column to show them.
    let (expression, quoted) = match session.dialect.family() {
        Family::MySql => ("expression", Quoted::NotYet),
        Family::MariaDb => ("NULL", Quoted::Already),
    };
    let indexes = session.question(&format!(
        "SELECT table_name, index_name, non_unique, column_name, sub_part, {expression} \
         FROM information_schema.statistics \
         WHERE table_schema = {database} AND table_name NOT IN ({hidden}) \
         ORDER BY table_name, index_name <> 'PRIMARY', index_name, seq_in_index"
    ))?;
    Ok(catalog(&columns, &indexes, quoted))
}

fn catalog(columns: &Rows, indexes: &Rows, quoted: Quoted) -> Catalog {
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for row in &columns.rows {
        let name = cell(row, 0);
        let table = tables.entry(name.into()).or_insert_with(|| Table {
            name: Name::new(name),
            ..Table::default()
        });
        table.columns.push(column(row, quoted));
    }
    for row in &indexes.rows {
        let Some(table) = tables.get_mut(cell(row, 0)) else {
            continue;
        };
        let name = cell(row, 1);
        if name == "PRIMARY" {
            let key = table.primary_key.get_or_insert_with(Key::default);
            key.parts.push(part(row));
            continue;
        }
        if table.indexes.last().is_none_or(|i| i.name != name) {
            table.indexes.push(Index {
                name: name.into(),
                unique: cell(row, 2) == "0",
                ..Index::default()
            });
        }
        if let Some(index) = table.indexes.last_mut() {
            index.parts.push(part(row));
        }
    }
    Catalog {
        tables: tables.into_values().collect(),
        ..Catalog::default()
    }
}

fn column(row: &[Option<String>], quoted: Quoted) -> Column {
    let extra = cell(row, 5);
    let lower = extra.to_ascii_lowercase().replace("()", "");
    let mut data_type = canonical(cell(row, 2));
    if lower.contains("auto_increment") {
        data_type.push_str(" auto_increment");
    }
    if let Some(at) = lower.find("on update") {
        data_type.push(' ');
        data_type.push_str(lower[at..].trim());
    }
    Column {
        name: cell(row, 1).into(),
        nullable: cell(row, 3) == "YES",
        default: default(
            row.get(4).and_then(Option::as_deref),
            extra,
            &data_type,
            quoted,
        ),
        data_type,
        ..Column::default()
    }
}

/// A column, the beginning of one, or an expression.
fn part(row: &[Option<String>]) -> Part {
    let get = |n: usize| row.get(n).and_then(Option::as_deref);
    match get(3) {
        Some(name) => Part {
            length: get(4).and_then(|length| length.parse().ok()),
            ..Part::column(name)
        },
        None => Part::expression(get(5).unwrap_or_default()),
    }
}

fn cell(row: &[Option<String>], index: usize) -> &str {
    row.get(index).and_then(Option::as_deref).unwrap_or("")
}

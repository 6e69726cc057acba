//! What the database holds, in one message. Only what people made: no system schemas, nothing that
//! belongs to an extension, not the ledger. Never writes.

use crate::session::Link;
use initium_driver::catalog::{Catalog, Column, Index, Key, Name, Part, Table};
use initium_driver::driver::Rows;
use initium_driver::error::Result;
use std::collections::BTreeMap;

/// The schema, where it is not the connection's own.
const NAME: &str = "CASE WHEN n.nspname <> pg_catalog.current_schema() THEN n.nspname END";

const OURS: &str = "c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' \
     AND n.nspname !~ '^pg_' AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d \
     WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')";

fn columns() -> String {
    format!(
        "SELECT {NAME}, c.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, \
         pg_catalog.pg_get_expr(e.adbin, e.adrelid) FROM pg_catalog.pg_class c \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
         LEFT JOIN pg_catalog.pg_attrdef e ON e.adrelid = a.attrelid AND e.adnum = a.attnum \
         WHERE {OURS} ORDER BY 1, 2, a.attnum"
    )
}

/// A row per column of an index; an expression stands as the server prints it.
fn indexes() -> String {
    format!(
        "SELECT {NAME}, c.relname, i.relname, x.indisunique, x.indisprimary, \
         a.attname::text, pg_catalog.pg_get_indexdef(x.indexrelid, k.n, true) \
         FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class c ON c.oid = x.indrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid \
         CROSS JOIN LATERAL pg_catalog.generate_series(1, x.indnkeyatts::int) AS k(n) \
         LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.indkey[k.n - 1] \
         AND a.attnum <> 0 WHERE {OURS} ORDER BY 1, 2, 3, k.n"
    )
}

/// `leave_out`: the ledger's own tables, by their plain names.
pub fn catalog(link: &mut Link, leave_out: &[String]) -> Result<Catalog> {
    let answers = link.rows(&format!("{};\n{}", columns(), indexes()))?;
    let mut tables = BTreeMap::new();
    if let Some(rows) = answers.first() {
        add_columns(&mut tables, rows, leave_out);
    }
    if let Some(rows) = answers.get(1) {
        add_indexes(&mut tables, rows);
    }
    let mut catalog = Catalog {
        tables: tables.into_values().collect(),
        ..Catalog::default()
    };
    catalog.sort();
    Ok(catalog)
}

fn name(schema: &Option<String>, name: &str) -> Name {
    Name {
        schema: schema.clone(),
        name: name.into(),
    }
}

fn add_columns(tables: &mut BTreeMap<Name, Table>, rows: &Rows, leave_out: &[String]) {
    for row in &rows.rows {
        let [schema, Some(plain), column, data_type, nullable, default] = row.as_slice() else {
            continue;
        };
        if leave_out.contains(plain) {
            continue;
        }
        let name = name(schema, plain);
        let table = tables.entry(name.clone()).or_insert_with(|| Table {
            name,
            ..Table::default()
        });
        // A table without columns is a table all the same.
        if let (Some(column), Some(data_type)) = (column, data_type) {
            table.columns.push(Column {
                name: column.clone(),
                data_type: data_type.clone(),
                nullable: nullable.as_deref() == Some("t"),
                default: default.clone(),
                ..Column::default()
            });
        }
    }
}

fn add_indexes(tables: &mut BTreeMap<Name, Table>, rows: &Rows) {
    for row in &rows.rows {
        let [
            schema,
            Some(table),
            Some(index),
            unique,
            primary,
            column,
            Some(text),
        ] = row.as_slice()
        else {
            continue;
        };
        let Some(table) = tables.get_mut(&name(schema, table)) else {
            continue;
        };
        let part = match column {
            Some(column) => Part::column(column),
            None => Part::expression(text),
        };
        if primary.as_deref() == Some("t") {
            let key = table.primary_key.get_or_insert_with(Key::default);
            key.name.clone_from(index);
            key.parts.push(part);
            continue;
        }
        match table.indexes.last_mut().filter(|last| last.name == *index) {
            Some(last) => last.parts.push(part),
            None => table.indexes.push(Index {
                name: index.clone(),
                parts: vec![part],
                unique: unique.as_deref() == Some("t"),
                ..Index::default()
            }),
        }
    }
}

//! Which tables there are, in one question, and which of them are ledgers.

use super::tools::{OF_RAILS, SHAPES, Shape};
use super::{Foreign, Kind, Tool};
use initium_driver::Rows;
use initium_driver::sql::name::{BESIDE, TableName};
use std::collections::BTreeSet;

/// One table where the connection looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub name: TableName,
    /// Whether a migration that names no schema would find it in its way.
    pub here: bool,
    /// Sorted; only of a table whose name several tools use.
    pub columns: Vec<String>,
}

/// The question. Views are none, and what belongs to an extension was made by nobody here. A table of
/// a name that several tools use comes with its columns.
pub fn list(kind: Kind) -> &'static str {
    match kind {
        Kind::Postgres => {
            "SELECT n.nspname, c.relname, CASE WHEN n.nspname = current_schema() THEN 1 ELSE 0 END, \
             CASE WHEN c.relname = 'schema_migrations' THEN (SELECT string_agg(a.attname, ',') \
             FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) END \
             FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('r', 'p', 'f') \
             AND (n.nspname = ANY (current_schemas(false)) \
             OR n.nspname IN ('atlas_schema_revisions', 'sqitch', 'drizzle')) \
             AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = c.oid \
             AND d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'e') ORDER BY 1, 2"
        }
        Kind::MySql => {
            "SELECT NULL, t.table_name, 1, CASE WHEN lower(t.table_name) = 'schema_migrations' THEN \
             (SELECT group_concat(c.column_name) FROM information_schema.columns c \
             WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name) END \
             FROM information_schema.tables t WHERE t.table_schema = DATABASE() \
             AND t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY 2"
        }
        Kind::Sqlite => {
            "SELECT NULL, m.name, 1, CASE WHEN lower(m.name) = 'schema_migrations' THEN \
             (SELECT group_concat(c.name) FROM pragma_table_info(m.name) c) END \
             FROM sqlite_master m WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 2"
        }
    }
}

/// What it answered, without the ledgers of this tool: each is known by its four names.
pub fn tables(answer: &Rows) -> Vec<Table> {
    let cell = |row: &[Option<String>], n: usize| row.get(n).cloned().flatten();
    let all = answer.rows.iter().map(|row| {
        let columns = cell(row, 3).unwrap_or_default();
        let columns: BTreeSet<_> = columns.split(',').map(str::to_lowercase).collect();
        Table {
            name: TableName {
                schema: cell(row, 0),
                table: cell(row, 1).unwrap_or_default(),
            },
            here: cell(row, 2).as_deref() == Some("1"),
            columns: columns
                .into_iter()
                .filter(|name| !name.is_empty())
                .collect(),
        }
    });
    let mut all: Vec<_> = all.collect();
    let ours = ours(&all);
    all.retain(|table| !ours.contains(&key(&table.name)));
    all
}

type Key = (Option<String>, String);

fn key(name: &TableName) -> Key {
    (name.schema.clone(), name.table.clone())
}

fn ours(all: &[Table]) -> BTreeSet<Key> {
    let known: BTreeSet<Key> = all.iter().map(|table| key(&table.name)).collect();
    let mut ours = BTreeSet::new();
    for (schema, name) in &known {
        let four = [""].iter().chain(&BESIDE);
        let four: Vec<_> = four
            .map(|end| (schema.clone(), format!("{name}{end}")))
            .collect();
        if four.iter().all(|one| known.contains(one)) {
            ours.extend(four);
        }
    }
    ours
}

/// The ledgers of other tools among them.
pub fn foreign(tables: &[Table]) -> Vec<Foreign> {
    let named = |name: &str| {
        let mut all = tables.iter();
        all.any(|table| table.name.table.eq_ignore_ascii_case(name))
    };
    let of_rails = named(OF_RAILS);
    let mut found = Vec::new();
    for table in tables {
        let fits = |shape: &&Shape| {
            let tool = match of_rails {
                true => shape.tool != Tool::Dbmate,
                false => shape.tool != Tool::Rails,
            };
            tool && is_one(shape, table)
        };
        if let Some(shape) = SHAPES.iter().find(fits) {
            found.push(Foreign {
                tool: shape.tool,
                table: table.name.clone(),
            });
        }
    }
    found
}

fn is_one(shape: &Shape, table: &Table) -> bool {
    let (name, schema) = (&table.name.table, table.name.schema.as_deref());
    let place = match shape.tool {
        // Too plain a name to be known by itself.
        Tool::Sqitch => schema == shape.schema,
        _ => table.here || schema == shape.schema || shape.schema.is_none(),
    };
    let columns = shape.columns.is_empty() || shape.columns == table.columns;
    name.eq_ignore_ascii_case(shape.table) && place && columns
}

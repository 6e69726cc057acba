//! Tables, without what stands in them; which of them is part of which.

use super::row::Row;
use super::{Asked, Found, NAME, described, ours};
use initium_driver::catalog::{Catalog, Name, Partition, Table};
use initium_driver::sorted;

pub fn tables(asked: &Asked) -> String {
    format!(
        "SELECT c.oid, {NAME}, c.relname, d.description, c.relpersistence = 'u', c.reloptions, o.reloptions, \
         CASE WHEN m.amname <> 'heap' THEN m.amname END, s.spcname, \
         CASE c.relreplident WHEN 'f' THEN 'full' WHEN 'n' THEN 'nothing' WHEN 'i' THEN (SELECT \
         'index ' || i.relname FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid \
         WHERE x.indrelid = c.oid AND x.indisreplident) END, \
         CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END, \
         pg_catalog.pg_get_expr(c.relpartbound, c.oid) \
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace {} \
         LEFT JOIN pg_catalog.pg_class o ON o.oid = c.reltoastrelid \
         LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam \
         LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace \
         WHERE c.relkind IN ('r', 'p') AND {} AND {}",
        described("pg_class", "c.oid", "0", "d"),
        asked.schemas(),
        ours("pg_class", "c")
    )
}

pub fn one(found: &mut Found, row: &Row, asked: &Asked) {
    let name = row.name(1);
    if asked.leave_out.contains(&name.name) {
        return;
    }
    let mut options = row.options(5);
    let of_toast = row.options(6).into_iter();
    options.extend(of_toast.map(|(name, value)| (format!("toast.{name}"), value)));
    if row.flag(4) {
        options.insert("unlogged".into(), "true".into());
    }
    for (name, at) in [
        ("access_method", 7),
        ("tablespace", 8),
        ("replica_identity", 9),
    ] {
        options.extend(row.maybe(at).map(|value| (name.to_string(), value)));
    }
    found.tables.insert(row.id(0), found.catalog.tables.len());
    found.catalog.tables.push(Table {
        name,
        comment: row.maybe(3),
        partition_by: row.maybe(10),
        partition_of: row.maybe(11).map(|bound| Partition {
            parent: Name::default(),
            bound,
        }),
        options,
        ..Table::default()
    });
}

pub fn parents(asked: &Asked) -> String {
    format!(
        "SELECT i.inhrelid, i.inhparent, {NAME}, p.relname FROM pg_catalog.pg_inherits i \
         JOIN pg_catalog.pg_class p ON p.oid = i.inhparent AND p.relkind IN ('r', 'p') \
         JOIN pg_catalog.pg_namespace n ON n.oid = p.relnamespace WHERE {} ORDER BY 1, i.inhseqno",
        asked.schemas()
    )
}

pub fn parent(found: &mut Found, row: &Row, _: &Asked) {
    let (child, parent) = (row.id(0), row.id(1));
    let Some(table) = found.table(child) else {
        return;
    };
    match &mut table.partition_of {
        Some(partition) => partition.parent = row.name(2),
        None => table.inherits.push(row.name(2)),
    }
    found.parents.push((child, parent));
}

/// Parts whose order means nothing, by their names.
pub fn sort_parts(catalog: &mut Catalog) {
    for table in &mut catalog.tables {
        sorted::by(&mut table.unique, |a, b| a.name.cmp(&b.name));
        sorted::by(&mut table.foreign_keys, |a, b| a.name.cmp(&b.name));
        sorted::by(&mut table.checks, |a, b| a.name.cmp(&b.name));
        sorted::by(&mut table.exclusions, |a, b| a.name.cmp(&b.name));
        sorted::by(&mut table.indexes, |a, b| a.name.cmp(&b.name));
        sorted::by(&mut table.triggers, |a, b| a.name.cmp(&b.name));
        table.columns.shrink_to_fit();
    }
    for view in &mut catalog.views {
        sorted::by(&mut view.indexes, |a, b| a.name.cmp(&b.name));
        sorted::by(&mut view.triggers, |a, b| a.name.cmp(&b.name));
    }
}

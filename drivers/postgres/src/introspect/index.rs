//! Indexes of tables and materialized views: a row per part of each. Without those that serve a
//! constraint, and without those that are part of a partitioned table's index.

use super::row::Row;
use super::types::own_collation;
use super::{Asked, Found, described, visible};
use crate::spell::bare;
use initium_driver::catalog::{Index, Nulls, Of, Part, Sort};

pub fn indexes(asked: &Asked) -> String {
    let class = visible("o.oid", "p.nspname", "o.opcname", "pg_opclass_is_visible");
    format!(
        "SELECT x.indrelid, i.relname, x.indisunique, CASE WHEN m.amname <> 'btree' THEN m.amname END, \
         NOT x.indisvalid AND i.relkind = 'i', {}, i.reloptions, s.spcname, d.description, \
         pg_catalog.pg_get_expr(x.indpred, x.indrelid, true), u.n > x.indnkeyatts, a.attname, \
         CASE WHEN a.attname IS NULL THEN pg_catalog.pg_get_indexdef(x.indexrelid, u.n::int, true) END, \
         x.indoption[u.n - 1], \
         CASE WHEN a.attname IS NOT NULL OR pg_catalog.pg_get_indexdef(x.indexrelid) ~ ' COLLATE ' THEN {} END, \
         CASE WHEN NOT o.opcdefault OR b.attoptions IS NOT NULL THEN {class} END, b.attoptions \
         FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid \
         JOIN pg_catalog.pg_class c ON c.oid = x.indrelid AND c.relkind IN ('r', 'p', 'm') \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_catalog.pg_am m ON m.oid = i.relam {} \
         LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = i.reltablespace \
         CROSS JOIN LATERAL pg_catalog.generate_series(1, x.indnatts::int) AS u(n) \
         LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[u.n - 1] \
         AND a.attnum <> 0 \
         LEFT JOIN pg_catalog.pg_attribute b ON b.attrelid = x.indexrelid AND b.attnum = u.n \
         LEFT JOIN pg_catalog.pg_type t ON t.oid = b.atttypid \
         LEFT JOIN pg_catalog.pg_opclass o ON o.oid = x.indclass[u.n - 1] AND u.n <= x.indnkeyatts \
         LEFT JOIN pg_catalog.pg_namespace p ON p.oid = o.opcnamespace \
         WHERE NOT i.relispartition AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k \
         WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x')) AND {} ORDER BY 1, 2, u.n",
        asked.since(15, "x.indnullsnotdistinct", "false"),
        // A column's own collation needs no word.
        own_collation(
            "x.indcollation[u.n - 1]",
            "coalesce(a.attcollation, t.typcollation)"
        ),
        described("pg_class", "x.indexrelid", "0", "d"),
        asked.schemas()
    )
}

pub fn one(found: &mut Found, row: &Row, _: &Asked) {
    let id = row.id(0);
    let indexes = match found.tables.contains_key(&id) {
        true => found.table(id).map(|table| &mut table.indexes),
        false => found.view(id).map(|view| &mut view.indexes),
    };
    let Some(indexes) = indexes else {
        return;
    };
    if indexes
        .last()
        .is_none_or(|last| Some(last.name.as_str()) != row.get(1))
    {
        indexes.push(head(row));
    }
    let Some(index) = indexes.last_mut() else {
        return;
    };
    match row.flag(10) {
        true => index.include.push(row.text(11)),
        false => index.parts.push(part(row)),
    }
}

fn head(row: &Row) -> Index {
    let mut options = row.list(6);
    options.extend(row.get(7).map(|name| format!("tablespace={name}")));
    Index {
        name: row.text(1),
        unique: row.flag(2),
        method: row.maybe(3),
        invalid: row.flag(4),
        nulls_not_distinct: row.flag(5),
        options,
        comment: row.maybe(8),
        predicate: row.get(9).map(|text| bare(text).into()),
        ..Index::default()
    }
}

const DESCENDING: u8 = 1;
const NULLS_FIRST: u8 = 2;

fn part(row: &Row) -> Part {
    let of = match row.maybe(11) {
        Some(column) => Of::Column(column),
        None => Of::Expression(bare(row.get(12).unwrap_or_default()).into()),
    };
    let flags: u8 = row.number(13).unwrap_or_default();
    let (descends, first) = (flags & DESCENDING != 0, flags & NULLS_FIRST != 0);
    // Down has them first by itself.
    let nulls = (descends != first).then_some(match first {
        true => Nulls::First,
        false => Nulls::Last,
    });
    let settings: Vec<_> = row.list(16).into_iter().map(setting).collect();
    Part {
        sort: if descends { Sort::Down } else { Sort::Up },
        nulls,
        collation: row.maybe(14),
        class: row.maybe(15).map(|class| match settings.is_empty() {
            true => class,
            false => format!("{class} ({})", settings.join(", ")),
        }),
        ..Part::of(of)
    }
}

/// As the server prints it.
fn setting(text: String) -> String {
    match text.split_once('=') {
        Some((name, value)) => format!("{name}='{}'", value.replace('\'', "''")),
        None => text,
    }
}

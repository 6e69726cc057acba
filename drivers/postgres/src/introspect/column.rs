//! Columns of tables.

use super::row::Row;
use super::types::own_collation;
use super::{Asked, Found, described};
use crate::spell::bare;
use initium_driver::catalog::{Column, Generated, Identity, NotNull, Serves, Storage};

pub fn columns(asked: &Asked) -> String {
    // Before 18 a NOT NULL is nothing that has a name.
    let (named, join) = match asked.major >= 18 {
        true => (
            "k.conname, NOT k.convalidated, k.connoinherit",
            "LEFT JOIN pg_catalog.pg_constraint k ON k.conrelid = a.attrelid AND k.contype = 'n' \
             AND k.conkey[1] = a.attnum AND a.attnotnull",
        ),
        false => ("NULL, false, false", ""),
    };
    format!(
        "SELECT a.attrelid, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, \
         pg_catalog.pg_get_expr(e.adbin, e.adrelid, true), a.attidentity, a.attgenerated, {}, d.description, \
         a.attislocal, {named} FROM pg_catalog.pg_attribute a \
         JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
         LEFT JOIN pg_catalog.pg_attrdef e ON e.adrelid = a.attrelid AND e.adnum = a.attnum {} {join} \
         WHERE a.attnum > 0 AND NOT a.attisdropped AND {} ORDER BY a.attrelid, a.attnum",
        own_collation("a.attcollation", "t.typcollation"),
        described("pg_class", "a.attrelid", "a.attnum", "d"),
        asked.schemas()
    )
}

pub fn one(found: &mut Found, row: &Row, _: &Asked) {
    let id = row.id(0);
    let Some(table) = found.table(id) else {
        return;
    };
    // A partition has what its parent has, even where it had it before.
    let is_local = row.flag(9) && table.partition_of.is_none();
    let mut column = Column {
        name: row.text(1),
        data_type: row.text(2),
        nullable: !row.flag(3),
        // What a column has by itself.
        default: row.maybe(4).filter(|text| !text.starts_with("NULL::")),
        collation: row.maybe(7),
        comment: row.maybe(8),
        not_null: not_null(row),
        ..Column::default()
    };
    column.identity = match row.get(5) {
        Some("a") => Some(Identity::new(Serves::Always)),
        Some("d") => Some(Identity::new(Serves::ByDefault)),
        _ => None,
    };
    let storage = match row.get(6) {
        Some("s") => Some(Storage::Stored),
        Some("v") => Some(Storage::Virtual),
        _ => None,
    };
    column.generated = storage.and_then(|storage| {
        let expression = column.default.take()?;
        Some(Generated {
            expression: bare(&expression).into(),
            storage,
        })
    });
    let name = (!is_local).then(|| column.name.clone());
    table.columns.push(column);
    found.inherited.extend(name.map(|name| (id, name)));
}

/// A name that ends as the server's own do is taken for one: it keeps the name of a table or of a
/// column that was renamed, and nobody means anything by that.
fn not_null(row: &Row) -> Option<NotNull> {
    let name = row.get(10)?;
    let is_found = name
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .ends_with("_not_null");
    let told = NotNull {
        name: if is_found { String::new() } else { name.into() },
        not_valid: row.flag(11),
        no_inherit: row.flag(12),
    };
    (told != NotNull::default()).then_some(told)
}

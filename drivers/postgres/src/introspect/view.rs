//! Views and materialized views.

use super::row::Row;
use super::{Asked, Found, NAME, described, ours};
use initium_driver::catalog::{Attribute, View};

pub fn views(asked: &Asked) -> String {
    format!(
        "SELECT c.oid, {NAME}, c.relname, c.relkind = 'm', pg_catalog.pg_get_viewdef(c.oid, true), c.reloptions, \
         d.description, s.spcname, CASE WHEN m.amname <> 'heap' THEN m.amname END \
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace {} \
         LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace \
         LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam \
         WHERE c.relkind IN ('v', 'm') AND {} AND {}",
        described("pg_class", "c.oid", "0", "d"),
        asked.schemas(),
        ours("pg_class", "c")
    )
}

pub fn one(found: &mut Found, row: &Row, _: &Asked) {
    let mut options = row.options(5);
    for (name, at) in [("tablespace", 7), ("access_method", 8)] {
        options.extend(row.maybe(at).map(|value| (name.to_string(), value)));
    }
    let definition = row.get(4).unwrap_or_default().trim();
    found.views.insert(row.id(0), found.catalog.views.len());
    found.catalog.views.push(View {
        name: row.name(1),
        materialized: row.flag(3),
        definition: definition.strip_suffix(';').unwrap_or(definition).into(),
        options,
        comment: row.maybe(6),
        ..View::default()
    });
}

/// What they show.
pub fn columns(asked: &Asked) -> String {
    format!(
        "SELECT a.attrelid, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), d.description \
         FROM pg_catalog.pg_attribute a \
         JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('v', 'm') \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace {} \
         WHERE a.attnum > 0 AND NOT a.attisdropped AND {} ORDER BY a.attrelid, a.attnum",
        described("pg_class", "a.attrelid", "a.attnum", "d"),
        asked.schemas()
    )
}

pub fn column(found: &mut Found, row: &Row, _: &Asked) {
    let Some(view) = found.view(row.id(0)) else {
        return;
    };
    let name = row.text(1);
    let comment = row.maybe(3).map(|text| (name.clone(), text));
    view.column_comments.extend(comment);
    view.columns.push(Attribute {
        name,
        data_type: row.text(2),
    });
}

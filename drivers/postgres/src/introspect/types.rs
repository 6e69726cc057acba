//! Enums, domains, composite types and ranges.

use super::row::Row;
use super::{Asked, Found, NAME, described, ours, visible};
use crate::spell::bare;
use initium_driver::catalog::{Attribute, Body, Check, Type};

fn collation(id: &str, alias: &str) -> String {
    let name = visible(
        &format!("{alias}.oid"),
        &format!("{alias}n.nspname"),
        &format!("{alias}.collname"),
        "pg_collation_is_visible",
    );
    format!(
        "(SELECT {name} FROM pg_catalog.pg_collation {alias} JOIN pg_catalog.pg_namespace {alias}n \
         ON {alias}n.oid = {alias}.collnamespace WHERE {alias}.oid = {id})"
    )
}

/// Of a column or a domain: where it is not what its type has by itself. Its plain name; with its
/// schema it stands in quotes, for a plain name may have a dot in it (`en_US.utf8`).
pub fn own_collation(id: &str, of_type: &str) -> String {
    format!(
        "CASE WHEN {id} <> {of_type} THEN (SELECT CASE WHEN pg_catalog.pg_collation_is_visible(k.oid) \
         THEN k.collname::text ELSE pg_catalog.concat('\"', kn.nspname, '\".\"', k.collname, '\"') END \
         FROM pg_catalog.pg_collation k \
         JOIN pg_catalog.pg_namespace kn ON kn.oid = k.collnamespace WHERE k.oid = {id}) END"
    )
}

pub fn types(asked: &Asked) -> String {
    let class = visible("o.oid", "p.nspname", "o.opcname", "pg_opclass_is_visible");
    format!(
        "SELECT t.oid, {NAME}, t.typname, t.typtype, d.description, \
         pg_catalog.format_type(t.typbasetype, t.typtypmod), t.typnotnull, coalesce(pg_catalog.pg_get_expr(t.typdefaultbin, 0, true), t.typdefault), {}, \
         pg_catalog.format_type(r.rngsubtype, NULL), \
         (SELECT CASE WHEN NOT o.opcdefault THEN {class} END FROM pg_catalog.pg_opclass o \
         JOIN pg_catalog.pg_namespace p ON p.oid = o.opcnamespace WHERE o.oid = r.rngsubopc), \
         CASE WHEN r.rngcollation <> s.typcollation THEN {} END, \
         nullif(r.rngcanonical, 0)::pg_catalog.regproc, nullif(r.rngsubdiff, 0)::pg_catalog.regproc, \
         {} FROM pg_catalog.pg_type t \
         JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace {} \
         LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype \
         LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid \
         LEFT JOIN pg_catalog.pg_type s ON s.oid = r.rngsubtype \
         LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid \
         WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c')) AND {} AND {}",
        own_collation("t.typcollation", "b.typcollation"),
        collation("r.rngcollation", "l"),
        // Only since 14; the name that the server finds by itself is not told.
        "(SELECT CASE WHEN m.typname <> CASE WHEN t.typname ~ 'range' \
         THEN pg_catalog.regexp_replace(t.typname, 'range', 'multirange') \
         ELSE t.typname || '_multirange' END THEN pg_catalog.quote_ident(m.typname) END \
         FROM pg_catalog.pg_type m WHERE m.oid = r.rngmultitypid)",
        described("pg_type", "t.oid", "0", "d"),
        asked.schemas(),
        ours("pg_type", "t"),
    )
}

pub fn one(found: &mut Found, row: &Row, _: &Asked) {
    let body = match row.get(3) {
        Some("e") => Body::Enum(Vec::new()),
        Some("c") => Body::Composite(Vec::new()),
        Some("d") => Body::Domain {
            data_type: row.text(5),
            not_null: row.flag(6),
            default: row.maybe(7),
            collation: row.maybe(8),
            checks: Vec::new(),
        },
        _ => Body::Other(range(row)),
    };
    found.types.insert(row.id(0), found.catalog.types.len());
    found.catalog.types.push(Type {
        name: row.name(1),
        comment: row.maybe(4),
        body,
    });
}

fn range(row: &Row) -> String {
    let mut parts = vec![format!("subtype = {}", row.text(9))];
    let more = [
        ("subtype_opclass", 10),
        ("collation", 11),
        ("canonical", 12),
        ("subtype_diff", 13),
        ("multirange_type_name", 14),
    ];
    for (name, at) in more {
        if let Some(value) = row.get(at) {
            parts.push(format!("{name} = {value}"));
        }
    }
    format!("RANGE ({})", parts.join(", "))
}

/// The values of enums, the attributes of composite types.
pub fn parts(asked: &Asked) -> String {
    format!(
        "SELECT * FROM (SELECT t.oid, e.enumlabel::text, NULL, NULL, e.enumsortorder AS place FROM pg_catalog.pg_enum e \
         JOIN pg_catalog.pg_type t ON t.oid = e.enumtypid \
         JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE {0} \
         UNION ALL SELECT t.oid, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), \
         CASE WHEN a.attcollation <> b.typcollation THEN {1} END, a.attnum FROM pg_catalog.pg_attribute a \
         JOIN pg_catalog.pg_type t ON t.typrelid = a.attrelid AND t.typtype = 'c' \
         JOIN pg_catalog.pg_class c ON c.oid = t.typrelid AND c.relkind = 'c' \
         JOIN pg_catalog.pg_type b ON b.oid = a.atttypid \
         JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace \
         WHERE a.attnum > 0 AND NOT a.attisdropped AND {0}) p ORDER BY 1, place",
        asked.schemas(),
        collation("a.attcollation", "l"),
    )
}

pub fn part(found: &mut Found, row: &Row, _: &Asked) {
    let Some(at) = found.types.get(&row.id(0)) else {
        return;
    };
    match &mut found.catalog.types[*at].body {
        Body::Enum(values) => values.push(row.text(1)),
        Body::Composite(attributes) => {
            let collation = row.get(3).map(|name| format!(" COLLATE {name}"));
            attributes.push(Attribute {
                name: row.text(1),
                data_type: format!("{}{}", row.text(2), collation.unwrap_or_default()),
            });
        }
        _ => {}
    }
}

pub fn checks(asked: &Asked) -> String {
    format!(
        "SELECT k.contypid, k.conname, pg_catalog.pg_get_expr(k.conbin, 0, true), NOT k.convalidated, d.description \
         FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_type t ON t.oid = k.contypid \
         JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace {} \
         WHERE k.contypid <> 0 AND k.contype = 'c' AND {} ORDER BY 1, 2",
        described("pg_constraint", "k.oid", "0", "d"),
        asked.schemas()
    )
}

pub fn check(found: &mut Found, row: &Row, _: &Asked) {
    let Some(at) = found.types.get(&row.id(0)) else {
        return;
    };
    if let Body::Domain { checks, .. } = &mut found.catalog.types[*at].body {
        checks.push(Check {
            name: row.text(1),
            expression: bare(row.get(2).unwrap_or_default()).into(),
            not_valid: row.flag(3),
            comment: row.maybe(4),
            ..Check::default()
        });
    }
}

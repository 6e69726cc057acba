//! Keys, foreign keys, checks and exclusions of tables. What a partition or a child has from its
//! parent is its parent's.

use super::row::Row;
use super::{Asked, Found, NAME, described};
use crate::spell::bare;
use initium_driver::catalog::{
    Action, Check, Deferrable, Exclusion, ForeignKey, Key, Of, Part, Table,
};

/// The names of columns, in the order of an array of their numbers.
fn names(table: &str, numbers: &str) -> String {
    format!(
        "ARRAY(SELECT a.attname FROM pg_catalog.unnest({numbers}) WITH ORDINALITY AS u(n, place) \
         JOIN pg_catalog.pg_attribute a ON a.attrelid = {table} AND a.attnum = u.n ORDER BY u.place)"
    )
}

pub fn constraints(asked: &Asked) -> String {
    let index = "(x.indkey::pg_catalog.int2[])";
    format!(
        "SELECT k.conrelid, k.contype, k.conname, k.condeferrable, k.condeferred, NOT k.convalidated, \
         {}, k.connoinherit, d.description, {}, \
         CASE WHEN k.contype = 'x' THEN pg_catalog.pg_get_constraintdef(k.oid, true) \
         ELSE pg_catalog.pg_get_expr(k.conbin, k.conrelid, true) END, \
         CASE WHEN x.indnatts > x.indnkeyatts THEN {} END, {}, {NAME}, f.relname, {}, \
         k.confdeltype, k.confupdtype, k.confmatchtype = 'f', {} \
         FROM pg_catalog.pg_constraint k {} \
         JOIN pg_catalog.pg_class c ON c.oid = k.conrelid AND c.relkind IN ('r', 'p') \
         LEFT JOIN pg_catalog.pg_index x ON x.indexrelid = k.conindid AND k.contype IN ('p', 'u') \
         LEFT JOIN pg_catalog.pg_class f ON f.oid = k.confrelid AND k.confrelid <> 0 \
         LEFT JOIN pg_catalog.pg_namespace n ON n.oid = f.relnamespace \
         JOIN pg_catalog.pg_namespace o ON o.oid = c.relnamespace \
         WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND k.conparentid = 0 AND k.conislocal \
         AND NOT (c.relispartition AND k.coninhcount > 0) \
         AND {}",
        asked.since(18, "NOT k.conenforced", "false"),
        names("k.conrelid", "k.conkey"),
        // Numbers of an int2vector begin with 0.
        names("k.conrelid", &format!("{index}[x.indnkeyatts:]")),
        asked.since(15, "x.indnullsnotdistinct", "false"),
        names("k.confrelid", "k.confkey"),
        asked.since(15, &names("k.conrelid", "k.confdelsetcols"), "NULL"),
        described("pg_constraint", "k.oid", "0", "d"),
        asked.schemas().replace("n.", "o.")
    )
}

pub fn one(found: &mut Found, row: &Row, _: &Asked) {
    let Some(table) = found.table(row.id(0)) else {
        return;
    };
    match row.get(1) {
        Some("p") => table.primary_key = Some(key(row)),
        Some("u") => table.unique.push(key(row)),
        Some("f") => table.foreign_keys.push(foreign_key(row)),
        Some("c") => table.checks.push(check(row)),
        _ => exclusion(table, row),
    }
}

fn deferrable(row: &Row) -> Option<Deferrable> {
    row.flag(3).then_some(match row.flag(4) {
        true => Deferrable::Deferred,
        false => Deferrable::Immediate,
    })
}

fn key(row: &Row) -> Key {
    Key {
        on_conflict: None,
        name: row.text(2),
        parts: row
            .list(9)
            .into_iter()
            .map(|name| Part::of(Of::Column(name)))
            .collect(),
        include: row.list(11),
        nulls_not_distinct: row.flag(12),
        deferrable: deferrable(row),
        comment: row.maybe(8),
    }
}

fn check(row: &Row) -> Check {
    Check {
        name: row.text(2),
        expression: bare(row.get(10).unwrap_or_default()).into(),
        no_inherit: row.flag(7),
        // What is not enforced was never asked, either.
        not_valid: row.flag(5) && !row.flag(6),
        not_enforced: row.flag(6),
        comment: row.maybe(8),
    }
}

fn foreign_key(row: &Row) -> ForeignKey {
    let of = row.list(19);
    ForeignKey {
        name: row.text(2),
        columns: row.list(9),
        references: row.name(13),
        referenced: row.list(15),
        on_delete: match action(row.get(16)) {
            Action::SetNull if !of.is_empty() => Action::SetNullOf(of),
            Action::SetDefault if !of.is_empty() => Action::SetDefaultOf(of),
            action => action,
        },
        on_update: action(row.get(17)),
        match_full: row.flag(18),
        deferrable: deferrable(row),
        not_valid: row.flag(5) && !row.flag(6),
        not_enforced: row.flag(6),
        comment: row.maybe(8),
    }
}

fn action(letter: Option<&str>) -> Action {
    match letter {
        Some("r") => Action::Restrict,
        Some("c") => Action::Cascade,
        Some("n") => Action::SetNull,
        Some("d") => Action::SetDefault,
        _ => Action::NoAction,
    }
}

fn exclusion(table: &mut Table, row: &Row) {
    let definition = row.text(10);
    table.exclusions.push(Exclusion {
        name: row.text(2),
        definition: definition
            .strip_prefix("EXCLUDE ")
            .unwrap_or(&definition)
            .into(),
        comment: row.maybe(8),
    });
}

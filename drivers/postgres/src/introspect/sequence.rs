//! Sequences: a column's own becomes part of the column, the others stand for themselves.

use super::row::Row;
use super::{Asked, Found, NAME, described, ours};
use crate::naming;
use initium_driver::catalog::{Identity, Name, Numbers, Owner, Sequence, Serves};

pub fn sequences(asked: &Asked) -> String {
    format!(
        "SELECT {NAME}, c.relname, d.description, pg_catalog.format_type(q.seqtypid, NULL), q.seqstart, \
         q.seqincrement, q.seqmin, q.seqmax, q.seqcache, q.seqcycle, p.deptype, p.refobjid, a.attname, \
         pg_catalog.concat('nextval(', pg_catalog.quote_literal(c.oid::pg_catalog.regclass), '::regclass)') \
         FROM pg_catalog.pg_sequence q JOIN pg_catalog.pg_class c ON c.oid = q.seqrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace {} \
         LEFT JOIN pg_catalog.pg_depend p ON p.classid = 'pg_catalog.pg_class'::pg_catalog.regclass \
         AND p.objid = c.oid AND p.objsubid = 0 AND p.refobjsubid > 0 AND p.deptype IN ('a', 'i') \
         AND p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass \
         LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = p.refobjid AND a.attnum = p.refobjsubid \
         WHERE {} AND {}",
        described("pg_class", "c.oid", "0", "d"),
        asked.schemas(),
        ours("pg_class", "c")
    )
}

pub fn one(found: &mut Found, row: &Row, _: &Asked) {
    let mut sequence = Sequence {
        name: row.name(0),
        data_type: row.maybe(3).filter(|name| name != "bigint"),
        comment: row.maybe(2),
        ..Sequence::default()
    };
    let Some(how) = row.get(10) else {
        sequence.numbers = numbers(row, row.get(3).unwrap_or_default());
        found.catalog.sequences.push(sequence);
        return;
    };
    let Some(table) = found.table(row.id(11)) else {
        return;
    };
    let name = row.text(12);
    let owner = table.name.clone();
    let Some(column) = table.columns.iter_mut().find(|column| column.name == name) else {
        return;
    };
    let is_served = column.default.as_deref() == row.get(13);
    let serves = match &column.identity {
        Some(identity) if how == "i" => identity.serves,
        _ if is_served => Serves::Serial,
        _ => {
            sequence.numbers = numbers(row, row.get(3).unwrap_or_default());
            sequence.owned_by = Some(Owner {
                table: owner,
                column: name,
            });
            found.catalog.sequences.push(sequence);
            return;
        }
    };
    if is_served {
        column.default = None;
    }
    let own = naming::object(&owner.name, Some(&name), "seq");
    let expected = Name {
        schema: owner.schema,
        name: own,
    };
    let sequence = sequence.name;
    column.identity = Some(Box::new(Identity {
        serves,
        // In another schema than its table: then it is told in full.
        sequence: (sequence != expected).then(|| match sequence.schema == expected.schema {
            true => sequence.name,
            false => sequence.to_string(),
        }),
        numbers: numbers(row, &column.data_type),
    }));
}

/// What differs from what the type has by itself. A range that is wider than the column says nothing:
/// old dumps make every sequence a bigint.
fn numbers(row: &Row, data_type: &str) -> Numbers {
    let number = |at: usize| row.number::<i64>(at).unwrap_or_default();
    let (start, increment, min, max) = (number(4), number(5), number(6), number(7));
    let ordinary = naming::limits(data_type, increment);
    let begin = if increment < 0 { max } else { min };
    Numbers {
        start: (start != begin).then_some(start),
        increment: (increment != 1).then_some(increment),
        min: (min > ordinary.0 || increment > 0 && min < ordinary.0).then_some(min),
        max: (max < ordinary.1 || increment < 0 && max > ordinary.1).then_some(max),
        cache: (number(8) != 1).then(|| number(8)),
        cycle: row.flag(9),
    }
}

//! What is noted of the catalog before a statement runs that no transaction can hold: numbers of
//! objects, never names, so that a search path that changed meanwhile changes nothing. Pure: texts
//! for the server, and their answers read back.

use crate::subject::{List, Name, Subject};
use crate::words::literal;

/// Where the note waits between its question and the row it goes into: the question sees the
/// session as the statement will see it, the ledger's own statements do not.
const SEEN: &str = "initium.seen";

/// The statement that takes the note; `None` where nothing is to be seen.
pub fn take(subject: &Subject) -> Option<String> {
    let seen = expression(subject)?;
    Some(format!(
        "SELECT pg_catalog.set_config('{SEEN}', {seen}, true)"
    ))
}

/// The note as an expression.
pub fn taken(subject: &Subject) -> Option<String> {
    expression(subject)?;
    Some(format!(
        "nullif(pg_catalog.current_setting('{SEEN}', true), '')"
    ))
}

pub fn expression(subject: &Subject) -> Option<String> {
    Some(match subject {
        Subject::NewIndex { table, .. } => indexes(&relation(table), "0"),
        Subject::OldIndex(index) | Subject::Rebuilt(index) => {
            let target = relation(index);
            indexes(
                &format!("(SELECT indrelid FROM pg_catalog.pg_index WHERE indexrelid = {target})"),
                &target,
            )
        }
        Subject::RebuiltTable(table) => indexes(&relation(table), "0"),
        Subject::RebuiltMany => format!(
            "(SELECT pg_catalog.concat('0 0', pg_catalog.string_agg({ITEM}, '')) \
             FROM pg_catalog.pg_index x WHERE NOT x.indisvalid)"
        ),
        Subject::Detached { table, partition } => format!(
            "(SELECT pg_catalog.concat(t.parent, ' ', t.part, ' ', {}) FROM \
             (SELECT {} AS parent, {} AS part) t)",
            detaching("t.parent", "t.part"),
            relation(table),
            relation(partition)
        ),
        Subject::Listed { kind, name } => {
            let (list, column, here) = match kind {
                List::Database => ("pg_database", "datname", ""),
                List::Tablespace => ("pg_tablespace", "spcname", ""),
                List::Subscription => (
                    "pg_subscription",
                    "subname",
                    " AND subdbid = (SELECT d.oid FROM pg_catalog.pg_database d \
                     WHERE d.datname = pg_catalog.current_database())",
                ),
            };
            format!(
                "(SELECT pg_catalog.count(*)::text FROM pg_catalog.{list} WHERE {column} = {}{here})",
                literal(name)
            )
        }
        Subject::Repeatable | Subject::Unknown => return None,
    })
}

const ITEM: &str = "pg_catalog.concat(' ', x.indexrelid, ':', x.indisvalid)";

fn indexes(table: &str, target: &str) -> String {
    format!(
        "(SELECT pg_catalog.concat(t.oid, ' ', {target}, (SELECT pg_catalog.string_agg({ITEM}, '') \
         FROM pg_catalog.pg_index x WHERE x.indrelid = t.oid)) FROM (SELECT coalesce({table}, 0::oid) AS oid) t)"
    )
}

/// `t` or `f`: whether the detaching began; `-`: it is no partition of it.
pub fn detaching(table: &str, partition: &str) -> String {
    // Older servers do not have the column, nor what it is for.
    format!(
        "coalesce((SELECT CASE WHEN pg_catalog.to_jsonb(i) ->> 'inhdetachpending' = 'true' THEN 't' ELSE 'f' END \
         FROM pg_catalog.pg_inherits i WHERE i.inhparent = {table} AND i.inhrelid = {partition}), '-')"
    )
}

/// The number of a relation, 0 where there is none.
fn relation(name: &Name) -> String {
    let place = match &name.schema {
        Some(schema) => format!("n.nspname = {}", literal(schema)),
        None => "pg_catalog.pg_table_is_visible(c.oid)".into(),
    };
    format!(
        "coalesce((SELECT c.oid FROM pg_catalog.pg_class c \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relname = {} AND {place}), 0::oid)",
        literal(&name.name)
    )
}

/// What the server says of an index that is there and not valid.
pub const INVALID: &str = "the index is there and is not valid";

/// A statement that fails where IF NOT EXISTS was content with an index that was never finished.
pub fn proof(subject: &Subject) -> Option<String> {
    let Subject::NewIndex {
        index: Some(index),
        table,
    } = subject
    else {
        return None;
    };
    Some(format!(
        "SELECT (CASE WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_index x \
         JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid WHERE i.relname = {} AND NOT x.indisvalid \
         AND i.relnamespace = (SELECT r.relnamespace FROM pg_catalog.pg_class r WHERE r.oid = {})) \
         THEN '{INVALID}' ELSE '1' END)::pg_catalog.int4",
        literal(index),
        relation(table)
    ))
}

/// A note about indexes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Indexes {
    pub table: u32,
    /// The index that the statement names, if it was there.
    pub target: u32,
    pub before: Vec<(u32, bool)>,
}

impl Indexes {
    pub fn read(note: &str) -> Option<Indexes> {
        let mut words = note.split(' ');
        let table = words.next()?.parse().ok()?;
        let target = words.next()?.parse().ok()?;
        let before = words
            .map(|word| {
                let (index, valid) = word.split_once(':')?;
                Some((index.parse().ok()?, valid == "t"))
            })
            .collect::<Option<_>>()?;
        Some(Indexes {
            table,
            target,
            before,
        })
    }
}

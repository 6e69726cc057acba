//! A table as a file says it, with what stands on its columns in short. Expects a tree that the check
//! has passed.

use super::super::node::Node;
use super::constraint::{
    check, checks, exclusion, foreign_key, indexes, key, named, on_conflict, referring, triggers,
};
use super::reader::Reader;
use super::sound;
use initium_driver::catalog::{
    Check, Column, Generated, Identity, Key, NotNull, Numbers, Part, Partition, Serves, Storage,
    Table,
};

/// `called` is the key that holds its name.
pub(super) fn table(reader: &mut Reader, node: &Node, called: &str) -> Table {
    let columns = reader.items(node, "columns");
    let mut table = Table {
        name: named(reader, node, called),
        renamed_from: reader.name(node, "renamed_from"),
        comment: reader.text(node, "comment"),
        primary_key: reader
            .get(node, "primary_key")
            .filter(|node| reader.is_for(node))
            .map(|node| key(reader, node)),
        unique: each(reader, node, "unique", key),
        foreign_keys: each(reader, node, "foreign_keys", foreign_key),
        checks: checks(reader, node),
        exclusions: each(reader, node, "exclusions", exclusion),
        indexes: indexes(reader, node),
        triggers: triggers(reader, node),
        partition_by: reader.text(node, "partition_by"),
        partition_of: node.get("partition_of").map(|place| Partition {
            parent: named(reader, place, "parent"),
            bound: reader.must(place, "bound"),
        }),
        inherits: reader.names(node, "inherits"),
        options: reader.options(node),
        columns: Vec::new(),
    };
    table.columns.reserve_exact(columns.len());
    for said in &columns {
        let column = column(reader, said);
        beside(reader, said, &column.name, &mut table);
        table.columns.push(column);
    }
    first(reader, node, &columns, &mut table);
    sound::columns(reader, node, &columns, &table);
    table
}

fn each<T>(
    reader: &mut Reader,
    node: &Node,
    key: &str,
    one: fn(&mut Reader, &Node) -> T,
) -> Vec<T> {
    let items = reader.items(node, key);
    items.into_iter().map(|item| one(reader, item)).collect()
}

pub(super) fn column(reader: &mut Reader, node: &Node) -> Column {
    let data_type = reader.must(node, "type");
    untyped(reader, node, data_type)
}

/// What else is said of a column.
pub(super) fn untyped(reader: &mut Reader, node: &Node, data_type: String) -> Column {
    Column {
        name: reader.text(node, "name").unwrap_or_default(),
        renamed_from: reader.text(node, "renamed_from"),
        data_type,
        nullable: reader.flag(node, "nullable"),
        not_null: node.get("not_null").map(|said| NotNull {
            name: reader.text(said, "name").unwrap_or_default(),
            not_valid: reader.flag(said, "not_valid"),
            no_inherit: reader.flag(said, "no_inherit"),
        }),
        default: reader.value(node, "default"),
        identity: node.get("identity").map(|said| {
            Box::new(Identity {
                serves: match said.text().or(said.get("serves").and_then(Node::text)) {
                    Some("always") => Serves::Always,
                    Some("serial") => Serves::Serial,
                    _ => Serves::ByDefault,
                },
                sequence: reader.text(said, "sequence"),
                numbers: numbers(reader, said),
            })
        }),
        generated: node.get("generated").map(|said| Generated {
            expression: match said.text() {
                Some(text) => text.into(),
                None => reader.must(said, "expression"),
            },
            storage: match reader.text(said, "storage").as_deref() {
                Some("virtual") => Storage::Virtual,
                _ => Storage::Stored,
            },
        }),
        charset: reader.text(node, "charset"),
        collation: reader.text(node, "collation"),
        on_update: reader.text(node, "on_update"),
        on_conflict: on_conflict(reader, node),
        invisible: reader.flag(node, "invisible"),
        comment: reader.text(node, "comment"),
    }
}

pub(super) fn numbers(reader: &Reader, node: &Node) -> Numbers {
    Numbers {
        start: reader.number(node, "start"),
        increment: reader.number(node, "increment"),
        min: reader.number(node, "min"),
        max: reader.number(node, "max"),
        cache: reader.number(node, "cache"),
        cycle: reader.flag(node, "cycle"),
    }
}

/// What a column says of the table.
pub(super) fn beside(reader: &mut Reader, node: &Node, column: &str, table: &mut Table) {
    if reader.flag(node, "unique") {
        table.unique.push(Key {
            parts: vec![Part::column(column)],
            ..Key::default()
        });
    }
    if let Some(said) = node.get("references") {
        table.foreign_keys.push(referring(reader, column, said));
    }
    // A map per database that has nothing for this one is no check.
    if let Some(said) = reader.get(node, "check") {
        let check: Check = check(reader, said);
        table.checks.push(check);
    }
}

/// The primary key of the columns that say they are part of it.
pub(super) fn first(reader: &mut Reader, node: &Node, columns: &[&Node], table: &mut Table) {
    let says = |one: &&&Node| reader.flag(one, "primary_key") || reader.flag(one, "primaryKey");
    let named: Vec<&Node> = columns.iter().filter(says).copied().collect();
    let Some(one) = named.first() else {
        return;
    };
    if let Some((key, _)) = node
        .entry("primary_key")
        .filter(|_| table.primary_key.is_some())
    {
        let place = reader.doc.place(key.at);
        let message = format!(
            "the primary key stands here and in line {} of the table",
            place.line
        );
        let help = "say it once: at the table, or at each of its columns".into();
        return reader.refuse_with(one.at, message, help);
    }
    let part = |one: &&Node| one.get("name").and_then(Node::text).map(Part::column);
    table.primary_key = Some(Key {
        parts: named.iter().filter_map(part).collect(),
        ..Key::default()
    });
}

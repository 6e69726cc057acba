//! Keys, foreign keys, checks and indexes as files say them. Expects a tree that the check has passed.

use super::super::node::Node;
use super::super::rule::reference;
use super::reader::Reader;
use initium_driver::catalog::{
    Action, Check, Conflict, Deferrable, Exclusion, ForeignKey, Index, Key, Name, Nulls, Of, Part,
    Sort, Trigger,
};

/// A primary key or a unique constraint: a column, columns, or a map that holds them.
pub(super) fn key(reader: &mut Reader, node: &Node) -> Key {
    if let Some(column) = node.text() {
        return Key {
            parts: vec![Part::column(column)],
            ..Key::default()
        };
    }
    if !node.items().is_empty() {
        return Key {
            parts: parts(reader, node.items()),
            ..Key::default()
        };
    }
    Key {
        name: reader.text(node, "name").unwrap_or_default(),
        parts: columns(reader, node),
        include: reader.texts(node, "include"),
        nulls_not_distinct: reader.flag(node, "nulls_not_distinct"),
        deferrable: deferrable(reader, node),
        on_conflict: on_conflict(reader, node),
        comment: reader.text(node, "comment"),
    }
}

pub(super) fn on_conflict(reader: &Reader, node: &Node) -> Option<Conflict> {
    Some(match reader.text(node, "on_conflict")?.as_str() {
        "rollback" => Conflict::Rollback,
        "fail" => Conflict::Fail,
        "ignore" => Conflict::Ignore,
        _ => Conflict::Replace,
    })
}

fn columns(reader: &mut Reader, node: &Node) -> Vec<Part> {
    let items = node.get("columns").map(Node::items).unwrap_or_default();
    parts(reader, items)
}

fn parts(reader: &mut Reader, items: &[Node]) -> Vec<Part> {
    items.iter().map(|item| part(reader, item)).collect()
}

fn part(reader: &mut Reader, node: &Node) -> Part {
    if let Some(column) = node.text() {
        return Part::column(column);
    }
    let of = match reader.text(node, "column") {
        Some(column) => Of::Column(column),
        None => Of::Expression(reader.must(node, "expression")),
    };
    Part {
        sort: match reader.text(node, "order").as_deref() {
            Some("desc") => Sort::Down,
            _ => Sort::Up,
        },
        nulls: match reader.text(node, "nulls").as_deref() {
            Some("first") => Some(Nulls::First),
            Some(_) => Some(Nulls::Last),
            None => None,
        },
        length: reader
            .number(node, "length")
            .and_then(|length| u32::try_from(length).ok()),
        collation: reader.text(node, "collation"),
        class: reader.text(node, "class"),
        ..Part::of(of)
    }
}

fn deferrable(reader: &Reader, node: &Node) -> Option<Deferrable> {
    match reader.text(node, "deferrable")?.as_str() {
        "deferred" => Some(Deferrable::Deferred),
        _ => Some(Deferrable::Immediate),
    }
}

pub(super) fn foreign_key(reader: &mut Reader, node: &Node) -> ForeignKey {
    ForeignKey {
        name: reader.text(node, "name").unwrap_or_default(),
        columns: reader.texts(node, "columns"),
        references: reader.name(node, "references").unwrap_or_default(),
        referenced: reader.texts(node, "to"),
        on_delete: action(reader, node, "on_delete"),
        on_update: action(reader, node, "on_update"),
        match_full: reader.flag(node, "match_full"),
        deferrable: deferrable(reader, node),
        not_valid: reader.flag(node, "not_valid"),
        not_enforced: reader.flag(node, "not_enforced"),
        comment: reader.text(node, "comment"),
    }
}

/// `references: users.id` on a column, or a map that says more of it.
pub(super) fn referring(reader: &mut Reader, column: &str, node: &Node) -> ForeignKey {
    let (table, to) = match node.text() {
        Some(text) => reference(text).unwrap_or_default(),
        None => (
            reader.name(node, "table").unwrap_or_default(),
            reader.text(node, "column"),
        ),
    };
    ForeignKey {
        name: reader.text(node, "name").unwrap_or_default(),
        columns: vec![column.into()],
        references: table,
        referenced: to.into_iter().collect(),
        on_delete: action(reader, node, "on_delete"),
        on_update: action(reader, node, "on_update"),
        deferrable: deferrable(reader, node),
        ..ForeignKey::default()
    }
}

fn action(reader: &Reader, node: &Node, key: &str) -> Action {
    let Some(said) = node.get(key) else {
        return Action::NoAction;
    };
    match said.text() {
        Some("restrict") => Action::Restrict,
        Some("cascade") => Action::Cascade,
        Some("set_null") => Action::SetNull,
        Some("set_default") => Action::SetDefault,
        Some(_) => Action::NoAction,
        None => match said.get("set_null_of") {
            Some(_) => Action::SetNullOf(reader.texts(said, "set_null_of")),
            None => Action::SetDefaultOf(reader.texts(said, "set_default_of")),
        },
    }
}

/// A map, or the expression alone.
pub(super) fn check(reader: &mut Reader, node: &Node) -> Check {
    if let Some(expression) = node.text() {
        return Check {
            expression: expression.into(),
            ..Check::default()
        };
    }
    Check {
        name: reader.text(node, "name").unwrap_or_default(),
        expression: reader.must(node, "expression"),
        no_inherit: reader.flag(node, "no_inherit"),
        not_valid: reader.flag(node, "not_valid"),
        not_enforced: reader.flag(node, "not_enforced"),
        comment: reader.text(node, "comment"),
    }
}

pub(super) fn checks(reader: &mut Reader, node: &Node) -> Vec<Check> {
    let items = reader.items(node, "checks");
    items.into_iter().map(|one| check(reader, one)).collect()
}

pub(super) fn exclusion(reader: &mut Reader, node: &Node) -> Exclusion {
    Exclusion {
        name: reader.text(node, "name").unwrap_or_default(),
        definition: reader.must(node, "definition"),
        comment: reader.text(node, "comment"),
    }
}

pub(super) fn indexes(reader: &mut Reader, node: &Node) -> Vec<Index> {
    let items = reader.items(node, "indexes");
    items.into_iter().map(|one| index(reader, one)).collect()
}

pub(super) fn index(reader: &mut Reader, node: &Node) -> Index {
    Index {
        name: reader.text(node, "name").unwrap_or_default(),
        parts: columns(reader, node),
        unique: reader.flag(node, "unique"),
        method: reader.text(node, "method"),
        include: reader.texts(node, "include"),
        predicate: reader.text(node, "where"),
        nulls_not_distinct: reader.flag(node, "nulls_not_distinct"),
        invisible: reader.flag(node, "invisible"),
        invalid: reader.flag(node, "invalid"),
        options: reader.texts(node, "options"),
        comment: reader.text(node, "comment"),
    }
}

pub(super) fn triggers(reader: &mut Reader, node: &Node) -> Vec<Trigger> {
    let items = reader.items(node, "triggers");
    items
        .into_iter()
        .map(|one| Trigger {
            name: reader.text(one, "name").unwrap_or_default(),
            definition: reader.must(one, "definition"),
            disabled: reader.flag(one, "disabled"),
            comment: reader.text(one, "comment"),
        })
        .collect()
}

/// The name of an object that may stand in another schema.
pub(super) fn named(reader: &Reader, node: &Node, key: &str) -> Name {
    reader.name(node, key).unwrap_or_default()
}

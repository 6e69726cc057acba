//! A file as what it declares: everything beside the inside of tables. Expects a tree that the check
//! has passed.

use super::super::node::{Kind, Node};
use super::Declared;
use super::constraint::{checks, indexes, named, triggers};
use super::reader::Reader;
use super::sound::Known;
use super::table::{numbers, table};
use initium_driver::catalog::{
    Attribute, Body, Extension, Kind as RoutineKind, Name, Owner, Routine, Schema, Sequence, Type,
    View,
};

pub(super) fn file(reader: &mut Reader, root: &Node, to: &mut Declared, known: &mut Known) {
    let catalog = &mut to.catalog;
    if root.get("table").is_some() && reader.is_for(root) {
        let one = table(reader, root, "table");
        known.meet(
            reader,
            "table",
            &one.name,
            root.get("table").unwrap_or(root),
        );
        to.places
            .insert(one.name.clone(), reader.doc.place(root.at));
        catalog.tables.push(one);
    }
    for node in reader.items(root, "tables") {
        let one = table(reader, node, "name");
        known.meet(reader, "table", &one.name, node);
        to.places
            .insert(one.name.clone(), reader.doc.place(node.at));
        catalog.tables.push(one);
    }
    for node in reader.items(root, "views") {
        let one = view(reader, node);
        known.meet(reader, "view", &one.name, node);
        to.places
            .insert(one.name.clone(), reader.doc.place(node.at));
        catalog.views.push(one);
    }
    for node in reader.items(root, "types") {
        let one = data_type(reader, node);
        known.meet(reader, "type", &one.name, node);
        catalog.types.push(one);
    }
    for node in reader.items(root, "sequences") {
        let one = Sequence {
            name: named(reader, node, "name"),
            data_type: reader.text(node, "type"),
            numbers: numbers(reader, node),
            owned_by: node.get("owned_by").map(|said| Owner {
                table: named(reader, said, "table"),
                column: reader.text(said, "column").unwrap_or_default(),
            }),
            comment: reader.text(node, "comment"),
        };
        known.meet(reader, "sequence", &one.name, node);
        catalog.sequences.push(one);
    }
    for node in reader.items(root, "routines") {
        let one = routine(reader, node);
        let which = format!("routine ({})", one.arguments);
        known.meet(reader, &which, &one.name, node);
        catalog.routines.push(one);
    }
    for node in reader.items(root, "schemas") {
        let one = Schema {
            name: called(reader, node),
            comment: reader.text(node, "comment"),
        };
        known.meet(reader, "schema", &Name::new(one.name.clone()), node);
        catalog.schemas.push(one);
    }
    for node in reader.items(root, "extensions") {
        let one = Extension {
            name: called(reader, node),
            schema: reader.text(node, "schema"),
            version: reader.text(node, "version"),
        };
        known.meet(reader, "extension", &Name::new(one.name.clone()), node);
        catalog.extensions.push(one);
    }
    to.ignore.extend(reader.texts(root, "ignore"));
}

/// A map, or the name alone.
fn called(reader: &Reader, node: &Node) -> String {
    let text = node.text().map(str::to_string);
    text.or(reader.text(node, "name")).unwrap_or_default()
}

pub(super) fn view(reader: &mut Reader, node: &Node) -> View {
    View {
        name: named(reader, node, "name"),
        materialized: reader.flag(node, "materialized"),
        definition: reader.must(node, "definition"),
        columns: attributes(reader, node.get("columns")),
        indexes: indexes(reader, node),
        triggers: triggers(reader, node),
        options: reader.options(node),
        comment: reader.text(node, "comment"),
        column_comments: node
            .get("column_comments")
            .map(Node::entries)
            .unwrap_or_default()
            .iter()
            .filter_map(|(column, said)| Some((column.text.clone(), said.text()?.to_string())))
            .collect(),
    }
}

fn data_type(reader: &mut Reader, node: &Node) -> Type {
    let body = match (node.get("domain"), node.get("composite"), node.get("other")) {
        (Some(domain), ..) => Body::Domain {
            data_type: reader.must(domain, "type"),
            not_null: reader.flag(domain, "not_null"),
            default: reader.value(domain, "default"),
            collation: reader.text(domain, "collation"),
            checks: checks(reader, domain),
        },
        (_, Some(composite), _) => Body::Composite(attributes(reader, Some(composite))),
        (
            _,
            _,
            Some(Node {
                kind: Kind::Text(text),
                ..
            }),
        ) => Body::Other(text.clone()),
        _ => Body::Enum(reader.texts(node, "enum")),
    };
    Type {
        name: named(reader, node, "name"),
        comment: reader.text(node, "comment"),
        body,
    }
}

fn attributes(reader: &mut Reader, list: Option<&Node>) -> Vec<Attribute> {
    let items = list.map(Node::items).unwrap_or_default().iter();
    items
        .map(|one| Attribute {
            name: reader.text(one, "name").unwrap_or_default(),
            data_type: reader.must(one, "type"),
        })
        .collect()
}

fn routine(reader: &mut Reader, node: &Node) -> Routine {
    Routine {
        name: named(reader, node, "name"),
        arguments: reader.text(node, "arguments").unwrap_or_default(),
        kind: match node.get("kind").and_then(Node::text) {
            Some("procedure") => RoutineKind::Procedure,
            Some("aggregate") => RoutineKind::Aggregate,
            _ => RoutineKind::Function,
        },
        definition: reader.must(node, "definition"),
        comment: reader.text(node, "comment"),
    }
}

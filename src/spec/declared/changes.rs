//! `changes` of a migration to what one kind of database reads in them. Expects a tree that the check
//! has passed.

use super::super::logical::{Gone, Logical, Spot, Verb, Which};
use super::super::model::{Changes, PerDatabase};
use super::super::node::{Key as Word, Kind, Node};
use super::super::script::{one_of, source};
use super::super::shape::{ALTERABLE, VERBS};
use super::super::text::Document;
use super::constraint::{check, foreign_key, index, key, named};
use super::object::view;
use super::reader::Reader;
use super::said::said;
use super::table::{beside, column, first, table};
use initium_driver::catalog::{Column, Table};
use initium_driver::change::Way;
use initium_driver::{Code, Error, Name, Result, Source};

/// What has tables, and how each is called.
const READERS: &[(&str, &[&str])] = &[
    ("postgres", &["postgres"]),
    ("mysql", &["mysql"]),
    ("mariadb", &["mariadb", "mysql"]),
    ("sqlite", &["sqlite"]),
];

/// For each database, because each may be told something else.
pub(in super::super) fn changes(doc: &Document, node: &Node) -> Result<Changes, Vec<Error>> {
    let mut each = Vec::new();
    for (database, names) in READERS {
        let mut reader = Reader::of_spec(doc, names);
        let items = node.items().iter();
        let list = items.filter_map(|item| one(&mut reader, item)).collect();
        // What is wrong for one is mostly wrong for all: once is enough.
        if !reader.errors.is_empty() {
            return Err(reader.errors);
        }
        each.push((database.to_string(), list));
    }
    Ok(PerDatabase::Each(each))
}

fn one(reader: &mut Reader, item: &Node) -> Option<Logical> {
    let (word, node) = one_of(item, VERBS).filter(|_| reader.is_for(item))?;
    Some(Logical {
        verb: verb(reader, word, node),
        place: reader.doc.place(word.at),
        said: said(reader, word, node),
    })
}

fn verb(reader: &mut Reader, word: &Word, node: &Node) -> Verb {
    let text = |key: &str| node.get(key).and_then(Node::text).unwrap_or_default();
    let of = || node.get("table").and_then(Node::text).and_then(Name::parse);
    let of = of().unwrap_or_default();
    let whole = || node.text().and_then(Name::parse).unwrap_or_default();
    let way = match reader.flag(node, "concurrently") {
        true => Way::Online,
        false => Way::Plain,
    };
    match word.text.as_str() {
        "create_table" => {
            let table = table(reader, node, "name");
            unhinted(reader, node);
            Verb::CreateTable(Box::new(table))
        }
        "drop_table" => Verb::DropTable(whole()),
        "rename_table" => Verb::RenameTable {
            from: named(reader, node, "from"),
            to: named(reader, node, "to"),
        },
        "drop_column" => Verb::Drop(of, Gone::Column(text("name").into()), way),
        "rename_column" => Verb::RenameColumn {
            table: of,
            from: text("from").into(),
            to: text("to").into(),
        },
        "alter_column" => Verb::AlterColumn {
            table: of,
            column: Box::new(altered(reader, node)),
            keys: ALTERABLE
                .iter()
                .filter(|key| node.get(key).is_some())
                .map(|key| key.to_string())
                .collect(),
        },
        "drop_primary_key" => Verb::Drop(of, Gone::PrimaryKey, way),
        "drop_unique" => Verb::Drop(of, Gone::Unique(which(reader, node)), way),
        "drop_foreign_key" => Verb::Drop(of, Gone::ForeignKey(which(reader, node)), way),
        "drop_check" => Verb::Drop(of, Gone::Check(which(reader, node)), way),
        "drop_index" => Verb::Drop(of, Gone::Index(which(reader, node)), way),
        "create_view" => Verb::CreateView(Box::new(view(reader, node))),
        "replace_view" => Verb::ReplaceView(Box::new(view(reader, node))),
        "drop_view" => Verb::DropView(whole()),
        "create_enum" => Verb::CreateEnum {
            name: named(reader, node, "name"),
            values: reader.texts(node, "values"),
        },
        "add_enum_value" => Verb::AddEnumValue {
            name: named(reader, node, "name"),
            value: text("value").into(),
            spot: match (node.get("before"), node.get("after")) {
                (Some(_), _) => Spot::Before(text("before").into()),
                (_, Some(_)) => Spot::After(text("after").into()),
                (None, None) => Spot::Last,
            },
        },
        "drop_enum" => Verb::DropEnum(whole()),
        "comment" => Verb::Comment {
            table: of,
            column: reader.text(node, "column"),
            text: reader.text(node, "text"),
        },
        "sql" => Verb::Sql {
            up: sql(reader, node, "up"),
            down: node.get("down").map(|_| sql(reader, node, "down")),
        },
        added => Verb::Add(Box::new(parts(reader, added, node, of)), way),
    }
}

/// A table that has what is added and nothing else.
fn parts(reader: &mut Reader, word: &str, node: &Node, name: Name) -> Table {
    let mut to = Table {
        name,
        ..Table::default()
    };
    match word {
        "add_column" => {
            let column = column(reader, node);
            beside(reader, node, &column.name, &mut to);
            to.columns.push(column);
            first(reader, node, &[node], &mut to);
        }
        "add_primary_key" => to.primary_key = Some(key(reader, node)),
        "add_unique" => to.unique.push(key(reader, node)),
        "add_foreign_key" => to.foreign_keys.push(foreign_key(reader, node)),
        "add_check" => to.checks.push(check(reader, node)),
        _ => to.indexes.push(index(reader, node)),
    }
    to
}

/// A hint says what something was; what is new was nothing.
fn unhinted(reader: &mut Reader, node: &Node) {
    for column in reader.items(node, "columns") {
        if let Some((word, _)) = column.entry("renamed_from") {
            reader.refuse_with(
                word.at,
                "'renamed_from' of a column of a table that is created".into(),
                "to rename a column of a table that is there, say `rename_column`".into(),
            );
        }
    }
}

/// The column as far as the item speaks of it.
fn altered(reader: &mut Reader, node: &Node) -> Column {
    for key in ALTERABLE {
        if let Some(value) = node.get(key)
            && value.kind == Kind::Null
            && value.at == value.end
        {
            let message = format!("the value of '{key}' is empty");
            let help = "write null to take it away".into();
            reader.refuse_with(value.at, message, help);
        }
    }
    let said = |key: &str| node.get(key).is_some_and(|it| it.kind != Kind::Null);
    // What is not said needs no value.
    let plain = Node {
        kind: Kind::Map(
            node.entries()
                .iter()
                .filter(|(word, _)| said(&word.text))
                .cloned()
                .collect(),
        ),
        ..node.clone()
    };
    match said("type") {
        true => column(reader, &plain),
        false => super::table::untyped(reader, &plain, String::new()),
    }
}

fn which(reader: &mut Reader, node: &Node) -> Which {
    match (node.get("columns"), node.get("expression")) {
        (Some(_), _) => Which::Columns(reader.texts(node, "columns")),
        (_, Some(_)) => Which::Expression(reader.must(node, "expression")),
        (None, None) => Which::Name(reader.text(node, "name").unwrap_or_default()),
    }
}

/// SQL with the place of its first character.
fn sql(reader: &mut Reader, node: &Node, key: &str) -> Source {
    let meant = match node.get(key) {
        Some(_) => reader.get(node, key),
        None => Some(node),
    };
    if let Some(meant) = meant {
        return source(reader.doc, meant);
    }
    let at = node.get(key).map_or(node.at, |value| value.at);
    let database = reader.database();
    let error = reader.doc.error(
        Code::ScriptMissing,
        at,
        format!("'{key}' of the SQL says nothing for {database}"),
    );
    reader.errors.push(error.help(format!(
        "add `{database}:`, or say with `only:` beside `sql` for which databases it is"
    )));
    source(reader.doc, node)
}

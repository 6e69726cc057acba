//! Indexes and the primary key.

use super::{About, Odd, Row, Seen, index};
use crate::dialect::Family;
use crate::spelled;
use initium_driver::catalog::{Key, Part, Sort};
use initium_driver::{Index, Table};

pub fn question(about: &About) -> String {
    let (expression, hidden) = match about.dialect.family() {
        Family::MySql => ("expression", "is_visible = 'NO'"),
        // There are no expressions in its indexes.
        Family::MariaDb if about.dialect.version >= [10, 6, 0] => ("NULL", "ignored = 'YES'"),
        Family::MariaDb => ("NULL", "0"),
    };
    format!(
        "SELECT table_name, index_name, non_unique, column_name, sub_part, {expression}, \
         collation, index_type, index_comment, {hidden} \
         FROM information_schema.statistics WHERE {} ORDER BY table_name, index_name, seq_in_index",
        about.tables()
    )
}

pub fn row(row: Row, about: &About, seen: &mut Seen) {
    if let Some(half) = seen.halves.get_mut(row.peek(0)) {
        if is_parsed(&row, about) && !half.odd.contains(&Odd::Parser) {
            half.odd.push(Odd::Parser);
        }
        add(row, &mut half.table, about);
    }
}

/// Whether it is a full text, whose parser is not told here.
fn is_parsed(row: &Row, about: &About) -> bool {
    row.peek(7) == "FULLTEXT" && !about.is_mariadb()
}

fn add(mut row: Row, table: &mut Table, about: &About) {
    let name = row.text(1);
    let unique = row.text(2) == "0";
    let kind = row.text(7);
    let part = part(&mut row, &kind, about);
    let comment = row.maybe(8).filter(|text| !text.is_empty());
    if name == "PRIMARY" {
        let key = table.primary_key.get_or_insert_with(Key::default);
        key.parts.push(part);
        key.comment = comment;
        return;
    }
    if index(table, &name).is_none() {
        let method = method(&kind, table.options.get("engine").map(String::as_str));
        table.indexes.push(Index {
            name: name.clone(),
            unique,
            method: method.map(String::from),
            invisible: row.text(9) == "1",
            comment,
            ..Index::default()
        });
    }
    if let Some(index) = index(table, &name) {
        index.parts.push(part);
    }
}

/// What is not the ordinary one. A hash is ordinary in memory; elsewhere the word stands for the way
/// in which MariaDB keeps long values unique, which nobody chooses.
fn method(kind: &str, engine: Option<&str>) -> Option<&'static str> {
    let in_memory = engine.is_some_and(|it| it.eq_ignore_ascii_case("memory"));
    match kind {
        "FULLTEXT" => Some("fulltext"),
        "SPATIAL" => Some("spatial"),
        "RTREE" => Some("rtree"),
        "VECTOR" => Some("vector"),
        "BTREE" if in_memory => Some("btree"),
        _ => None,
    }
}

/// A column, the beginning of one, or an expression.
fn part(row: &mut Row, kind: &str, about: &About) -> Part {
    let length = row.maybe(4).and_then(|length| length.parse().ok());
    let mut part = match row.maybe(3) {
        Some(name) => Part {
            // A place has no beginning: the number is a constant of the server's.
            length: length.filter(|_| kind != "SPATIAL"),
            ..Part::column(name)
        },
        None => Part::expression(spelled::escaped(&row.text(5), &about.name)),
    };
    if row.text(6) == "D" {
        part.sort = Sort::Down;
    }
    part
}

//! The names that the server finds, where a file says none.

use crate::naming::{addition, free};
use crate::spell;
use initium_driver::catalog::{Catalog, Check, Name, Of, Part, Table};
use std::collections::BTreeSet;

/// Relations of a schema have different names, indexes and keys among them.
type Taken = BTreeSet<Name>;

pub fn fill(catalog: &mut Catalog) {
    let mut taken = taken(catalog);
    for table in &mut catalog.tables {
        fill_table(table, &mut taken);
    }
    for view in &mut catalog.views {
        for index in view.indexes.iter_mut().filter(|it| it.name.is_empty()) {
            let columns = addition(
                index_columns(&index.parts, &index.include)
                    .iter()
                    .map(String::as_str),
            );
            index.name = find(&view.name, Some(&columns), "idx", &mut taken);
        }
    }
    for it in &mut catalog.types {
        if let initium_driver::catalog::Body::Domain { checks, .. } = &mut it.body {
            let mut own: Vec<String> = checks.iter().map(|it| it.name.clone()).collect();
            for check in checks.iter_mut().filter(|it| it.name.is_empty()) {
                check.name = free(&it.name.name, None, "check", |name| {
                    own.iter().any(|it| it == name)
                });
                own.push(check.name.clone());
            }
        }
    }
}

fn taken(catalog: &Catalog) -> Taken {
    let mut all = Taken::new();
    let beside = |table: &Name, name: &str| Name {
        schema: table.schema.clone(),
        name: name.into(),
    };
    for table in &catalog.tables {
        let keys = table
            .primary_key
            .iter()
            .chain(&table.unique)
            .map(|it| &it.name);
        let indexes = table.indexes.iter().map(|it| &it.name);
        let exclusions = table.exclusions.iter().map(|it| &it.name);
        let names = keys.chain(indexes).chain(exclusions);
        all.extend(names.map(|name| beside(&table.name, name)));
        all.insert(table.name.clone());
    }
    all.extend(catalog.views.iter().map(|it| it.name.clone()));
    all.extend(catalog.sequences.iter().map(|it| it.name.clone()));
    all
}

fn find(table: &Name, two: Option<&str>, label: &str, taken: &mut Taken) -> String {
    let full = |name: &str| Name {
        schema: table.schema.clone(),
        name: name.into(),
    };
    let name = free(&table.name, two, label, |name| taken.contains(&full(name)));
    taken.insert(full(&name));
    name
}

fn fill_table(table: &mut Table, taken: &mut Taken) {
    let name = table.name.clone();
    if let Some(key) = table.primary_key.as_mut().filter(|it| it.name.is_empty()) {
        key.name = find(&name, None, "pkey", taken);
    }
    for key in table.unique.iter_mut().filter(|it| it.name.is_empty()) {
        let columns = index_columns(&key.parts, &key.include);
        let columns = addition(columns.iter().map(String::as_str));
        key.name = find(&name, Some(&columns), "key", taken);
    }
    for it in table.exclusions.iter_mut().filter(|it| it.name.is_empty()) {
        let columns: Vec<_> = excluded(&it.definition);
        let columns = addition(columns.iter().map(String::as_str));
        it.name = find(&name, Some(&columns), "excl", taken);
    }
    for index in table.indexes.iter_mut().filter(|it| it.name.is_empty()) {
        let columns = index_columns(&index.parts, &index.include);
        let columns = addition(columns.iter().map(String::as_str));
        index.name = find(&name, Some(&columns), "idx", taken);
    }
    // Constraints that are no relations only have to differ within their table.
    let mut own: Vec<String> = table.checks.iter().map(|it| it.name.clone()).collect();
    own.extend(table.foreign_keys.iter().map(|it| it.name.clone()));
    let columns: Vec<String> = table.columns.iter().map(|it| it.name.clone()).collect();
    for check in table.checks.iter_mut().filter(|it| it.name.is_empty()) {
        let column = only_column(check, &columns);
        check.name = free(&name.name, column, "check", |name| {
            own.iter().any(|it| it == name)
        });
        own.push(check.name.clone());
    }
    for key in table
        .foreign_keys
        .iter_mut()
        .filter(|it| it.name.is_empty())
    {
        let columns = addition(key.columns.iter().map(String::as_str));
        key.name = free(&name.name, Some(&columns), "fkey", |name| {
            own.iter().any(|it| it == name)
        });
        own.push(key.name.clone());
    }
}

/// The column that a check is about, where it is one.
fn only_column<'a>(check: &Check, columns: &'a [String]) -> Option<&'a str> {
    let mut all = columns
        .iter()
        .filter(|it| spell::mentions(&check.expression, it));
    match (all.next(), all.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    }
}

/// An expression is called by its function, or `expr`; a name that is there already gets a number.
fn index_columns(parts: &[Part], include: &[String]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let told = parts.iter().map(|part| match &part.of {
        Of::Column(name) => name.clone(),
        Of::Expression(text) => called(text),
    });
    for name in told.chain(include.iter().cloned()) {
        let mut own = name.clone();
        let mut number = 0;
        while all.contains(&own) {
            number += 1;
            own = format!("{name}{number}");
        }
        all.push(own);
    }
    all
}

fn called(expression: &str) -> String {
    let pieces = spell::pieces(expression);
    let mut solid = pieces.iter().filter(|(_, piece)| !piece.trim().is_empty());
    match (solid.next(), solid.next()) {
        (Some((Some(word), _)), Some((None, "("))) if expression.ends_with(')') => word.clone(),
        _ => "expr".into(),
    }
}

/// The columns of `USING gist (during WITH &&, room WITH =)`.
fn excluded(definition: &str) -> Vec<String> {
    let inner = definition.split_once('(').map_or("", |(_, rest)| rest);
    let mut all = Vec::new();
    let mut is_first = true;
    let mut depth = 0i32;
    for (word, piece) in spell::pieces(inner) {
        match piece {
            "(" => depth += 1,
            ")" if depth == 0 => break,
            ")" => depth -= 1,
            "," if depth == 0 => is_first = true,
            _ => {}
        }
        if is_first
            && depth <= 1
            && let Some(word) = word
        {
            all.push(word);
            is_first = false;
        }
    }
    all
}

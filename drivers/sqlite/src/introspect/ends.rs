//! The other ends of foreign keys, in full: the other table and its columns as they are called there,
//! and its primary key where none are named. And what an index has by itself.

use crate::names;
use initium_driver::catalog::{Column, Part};
use initium_driver::{Catalog, Table};
use std::collections::HashMap;

pub fn complete(catalog: &mut Catalog) {
    let own: HashMap<String, usize> = catalog
        .tables
        .iter()
        .map(|table| table.name.name.to_ascii_lowercase())
        .zip(0..)
        .collect();
    for n in 0..catalog.tables.len() {
        for key in 0..catalog.tables[n].foreign_keys.len() {
            let other = &catalog.tables[n].foreign_keys[key].references.name;
            let Some(other) = own.get(&other.to_ascii_lowercase()) else {
                continue;
            };
            let other = &catalog.tables[*other];
            let own = &catalog.tables[n].foreign_keys[key];
            let columns = there(other, &own.referenced, own.columns.len());
            let name = other.name.clone();
            let key = &mut catalog.tables[n].foreign_keys[key];
            (key.references, key.referenced) = (name, columns);
        }
        let table = &mut catalog.tables[n];
        let mut lists: Vec<&mut Vec<Part>> = Vec::new();
        lists.extend(table.primary_key.iter_mut().map(|key| &mut key.parts));
        lists.extend(table.unique.iter_mut().map(|key| &mut key.parts));
        lists.extend(table.indexes.iter_mut().map(|index| &mut index.parts));
        lists
            .into_iter()
            .flatten()
            .for_each(|part| plain(part, &table.columns));
    }
}

/// Of a primary key that is not as wide nothing is said: SQLite takes such a text and no row.
fn there(other: &Table, names: &[String], width: usize) -> Vec<String> {
    if names.is_empty() {
        let key = other.primary_key.iter().flat_map(|key| &key.parts);
        let key: Vec<_> = key
            .filter_map(|part| part.name().map(String::from))
            .collect();
        return if key.len() == width { key } else { Vec::new() };
    }
    let called = |name: &String| {
        let mut columns = other.columns.iter();
        let found = columns.find(|column| names::same(&column.name, name));
        found.map_or_else(|| name.clone(), |column| column.name.clone())
    };
    names.iter().map(called).collect()
}

/// The collation that the column has anyway is not said again.
fn plain(part: &mut Part, columns: &[Column]) {
    let Some(collation) = &part.collation else {
        return;
    };
    let column = part
        .name()
        .and_then(|name| columns.iter().find(|c| c.name == name));
    let own = match column {
        Some(column) => column.collation.as_deref().unwrap_or("BINARY"),
        // What an expression has by itself depends on it, so it stays as it is said.
        None => return,
    };
    if own == collation {
        part.collation = None;
    }
}

//! A table of one catalog or of two, as far as a picture shows it: its parts and what became of them.

use super::scene::Shade;
use initium_driver::catalog::{Catalog, Column, ForeignKey, Name, Table};
use std::collections::BTreeMap;

/// A table, whose parts may come from two catalogs.
pub(super) struct Sketch<'a> {
    pub(super) table: &'a Table,
    pub(super) was: Option<&'a Name>,
    pub(super) shade: Shade,
    pub(super) columns: Vec<Seen<'a, Column>>,
    pub(super) keys: Vec<Seen<'a, ForeignKey>>,
    /// What else is to say of it.
    pub(super) notes: Vec<(Shade, String)>,
    /// Its partitions.
    pub(super) parts: Vec<&'a Name>,
}

pub(super) struct Seen<'a, T> {
    pub(super) it: &'a T,
    pub(super) was: Option<&'a T>,
    pub(super) shade: Shade,
}

fn seen<T>(all: &[T]) -> Vec<Seen<'_, T>> {
    let plain = |it| Seen {
        it,
        was: None,
        shade: Shade::Plain,
    };
    all.iter().map(plain).collect()
}

impl<'a> Sketch<'a> {
    pub(super) fn of(table: &'a Table) -> Sketch<'a> {
        Sketch {
            table,
            was: None,
            shade: Shade::Plain,
            columns: seen(&table.columns),
            keys: seen(&table.foreign_keys),
            notes: Vec::new(),
            parts: Vec::new(),
        }
    }
}

/// Without partitions: those are one thing with their table.
pub(super) fn sketches(catalog: &Catalog) -> Vec<Sketch<'_>> {
    let names: BTreeMap<&Name, &Table> = catalog.tables.iter().map(|t| (&t.name, t)).collect();
    let mut parts: BTreeMap<&Name, Vec<&Name>> = BTreeMap::new();
    let mut all = Vec::new();
    for table in &catalog.tables {
        match whole(&names, table) {
            Some(parent) => parts.entry(parent).or_default().push(&table.name),
            None => all.push(Sketch::of(table)),
        }
    }
    for sketch in &mut all {
        if let Some(parts) = parts.remove(&sketch.table.name) {
            sketch.parts = parts;
        }
    }
    all
}

/// The table that this one is a part of, or a part of a part.
fn whole<'a>(names: &BTreeMap<&'a Name, &'a Table>, table: &'a Table) -> Option<&'a Name> {
    let mut found = None;
    let mut at = table;
    // As often as there are tables: a catalog that goes in a circle ends all the same.
    for _ in 0..names.len() {
        let Some(of) = &at.partition_of else { break };
        let Some(parent) = names.get(&of.parent) else {
            break;
        };
        found = Some(&parent.name);
        at = parent;
    }
    found
}

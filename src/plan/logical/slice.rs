//! The part of a catalog that a change can be about: a change of one table does not look at a thousand
//! others.

use initium_driver::Name;
use initium_driver::catalog::{Catalog, Table};
use initium_driver::sorted;
use std::collections::BTreeSet;

/// The tables of these names, those that they are tied to, and everything that is no table.
pub fn slice(catalog: &Catalog, names: &[Name]) -> Catalog {
    let mut wanted: BTreeSet<&Name> = sorted::set(names.iter());
    for table in &catalog.tables {
        if names.contains(&table.name) {
            wanted.extend(ties(table));
        } else if ties(table).any(|name| names.contains(name)) {
            wanted.insert(&table.name);
        }
    }
    let tables = catalog.tables.iter();
    Catalog {
        schemas: catalog.schemas.clone(),
        extensions: catalog.extensions.clone(),
        types: catalog.types.clone(),
        sequences: catalog.sequences.clone(),
        tables: tables
            .filter(|table| wanted.contains(&table.name))
            .cloned()
            .collect(),
        views: catalog.views.clone(),
        routines: catalog.routines.clone(),
    }
}

fn ties(table: &Table) -> impl Iterator<Item = &Name> {
    let keys = table.foreign_keys.iter().map(|key| &key.references);
    let above = table.partition_of.iter().map(|place| &place.parent);
    above.chain(&table.inherits).chain(keys)
}

/// What became of a slice, in the whole.
pub fn settle(catalog: &mut Catalog, before: &Catalog, after: Catalog) {
    let gone: BTreeSet<&Name> = sorted::set(before.tables.iter().map(|table| &table.name));
    let mut tables = std::mem::take(&mut catalog.tables);
    tables.retain(|table| !gone.contains(&table.name));
    tables.extend(after.tables);
    *catalog = Catalog { tables, ..after };
    catalog.sort();
}

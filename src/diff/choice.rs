//! A part of a catalog: what somebody named, or all but that. And a catalog as a file says it:
//! without what a database finds by itself.

use super::scope::{Scope, fits};
use initium_driver::catalog::{Catalog, Name};
use initium_driver::ddl::Ddl;
use std::collections::BTreeSet;

/// Patterns are those of a [`Scope`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Only what one of these names, if there are any.
    pub include: Vec<String>,
    pub exclude: Vec<String>,
    /// Only what stands in these schemas, if there are any.
    pub schemas: Vec<String>,
}

impl Choice {
    pub fn narrow(&self, catalog: &mut Catalog) {
        if !self.include.is_empty() || !self.schemas.is_empty() {
            self.keep(catalog);
        }
        let without = Scope {
            ignored: self.exclude.clone(),
            ..Scope::default()
        };
        without.leave(catalog);
    }

    fn keep(&self, catalog: &mut Catalog) {
        let include = Scope {
            ignored: self.include.clone(),
            ..Scope::default()
        };
        let named = |name: &Name| self.include.is_empty() || include.ignores(name);
        let there = |schema: Option<&String>| {
            self.schemas.is_empty() || schema.is_some_and(|schema| self.schemas.contains(schema))
        };
        let stays = |name: &Name| named(name) && there(name.schema.as_ref());
        catalog.types.retain(|it| stays(&it.name));
        catalog.sequences.retain(|it| stays(&it.name));
        catalog.tables.retain(|it| stays(&it.name));
        catalog.views.retain(|it| stays(&it.name));
        catalog.routines.retain(|it| stays(&it.name));
        catalog.extensions.retain(|it| {
            let named = self.include.iter().any(|pattern| fits(pattern, &it.name));
            (self.include.is_empty() || named) && there(it.schema.as_ref())
        });
        let used = schemas(catalog);
        catalog
            .schemas
            .retain(|it| used.contains(&it.name) || self.schemas.contains(&it.name));
    }
}

/// Those that names of a catalog speak of.
fn schemas(catalog: &Catalog) -> BTreeSet<String> {
    let tables = catalog.tables.iter().map(|it| &it.name);
    let views = catalog.views.iter().map(|it| &it.name);
    let types = catalog.types.iter().map(|it| &it.name);
    let sequences = catalog.sequences.iter().map(|it| &it.name);
    let routines = catalog.routines.iter().map(|it| &it.name);
    let all = tables
        .chain(views)
        .chain(types)
        .chain(sequences)
        .chain(routines);
    all.filter_map(|name| name.schema.clone()).collect()
}

/// Takes out the names that the database finds itself, and what a view shows: a file is about what
/// people meant. A comparison does not miss them.
pub fn spare(catalog: &mut Catalog, ddl: &dyn Ddl) {
    for table in &mut catalog.tables {
        let whole = table.clone();
        let found = |name: &mut String| {
            if !name.is_empty() && ddl.generated(&whole, name) {
                name.clear();
            }
        };
        let keys = table.primary_key.iter_mut().chain(&mut table.unique);
        keys.for_each(|it| found(&mut it.name));
        table
            .foreign_keys
            .iter_mut()
            .for_each(|it| found(&mut it.name));
        table.checks.iter_mut().for_each(|it| found(&mut it.name));
        table
            .exclusions
            .iter_mut()
            .for_each(|it| found(&mut it.name));
        table.indexes.iter_mut().for_each(|it| found(&mut it.name));
    }
    for view in &mut catalog.views {
        view.columns.clear();
    }
}

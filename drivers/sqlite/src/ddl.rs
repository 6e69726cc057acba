//! What SQLite knows of changes of its catalog. Pure.

use crate::dialect::SqliteDialect;
use crate::expression::FLAVOUR;
use crate::impact;
use crate::native;
use crate::render;
use crate::types;
use initium_driver::catalog::{Catalog, Table};
use initium_driver::change::{Act, Change, Changes, Impact};
use initium_driver::ddl::{Ddl, Enums, Habits};
use initium_driver::error::Result;
use initium_driver::sql::expression::{Within, same};

impl Ddl for SqliteDialect {
    fn canonical(&self, data_type: &str) -> String {
        types::canonical(data_type)
    }

    fn native(&self, catalog: Catalog) -> Result<Catalog> {
        native::native(catalog)
    }

    /// SQLite itself finds names only for the indexes of keys; those of indexes without a name in a
    /// file are found here.
    fn generated(&self, table: &Table, name: &str) -> bool {
        let is_ours = |index: &initium_driver::Index| {
            index.name == name && name == native::found(&table.name.name, &index.parts)
        };
        name.starts_with("sqlite_autoindex_") || table.indexes.iter().any(is_ours)
    }

    fn same(&self, one: &str, other: &str) -> bool {
        self.same_in(one, other, &Within::default())
    }

    fn same_in(&self, one: &str, other: &str, within: &Within) -> bool {
        same(one, other, &FLAVOUR, within)
    }

    fn habits(&self) -> Habits {
        Habits {
            // A column that comes stands at the end, and moving one would copy the table.
            column_order: false,
            // A view is a text to it; where ALTER would look at one, it is out of the way.
            views_pin: false,
            keys_after: false,
        }
    }

    fn render(&self, changes: &Changes) -> Result<Vec<Act>> {
        render::acts(changes)
    }

    fn impact(&self, change: &Change, changes: &Changes) -> Impact {
        impact::of(change, changes)
    }

    fn rebuilds(&self, change: &Change, changes: &Changes) -> bool {
        let scene = render::Scene::new(changes);
        let group = scene.of(change);
        group.is_some_and(|group| !matches!(render::means(group, &scene), render::Means::Alter(_)))
    }

    fn enums(&self) -> Enums {
        Enums::Columns
    }
}

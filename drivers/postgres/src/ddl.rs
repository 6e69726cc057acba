//! What PostgreSQL knows of catalogs and changes, for whoever asks the contract. Pure.

use crate::dialect::Postgres;
use crate::expression::FLAVOUR;
use crate::{impact, naming, native, render, types};
use initium_driver::catalog::{Catalog, Table};
use initium_driver::change::{Act, Change, Changes, Impact};
use initium_driver::ddl::{Ddl, Habits};
use initium_driver::error::Result;
use initium_driver::sql::expression::{Within, same};

impl Ddl for Postgres {
    fn canonical(&self, data_type: &str) -> String {
        types::canonical(data_type)
    }

    fn native(&self, catalog: Catalog) -> Result<Catalog> {
        native::native(catalog, *self)
    }

    fn generated(&self, table: &Table, name: &str) -> bool {
        naming::is_found(&table.name.name, name)
    }

    fn same(&self, one: &str, other: &str) -> bool {
        self.same_in(one, other, &Within::default())
    }

    fn same_in(&self, one: &str, other: &str, within: &Within) -> bool {
        same(one, other, &FLAVOUR, within)
    }

    fn habits(&self) -> Habits {
        Habits {
            column_order: false,
            views_pin: true,
            keys_after: true,
        }
    }

    fn render(&self, changes: &Changes) -> Result<Vec<Act>> {
        render::render(changes, self.major)
    }

    fn impact(&self, change: &Change, changes: &Changes) -> Impact {
        impact::impact(change, changes)
    }
}

//! What PostgreSQL knows of catalogs and changes, for whoever asks the contract. Pure.

use crate::dialect::Postgres;
use crate::expression::FLAVOUR;
use crate::{naming, render, types};
use initium_driver::catalog::{Catalog, Table};
use initium_driver::change::{Act, Change, Changes, Impact};
use initium_driver::ddl::{Ddl, Habits};
use initium_driver::error::Result;
use initium_driver::sql::expression::{Within, same};

impl Ddl for Postgres {
    fn canonical(&self, data_type: &str) -> String {
        types::canonical(data_type)
    }

    fn native(&self, mut catalog: Catalog) -> Result<Catalog> {
        for column in catalog.tables.iter_mut().flat_map(|t| &mut t.columns) {
            column.data_type = types::canonical(&column.data_type);
        }
        Ok(catalog)
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

    fn impact(&self, _: &Change, _: &Changes) -> Impact {
        Impact::default()
    }
}

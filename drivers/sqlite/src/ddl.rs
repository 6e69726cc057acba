//! What SQLite knows of changes of its catalog. Pure.

use crate::dialect::SqliteDialect;
use crate::render;
use initium_driver::catalog::{Catalog, Table};
use initium_driver::change::{Act, Change, Changes, Impact};
use initium_driver::ddl::{Ddl, Enums, Habits};
use initium_driver::error::Result;

impl Ddl for SqliteDialect {
    /// Capitals and single blanks. `INT` stays apart from `INTEGER`: as a primary key only the
    /// latter is the row id.
    fn canonical(&self, data_type: &str) -> String {
        let spaced = data_type.replace('(', " ( ").replace(')', " ) ");
        let spaced = spaced.replace(',', " , ").to_ascii_uppercase();
        let words: Vec<_> = spaced.split_whitespace().collect();
        words
            .join(" ")
            .replace(" ( ", "(")
            .replace(" )", ")")
            .replace(" , ", ",")
    }

    fn native(&self, mut catalog: Catalog) -> Result<Catalog> {
        for column in catalog.tables.iter_mut().flat_map(|t| &mut t.columns) {
            column.data_type = self.canonical(&column.data_type);
        }
        Ok(catalog)
    }

    fn generated(&self, _: &Table, name: &str) -> bool {
        name.starts_with("sqlite_autoindex_")
    }

    fn same(&self, one: &str, other: &str) -> bool {
        one == other
    }

    fn habits(&self) -> Habits {
        Habits {
            column_order: false,
            views_pin: false,
            keys_after: false,
        }
    }

    fn render(&self, changes: &Changes) -> Result<Vec<Act>> {
        let mut acts = Vec::new();
        for (n, change) in changes.list.iter().enumerate() {
            for sql in render::statements(change)? {
                acts.push(Act {
                    sql,
                    changes: vec![n],
                });
            }
        }
        Ok(acts)
    }

    fn impact(&self, _: &Change, _: &Changes) -> Impact {
        Impact::default()
    }

    fn rebuilds(&self, change: &Change, _: &Changes) -> bool {
        match change {
            Change::Table(_) | Change::Index(_) | Change::View(_) | Change::Trigger(_) => false,
            Change::Column(of) => of.edit.from().is_some() && of.edit.to().is_some(),
            _ => true,
        }
    }

    fn enums(&self) -> Enums {
        Enums::Columns
    }
}

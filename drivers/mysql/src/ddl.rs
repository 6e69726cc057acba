//! How MySQL and MariaDB spell their catalog and its changes, and what they know of them. Pure.

use crate::dialect::{Family, MySql};
use crate::{impact, native, read, render, types};
use initium_driver::Name;
use initium_driver::catalog::{Catalog, Table};
use initium_driver::change::{Act, Change, Changes, Impact};
use initium_driver::ddl::{Ddl, Enums, Habits};
use initium_driver::error::Result;
use initium_driver::sql::expression::{Within, same};

impl Ddl for MySql {
    fn canonical(&self, data_type: &str) -> String {
        types::canonical(data_type, self)
    }

    fn native(&self, catalog: Catalog) -> Result<Catalog> {
        native::native(catalog, self)
    }

    fn generated(&self, table: &Table, name: &str) -> bool {
        native::is_found(table, name, self)
    }

    fn same(&self, one: &str, other: &str) -> bool {
        self.same_in(one, other, &Within::default())
    }

    fn same_in(&self, one: &str, other: &str, within: &Within) -> bool {
        let has = |text: &str| read::without_definer(text, None) != text;
        // Where one does not say who made it, whoever applies it does.
        if has(one) != has(other) {
            let [one, other] = [one, other].map(|it| read::without_definer(it, None));
            return self.same_in(&one, &other, within);
        }
        same(one, other, &self.flavour(), within)
    }

    fn habits(&self) -> Habits {
        Habits {
            column_order: true,
            views_pin: false,
            keys_after: true,
        }
    }

    fn render(&self, changes: &Changes) -> Result<Vec<Act>> {
        render::render(changes, self)
    }

    fn impact(&self, change: &Change, changes: &Changes) -> Impact {
        impact::impact(change, changes, self)
    }

    fn renamed(&self, part: &str, from: &Name, to: &Name) -> Option<String> {
        let labels: &[&str] = match self.family() {
            Family::MySql => &["_ibfk_", "_chk_"],
            Family::MariaDb => &["_ibfk_"],
        };
        labels.iter().find_map(|label| {
            let number = part.strip_prefix(&from.name)?.strip_prefix(label)?;
            let is_number = number.bytes().all(|it| it.is_ascii_digit());
            is_number.then(|| format!("{}{label}{number}", to.name))
        })
    }

    fn enums(&self) -> Enums {
        Enums::Columns
    }
}

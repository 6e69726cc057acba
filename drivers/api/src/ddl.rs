//! How a database spells changes of its catalog, and what it knows of them. Pure: goldens, plans and
//! lints need no server. What only asking tells stands in [`crate::driver::Driver`].

use crate::catalog::{Catalog, Name, Table};
use crate::change::{Act, Change, Changes, Impact};
use crate::error::{Code, Error, Result};
use crate::sql::expression::Within;

/// Whether this build knows what databases hold. Asked where the way to it begins, so that a build
/// without it carries nothing of what lies behind.
pub const SCHEMAS: bool = cfg!(feature = "schemas");

/// What a build without it says to whoever asks.
pub fn missing(what: &str) -> Error {
    Error::new(
        Code::SchemasMissing,
        format!("{what}: this build knows nothing of schemas"),
    )
    .help("take a build with the feature `schemas`, as the published ones are")
}

pub trait Ddl {
    /// One spelling per type, so that a comparison compares like with like.
    fn canonical(&self, data_type: &str) -> String;

    /// What files say, as this database itself would tell it: its types, what it does not have said
    /// in what it has (a unique constraint where there are only indexes), references completed. It
    /// refuses what it cannot hold. What a server told comes back as it is.
    fn native(&self, catalog: Catalog) -> Result<Catalog>;

    /// Whether the database itself finds such a name for a part of this table: then the structure
    /// tells whether two are the same, not the name.
    fn generated(&self, table: &Table, name: &str) -> bool;

    /// Whether two expressions or bodies are known to mean the same.
    fn same(&self, one: &str, other: &str) -> bool;

    /// The same of expressions of a table: its columns tell what the server added by itself.
    fn same_in(&self, one: &str, other: &str, _within: &Within) -> bool {
        self.same(one, other)
    }

    fn habits(&self) -> Habits;

    /// Statements, in the order of the changes; those that one statement can make together are one.
    fn render(&self, changes: &Changes) -> Result<Vec<Act>>;

    /// What one of the changes means on a server of this version.
    fn impact(&self, change: &Change, changes: &Changes) -> Impact;

    /// Whether the table is built anew for it, out of what is known of it: then all has to be known.
    fn rebuilds(&self, _change: &Change, _changes: &Changes) -> bool {
        false
    }

    /// What the database itself calls a part of a table from now on that is renamed, where it found
    /// the part's name by the table's.
    fn renamed(&self, _part: &str, _from: &Name, _to: &Name) -> Option<String> {
        None
    }

    /// How it keeps an enum that has a name.
    fn enums(&self) -> Enums {
        Enums::Types
    }
}

/// What an enum with a name is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enums {
    /// A type of its own.
    Types,
    /// Each column says its values.
    Columns,
}

/// What a diff has to know of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Habits {
    /// A column can be put between others, so its place counts.
    pub column_order: bool,
    /// A view holds fast the columns it uses: it goes before they change and comes back after.
    pub views_pin: bool,
    /// A foreign key may be added to a table that stands; otherwise it is part of CREATE TABLE, and
    /// the other table need not be there yet.
    pub keys_after: bool,
}

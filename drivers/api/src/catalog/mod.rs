//! What a database holds, in words no database owns. What files say it should hold is said in the
//! same words. Data only: nothing here asks a database or compares.
//!
//! Texts that are SQL (types, expressions, bodies) stay SQL, as the server spells them where a server
//! told them.

mod column;
mod constraint;
mod index;
mod name;
mod object;
mod table;

pub use column::{Column, Generated, Identity, NotNull, Numbers, Serves, Storage};
pub use constraint::{Action, Check, Conflict, Deferrable, Exclusion, ForeignKey, Key};
pub use index::{Index, Nulls, Of, Part, Sort};
pub use name::Name;
pub use object::{Attribute, Body, Extension, Kind, Owner, Routine, Schema, Sequence, Type, View};
pub use table::{Options, Partition, Table, Trigger};

use crate::sorted;
use serde::Serialize;
use std::collections::BTreeMap;

/// Everything in order of its name, without the ledger's own and without what belongs to an extension.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Catalog {
    /// Those besides the connection's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schemas: Vec<Schema>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<Type>,
    /// Those that are nobody's: a column's own is part of the column.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sequences: Vec<Sequence>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Table>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<View>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routines: Vec<Routine>,
}

/// How many rows the tables have, by the server's estimate.
pub type Sizes = BTreeMap<Name, u64>;

impl Catalog {
    /// A table of the connection's own schema.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|t| t.name.is(name))
    }

    /// In the order that every catalog has, and in no more room than it needs.
    pub fn sort(&mut self) {
        for table in &mut self.tables {
            table.columns.shrink_to_fit();
        }
        sorted::by(&mut self.schemas, |a, b| a.name.cmp(&b.name));
        sorted::by(&mut self.extensions, |a, b| a.name.cmp(&b.name));
        sorted::by(&mut self.types, |a, b| a.name.cmp(&b.name));
        sorted::by(&mut self.sequences, |a, b| a.name.cmp(&b.name));
        sorted::by(&mut self.tables, |a, b| a.name.cmp(&b.name));
        sorted::by(&mut self.views, |a, b| a.name.cmp(&b.name));
        sorted::by(&mut self.routines, |a, b| {
            (&a.name, &a.arguments).cmp(&(&b.name, &b.arguments))
        });
    }
}

/// What has a name of its own within what holds it.
pub trait Named {
    fn name(&self) -> &str;
}

macro_rules! named {
    ($($what:ty),*) => {
        $(impl Named for $what {
            fn name(&self) -> &str {
                &self.name
            }
        })*
    };
}

named!(
    Column, Key, ForeignKey, Check, Exclusion, Index, Trigger, Schema, Extension
);

/// Whether a flag has its ordinary value, which files leave out.
pub(crate) fn is_false(flag: &bool) -> bool {
    !flag
}

//! Two catalogs to the changes that lie between them, in an order that works. Pure: what only one
//! database knows is asked of its [`Ddl`]; no server, no file and no clock is reachable from here.
//!
//! `pair` finds which object is which, `alike` says whether two are the same, `parts` and
//! `objects` list what differs, `pinned` adds the views that have to step aside, and `order`
//! puts it all in its order. `apply` goes the other way: a catalog and changes to the catalog behind
//! them.

mod alike;
mod apply;
mod choice;
mod difference;
mod mention;
mod objects;
mod order;
mod pair;
mod parts;
mod pinned;
mod policy;
mod rename;
mod scope;
mod soft;
mod suggest;
#[cfg(test)]
mod tests;
mod words;

pub use apply::applied;
pub use choice::{Choice, spare};
pub use difference::{Back, Difference, Step, difference};
pub use mention::words;
pub use policy::{judge, told};
pub use scope::{Scope, fits};
pub use suggest::Suggestion;
pub use words::described;

use initium_driver::change::{Change, Edit, reverse};
use initium_driver::ddl::Ddl;
use initium_driver::{Catalog, Name};
use std::collections::BTreeMap;

/// What lies between two catalogs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub changes: Vec<Change>,
    /// What may have been meant as a rename. It is never taken for one.
    pub suggestions: Vec<Suggestion>,
}

/// Both in the database's own words: see [`Ddl::native`].
pub fn diff(from: &Catalog, to: &Catalog, ddl: &dyn Ddl) -> Found {
    let renamed = objects::renamed(from, to);
    let mut changes = Vec::new();
    objects::simple(from, to, ddl, &mut changes);
    let suggestions = objects::tables(from, to, ddl, &renamed, &mut changes);
    objects::code(from, to, ddl, &renamed, &mut changes);
    if ddl.habits().views_pin {
        pinned::step_aside(from, to, &mut changes);
    }
    Found {
        changes: order::ordered(changes, from, to, ddl.habits()),
        suggestions,
    }
}

/// What leads from `to` back to `from`.
pub fn undo(changes: &[Change], from: &Catalog, to: &Catalog, ddl: &dyn Ddl) -> Vec<Change> {
    let mut back = reverse(changes);
    if ddl.habits().views_pin {
        pinned::cannot_shrink(&mut back);
        pinned::step_aside(to, from, &mut back);
    }
    order::ordered(back, to, from, ddl.habits())
}

/// The tables that are called otherwise now: the old name to the new one.
type Renamed = BTreeMap<Name, Name>;

/// A list's additions and removals alone, where nothing of its kind can be altered.
fn added<T: Clone>(to: &[T], wrap: impl Fn(Edit<T>) -> Change, changes: &mut Vec<Change>) {
    changes.extend(to.iter().map(|one| wrap(Edit::Add(one.clone()))));
}

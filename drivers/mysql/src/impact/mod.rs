//! What a change means on a server of this version: how it is made ([`cost`]), and what it may lose,
//! refuse or break ([`risks`]). Pure. Where it is not sure it is a risk.

pub mod cost;
mod kind;
mod parts;
mod risks;

use crate::dialect::MySql;
use cost::{Cost, INSTANT, Scene};
use initium_driver::catalog::Catalog;
use initium_driver::change::{Blocks, Change, Changes, Edit, Impact, Lock};
use initium_driver::{Name, Table};

pub fn impact(change: &Change, changes: &Changes, dialect: &MySql) -> Impact {
    let tables = tables(change, changes);
    let scene = Scene {
        from: &tables.0,
        to: &tables.1,
        dialect,
        key_changes: key_changes(change, changes),
    };
    let cost = match change {
        Change::Table(Edit::Drop(_)) => Cost {
            blocks: Blocks::Everything,
            ..INSTANT
        },
        change => scene.cost(change),
    };
    let lock = match change {
        Change::Table(Edit::Add(_))
        | Change::View(_)
        | Change::Routine(_)
        | Change::Sequence(_) => Lock::default(),
        _ => cost.lock(),
    };
    risks::risks(
        Impact {
            lock,
            work: cost.work,
            risks: Vec::new(),
        },
        change,
        &scene,
    )
}

/// The table of a part as it was and as it will be; where nobody tells them, a bare one.
pub fn tables(change: &Change, changes: &Changes) -> (Table, Table) {
    let name = match change {
        Change::Table(edit) => edit.to().or(edit.from()).map(|it| &it.name),
        change => change.table(),
    };
    let Some(name) = name else {
        return Default::default();
    };
    let bare = || Table {
        name: name.clone(),
        ..Table::default()
    };
    let to = table(changes.to, name).cloned().unwrap_or_else(bare);
    let old = table(changes.from, old_name(changes, name)).cloned();
    (old.unwrap_or_else(|| to.clone()), to)
}

pub fn table<'a>(catalog: &'a Catalog, name: &Name) -> Option<&'a Table> {
    // A catalog is in order of its names.
    let found = catalog.tables.binary_search_by(|it| it.name.cmp(name));
    found.ok().and_then(|n| catalog.tables.get(n))
}

/// What a table was called before all of it.
pub fn old_name<'a>(changes: &'a Changes, name: &'a Name) -> &'a Name {
    let mut renamed = changes.list.iter().filter_map(Change::renamed);
    renamed
        .find(|(_, new)| *new == name)
        .map_or(name, |(old, _)| old)
}

/// Whether the primary key goes and another comes in one statement.
pub fn key_changes(change: &Change, changes: &Changes) -> bool {
    let Change::PrimaryKey(of) = change else {
        return false;
    };
    let keys = changes.list.iter().filter_map(|it| match it {
        Change::PrimaryKey(other) if other.table == of.table => Some(&other.edit),
        _ => None,
    });
    let keys: Vec<_> = keys.collect();
    keys.iter().any(|it| it.from().is_some()) && keys.iter().any(|it| it.to().is_some())
}

//! Views that step aside: where a view holds fast the columns it uses, it goes before they change
//! and comes back after, and so do the views that use it.

use super::mention::words;
use initium_driver::Catalog;
use initium_driver::catalog::{Body, View};
use initium_driver::change::{Change, Edit};
use initium_driver::sorted;
use std::collections::BTreeSet;

pub fn step_aside(from: &Catalog, to: &Catalog, changes: &mut Vec<Change>) {
    let mut moving = moving(changes);
    moving.extend(retyped(from, changes));
    let mut gone: BTreeSet<&str> = BTreeSet::new();
    for change in changes.iter() {
        if let Change::View(Edit::Drop(view)) = change {
            let stands = from.views.iter().find(|one| one.name == view.name);
            gone.extend(stands.map(|view| view.name.name.as_str()));
        }
    }
    if moving.is_empty() && gone.is_empty() {
        return;
    }
    let texts: Vec<(&View, BTreeSet<String>)> = from
        .views
        .iter()
        .map(|view| (view, words(&view.definition)))
        .collect();
    let mut aside: BTreeSet<&str> = sorted::set(
        texts
            .iter()
            .filter(|(_, words)| {
                moving
                    .iter()
                    .any(|(table, column)| words.contains(table) && words.contains(column))
            })
            .map(|(view, _)| view.name.name.as_str()),
    );
    // And what uses those that go.
    loop {
        let more: Vec<_> = texts
            .iter()
            .filter(|(view, words)| {
                let name = view.name.name.as_str();
                !aside.contains(name)
                    && aside
                        .iter()
                        .chain(&gone)
                        .any(|other| *other != name && words.contains(*other))
            })
            .map(|(view, _)| view.name.name.as_str())
            .collect();
        if more.is_empty() {
            break;
        }
        aside.extend(more);
    }
    for name in aside {
        step(name, from, to, changes);
    }
}

/// A view that showed more may be replaced on the way there, not on the way back.
pub fn cannot_shrink(changes: &mut Vec<Change>) {
    let list = std::mem::take(changes);
    for change in list {
        match change {
            Change::View(Edit::Alter { from, to })
                if !from.columns.is_empty()
                    && !to.columns.is_empty()
                    && !to.columns.starts_with(&from.columns) =>
            {
                changes.push(Change::View(Edit::Drop(from)));
                changes.push(Change::View(Edit::Add(to)));
            }
            other => changes.push(other),
        }
    }
}

/// The columns that change under a view, by the names of their tables. A renamed one does not count: a
/// view follows it.
fn moving(changes: &[Change]) -> BTreeSet<(String, String)> {
    let mut all = BTreeSet::new();
    for change in changes {
        let Change::Column(of) = change else { continue };
        let column = match &of.edit {
            Edit::Add(_) => continue,
            Edit::Drop(column) => column,
            Edit::Alter { from, to } if from.data_type != to.data_type => from,
            Edit::Alter { from, to } if from.collation != to.collation => from,
            Edit::Alter { .. } => continue,
        };
        all.insert((of.table.name.clone(), column.name.clone()));
    }
    all
}

/// The columns whose type is made anew under its name: one that lost or moved a value, or is another.
fn retyped(from: &Catalog, changes: &[Change]) -> BTreeSet<(String, String)> {
    let anew = changes.iter().filter_map(|change| match change {
        Change::Type(Edit::Alter { from, to }) if !grows(&from.body, &to.body) => Some(&from.name),
        _ => None,
    });
    let anew: BTreeSet<&str> = sorted::set(anew.map(|name| name.name.as_str()));
    let mut all = BTreeSet::new();
    for table in from.tables.iter().filter(|_| !anew.is_empty()) {
        for column in &table.columns {
            if words(&column.data_type)
                .iter()
                .any(|word| anew.contains(word.as_str()))
            {
                all.insert((table.name.name.clone(), column.name.clone()));
            }
        }
    }
    all
}

/// Whether the columns of the type can stay as they are.
fn grows(from: &Body, to: &Body) -> bool {
    match (from, to) {
        (Body::Enum(from), Body::Enum(to)) => {
            let mut kept = to.iter().filter(|value| from.contains(value));
            from.iter().all(|value| kept.next() == Some(value))
        }
        (
            Body::Domain {
                data_type,
                collation,
                ..
            },
            Body::Domain {
                data_type: other,
                collation: other_collation,
                ..
            },
        ) => (data_type, collation) == (other, other_collation),
        (Body::Composite(_), Body::Composite(_)) => true,
        (from, to) => from == to,
    }
}

/// One view, unless it goes anyway.
fn step(name: &str, from: &Catalog, to: &Catalog, changes: &mut Vec<Change>) {
    let old = from.views.iter().filter(|view| view.name.name == name);
    for old in old {
        let is_this = |change: &Change| match change {
            Change::View(edit) => edit
                .from()
                .or(edit.to())
                .is_some_and(|view| view.name == old.name),
            Change::Index(of) => of.table == old.name,
            Change::Trigger(of) => of.table == old.name,
            _ => false,
        };
        if changes
            .iter()
            .any(|change| is_this(change) && matches!(change, Change::View(Edit::Drop(_))))
        {
            continue;
        }
        changes.retain(|change| !is_this(change));
        changes.push(Change::View(Edit::Drop(Box::new(old.clone()))));
        let new = to.views.iter().find(|view| view.name == old.name);
        changes.extend(new.map(|view| Change::View(Edit::Add(Box::new(view.clone())))));
    }
}

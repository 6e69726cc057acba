//! Foreign keys that step aside: no column of one, on either end, can change its type under it.

use super::part;
use crate::dialect::{Family, MySql};
use crate::impact::cost::{Scene, Way};
use crate::impact::{key_changes, old_name, table, tables};
use crate::types::is_text;
use crate::words::quote;
use initium_driver::Name;
use initium_driver::catalog::ForeignKey;
use initium_driver::change::{Act, Change, Changes, Edit};
use initium_driver::sorted;
use std::collections::BTreeSet;

#[derive(Default)]
pub struct Aside {
    pub go: Vec<Act>,
    pub come: Vec<Act>,
    pub late: Vec<Late>,
}

/// A foreign key of a new table that leads to one which is not yet as it will be.
pub struct Late {
    pub place: usize,
    pub key: String,
}

pub fn aside(changes: &Changes, dialect: &MySql) -> Aside {
    let mut aside = late(changes);
    let (moving, places) = moving(changes, dialect);
    if moving.is_empty() {
        return aside;
    }
    for new in &changes.to.tables {
        let Some(old) = table(changes.from, old_name(changes, &new.name)) else {
            continue;
        };
        for key in &new.foreign_keys {
            let is_here = |name: &Name, columns: &[String]| {
                columns
                    .iter()
                    .any(|it| moving.contains(&(name.clone(), it.clone())))
            };
            let is_held =
                is_here(&new.name, &key.columns) || is_here(&key.references, &key.referenced);
            if !is_held || comes(changes, &new.name, key) {
                continue;
            }
            let mut keys = old.foreign_keys.iter();
            let Some(was) = keys.find(|it| it.name == key.name || it.columns == key.columns) else {
                continue;
            };
            let act = |sql| Act {
                sql,
                changes: places.clone(),
            };
            let (now, then) = (part::name(&old.name), part::name(&new.name));
            aside.go.push(act(format!(
                "ALTER TABLE {now} DROP FOREIGN KEY {}",
                quote(&was.name)
            )));
            aside.come.push(act(format!(
                "ALTER TABLE {then} ADD {}",
                part::foreign_key(key)
            )));
        }
    }
    aside
}

/// The columns whose type changes, by the new names, and the places of these changes.
fn moving(changes: &Changes, dialect: &MySql) -> (BTreeSet<(Name, String)>, Vec<usize>) {
    let (mut all, mut places) = (BTreeSet::new(), Vec::new());
    for (n, change) in changes.list.iter().enumerate() {
        match change {
            Change::Column(of) => {
                let Edit::Alter { from, to } = &of.edit else {
                    continue;
                };
                let changes_type = from.data_type != to.data_type || from.collation != to.collation;
                let is_renamed = from.name != to.name && copies(&of.table, changes, dialect);
                if changes_type || is_renamed {
                    all.insert((of.table.clone(), to.name.clone()));
                    places.push(n);
                }
            }
            Change::Table(Edit::Alter { from, to })
                if super::alter::collation(from, dialect)
                    != super::alter::collation(to, dialect) =>
            {
                let texts = to.columns.iter().filter(|it| is_text(&it.data_type));
                let texts = texts.filter(|it| it.collation.is_none());
                all.extend(texts.map(|it| (to.name.clone(), it.name.clone())));
                places.push(n);
            }
            _ => {}
        }
    }
    (all, places)
}

/// MySQL: no column of a foreign key is renamed while its table is copied.
fn copies(table: &Name, changes: &Changes, dialect: &MySql) -> bool {
    dialect.family() == Family::MySql
        && changes.list.iter().any(|change| {
            let is_part = matches!(
                change,
                Change::Table(Edit::Alter { .. })
                    | Change::Column(_)
                    | Change::PrimaryKey(_)
                    | Change::Index(_)
                    | Change::Check(_)
            );
            is_part && change.table() == Some(table) && {
                let (from, to) = tables(change, changes);
                let scene = Scene {
                    from: &from,
                    to: &to,
                    dialect,
                    key_changes: key_changes(change, changes),
                };
                scene.cost(change).way == Way::Copy
            }
        })
}

/// Whether it is added anyway.
fn comes(changes: &Changes, table: &Name, key: &ForeignKey) -> bool {
    changes.list.iter().any(|change| match change {
        Change::ForeignKey(of) => {
            of.table == *table && of.edit.to().is_some_and(|it| it.name == key.name)
        }
        _ => false,
    })
}

fn late(changes: &Changes) -> Aside {
    let mut aside = Aside::default();
    let changing: BTreeSet<&Name> = sorted::set(
        changes
            .list
            .iter()
            .filter(|change| {
                matches!(
                    change,
                    Change::Column(_) | Change::PrimaryKey(_) | Change::Index(_)
                )
            })
            .filter_map(Change::table),
    );
    for (n, change) in changes.list.iter().enumerate() {
        let Change::Table(Edit::Add(it)) = change else {
            continue;
        };
        for key in &it.foreign_keys {
            if key.references != it.name && changing.contains(&key.references) {
                let table = part::name(&it.name);
                aside.come.push(Act {
                    sql: format!("ALTER TABLE {table} ADD {}", part::foreign_key(key)),
                    changes: vec![n],
                });
                aside.late.push(Late {
                    place: n,
                    key: key.name.clone(),
                });
            }
        }
    }
    aside
}

//! Changes as statements, in their order. What one ALTER TABLE can make together is one, except
//! where that would make a cheap part of it dear. Pure.

mod alter;
mod aside;
mod check;
mod clause;
mod code;
pub mod column;
mod follow;
mod part;
mod place;
mod rename;
pub mod table;
mod whole;

use crate::dialect::{Family, MySql};
use aside::Late;
use initium_driver::catalog::Trigger;
use initium_driver::change::{Act, Change, Changes, Edit, Of};
use initium_driver::sorted;
use initium_driver::{Code, Error, Name, Result};

/// What may be in one statement.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Band {
    /// Foreign keys go before all else, and by themselves: the same name cannot go and come at once.
    KeysGo,
    Parts,
    /// Foreign keys that come ask all rows, which nothing else has to wait for.
    KeysCome,
}

fn band(change: &Change) -> Option<Band> {
    Some(match change {
        Change::ForeignKey(Of {
            edit: Edit::Drop(_),
            ..
        }) => Band::KeysGo,
        Change::ForeignKey(Of {
            edit: Edit::Add(_), ..
        }) => Band::KeysCome,
        Change::Column(_) | Change::PrimaryKey(_) | Change::Index(_) | Change::Check(_) => {
            Band::Parts
        }
        Change::Table(Edit::Alter { from, to }) if from.name == to.name => Band::Parts,
        _ => return None,
    })
}

pub fn render(changes: &Changes, dialect: &MySql) -> Result<Vec<Act>> {
    let mut acts = Vec::new();
    let aside = aside::aside(changes, dialect);
    acts.extend(aside.go);
    let list = changes.list;
    let mut n = 0;
    while n < list.len() {
        let Some(band_here) = band(&list[n]) else {
            let end = (n..list.len())
                .find(|m| !matches!(list[*m], Change::Trigger(_)))
                .unwrap_or(list.len())
                .max(n + 1);
            let mut run: Vec<usize> = (n..end).collect();
            sorted::by_key(&mut run, |n| turn(&list[*n], changes));
            for n in run {
                single(n, changes, dialect, &aside.late, &mut acts)?;
            }
            n = end;
            continue;
        };
        let table = list[n].table();
        let end = (n..list.len())
            .find(|m| band(&list[*m]) != Some(band_here) || list[*m].table() != table)
            .unwrap_or(list.len());
        alter::alter(n..end, changes, dialect, &mut acts)?;
        n = end;
    }
    acts.extend(aside.come);
    follow::follow(changes, &mut acts);
    Ok(acts)
}

/// When a trigger is made: they run in the order in which they were.
fn turn(change: &Change, changes: &Changes) -> usize {
    let Change::Trigger(of) = change else {
        return 0;
    };
    let place = of.edit.to().and_then(|it| {
        let table = crate::impact::table(changes.to, &of.table)?;
        table
            .triggers
            .iter()
            .position(|other| other.name == it.name)
    });
    place.map_or(0, |place| place + 1)
}

/// A change that has a statement of its own; the tables in `late` get their foreign keys at the end.
fn single(
    n: usize,
    changes: &Changes,
    dialect: &MySql,
    late: &[Late],
    acts: &mut Vec<Act>,
) -> Result<()> {
    let mut add = |sql: String| {
        acts.push(Act {
            sql,
            changes: vec![n],
        });
    };
    match &changes.list[n] {
        Change::Table(Edit::Add(it)) => {
            let mut now = it.clone();
            let waits = |name: &str| late.iter().any(|it| it.place == n && it.key == name);
            now.foreign_keys.retain(|key| !waits(&key.name));
            add(table::create(&now, dialect));
            it.triggers
                .iter()
                .for_each(|it| add(code::trigger(it, None)));
        }
        Change::Table(Edit::Drop(it)) => add(format!("DROP TABLE {}", part::name(&it.name))),
        Change::Table(Edit::Alter { from, to }) => {
            let (old, new) = (part::name(&from.name), part::name(&to.name));
            add(format!("RENAME TABLE {old} TO {new}"));
            alter::renamed(n, changes, dialect, acts)?;
        }
        Change::ForeignKey(Of {
            table,
            edit: Edit::Alter { from, to },
        }) => {
            let table = part::name(changes.now(n, table));
            let old = crate::words::quote(&from.name);
            add(format!("ALTER TABLE {table} DROP FOREIGN KEY {old}"));
            add(format!("ALTER TABLE {table} ADD {}", part::foreign_key(to)));
        }
        Change::View(edit) => match edit {
            Edit::Add(it) => add(code::view(it, "CREATE")),
            Edit::Drop(it) => add(format!("DROP VIEW {}", part::name(&it.name))),
            Edit::Alter { to, .. } => add(code::view(to, "CREATE OR REPLACE")),
        },
        Change::Trigger(of) => match &of.edit {
            Edit::Add(it) => add(code::trigger(it, next(it, &of.table, changes).as_deref())),
            Edit::Drop(it) => add(drop_trigger(it)),
            Edit::Alter { from, to } => {
                add(drop_trigger(from));
                add(code::trigger(to, next(to, &of.table, changes).as_deref()));
            }
        },
        Change::Routine(edit) => {
            if let Some(it) = edit.from() {
                add(code::drop_routine(it));
            }
            if let Some(it) = edit.to() {
                add(it.definition.clone());
            }
        }
        Change::Sequence(edit) if dialect.family() == Family::MariaDb => match edit {
            Edit::Add(it) => add(code::sequence(it)),
            Edit::Drop(it) => add(format!("DROP SEQUENCE {}", part::name(&it.name))),
            Edit::Alter { from, to } => add(code::alter_sequence(from, to)),
        },
        Change::Schema(edit) => match edit {
            Edit::Add(it) => add(format!("CREATE DATABASE {}", crate::words::quote(&it.name))),
            Edit::Drop(it) => add(format!("DROP DATABASE {}", crate::words::quote(&it.name))),
            Edit::Alter { .. } => return Err(no("comments of databases")),
        },
        Change::Extension(_) => return Err(no("extensions")),
        Change::Type(_) => return Err(no("types of its own")),
        Change::Exclusion(_) => return Err(no("exclusion constraints")),
        Change::Unique(_) => return Err(no("unique constraints beside unique indexes")),
        _ => return Err(no("such a change")),
    }
    Ok(())
}

fn no(what: &str) -> Error {
    Error::new(Code::NotSupported, format!("this database has no {what}"))
        .help("say it in what it has, or leave it to the databases that have it")
}

fn drop_trigger(trigger: &Trigger) -> String {
    format!("DROP TRIGGER {}", crate::words::quote(&trigger.name))
}

/// The trigger that runs behind a new one and stands there already.
fn next(trigger: &Trigger, table: &Name, changes: &Changes) -> Option<String> {
    let follows = format!("FOLLOWS {} ", crate::words::quote(&trigger.name));
    let old = crate::impact::table(changes.from, crate::impact::old_name(changes, table))?;
    let new = crate::impact::table(changes.to, table)?;
    let mut behind = new
        .triggers
        .iter()
        .filter(|it| it.definition.contains(&follows));
    let next = behind.next()?;
    let comes = changes.list.iter().any(|change| match change {
        Change::Trigger(of) => {
            of.table == *table && of.edit.to().is_some_and(|it| it.name == next.name)
        }
        _ => false,
    });
    (!comes && old.triggers.iter().any(|it| it.name == next.name)).then(|| next.name.clone())
}

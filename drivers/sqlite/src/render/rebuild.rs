//! A table built anew, by the way that SQLite's manual says is safe, and in one transaction: foreign
//! keys, where there are any, are not watched meanwhile, and looked at in the end. The old table steps aside and the new one
//! is made under its own name, so that nothing that names it is ever rewritten, and its text is the one
//! that was meant. `legacy_alter_table` is what keeps references to it as they are.

use super::Script;
use super::alter::{has_conflicts, renames};
use super::create::{self, has};
use super::scene::{Group, Scene, names_word};
use crate::names::{list, literal, same, written};
use initium_driver::Result;
use initium_driver::catalog::{Column, Name, Sort, Table};

pub fn rebuild(group: &Group, scene: &Scene, script: &mut Script) -> Result<()> {
    let to = group.to()?;
    let all = &group.places;
    if scene.has_references(group) {
        script.loose.extend(all);
    }
    let renames = renames(group, scene);
    for (sql, places) in renames {
        script.say(sql, &places);
    }
    let table = &group.table.name;
    let aside = scene.aside(table);
    let (name, old) = (written(table), written(&aside));
    let here = Table {
        name: Name::new(table),
        ..to.clone()
    };
    let copy = copy(group, &here, scene);
    let counts = |table: &Table| table.columns.iter().any(|column| column.identity.is_some());
    let counts_on = counts(to) && group.from.is_some_and(counts);
    let named = |from: &str, to: &str| {
        let (from, to) = (literal(from), literal(to));
        format!("UPDATE sqlite_sequence SET name = {to} WHERE name = {from}")
    };
    match &copy {
        // Its own checks would not follow a rename that nothing follows: the rows alone step aside.
        Some((_, what)) if group.from.is_some_and(names_itself) => {
            script.say(
                format!("CREATE TABLE {old} AS SELECT {what} FROM {name}"),
                all,
            );
            if counts_on {
                script.say(named(table, &aside), all);
            }
            script.say(format!("DROP TABLE {name}"), all);
        }
        _ => {
            script.say("PRAGMA legacy_alter_table = ON".into(), all);
            script.say(format!("ALTER TABLE {name} RENAME TO {old}"), all);
            script.say("PRAGMA legacy_alter_table = OFF".into(), all);
        }
    }
    script.say(create::table(&here), all);
    if let Some((into, what)) = &copy {
        let or = if has_conflicts(to) { " OR ABORT" } else { "" };
        script.say(
            format!("INSERT{or} INTO {name} ({into})\nSELECT {what} FROM {old}"),
            all,
        );
    }
    if counts_on {
        // The number that comes next is that of the old one, also where its last rows are gone.
        let own = literal(table);
        script.say(
            format!("DELETE FROM sqlite_sequence WHERE name = {own}"),
            all,
        );
        script.say(named(&aside, table), all);
    }
    script.say(format!("DROP TABLE {old}"), all);
    for index in &to.indexes {
        script.say(create::index(index, table), all);
    }
    for trigger in &to.triggers {
        if !scene.comes(&to.name, trigger) {
            script.trigger(trigger, all);
        }
    }
    Ok(())
}

/// Whether an expression of the table names it.
fn names_itself(table: &Table) -> bool {
    let columns = table
        .columns
        .iter()
        .filter_map(|column| column.generated.as_ref());
    let checks = table.checks.iter().map(|check| &check.expression);
    let mut all = columns.map(|it| &it.expression).chain(checks);
    all.any(|text| names_word(text, &table.name.name))
}

/// The columns to fill and what fills them, of those that both have.
fn copy(group: &Group, to: &Table, scene: &Scene) -> Option<(String, String)> {
    let from = group.from?;
    let renamed = |column: &Column| {
        let changes = scene.changes_of(group);
        let mut names = changes.filter_map(|(_, change)| match change {
            initium_driver::Change::Column(of) => Some((of.edit.from()?, of.edit.to()?)),
            _ => None,
        });
        let found = names.find(|(old, _)| old.name == column.name);
        found.map_or(&column.name, |(_, new)| &new.name).clone()
    };
    let there: Vec<String> = from.columns.iter().map(renamed).collect();
    let plain = to
        .columns
        .iter()
        .filter(|column| column.generated.is_none());
    let both = plain.map(|column| column.name.as_str());
    let both: Vec<_> = both
        .filter(|name| there.iter().any(|one| one == name))
        .collect();
    let (mut into, mut what) = (list(both.iter().copied()), list(both.iter().copied()));
    if let Some((id, old_id)) = ids(from, &there, to, &both, scene) {
        let comma = if both.is_empty() { "" } else { ", " };
        into = format!("{id}{comma}{into}");
        what = format!("{old_id}{comma}{what}");
    }
    (!into.is_empty()).then_some((into, what))
}

/// The ids of the rows, in the new and in the old table, where they have to be told: where nothing
/// else tells rows apart, where a column becomes the id, and where a virtual table knows rows by it.
fn ids(
    from: &Table,
    there: &[String],
    to: &Table,
    both: &[&str],
    scene: &Scene,
) -> Option<(String, String)> {
    if has(from, "without_rowid") || has(to, "without_rowid") {
        return None;
    }
    let columns = |table: &Table| -> Vec<String> {
        table
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect()
    };
    let old = free(there)?;
    match id_column(to) {
        Some(column) if both.contains(&column) => None,
        Some(column) => Some((written(column), old)),
        None if to.primary_key.is_none() || scene.feeds_virtual(&to.name.name) => {
            Some((free(&columns(to))?, old))
        }
        None => None,
    }
}

/// The column that is the row id.
fn id_column(table: &Table) -> Option<&str> {
    let key = table.primary_key.as_ref()?;
    let [part] = &key.parts[..] else { return None };
    let column = table.column(part.name()?)?;
    (column.data_type == "INTEGER" && part.sort == Sort::Up).then_some(&column.name)
}

/// A name of the row id that no column has.
fn free(columns: &[String]) -> Option<String> {
    let names = ["rowid", "_rowid_", "oid"];
    let is_free = |name: &&&str| !columns.iter().any(|column| same(column, name));
    names.iter().find(is_free).map(|name| name.to_string())
}

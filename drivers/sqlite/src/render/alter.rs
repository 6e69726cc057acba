//! What ALTER TABLE can do, and where it cannot: each of its restrictions stands here once.

use super::create;
use super::scene::{Group, Scene, names_word};
use crate::expression as text;
use crate::names::{same, written};
use crate::read::is_value;
use initium_driver::catalog::{Check, Column, ForeignKey, Index, Of, Storage, Table};
use initium_driver::change::{Change, Edit};
use initium_driver::sorted;

/// How the changes of one table are made.
pub enum Means {
    /// Statements, each with the changes that it makes.
    Alter(Vec<(String, Vec<usize>)>),
    /// A new table, the rows, the old one gone.
    Rebuild,
    /// It is virtual, and another one comes: what it holds is gone.
    Replace,
}

pub fn means(group: &Group, scene: &Scene) -> Means {
    let modules = (
        group.from.map(create::module),
        group.goal().map(create::module),
    );
    if let (Some(from), Some(to)) = modules
        && from != to
    {
        return Means::Replace;
    }
    let mut steps = renames(group, scene);
    let mut changes: Vec<_> = scene.changes_of(group).collect();
    sorted::by_key(&mut changes, |(_, change)| rank(change));
    for (n, change) in changes {
        if let Change::ForeignKey(of) = change
            && of
                .edit
                .to()
                .is_some_and(|key| comes_with(key, group, scene).is_some())
        {
            continue;
        }
        match alters(change, group, scene) {
            Some(sql) => {
                let mut places = vec![n];
                if let Change::Column(of) = change
                    && let Edit::Add(column) = &of.edit
                {
                    places.extend(keys_of(column, group, scene).map(|(n, _)| n));
                }
                steps.extend(sql.into_iter().map(|sql| (sql, places.clone())));
            }
            None => return Means::Rebuild,
        }
    }
    Means::Alter(steps)
}

/// What names a column goes before the column and comes after it, whatever the order they came in.
fn rank(change: &Change) -> u8 {
    match change {
        Change::Column(of) => match &of.edit {
            Edit::Drop(column) if column.generated.is_some() => 1,
            Edit::Drop(_) => 2,
            _ => 3,
        },
        Change::Index(of) if of.edit.to().is_none() => 0,
        Change::Check(of) if of.edit.to().is_none() => 0,
        Change::ForeignKey(of) if of.edit.to().is_none() => 0,
        Change::Check(_) => 4,
        Change::Index(_) => 5,
        _ => 3,
    }
}

/// Columns are renamed by ALTER whatever else is done: so whatever names them follows.
pub fn renames(group: &Group, scene: &Scene) -> Vec<(String, Vec<usize>)> {
    let mut steps = Vec::new();
    for (n, change) in scene.changes_of(group) {
        if let Change::Column(of) = change
            && let Edit::Alter { from, to } = &of.edit
            && from.name != to.name
        {
            let names = (
                written(&group.table.name),
                written(&from.name),
                written(&to.name),
            );
            let sql = format!(
                "ALTER TABLE {} RENAME COLUMN {} TO {}",
                names.0, names.1, names.2
            );
            steps.push((sql, vec![n]));
        }
    }
    steps
}

/// The statements of one change behind the renames; `None`: it takes a new table.
fn alters(change: &Change, group: &Group, scene: &Scene) -> Option<Vec<String>> {
    let table = &group.table.name;
    let alter = |what: String| format!("ALTER TABLE {} {what}", written(table));
    let drop = |index: &Index| format!("DROP INDEX {}", written(&index.name));
    let one = |sql| Some(vec![sql]);
    match change {
        Change::Table(Edit::Alter { from, to }) => (from.options == to.options).then(Vec::new),
        Change::Column(of) => match &of.edit {
            Edit::Add(column) => {
                let keys: Vec<_> = keys_of(column, group, scene).map(|(_, key)| key).collect();
                let sql = format!("ADD COLUMN {}", create::column(column, &keys));
                is_addable(column, &keys).then(|| vec![alter(sql)])
            }
            Edit::Drop(column) => {
                let sql = format!("DROP COLUMN {}", written(&column.name));
                is_droppable(column, group, scene).then(|| vec![alter(sql)])
            }
            Edit::Alter { from, to } => {
                let column = written(&to.name);
                match (is_same_but_null(from, to), from.nullable, to.nullable) {
                    (false, ..) => None,
                    (_, true, false) => one(alter(format!("ALTER COLUMN {column} SET NOT NULL"))),
                    (_, false, true) => one(alter(format!("ALTER COLUMN {column} DROP NOT NULL"))),
                    _ => Some(Vec::new()),
                }
            }
        },
        Change::Check(of) => {
            let drop = |check: &Check| alter(format!("DROP CONSTRAINT {}", written(&check.name)));
            let add = |check: &Check| alter(format!("ADD {}", create::check(check)));
            match &of.edit {
                Edit::Add(check) => one(add(check)),
                Edit::Drop(check) if !check.name.is_empty() => one(drop(check)),
                Edit::Alter { from, to } if !from.name.is_empty() => {
                    Some(vec![drop(from), add(to)])
                }
                _ => None,
            }
        }
        Change::ForeignKey(of) => match &of.edit {
            Edit::Drop(key) if !key.name.is_empty() => {
                one(alter(format!("DROP CONSTRAINT {}", written(&key.name))))
            }
            _ => None,
        },
        Change::Index(of) => Some(match &of.edit {
            Edit::Add(index) => vec![create::index(index, table)],
            Edit::Drop(index) => vec![drop(index)],
            Edit::Alter { from, to } => vec![drop(from), create::index(to, table)],
        }),
        _ => None,
    }
}

/// The foreign keys that come and have this new column alone.
fn keys_of<'a>(
    column: &'a Column,
    group: &'a Group<'a>,
    scene: &'a Scene<'a>,
) -> impl Iterator<Item = (usize, &'a ForeignKey)> + 'a {
    scene
        .changes_of(group)
        .filter_map(|(n, change)| match change {
            Change::ForeignKey(of) => match &of.edit {
                Edit::Add(key) if key.columns == [column.name.clone()] => Some((n, key)),
                _ => None,
            },
            _ => None,
        })
}

/// The new column that a new foreign key can come with.
fn comes_with<'a>(key: &ForeignKey, group: &Group<'a>, scene: &Scene<'a>) -> Option<&'a Column> {
    scene
        .changes_of(group)
        .find_map(|(_, change)| match change {
            Change::Column(of) => match &of.edit {
                Edit::Add(column) if key.columns == [column.name.clone()] => Some(&**column),
                _ => None,
            },
            _ => None,
        })
}

fn is_row_id(name: &str) -> bool {
    ["rowid", "oid", "_rowid_"]
        .iter()
        .any(|one| same(one, name))
}

/// The value that rows get which stand there has to be known without them.
fn is_addable(column: &Column, keys: &[&ForeignKey]) -> bool {
    let is_known =
        |text: &String| is_value(text) && !text.to_ascii_uppercase().contains("CURRENT_");
    let is_stored = |it: &initium_driver::catalog::Generated| it.storage == Storage::Stored;
    column.default.as_ref().is_none_or(is_known)
        && !column.generated.as_ref().is_some_and(is_stored)
        && (keys.is_empty() || column.default.is_none())
        && column.identity.is_none()
        && !is_row_id(&column.name)
}

/// Nothing else may name it.
fn is_droppable(column: &Column, group: &Group, scene: &Scene) -> bool {
    let name = &column.name;
    // Nothing is known of the table: SQLite will say.
    let Some(table) = group.from else { return true };
    let dropped = |wanted: &dyn Fn(&Change) -> bool| {
        scene.changes_of(group).any(|(_, change)| wanted(change))
    };
    let stays = |other: &Column| {
        let gone = |change: &Change| matches!(change, Change::Column(of) if matches!(&of.edit, Edit::Drop(it) if it.name == other.name));
        !dropped(&gone)
    };
    let index_stays = |index: &Index| {
        let gone = |change: &Change| matches!(change, Change::Index(of) if of.edit.from().is_some_and(|it| it.name == index.name));
        !dropped(&gone)
    };
    let check_stays = |check: &Check| {
        let gone =
            |change: &Change| matches!(change, Change::Check(of) if of.edit.from() == Some(check));
        !dropped(&gone)
    };
    let key_stays = |key: &ForeignKey| {
        let gone = |change: &Change| matches!(change, Change::ForeignKey(of) if of.edit.from() == Some(key));
        !dropped(&gone)
    };
    let computed = |other: &Column| {
        other.name != *name
            && other
                .generated
                .as_ref()
                .is_some_and(|it| names_word(&it.expression, name))
            // Of two that are computed from each other nobody says which goes first.
            && (stays(other) || column.generated.is_some())
    };
    let keys = table.primary_key.iter().chain(&table.unique);
    !is_row_id(name)
        && table.columns.iter().any(stays)
        && !keys
            .flat_map(|key| &key.parts)
            .any(|part| part.name() == Some(name))
        && !table.columns.iter().any(computed)
        && !table
            .indexes
            .iter()
            .any(|index| is_in_index(name, index) && index_stays(index))
        && !table
            .checks
            .iter()
            .any(|it| names_word(&it.expression, name) && check_stays(it))
        && !table
            .foreign_keys
            .iter()
            .any(|key| key.columns.contains(name) && key_stays(key))
        && !scene.is_named_in_code(name)
}

fn is_in_index(column: &str, index: &Index) -> bool {
    let in_part = |part: &initium_driver::catalog::Part| match &part.of {
        Of::Column(name) => name == column,
        Of::Expression(text) => names_word(text, column),
    };
    index.parts.iter().any(in_part)
        || index
            .predicate
            .as_ref()
            .is_some_and(|text| names_word(text, column))
}

/// But for the name, which is dealt with, and for whether it takes NULL.
fn is_same_but_null(from: &Column, to: &Column) -> bool {
    let like = |one: &Option<String>, other: &Option<String>| match (one, other) {
        (Some(one), Some(other)) => text::same(one, other),
        (one, other) => one.is_none() && other.is_none(),
    };
    let computed = |column: &Column| column.generated.as_ref().map(|it| it.expression.clone());
    let storage = |column: &Column| column.generated.as_ref().map(|it| it.storage);
    like(&from.default, &to.default)
        && like(&computed(from), &computed(to))
        && storage(from) == storage(to)
        && from.data_type == to.data_type
        && from.identity == to.identity
        && from.collation == to.collation
        && (to.nullable || (&from.not_null, from.on_conflict) == (&to.not_null, to.on_conflict))
}

/// Whether a table refuses rows otherwise than by an error, so that a copy would lose them.
pub fn has_conflicts(table: &Table) -> bool {
    let keys = table.primary_key.iter().chain(&table.unique);
    keys.into_iter().any(|key| key.on_conflict.is_some())
        || table
            .columns
            .iter()
            .any(|column| column.on_conflict.is_some())
}

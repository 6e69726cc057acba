//! What differs between the objects of two catalogs, and where their tables do, between their parts.

use super::alike::Alike;
use super::mention::Words;
use super::order::broken;
use super::parts::{self, Two};
use super::suggest::{self, Suggestion};
use super::{Renamed, added};
use initium_driver::catalog::{Body, ForeignKey, Routine, Table, Type, View};
use initium_driver::change::{Change, Edit, Of};
use initium_driver::ddl::Ddl;
use initium_driver::sorted;
use initium_driver::{Catalog, Name};
use std::collections::BTreeMap;

/// The tables that a hint of `to` leads to. A hint that nothing answers to is old.
pub fn renamed(from: &Catalog, to: &Catalog) -> Renamed {
    let names = |catalog: &Catalog| -> BTreeMap<Name, ()> {
        let tables = catalog.tables.iter();
        sorted::map(tables.map(|table| (table.name.clone(), ())))
    };
    let (old, new) = (names(from), names(to));
    let mut all = Renamed::new();
    for table in &to.tables {
        if let Some(hint) = &table.renamed_from
            && old.contains_key(hint)
            && !new.contains_key(hint)
            && !old.contains_key(&table.name)
        {
            all.insert(hint.clone(), table.name.clone());
        }
    }
    all
}

/// What has no parts: by their names.
pub fn simple(from: &Catalog, to: &Catalog, ddl: &dyn Ddl, changes: &mut Vec<Change>) {
    let alike = Alike {
        ddl,
        columns: Words::default(),
        all: Words::default(),
        table: &[],
    };
    list(
        &from.schemas,
        &to.schemas,
        &|it| it.name.clone(),
        &|a, b| a == b,
        &Change::Schema,
        changes,
    );
    let same = |a: &initium_driver::catalog::Extension, b: &initium_driver::catalog::Extension| {
        (b.version.is_none() || a.version == b.version)
            && (b.schema.is_none() || a.schema == b.schema)
    };
    list(
        &from.extensions,
        &to.extensions,
        &|it| it.name.clone(),
        &same,
        &Change::Extension,
        changes,
    );
    list(
        &from.types,
        &to.types,
        &|it| it.name.clone(),
        &|a, b| same_type(a, b, &alike),
        &Change::Type,
        changes,
    );
    list(
        &from.sequences,
        &to.sequences,
        &|it| it.name.clone(),
        &|a, b| a == b,
        &Change::Sequence,
        changes,
    );
}

fn same_type(one: &Type, other: &Type, alike: &Alike) -> bool {
    let (
        Body::Domain {
            data_type,
            not_null,
            default,
            collation,
            checks,
        },
        Body::Domain {
            data_type: other_type,
            not_null: other_null,
            default: other_default,
            collation: other_collation,
            checks: others,
        },
    ) = (&one.body, &other.body)
    else {
        return one == other;
    };
    let default = match (default, other_default) {
        (Some(one), Some(other)) => alike.text(one, other),
        (one, other) => one == other,
    };
    default
        && one.comment == other.comment
        && (data_type, not_null, collation) == (other_type, other_null, other_collation)
        && checks.len() == others.len()
        && checks.iter().all(|one| {
            let named = |name: &str| name.is_empty() || one.name.is_empty() || name == one.name;
            others
                .iter()
                .any(|other| named(&other.name) && alike.check(one, other))
        })
}

/// Objects of one kind, by what names them.
fn list<T: Clone, K: Ord>(
    from: &[T],
    to: &[T],
    key: &dyn Fn(&T) -> K,
    same: &dyn Fn(&T, &T) -> bool,
    wrap: &dyn Fn(Edit<T>) -> Change,
    changes: &mut Vec<Change>,
) {
    let mut old: BTreeMap<K, &T> = sorted::map(from.iter().map(|one| (key(one), one)));
    for other in to {
        match old.remove(&key(other)) {
            None => added(std::slice::from_ref(other), wrap, changes),
            Some(one) if same(one, other) => {}
            Some(one) => changes.push(wrap(Edit::Alter {
                from: one.clone(),
                to: other.clone(),
            })),
        }
    }
    changes.extend(old.into_values().map(|one| wrap(Edit::Drop(one.clone()))));
}

/// The tables, and the parts of those that are in both.
pub fn tables(
    from: &Catalog,
    to: &Catalog,
    ddl: &dyn Ddl,
    renamed: &Renamed,
    changes: &mut Vec<Change>,
) -> Vec<Suggestion> {
    let mut suggestions = Vec::new();
    let mut old: BTreeMap<Name, &Table> = BTreeMap::new();
    for table in &from.tables {
        let name = renamed.get(&table.name).unwrap_or(&table.name);
        old.insert(name.clone(), table);
    }
    let columns = columns(&old, to);
    let mut new = Vec::new();
    for table in &to.tables {
        let Some(one) = old.remove(&table.name) else {
            new.push(table);
            continue;
        };
        if one.name != table.name || !same_table(one, table, renamed, ddl) {
            changes.push(Change::Table(Edit::Alter {
                from: Box::new(one.clone()),
                to: Box::new(table.clone()),
            }));
        }
        let two = Two {
            from: one,
            to: table,
            ddl,
            tables: renamed,
            columns: &columns,
        };
        two.compare(changes, &mut suggestions);
    }
    let gone: Vec<_> = old.into_values().collect();
    suggest::tables(&gone, &new, &mut suggestions);
    whole(&gone, ddl, Edit::Drop, Edit::Drop, changes);
    whole(&new, ddl, Edit::Add, Edit::Add, changes);
    suggestions
}

/// Whole tables, with the foreign keys that close a circle apart.
fn whole(
    tables: &[&Table],
    ddl: &dyn Ddl,
    table_edit: fn(Box<Table>) -> Edit<Box<Table>>,
    key_edit: fn(ForeignKey) -> Edit<ForeignKey>,
    changes: &mut Vec<Change>,
) {
    let apart = match ddl.habits().keys_after {
        true => broken(tables),
        false => BTreeMap::new(),
    };
    for table in tables {
        let mut table = Box::new((*table).clone());
        if let Some(keys) = apart.get(&table.name) {
            for n in keys.iter().rev() {
                let key = table.foreign_keys.remove(*n);
                changes.push(Change::ForeignKey(Of {
                    table: table.name.clone(),
                    edit: key_edit(key),
                }));
            }
        }
        changes.push(Change::Table(table_edit(table)));
    }
}

/// The renamed columns of all tables, by the old names of the tables. `old` has them by their new ones.
fn columns<'a>(
    old: &BTreeMap<Name, &'a Table>,
    to: &'a Catalog,
) -> BTreeMap<Name, BTreeMap<&'a str, &'a str>> {
    let mut all = BTreeMap::new();
    for table in &to.tables {
        if let Some(one) = old.get(&table.name) {
            let columns = parts::renamed(one, table);
            if !columns.is_empty() {
                all.insert(one.name.clone(), columns);
            }
        }
    }
    all
}

/// But for its name and its parts.
fn same_table(one: &Table, other: &Table, renamed: &Renamed, ddl: &dyn Ddl) -> bool {
    let now = |name: &Name| renamed.get(name).unwrap_or(name).clone();
    let text = |one: &Option<String>, other: &Option<String>| match (one, other) {
        (Some(one), Some(other)) => one == other || ddl.same(one, other),
        (one, other) => one.is_none() && other.is_none(),
    };
    let place = match (&one.partition_of, &other.partition_of) {
        (Some(one), Some(other)) => {
            now(&one.parent) == other.parent
                && (one.bound == other.bound || ddl.same(&one.bound, &other.bound))
        }
        (one, other) => one.is_none() && other.is_none(),
    };
    place
        && one.comment == other.comment
        && one.options == other.options
        && text(&one.partition_by, &other.partition_by)
        && one
            .inherits
            .iter()
            .map(now)
            .eq(other.inherits.iter().cloned())
}

/// Views with what belongs to them, and routines.
pub fn code(
    from: &Catalog,
    to: &Catalog,
    ddl: &dyn Ddl,
    renamed: &Renamed,
    changes: &mut Vec<Change>,
) {
    let mut alike = Alike {
        ddl,
        columns: Words::default(),
        all: Words::default(),
        table: &[],
    };
    // A text may name any column of any table.
    let old: BTreeMap<Name, &Table> = sorted::map(from.tables.iter().map(|table| {
        (
            renamed.get(&table.name).unwrap_or(&table.name).clone(),
            table,
        )
    }));
    let columns = columns(&old, to);
    for words in columns.values() {
        alike.all.words.extend(words);
    }
    for (old, new) in renamed {
        alike.all.words.insert(&old.name, &new.name);
    }
    let same = |one: &Routine, other: &Routine| {
        one.kind == other.kind
            && one.comment == other.comment
            && alike.text(&one.definition, &other.definition)
    };
    let key = |it: &Routine| (it.name.clone(), it.arguments.clone());
    list(
        &from.routines,
        &to.routines,
        &key,
        &same,
        &Change::Routine,
        changes,
    );
    views(from, to, &alike, changes);
}

fn views(from: &Catalog, to: &Catalog, alike: &Alike, changes: &mut Vec<Change>) {
    let mut old: BTreeMap<&Name, &View> =
        sorted::map(from.views.iter().map(|view| (&view.name, view)));
    for view in &to.views {
        let Some(one) = old.remove(&view.name) else {
            changes.push(Change::View(Edit::Add(Box::new(view.clone()))));
            continue;
        };
        if !alike.view(one, view) {
            if !is_replaceable(one, view, alike) {
                changes.push(Change::View(Edit::Drop(Box::new(one.clone()))));
                changes.push(Change::View(Edit::Add(Box::new(view.clone()))));
                continue;
            }
            changes.push(Change::View(Edit::Alter {
                from: Box::new(one.clone()),
                to: Box::new(view.clone()),
            }));
        }
        let two = Two {
            from: &holder(one),
            to: &holder(view),
            ddl: alike.ddl,
            tables: &Renamed::new(),
            columns: &BTreeMap::new(),
        };
        two.compare(changes, &mut Vec::new());
    }
    let gone = old.into_values();
    changes.extend(gone.map(|view| Change::View(Edit::Drop(Box::new(view.clone())))));
}

/// Whether what uses the view may go on with it: its columns stand where they stood.
fn is_replaceable(one: &View, other: &View, alike: &Alike) -> bool {
    let same_text = alike.text(&one.definition, &other.definition);
    one.materialized == other.materialized
        && (same_text || !other.materialized)
        && (one.columns.is_empty()
            || other.columns.is_empty()
            || other.columns.starts_with(&one.columns))
}

/// What belongs to a view is compared as what belongs to a table.
fn holder(view: &View) -> Table {
    Table {
        name: view.name.clone(),
        indexes: view.indexes.clone(),
        triggers: view.triggers.clone(),
        ..Table::default()
    }
}

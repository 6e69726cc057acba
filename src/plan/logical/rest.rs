//! Which part of a table is meant, and what goes with a column.

use super::refuse::{impossible, missing};
use crate::diff::words;
use crate::spec::Which;
use initium_driver::catalog::{Catalog, Index, Key, Named, Of as PartOf, Part};
use initium_driver::change::{Change, Edit, Of};
use initium_driver::ddl::Ddl;
use initium_driver::{Name, Result, Table};

/// The one of a list that is meant.
fn one<'a, T: Named>(
    all: &'a [T],
    which: &Which,
    kind: &str,
    table: &Name,
    fits: impl Fn(&T) -> bool,
) -> Result<&'a T> {
    let found = all.iter().filter(|it| match which {
        Which::Name(name) => it.name() == name,
        Which::Columns(_) | Which::Expression(_) => fits(it),
    });
    let found: Vec<&T> = found.collect();
    let told = match which {
        Which::Name(name) => format!("{name} of {table}"),
        Which::Columns(columns) => format!("over {} of {table}", columns.join(", ")),
        Which::Expression(text) => format!("({text}) of {table}"),
    };
    match found.as_slice() {
        [] => Err(missing(kind, &told)),
        [one] => Ok(one),
        _ => Err(
            impossible(format!("there are {} {kind}s {told}", found.len()))
                .help("say its `name`: see `initium migrate inspect`"),
        ),
    }
}

fn is_over(parts: &[Part], which: &Which) -> bool {
    let Which::Columns(columns) = which else {
        return false;
    };
    parts
        .iter()
        .map(|part| part.name().unwrap_or_default())
        .eq(columns.iter().map(String::as_str))
}

fn of<T: Clone>(table: &Name, part: &T) -> Of<T> {
    Of {
        table: table.clone(),
        edit: Edit::Drop(part.clone()),
    }
}

/// Where a database has no unique constraints beside unique indexes, it is one of those.
pub fn unique(table: &Table, which: &Which) -> Result<Change> {
    let fits = |key: &Key| is_over(&key.parts, which);
    let key = one(&table.unique, which, "unique constraint", &table.name, fits);
    let index = |index: &&Index| {
        index.unique
            && index.predicate.is_none()
            && match which {
                Which::Name(name) => index.name == *name,
                which => is_over(&index.parts, which),
            }
    };
    match (key, table.indexes.iter().find(index)) {
        (Ok(key), _) => Ok(Change::Unique(of(&table.name, key))),
        (Err(_), Some(index)) => Ok(Change::Index(of(&table.name, index))),
        (Err(error), None) => Err(error),
    }
}

pub fn foreign_key(table: &Table, which: &Which) -> Result<Change> {
    let keys = &table.foreign_keys;
    let key = one(
        keys,
        which,
        "foreign key",
        &table.name,
        |key| matches!(which, Which::Columns(columns) if *columns == key.columns),
    )?;
    Ok(Change::ForeignKey(of(&table.name, key)))
}

pub fn check(table: &Table, which: &Which, ddl: &dyn Ddl) -> Result<Change> {
    let check = one(
        &table.checks,
        which,
        "check",
        &table.name,
        |check| matches!(which, Which::Expression(text) if ddl.same(text, &check.expression)),
    )?;
    Ok(Change::Check(of(&table.name, check)))
}

pub fn index(table: &Table, which: &Which) -> Result<Change> {
    let fits = |index: &Index| is_over(&index.parts, which);
    let index = one(&table.indexes, which, "index", &table.name, fits)?;
    Ok(Change::Index(of(&table.name, index)))
}

fn names(parts: &[Part], column: &str) -> bool {
    parts.iter().any(|part| match &part.of {
        PartOf::Column(name) => name == column,
        PartOf::Expression(text) => words(text).contains(column),
    })
}

/// What rests on a column and goes with it: its indexes, unique constraints, foreign keys and checks.
/// Databases differ in what they take along, so all of it is said.
pub fn goes_with(column: &str, table: &Table, catalog: &Catalog) -> Result<Vec<Change>> {
    let here = &table.name;
    if let Some(key) = &table.primary_key
        && names(&key.parts, column)
    {
        return Err(
            impossible(format!("column {here}.{column} is part of the primary key"))
                .help("say `drop_primary_key` before it, and what the key is instead"),
        );
    }
    for other in &catalog.tables {
        let mut keys = other.foreign_keys.iter();
        let refers = |name: &String| name == column;
        if let Some(key) =
            keys.find(|key| key.references == *here && key.referenced.iter().any(refers))
        {
            return Err(impossible(format!(
                "a foreign key of {} over {} leads to column {here}.{column}",
                other.name,
                key.columns.join(", ")
            ))
            .help("say `drop_foreign_key` before it"));
        }
    }
    let mut list = Vec::new();
    for key in &table.foreign_keys {
        if key.columns.iter().any(|name| name == column) {
            list.push(Change::ForeignKey(of(here, key)));
        }
    }
    for check in &table.checks {
        if words(&check.expression).contains(column) {
            list.push(Change::Check(of(here, check)));
        }
    }
    for it in &table.exclusions {
        if words(&it.definition).contains(column) {
            list.push(Change::Exclusion(of(here, it)));
        }
    }
    for index in &table.indexes {
        let included = index.include.iter().any(|name| name == column);
        let predicate = index.predicate.as_deref().unwrap_or_default();
        if names(&index.parts, column) || included || words(predicate).contains(column) {
            list.push(Change::Index(of(here, index)));
        }
    }
    for key in &table.unique {
        let included = key.include.iter().any(|name| name == column);
        if names(&key.parts, column) || included {
            list.push(Change::Unique(of(here, key)));
        }
    }
    Ok(list)
}

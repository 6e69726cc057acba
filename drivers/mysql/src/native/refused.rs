//! What these databases do not have, and nothing of theirs says.

use crate::dialect::{Family, MySql};
use crate::spelled::signs;
use initium_driver::catalog::{
    Action, Catalog, Check, ForeignKey, Index, Numbers, Of, Part, Storage,
};
use initium_driver::{Code, Error, Name, Result, Table};

pub fn look(catalog: &Catalog, dialect: &MySql) -> Result<()> {
    let first = |what: &str, name: Option<String>| match name {
        Some(name) => Err(no(&name, what)),
        None => Ok(()),
    };
    first(
        "extensions",
        catalog.extensions.first().map(|it| it.name.clone()),
    )?;
    first(
        "types of its own but enumerations",
        catalog.types.first().map(|it| it.name.to_string()),
    )?;
    if dialect.family() == Family::MySql {
        first(
            "sequences",
            catalog.sequences.first().map(|it| it.name.to_string()),
        )?;
    }
    let mut views = catalog.views.iter();
    let materialized = views.find(|it| it.materialized || !it.indexes.is_empty());
    first(
        "materialized views",
        materialized.map(|it| it.name.to_string()),
    )?;
    let tables = catalog.tables.iter().map(|it| &it.name);
    let views = catalog.views.iter().map(|it| &it.name);
    let routines = catalog.routines.iter().map(|it| &it.name);
    let mut names = tables.chain(views).chain(routines);
    if let Some(Name {
        schema: Some(schema),
        name,
    }) = names.find(|it| it.schema.is_some())
    {
        return Err(Error::new(
            Code::NotSupported,
            format!("{schema}.{name}: the catalog of a MySQL or MariaDB connection is that of its own database"),
        )
        .help(format!("declare it without {schema}, and open a connection to that database")));
    }
    if let Some(schema) = catalog.schemas.first() {
        return Err(Error::new(
            Code::NotSupported,
            format!(
                "{}: a schema is a database here, and a connection has one",
                schema.name
            ),
        )
        .help("create it once by hand, and open a connection to it"));
    }
    catalog.tables.iter().try_for_each(|it| table(it, dialect))
}

fn no(name: &str, what: &str) -> Error {
    Error::new(
        Code::NotSupported,
        format!("{name}: this database has no {what}"),
    )
    .help("say it in what it has, or leave it to the databases that have it")
}

fn table(table: &Table, dialect: &MySql) -> Result<()> {
    let here = table.name.to_string();
    let within = |name: &str| format!("{here}.{name}");
    let refuse = |is: bool, name: String, what: &str| match is {
        true => Err(no(&name, what)),
        false => Ok(()),
    };
    refuse(
        !table.exclusions.is_empty(),
        here.clone(),
        "exclusion constraints",
    )?;
    refuse(
        !table.inherits.is_empty(),
        here.clone(),
        "tables that inherit",
    )?;
    refuse(
        table.partition_of.is_some(),
        here.clone(),
        "partitions that are tables: say them in `partition_by` of the whole table",
    )?;
    for column in &table.columns {
        let numbers = column.identity.as_ref().map(|it| &it.numbers);
        let is_ordinary = numbers.is_none_or(|it| *it == Numbers::default());
        let name = || within(&column.name);
        refuse(!is_ordinary, name(), "way to count otherwise than by one")?;
        refuse(column.data_type.trim_end().ends_with(']'), name(), "arrays")?;
    }
    let primary = table.primary_key.iter();
    for key in primary.chain(&table.unique) {
        let name = || within(&key.name);
        refuse(!key.include.is_empty(), name(), "columns beside a key")?;
        refuse(
            key.nulls_not_distinct,
            name(),
            "keys in which NULL is a value",
        )?;
        refuse(key.deferrable.is_some(), name(), "keys that wait")?;
        parts(&key.parts, &name())?;
    }
    for it in &table.indexes {
        index(it, &within(&it.name), dialect)?;
    }
    for it in &table.foreign_keys {
        foreign(it, &within(&it.name))?;
        writes(it, table, &within(&it.name), dialect)?;
    }
    for it in &table.checks {
        check(it, &within(&it.name), dialect)?;
    }
    let disabled = table
        .triggers
        .iter()
        .find(|it| it.disabled || it.comment.is_some());
    match disabled {
        Some(it) => Err(no(
            &within(&it.name),
            "triggers that are turned off or have a comment",
        )),
        None => Ok(()),
    }
}

fn index(index: &Index, name: &str, dialect: &MySql) -> Result<()> {
    let is_computed = index
        .parts
        .iter()
        .any(|it| matches!(it.of, Of::Expression(_)));
    let maria = dialect.family() == Family::MariaDb;
    let hidden = index.invisible && maria && dialect.version < [10, 6, 0];
    for (is, what) in [
        (index.predicate.is_some(), "indexes of some rows"),
        (!index.include.is_empty(), "columns beside an index"),
        (index.nulls_not_distinct, "keys in which NULL is a value"),
        (
            is_computed && maria,
            "indexes of expressions: index a generated column",
        ),
        (hidden, "indexes that the planner does not see before 10.6"),
    ] {
        if is {
            return Err(no(name, what));
        }
    }
    parts(&index.parts, name)
}

fn parts(parts: &[Part], name: &str) -> Result<()> {
    let is_odd = |it: &Part| {
        let class = it.class.as_deref();
        it.nulls.is_some()
            || it.collation.is_some()
            || class.is_some_and(|it| it != "WITHOUT OVERLAPS")
    };
    match parts.iter().any(is_odd) {
        true => Err(no(
            name,
            "choice of operators, collations or places of NULL in an index",
        )),
        false => Ok(()),
    }
}

fn foreign(key: &ForeignKey, name: &str) -> Result<()> {
    let actions = [&key.on_delete, &key.on_update];
    let is_partial = |it: &&Action| {
        matches!(
            it,
            Action::SetNullOf(_) | Action::SetDefaultOf(_) | Action::SetDefault
        )
    };
    for (is, what) in [
        (key.deferrable.is_some(), "foreign keys that wait"),
        (key.match_full, "MATCH FULL"),
        (
            key.not_valid || key.not_enforced,
            "foreign keys that are not asked",
        ),
        (key.comment.is_some(), "comments of foreign keys"),
        (
            actions.iter().any(is_partial),
            "SET DEFAULT, and no SET NULL of some columns",
        ),
    ] {
        if is {
            return Err(no(name, what));
        }
    }
    Ok(())
}

/// What a foreign key writes by itself nothing else may look at: no check, and no value that is kept.
fn writes(key: &ForeignKey, table: &Table, name: &str, dialect: &MySql) -> Result<()> {
    let sets_null = [&key.on_delete, &key.on_update]
        .iter()
        .any(|it| **it == Action::SetNull);
    let updates = sets_null || key.on_update == Action::Cascade;
    let stored = updates || dialect.family() == Family::MySql && key.on_delete == Action::Cascade;
    for column in &key.columns {
        let uses = |text: &str| {
            let signs = signs(text);
            let mut words = signs
                .iter()
                .map(|it| text[it.range.clone()].trim_matches('`'));
            words.any(|it| it.eq_ignore_ascii_case(column))
        };
        let found = table.column(column);
        let check = table.checks.iter().find(|it| uses(&it.expression));
        let kept = table.columns.iter().find(|it| {
            let computed = it.generated.as_ref();
            computed.is_some_and(|it| it.storage == Storage::Stored && uses(&it.expression))
        });
        let what = match () {
            () if sets_null && found.is_some_and(|it| !it.nullable) => {
                "SET NULL for a column that takes no NULL"
            }
            () if updates && check.is_some() => "foreign key that writes to what a check is about",
            () if stored && kept.is_some() => {
                "foreign key that writes to what a kept column is computed from"
            }
            () => continue,
        };
        return Err(no(name, what));
    }
    Ok(())
}

fn check(check: &Check, name: &str, dialect: &MySql) -> Result<()> {
    let maria = dialect.family() == Family::MariaDb;
    for (is, what) in [
        (
            check.no_inherit || check.not_valid,
            "checks of some rows or tables",
        ),
        (check.comment.is_some(), "comments of checks"),
        (check.not_enforced && maria, "checks that are not asked"),
    ] {
        if is {
            return Err(no(name, what));
        }
    }
    Ok(())
}

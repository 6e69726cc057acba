//! What files say, as SQLite itself would tell it. What it does not have and can say otherwise is said
//! otherwise (an enum as a check); what it cannot hold is refused by its name. Comments are left out:
//! SQLite keeps none.

mod column;
mod part;

use crate::introspect;
use crate::read;
use crate::types::Rows;
use initium_driver::catalog::{Part, Trigger, Type, View};
use initium_driver::{Catalog, Code, Error, Result, Table};

pub fn native(mut catalog: Catalog) -> Result<Catalog> {
    if let Some(it) = catalog.schemas.first() {
        return Err(refused(&format!("schema {}", it.name), "schemas"));
    }
    if let Some(it) = catalog.extensions.first() {
        return Err(refused(&format!("extension {}", it.name), "extensions"));
    }
    if let Some(it) = catalog.sequences.first() {
        return Err(refused(&format!("sequence {}", it.name), "sequences"));
    }
    if let Some(it) = catalog.routines.first() {
        return Err(refused(
            &format!("routine {}", it.name),
            "functions or procedures",
        ));
    }
    let made = std::mem::take(&mut catalog.types);
    for table in &mut catalog.tables {
        self::table(table, &made)?;
    }
    for view in &mut catalog.views {
        self::view(view)?;
    }
    introspect::complete(&mut catalog);
    introspect::order(&mut catalog);
    Ok(catalog)
}

fn refused(about: &str, what: &str) -> Error {
    Error::new(Code::NotSupported, format!("{about}: SQLite has no {what}"))
        .help("leave it out for this database, or write what is meant in SQL")
}

/// Refuses what is asked for and cannot be had.
fn without(about: &str, list: &[(bool, &str)]) -> Result<()> {
    match list.iter().find(|(asked, _)| *asked) {
        None => Ok(()),
        Some((_, what)) => Err(refused(about, what)),
    }
}

fn table(table: &mut Table, made: &[Type]) -> Result<()> {
    let about = format!("table {}", table.name);
    home(&mut table.name.schema, &about)?;
    if let Some(old) = &mut table.renamed_from {
        home(&mut old.schema, &about)?;
    }
    let strange =
        |option: &&String| !matches!(option.as_str(), "strict" | "without_rowid" | "virtual");
    if let Some(option) = table.options.keys().find(strange) {
        return Err(refused(&about, &format!("option {option}")));
    }
    table.options.retain(|_, value| value != "false");
    without(
        &about,
        &[
            (
                table.partition_by.is_some() || table.partition_of.is_some(),
                "partitions",
            ),
            (!table.inherits.is_empty(), "tables that inherit"),
            (!table.exclusions.is_empty(), "exclusion constraints"),
        ],
    )?;
    table.comment = None;
    let rows = match table.options.contains_key("strict") {
        true => Rows::Strict,
        false => Rows::Any,
    };
    let names: Vec<_> = table
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    for n in 0..table.columns.len() {
        let about = format!("column {}.{}", table.name, names[n]);
        let checks = column::column(&mut table.columns[n], rows, made, &names, &about)?;
        table.checks.extend(checks);
    }
    if let Some(key) = &mut table.primary_key {
        part::key(key, &about)?;
    }
    for key in &mut table.unique {
        part::key(key, &about)?;
    }
    for key in &mut table.foreign_keys {
        part::foreign_key(key, &about)?;
    }
    for check in &mut table.checks {
        without(
            &about,
            &[(
                check.not_valid || check.not_enforced,
                "checks that are not asked",
            )],
        )?;
        check.expression = read::flat(&check.expression, &names);
        (check.comment, check.no_inherit) = (None, false);
    }
    let (owner, indexes) = (table.name.name.clone(), &mut table.indexes);
    for index in indexes.iter_mut() {
        part::index(index, &names, &about)?;
        if index.name.is_empty() {
            index.name = found(&owner, &index.parts);
        }
    }
    for trigger in &mut table.triggers {
        self::trigger(trigger)?;
    }
    column::primary(table, rows)
}

/// A name for an index that has none.
pub fn found(table: &str, parts: &[Part]) -> String {
    let name = |part: &Part| part.name().unwrap_or("expr").to_string();
    let parts: Vec<_> = parts.iter().map(name).collect();
    format!("{table}_{}_idx", parts.join("_"))
}

fn home(schema: &mut Option<String>, about: &str) -> Result<()> {
    if schema.as_deref() == Some("main") {
        *schema = None;
    }
    without(about, &[(schema.is_some(), "schemas besides its own")])
}

fn trigger(trigger: &mut Trigger) -> Result<()> {
    let about = format!("trigger {}", trigger.name);
    without(
        &about,
        &[(trigger.disabled, "triggers that are turned off")],
    )?;
    trigger.definition = read::trigger(&trigger.name, &trigger.definition)?.definition;
    trigger.comment = None;
    Ok(())
}

fn view(view: &mut View) -> Result<()> {
    let about = format!("view {}", view.name);
    home(&mut view.name.schema, &about)?;
    let strange = view.options.keys().any(|option| option != "columns");
    without(
        &about,
        &[
            (
                view.materialized || !view.indexes.is_empty(),
                "views that hold rows",
            ),
            (strange, "options of views but `columns`"),
        ],
    )?;
    view.definition = read::query(&view.definition);
    view.columns.clear();
    view.column_comments.clear();
    view.comment = None;
    view.triggers.iter_mut().try_for_each(trigger)
}

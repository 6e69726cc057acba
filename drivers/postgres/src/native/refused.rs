//! What PostgreSQL, or this version of it, cannot hold.

use crate::dialect::Postgres;
use initium_driver::catalog::{Action, Catalog, Index, Storage, Table};
use initium_driver::error::{Code, Error, Result};

const OF_OTHERS: &[&str] = &[
    "engine",
    "charset",
    "collation",
    "row_format",
    "auto_increment",
    "strict",
    "without_rowid",
];

pub fn look(catalog: &Catalog, dialect: Postgres) -> Result<()> {
    for it in &catalog.tables {
        table(it, dialect)?;
    }
    for view in &catalog.views {
        if dialect.major < 15 && view.options.contains_key("security_invoker") {
            return older(&format!("view {} with security_invoker", view.name), 15);
        }
        for it in &view.indexes {
            index(it, &view.name.to_string(), dialect)?;
        }
    }
    Ok(())
}

fn refused(what: String, help: &str) -> Result<()> {
    Err(Error::new(Code::NotSupported, what).help(help))
}

fn older(what: &str, since: u16) -> Result<()> {
    refused(
        format!("{what} needs PostgreSQL {since}"),
        "leave it out, or plan for the server it is meant for",
    )
}

fn table(table: &Table, dialect: Postgres) -> Result<()> {
    let name = &table.name;
    if let Some(key) = OF_OTHERS
        .iter()
        .find(|key| table.options.contains_key(**key))
    {
        return refused(
            format!("table {name}: PostgreSQL has no table option {key}"),
            "leave it out where the database is PostgreSQL",
        );
    }
    for column in &table.columns {
        let what = format!("column {name}.{}", column.name);
        if column.charset.is_some() {
            return refused(
                format!("{what}: PostgreSQL has one character set for a whole database"),
                "leave the charset out; a collation can be given",
            );
        }
        if column.on_update.is_some() {
            return refused(
                format!("{what}: PostgreSQL has no ON UPDATE of a column"),
                "write a trigger BEFORE UPDATE that sets it",
            );
        }
        if column.invisible {
            return refused(
                format!("{what}: PostgreSQL has no invisible columns"),
                "leave the word out, or move the column to a table of its own",
            );
        }
        let is_virtual = column
            .generated
            .as_ref()
            .is_some_and(|it| it.storage == Storage::Virtual);
        if is_virtual && dialect.major < 18 {
            return older(&format!("{what}, which is computed when it is read,"), 18);
        }
        if column.not_null.is_some() && dialect.major < 18 {
            return older(
                &format!("{what}, whose NOT NULL is a constraint of its own,"),
                18,
            );
        }
    }
    for key in &table.foreign_keys {
        let what = format!("foreign key {} of {name}", key.columns.join(", "));
        if matches!(
            key.on_delete,
            Action::SetNullOf(_) | Action::SetDefaultOf(_)
        ) && dialect.major < 15
        {
            return older(&format!("{what}, which empties only some columns,"), 15);
        }
        if key.not_enforced && dialect.major < 18 {
            return older(&format!("{what}, which is not enforced,"), 18);
        }
    }
    if let Some(check) = table
        .checks
        .iter()
        .find(|it| it.not_enforced && dialect.major < 18)
    {
        return older(
            &format!(
                "check {} of {name}, which is not enforced,",
                check.expression
            ),
            18,
        );
    }
    for key in table.primary_key.iter().chain(&table.unique) {
        if key.nulls_not_distinct && dialect.major < 15 {
            return older(
                &format!("a key of {name} for which two empty values are one"),
                15,
            );
        }
        if key.parts.iter().any(|part| !part.is_plain()) {
            return refused(
                format!("a key of {name} is of more than columns"),
                "make it a unique index",
            );
        }
    }
    table
        .indexes
        .iter()
        .try_for_each(|it| index(it, &name.to_string(), dialect))
}

fn index(index: &Index, table: &str, dialect: Postgres) -> Result<()> {
    let what = format!("index {} of {table}", index.name);
    if index.parts.iter().any(|part| part.length.is_some()) {
        return refused(
            format!("{what}: PostgreSQL has no index of the beginning of a column"),
            "use an expression: left(name, 10)",
        );
    }
    if index.invisible {
        return refused(
            format!("{what}: PostgreSQL has no invisible indexes"),
            "leave the word out",
        );
    }
    if let Some(method) = &index.method
        && ["fulltext", "spatial"].contains(&method.to_ascii_lowercase().as_str())
    {
        return refused(
            format!("{what}: PostgreSQL has no {method} indexes"),
            "use gin over to_tsvector(...), or gist",
        );
    }
    match index.nulls_not_distinct && dialect.major < 15 {
        true => older(&format!("{what}, for which two empty values are one,"), 15),
        false => Ok(()),
    }
}

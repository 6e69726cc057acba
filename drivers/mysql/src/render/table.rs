//! A whole table, and what is said of it as a whole.

use super::column::{definition, is_row, own_check};
use super::part;
use crate::collation::charset;
use crate::dialect::MySql;
use crate::spelled::literal;
use crate::words::quote;
use initium_driver::catalog::Options;
use initium_driver::{Code, Error, Result, Table};

pub fn create(table: &Table, dialect: &MySql) -> String {
    let of_columns: Vec<_> = table
        .columns
        .iter()
        .filter_map(|column| own_check(column, table, dialect))
        .map(|check| check.name.as_str())
        .collect();
    let checks = table
        .checks
        .iter()
        .filter(|check| !of_columns.contains(&check.name.as_str()));
    let lines: Vec<_> = table
        .columns
        .iter()
        .map(|column| definition(column, table, dialect))
        .chain(periods(table))
        .chain(table.primary_key.iter().map(part::primary))
        .chain(table.indexes.iter().map(|it| part::index(it, dialect)))
        .chain(table.foreign_keys.iter().map(part::foreign_key))
        .chain(checks.map(part::check))
        .collect();
    let mut text = format!(
        "CREATE TABLE {} (\n  {}\n)",
        part::name(&table.name),
        lines.join(",\n  ")
    );
    for (name, value) in &table.options {
        if let Some(option) = option(name, value) {
            text.push_str(&format!(" {option}"));
        }
    }
    if let Some(comment) = &table.comment {
        text.push_str(&format!(" COMMENT={}", literal(comment)));
    }
    if table.options.contains_key("system_versioning") {
        text.push_str(" WITH SYSTEM VERSIONING");
    }
    if let Some(clause) = &table.partition_by {
        text.push_str(&format!("\nPARTITION BY {clause}"));
    }
    text
}

/// MariaDB's periods: the one of the versions by its columns, and one of the application's own.
fn periods(table: &Table) -> impl Iterator<Item = String> {
    let rows: Vec<_> = table
        .columns
        .iter()
        .filter(|it| {
            it.generated
                .as_ref()
                .is_some_and(|it| is_row(&it.expression))
        })
        .map(|it| quote(&it.name))
        .collect();
    let versions =
        (rows.len() == 2).then(|| format!("PERIOD FOR SYSTEM_TIME ({})", rows.join(", ")));
    let own = table.options.get("period");
    versions
        .into_iter()
        .chain(own.map(|it| format!("PERIOD FOR {it}")))
}

/// As it is written behind the table; what has words of its own is not.
fn option(name: &str, value: &str) -> Option<String> {
    if matches!(name, "system_versioning" | "period") {
        return None;
    }
    if name == "collation" {
        return Some(format!(
            "DEFAULT CHARSET={} COLLATE={value}",
            charset(value)
        ));
    }
    let is_bare = matches!(
        name,
        "engine" | "row_format" | "insert_method" | "tablespace"
    ) || value == "DEFAULT"
        || !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    let value = match is_bare {
        true => value.to_string(),
        false => literal(value),
    };
    Some(format!("{}={value}", name.to_ascii_uppercase()))
}

/// What leads from the options of one to those of the other, as clauses, without the collation.
pub fn altered(from: &Table, to: &Table) -> Result<Vec<String>> {
    let mut clauses = Vec::new();
    let (old, new) = (&from.options, &to.options);
    for (name, value) in new {
        if old.get(name) == Some(value) || name == "collation" {
            continue;
        }
        match (name.as_str(), option(name, value)) {
            ("period", _) if old.contains_key("period") => return Err(fixed(to, "its period")),
            ("period", _) => clauses.push(format!("ADD PERIOD FOR {value}")),
            ("system_versioning", _) => clauses.push("ADD SYSTEM VERSIONING".into()),
            (_, Some(option)) => clauses.push(option),
            _ => {}
        }
    }
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        clauses.extend(without(name, old));
    }
    if from.comment != to.comment {
        let comment = to.comment.as_deref().unwrap_or_default();
        clauses.push(format!("COMMENT={}", literal(comment)));
    }
    Ok(clauses)
}

/// The clause that takes an option back.
fn without(name: &str, old: &Options) -> Option<String> {
    Some(match name {
        "collation" => return None,
        "engine" => "ENGINE=InnoDB".into(),
        "system_versioning" => "DROP SYSTEM VERSIONING".into(),
        "period" => {
            let period = old.get("period").and_then(|it| it.split_once(" ("));
            format!("DROP PERIOD FOR {}", period.map_or("", |(name, _)| name))
        }
        "compression" => "COMPRESSION='NONE'".into(),
        "encryption" => "ENCRYPTION='N'".into(),
        "connection" => "CONNECTION=''".into(),
        name if name.starts_with("stats_") || matches!(name, "row_format" | "pack_keys") => {
            format!("{}=DEFAULT", name.to_ascii_uppercase())
        }
        // MariaDB's own ones know the word, too.
        name if name.starts_with("page_") || name.starts_with("encryption_") => {
            format!("{}=DEFAULT", name.to_ascii_uppercase())
        }
        name => format!("{}=0", name.to_ascii_uppercase()),
    })
}

pub fn fixed(table: &Table, what: &str) -> Error {
    Error::new(
        Code::NotSupported,
        format!("{}: {what} cannot be changed", table.name),
    )
    .help("drop it in one migration and add it in the next")
}

/// The partitioning, where it is another one.
pub fn partitioning(from: &Table, to: &Table) -> Option<String> {
    match (&from.partition_by, &to.partition_by) {
        (from, to) if from == to => None,
        (Some(from), Some(to)) => Some(match appended(from, to) {
            Some(more) => format!("ADD PARTITION ({more})"),
            None => format!("PARTITION BY {to}"),
        }),
        (_, Some(to)) => Some(format!("PARTITION BY {to}")),
        (_, None) => Some("REMOVE PARTITIONING".into()),
    }
}

/// The partitions that come behind those that are there, of a table that is parted by ranges or lists.
pub fn appended<'a>(from: &str, to: &'a str) -> Option<&'a str> {
    let more = to.strip_prefix(from.strip_suffix(')')?)?;
    let more = more.strip_prefix(", ")?.strip_suffix(')')?;
    more.starts_with("PARTITION ").then_some(more)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn partitions_at_the_end_are_added() {
        let from = "RANGE (`a`) (PARTITION `p0` VALUES LESS THAN (10))";
        let more = "PARTITION `p1` VALUES LESS THAN (20), PARTITION `p2` VALUES LESS THAN MAXVALUE";
        let to = format!("{}, {more})", from.strip_suffix(')').unwrap());
        assert_eq!(appended(from, &to), Some(more));
        assert_eq!(appended(&to, from), None);
        assert_eq!(
            appended("HASH (`a`) PARTITIONS 4", "HASH (`a`) PARTITIONS 5"),
            None
        );
    }
}

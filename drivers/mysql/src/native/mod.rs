//! What files say, as the server itself would tell it: its types, its names, and what it does not
//! have said in what it has. What cannot be said is refused by its name. Pure; what a server told
//! comes back as it is.

mod names;
mod refused;
mod triggers;

use crate::collation;
use crate::defaults::is_literal;
use crate::dialect::{Family, MySql};
use crate::introspect::tidy;
use crate::read::{partitioning, readable};
use crate::spelled::{bare, literal, moment};
use crate::types::{canonical, is_number, is_serial, is_text, name_of, sizes_of};
use initium_driver::catalog::{Action, Body, Catalog, Check, Identity, Index, Options, Serves};
use initium_driver::sorted;
use initium_driver::sql::expression::{Within, same};
use initium_driver::{Column, Name, Result, Table};
pub use names::is_found;
use std::collections::BTreeMap;

pub fn native(mut catalog: Catalog, dialect: &MySql) -> Result<Catalog> {
    let enums = enums(&mut catalog);
    refused::look(&catalog, dialect)?;
    let keys: BTreeMap<Name, Vec<String>> = sorted::map(
        catalog
            .tables
            .iter()
            .filter_map(|table| Some((table.name.clone(), names_of(table)?))),
    );
    for it in &mut catalog.tables {
        table(it, &enums, &keys, dialect)?;
    }
    for view in &mut catalog.views {
        view.options = std::mem::take(&mut view.options)
            .into_iter()
            .filter(|(key, value)| !(key == "sql_security" && value == "definer"))
            .filter(|(key, value)| !(key == "algorithm" && value == "undefined"))
            .collect();
    }
    catalog.sort();
    Ok(catalog)
}

/// The columns of its primary key.
fn names_of(table: &Table) -> Option<Vec<String>> {
    let parts = &table.primary_key.as_ref()?.parts;
    parts.iter().map(|it| it.name().map(String::from)).collect()
}

/// Enumerations with a name of their own are said where they are used.
fn enums(catalog: &mut Catalog) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    catalog.types.retain(|it| match &it.body {
        Body::Enum(values) => {
            let values: Vec<_> = values.iter().map(|value| literal(value)).collect();
            let spelled = format!("enum({})", values.join(","));
            all.insert(it.name.name.to_ascii_lowercase(), spelled);
            false
        }
        _ => true,
    });
    all
}

fn table(
    table: &mut Table,
    enums: &BTreeMap<String, String>,
    keys: &BTreeMap<Name, Vec<String>>,
    dialect: &MySql,
) -> Result<()> {
    options(&mut table.options, dialect);
    table.comment.take_if(|text| text.is_empty());
    if let Some(clause) = &table.partition_by {
        table.partition_by = Some(partitioning(clause));
    }
    let own = table
        .options
        .get("collation")
        .or(dialect.collation.as_ref())
        .cloned();
    for it in &mut table.columns {
        if let Some(spelled) = enums.get(&it.data_type.trim().to_ascii_lowercase()) {
            it.data_type = spelled.clone();
        }
        column(it, own.as_deref(), dialect);
    }
    for name in names_of(table).unwrap_or_default() {
        if let Some(column) = table.columns.iter_mut().find(|it| it.name == name) {
            column.nullable = false;
        }
    }
    if let Some(key) = &mut table.primary_key {
        key.name.clear();
    }
    // There are no unique constraints beside unique indexes.
    let unique = std::mem::take(&mut table.unique);
    table.indexes.extend(unique.into_iter().map(|key| Index {
        name: key.name,
        parts: key.parts,
        unique: true,
        comment: key.comment,
        ..Index::default()
    }));
    for index in &mut table.indexes {
        let method = index
            .method
            .take()
            .map(|method| method.to_ascii_lowercase());
        let in_memory = table.options.get("engine").is_some_and(|it| it == "MEMORY");
        index.method = method.filter(|method| match method.as_str() {
            "btree" => in_memory,
            "hash" => false,
            _ => true,
        });
        for part in &mut index.parts {
            if let initium_driver::catalog::Of::Expression(text) = &mut part.of {
                *text = bare(text).to_string();
            }
        }
    }
    for key in &mut table.foreign_keys {
        if key.referenced.is_empty() {
            key.referenced = keys.get(&key.references).cloned().unwrap_or_default();
        }
        for action in [&mut key.on_delete, &mut key.on_update] {
            if *action == Action::Restrict {
                *action = Action::NoAction;
            }
        }
    }
    for check in &mut table.checks {
        check.expression = bare(&check.expression).to_string();
    }
    if dialect.family() == Family::MariaDb {
        let columns: Vec<_> = table
            .columns
            .iter()
            .filter(|it| it.data_type == "json")
            .collect();
        let own = |check: &Check| {
            let is = |column: &&Column| {
                let own = format!("json_valid({})", crate::words::quote(&column.name));
                let flavour = dialect.flavour();
                check.name == column.name
                    && same(&check.expression, &own, &flavour, &Within::default())
            };
            columns.iter().any(is)
        };
        table.checks.retain(|check| !own(check));
    }
    names::fill(table, dialect);
    triggers::order(&mut table.triggers);
    tidy(table);
    Ok(())
}

/// The character set is said by its collation, and only what differs is said.
fn options(options: &mut Options, dialect: &MySql) {
    if let Some(engine) = options.remove("engine")
        && !engine.eq_ignore_ascii_case("innodb")
    {
        let known = ["MEMORY", "MyISAM", "Aria", "CSV", "ARCHIVE", "BLACKHOLE"];
        let known = known.iter().find(|name| name.eq_ignore_ascii_case(&engine));
        options.insert("engine".into(), known.map_or(engine, |name| (*name).into()));
    }
    let charset = options.remove("charset");
    let told = options.remove("collation");
    let collation = told
        .map(|it| collation::canonical(&it))
        .or_else(|| charset.map(|it| collation::of_charset(&it, dialect)));
    if let Some(collation) = collation
        && dialect.collation.as_ref() != Some(&collation)
    {
        options.insert("collation".into(), collation);
    }
    if let Some(format) = options.get_mut("row_format") {
        *format = format.to_ascii_uppercase();
    }
}

fn column(column: &mut Column, of_table: Option<&str>, dialect: &MySql) {
    if is_serial(&column.data_type) {
        column
            .identity
            .get_or_insert(Identity::new(Serves::ByDefault));
    }
    column.data_type = canonical(&column.data_type, dialect);
    column.comment.take_if(|text| text.is_empty());
    if let Some(identity) = &mut column.identity {
        identity.serves = Serves::ByDefault;
        column.nullable = false;
        column.default = None;
    }
    let charset = column.charset.take();
    let told = column.collation.take();
    column.collation = told
        .map(|it| collation::canonical(&it))
        .or_else(|| charset.map(|it| collation::of_charset(&it, dialect)))
        .filter(|it| is_text(&column.data_type) && Some(it.as_str()) != of_table);
    if let Some(generated) = &mut column.generated {
        let is_row = generated
            .expression
            .to_ascii_uppercase()
            .starts_with("ROW ");
        generated.expression = bare(&generated.expression).to_string();
        // It takes no NOT NULL there.
        column.nullable |= dialect.family() == Family::MariaDb && !is_row;
    }
    if let Some(text) = column.on_update.take() {
        column.on_update = Some(moment(&text).unwrap_or(text));
    }
    if let Some(text) = column.default.take() {
        column.default = default(&text, &column.data_type);
    }
}

/// As the server would tell it.
fn default(text: &str, data_type: &str) -> Option<String> {
    let text = bare(text);
    if text.eq_ignore_ascii_case("null") {
        return None;
    }
    if let Some(moment) = moment(text) {
        return Some(moment);
    }
    if !is_literal(text) {
        return Some(text.into());
    }
    let name = name_of(data_type);
    if is_number(data_type) {
        let plain = text.trim_matches('\'');
        let plain = match plain.to_ascii_lowercase().as_str() {
            "true" => "1".into(),
            "false" => "0".into(),
            _ => plain.trim_start_matches('+').to_string(),
        };
        return Some(match (name, sizes_of(data_type).get(1)) {
            ("decimal", Some(scale)) => scaled(&plain, *scale as usize),
            _ => plain,
        });
    }
    let bits = text.parse::<u64>().ok().filter(|_| name == "bit");
    Some(match bits {
        Some(bits) => format!("b'{bits:b}'"),
        None if name == "binary" => readable(text),
        None if text.starts_with('\'') => literal(&crate::spelled::value(text)),
        None => text.into(),
    })
}

/// `1.5` with two places: `1.50`.
fn scaled(number: &str, scale: usize) -> String {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let is_plain = whole
        .trim_start_matches('-')
        .bytes()
        .all(|b| b.is_ascii_digit())
        && part.bytes().all(|b| b.is_ascii_digit());
    if !is_plain || part.len() > scale {
        return number.into();
    }
    match scale {
        0 => whole.into(),
        _ => format!("{whole}.{part:0<scale$}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_told_as_the_server_tells_them() {
        for (text, kind, told) in [
            ("1.5", "decimal(10,2)", "1.50"),
            ("-1", "decimal(5,2)", "-1.00"),
            ("'7'", "int", "7"),
            ("true", "tinyint(1)", "1"),
            ("5", "bit(3)", "b'101'"),
            ("now()", "datetime", "CURRENT_TIMESTAMP"),
            ("(uuid())", "char(36)", "uuid()"),
            ("'it\\'s'", "varchar(9)", "'it''s'"),
            ("'ab\\0'", "binary(3)", "'ab'"),
        ] {
            assert_eq!(default(text, kind).as_deref(), Some(told), "{text}");
            assert_eq!(default(told, kind).as_deref(), Some(told), "{told}");
        }
        assert_eq!(default("NULL", "int"), None);
    }
}

//! What files say, as the server itself would tell it: its types, its names, its ways to say the
//! same. What it cannot hold is refused by its name. Pure; what a server told comes back as it is.

mod names;
mod refused;

use crate::dialect::Postgres;
use crate::naming::limits;
use crate::spell::{self, bare};
use crate::types::{canonical, is_serial};
use initium_driver::catalog::{
    Body, Catalog, Column, Identity, Index, Name, NotNull, Nulls, Numbers, Of, Part, Serves, Sort,
    Table, Type,
};
use initium_driver::error::Result;
use initium_driver::sorted;
use std::collections::{BTreeMap, BTreeSet};

pub fn native(mut catalog: Catalog, dialect: Postgres) -> Result<Catalog> {
    let own = own_types(&catalog);
    enums(&mut catalog);
    refused::look(&catalog, dialect)?;
    let keys: BTreeMap<Name, Vec<String>> = catalog
        .tables
        .iter()
        .filter_map(|table| {
            let parts = &table.primary_key.as_ref()?.parts;
            let names = parts.iter().filter_map(|it| it.name().map(String::from));
            Some((table.name.clone(), names.collect()))
        })
        .collect();
    for it in &mut catalog.types {
        type_of(it, &own);
    }
    for it in &mut catalog.sequences {
        let kind = it.data_type.take().map(|it| canonical(&it));
        it.data_type = kind.filter(|it| it != "bigint");
        let kind = it.data_type.clone().unwrap_or_else(|| "bigint".into());
        numbers(&mut it.numbers, &kind);
    }
    for it in &mut catalog.tables {
        table(it, &own, &keys);
    }
    for view in &mut catalog.views {
        let text = view.definition.trim();
        view.definition = text.strip_suffix(';').unwrap_or(text).trim_end().into();
        view.indexes.iter_mut().for_each(index);
        view.comment.take_if(|text| text.is_empty());
    }
    for routine in &mut catalog.routines {
        let text = routine.definition.trim();
        routine.definition = text.strip_suffix(';').unwrap_or(text).trim_end().into();
    }
    partitions(&mut catalog);
    names::fill(&mut catalog);
    catalog.sort();
    crate::introspect::sort_parts(&mut catalog);
    Ok(catalog)
}

/// Types that people made may be called as others' are elsewhere.
fn own_types(catalog: &Catalog) -> BTreeSet<String> {
    let types = catalog.types.iter().map(|it| &it.name);
    let rows = catalog.tables.iter().map(|it| &it.name);
    types.chain(rows).map(|name| name.name.clone()).collect()
}

fn kind(data_type: &str, own: &BTreeSet<String>) -> String {
    let plain = data_type.trim_end_matches("[]");
    let plain = plain.rsplit('.').next().unwrap_or(plain);
    match own.contains(plain) {
        true => data_type.into(),
        false => canonical(data_type),
    }
}

/// Of an attribute, whose collation stands behind its type.
fn collated(data_type: &str, own: &BTreeSet<String>) -> String {
    const WORD: &str = " collate ";
    match data_type.to_ascii_lowercase().find(WORD) {
        Some(at) => {
            let (data_type, rest) = data_type.split_at(at);
            let collation = rest[WORD.len()..].trim();
            format!("{} COLLATE {collation}", kind(data_type, own))
        }
        None => kind(data_type, own),
    }
}

/// `enum('a','b')` of a column becomes a type with a name of its own.
fn enums(catalog: &mut Catalog) {
    for table in &mut catalog.tables {
        for column in &mut table.columns {
            let Some(values) = values(&column.data_type) else {
                continue;
            };
            let name = Name {
                schema: table.name.schema.clone(),
                name: crate::naming::object(&table.name.name, None, &column.name),
            };
            column.data_type = spell::path(&name);
            if !catalog.types.iter().any(|it| it.name == name) {
                catalog.types.push(Type {
                    name,
                    comment: None,
                    body: Body::Enum(values),
                });
            }
        }
    }
}

fn values(data_type: &str) -> Option<Vec<String>> {
    let text = data_type.trim();
    let head = text.get(..4)?;
    let inner = text[4..]
        .trim_start()
        .strip_prefix('(')?
        .strip_suffix(')')?;
    if !head.eq_ignore_ascii_case("enum") {
        return None;
    }
    let values = spell::pieces(inner).into_iter().filter_map(|(_, piece)| {
        let value = piece.strip_prefix('\'')?.strip_suffix('\'')?;
        Some(value.replace("''", "'"))
    });
    Some(values.collect())
}

fn type_of(it: &mut Type, own: &BTreeSet<String>) {
    it.comment.take_if(|text| text.is_empty());
    match &mut it.body {
        Body::Domain {
            data_type,
            default,
            checks,
            ..
        } => {
            *data_type = kind(data_type, own);
            default.take_if(|text| text.eq_ignore_ascii_case("null"));
            for check in checks {
                check.expression = bare(&check.expression).into();
            }
        }
        Body::Composite(all) => {
            for attribute in all {
                attribute.data_type = collated(&attribute.data_type, own);
            }
        }
        Body::Enum(_) | Body::Other(_) => {}
    }
}

/// What is as the type has it is not said.
fn numbers(numbers: &mut Numbers, data_type: &str) {
    let increment = numbers.increment.unwrap_or(1);
    let (low, high) = limits(data_type, increment);
    numbers.increment.take_if(|it| *it == 1);
    numbers.min.take_if(|it| *it == low);
    numbers.max.take_if(|it| *it == high);
    let first = match increment < 0 {
        true => numbers.max.unwrap_or(high),
        false => numbers.min.unwrap_or(low),
    };
    numbers.start.take_if(|it| *it == first);
    numbers.cache.take_if(|it| *it == 1);
}

fn table(table: &mut Table, own: &BTreeSet<String>, keys: &BTreeMap<Name, Vec<String>>) {
    table.comment.take_if(|text| text.is_empty());
    table
        .options
        .retain(|key, value| !(key == "unlogged" && value == "false"));
    for it in &mut table.columns {
        column(it, own);
    }
    for part in table.primary_key.iter().flat_map(|key| &key.parts) {
        let mut columns = table.columns.iter_mut();
        if let Some(column) = columns.find(|it| Some(it.name.as_str()) == part.name()) {
            column.nullable = false;
        }
    }
    for key in &mut table.foreign_keys {
        if key.referenced.is_empty() {
            key.referenced = keys.get(&key.references).cloned().unwrap_or_default();
        }
    }
    for check in &mut table.checks {
        check.expression = bare(&check.expression).into();
    }
    for it in &mut table.exclusions {
        let text = it.definition.trim();
        let rest = text
            .get(..8)
            .filter(|head| head.eq_ignore_ascii_case("exclude "));
        it.definition = text[rest.map_or(0, str::len)..].trim_start().into();
    }
    table.indexes.iter_mut().for_each(index);
}

fn column(column: &mut Column, own: &BTreeSet<String>) {
    if is_serial(&column.data_type) && !own.contains(&column.data_type) {
        column.nullable = false;
        column.identity.get_or_insert(Identity::new(Serves::Serial));
    }
    column.data_type = kind(&column.data_type, own);
    column.comment.take_if(|text| text.is_empty());
    column
        .default
        .take_if(|text| bare(text).eq_ignore_ascii_case("null"));
    if let Some(identity) = &mut column.identity {
        numbers(&mut identity.numbers, &column.data_type);
        column.nullable &= identity.serves == Serves::Serial;
    }
    if let Some(generated) = &mut column.generated {
        generated.expression = bare(&generated.expression).into();
    }
    let is_found = |it: &str| {
        it.trim_end_matches(|c: char| c.is_ascii_digit())
            .ends_with("_not_null")
    };
    if let Some(told) = &mut column.not_null {
        if is_found(&told.name) {
            told.name.clear();
        }
        column.not_null.take_if(|told| *told == NotNull::default());
    }
}

fn index(index: &mut Index) {
    let method = index.method.take().map(|it| it.to_ascii_lowercase());
    index.method = method.filter(|it| it != "btree");
    index.comment.take_if(|text| text.is_empty());
    if let Some(text) = &mut index.predicate {
        *text = bare(text).into();
    }
    index.parts.iter_mut().for_each(part);
}

fn part(part: &mut Part) {
    if let Of::Expression(text) = &mut part.of {
        *text = bare(text).into();
    }
    let by_itself = match part.sort {
        Sort::Up => Nulls::Last,
        Sort::Down => Nulls::First,
    };
    part.nulls.take_if(|it| *it == by_itself);
}

/// A partition tells only what its parent does not.
fn partitions(catalog: &mut Catalog) {
    let parents: BTreeMap<Name, Vec<Column>> = sorted::map(
        catalog
            .tables
            .iter()
            .filter(|table| table.partition_by.is_some())
            .map(|table| (table.name.clone(), table.columns.clone())),
    );
    for table in &mut catalog.tables {
        let place = table.partition_of.as_ref();
        let Some(above) = place.and_then(|place| parents.get(&place.parent)) else {
            continue;
        };
        table.columns.retain(|own| {
            let parent = above.iter().find(|it| it.name == own.name);
            !parent.is_some_and(|parent| crate::introspect::is_like(own, parent))
        });
    }
}

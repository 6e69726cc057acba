//! What files say, as SQLite itself would tell it. What it does not have and can say otherwise is said
//! otherwise (an enum as a check); what it cannot hold is refused by its name. Comments are left out:
//! SQLite keeps none.

use crate::introspect;
use crate::names;
use crate::read;
use crate::types::{self, Rows};
use initium_driver::catalog::{
    Action, Body, Check, Column, ForeignKey, Identity, Index, Key, Nulls, Numbers, Part, Serves,
    Sort, Trigger, Type, View,
};
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
        let checks = column(&mut table.columns[n], rows, made, &names, &about)?;
        table.checks.extend(checks);
    }
    if let Some(key) = &mut table.primary_key {
        self::key(key, &about)?;
    }
    for key in &mut table.unique {
        self::key(key, &about)?;
    }
    for key in &mut table.foreign_keys {
        foreign_key(key, &about)?;
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
        self::index(index, &names, &about)?;
        if index.name.is_empty() {
            index.name = found(&owner, &index.parts);
        }
    }
    for trigger in &mut table.triggers {
        self::trigger(trigger)?;
    }
    primary(table, rows)
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

fn column(
    column: &mut Column,
    rows: Rows,
    made: &[Type],
    names: &[String],
    about: &str,
) -> Result<Vec<Check>> {
    without(
        about,
        &[
            (column.charset.is_some(), "character sets by column"),
            (
                column.on_update.is_some(),
                "ON UPDATE of a column: a trigger does it",
            ),
            (column.invisible, "invisible columns"),
        ],
    )?;
    let mut checks = Vec::new();
    let check = |expression: String| Check {
        expression,
        ..Check::default()
    };
    let called = names::written(&column.name);
    let own = made
        .iter()
        .find(|it| it.name.to_string() == column.data_type);
    match own.map(|it| &it.body) {
        None => {}
        Some(Body::Enum(values)) => {
            let values: Vec<_> = values.iter().map(|value| names::literal(value)).collect();
            column.data_type = format!("enum({})", values.join(", "));
        }
        Some(Body::Domain {
            data_type,
            not_null,
            default,
            collation,
            checks: all,
        }) => {
            column.data_type.clone_from(data_type);
            column.nullable &= !not_null;
            column.default = column.default.take().or_else(|| default.clone());
            column.collation = column.collation.take().or_else(|| collation.clone());
            let value = |text: &str| replaced(text, "VALUE", &called);
            checks.extend(all.iter().map(|one| check(value(&one.expression))));
        }
        Some(Body::Composite(_) | Body::Other(_)) => {
            return Err(refused(about, "types of this kind"));
        }
    }
    // What numbers its rows is the row id, whatever its width is elsewhere.
    if column.identity.is_some() && matches!(column.data_type.as_str(), "bigint" | "smallint") {
        column.data_type = "integer".into();
    }
    let declared = types::native(&column.data_type, rows, about)?;
    column.data_type = declared.data_type;
    if declared.counts && column.identity.is_none() {
        column.identity = Some(Identity {
            sequence: None,
            serves: Serves::ByDefault,
            numbers: Numbers::default(),
        });
    }
    if let Some(identity) = &mut column.identity {
        let ordinary = identity.numbers == Numbers::default();
        without(
            about,
            &[(!ordinary, "numbers that start or step otherwise")],
        )?;
        identity.serves = Serves::ByDefault;
    }
    if let Some(values) = declared.values {
        checks.push(check(format!("{called} IN ({values})")));
    }
    if let Some(text) = column.default.take() {
        let text = read::flat(&text, &[]);
        column.default = match text.to_ascii_lowercase().as_str() {
            "null" => None,
            "now()" | "current_timestamp()" => Some("CURRENT_TIMESTAMP".into()),
            _ => Some(text),
        };
    }
    if let Some(generated) = &mut column.generated {
        generated.expression = read::flat(&generated.expression, names);
    }
    column.collation = column.collation.take().and_then(read::collation);
    column.comment = None;
    Ok(checks)
}

/// A text with one of its words replaced.
fn replaced(text: &str, word: &str, by: &str) -> String {
    let Ok(tokens) = read::telling(text) else {
        return text.into();
    };
    let (mut out, mut at) = (String::new(), 0);
    for token in tokens {
        if text[token.range.clone()].eq_ignore_ascii_case(word) {
            out += &text[at..token.range.start];
            out += by;
            at = token.range.end;
        }
    }
    out + &text[at..]
}

fn key(key: &mut Key, about: &str) -> Result<()> {
    without(
        about,
        &[
            (
                key.deferrable.is_some(),
                "keys that wait for the end of a transaction",
            ),
            (key.nulls_not_distinct, "keys in which NULL is like NULL"),
            (!key.include.is_empty(), "keys that include other columns"),
        ],
    )?;
    key.comment = None;
    key.parts
        .iter_mut()
        .try_for_each(|part| self::part(part, about))
}

fn foreign_key(key: &mut ForeignKey, about: &str) -> Result<()> {
    home(&mut key.references.schema, about)?;
    let some = |action: &Action| matches!(action, Action::SetNullOf(_) | Action::SetDefaultOf(_));
    without(
        about,
        &[
            (key.match_full && key.columns.len() > 1, "MATCH FULL"),
            (
                key.not_valid || key.not_enforced,
                "foreign keys that are not asked",
            ),
            (
                some(&key.on_delete) || some(&key.on_update),
                "actions for some columns of a key",
            ),
        ],
    )?;
    // Of one column there is nothing to match but the whole.
    (key.match_full, key.comment) = (false, None);
    Ok(())
}

fn part(part: &mut Part, about: &str) -> Result<()> {
    // NULL is the smallest of all, so this is where it stands anyway.
    let natural = match part.sort {
        Sort::Up => Nulls::First,
        Sort::Down => Nulls::Last,
    };
    without(
        about,
        &[
            (
                part.nulls.is_some_and(|nulls| nulls != natural),
                "other places for NULL in an index",
            ),
            (part.length.is_some(), "prefixes of columns in an index"),
            (part.class.is_some(), "operator classes"),
        ],
    )?;
    part.nulls = None;
    part.collation = part.collation.take().map(read::standard);
    Ok(())
}

fn index(index: &mut Index, names: &[String], about: &str) -> Result<()> {
    let about = match index.name.as_str() {
        "" => format!("index of {about}"),
        name => format!("index {name}"),
    };
    let ordinary = matches!(index.method.as_deref(), None | Some("btree"));
    without(
        &about,
        &[
            (!ordinary, "indexes of this method"),
            (
                index.unique && !index.include.is_empty(),
                "unique indexes that include other columns",
            ),
            (
                index.nulls_not_distinct,
                "indexes in which NULL is like NULL",
            ),
            (index.invisible, "indexes that are not seen"),
            (!index.options.is_empty(), "options of indexes"),
        ],
    )?;
    // What is only to be found in the index is one more column of it.
    let include = std::mem::take(&mut index.include);
    index.parts.extend(include.into_iter().map(Part::column));
    (index.method, index.comment, index.invalid) = (None, None, false);
    index.predicate = index.predicate.take().map(|text| read::flat(&text, names));
    for part in &mut index.parts {
        self::part(part, &about)?;
        if let initium_driver::catalog::Of::Expression(text) = &mut part.of {
            *text = read::flat(text, names);
        }
    }
    Ok(())
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
    view.comment = None;
    view.triggers.iter_mut().try_for_each(trigger)
}

/// What a primary key says of its columns.
fn primary(table: &mut Table, rows: Rows) -> Result<()> {
    let rowless = table.options.contains_key("without_rowid");
    let parts = table.primary_key.as_ref().map_or(&[][..], |key| &key.parts);
    let alone = |column: &Column| parts.len() == 1 && parts[0].name() == Some(&column.name);
    for n in 0..table.columns.len() {
        let column = &table.columns[n];
        let is_id =
            alone(column) && !rowless && column.data_type == "INTEGER" && parts[0].sort == Sort::Up;
        let is_in = parts.iter().any(|part| part.name() == Some(&column.name));
        if column.identity.is_some() && !is_id {
            let about = format!("column {}.{}", table.name, column.name);
            return Err(refused(
                &about,
                "numbered columns but the primary key alone, an INTEGER",
            )
            .help(
                "make it `INTEGER` and the only column of the primary key of a table with row ids",
            ));
        }
        if is_id || is_in && (rowless || rows == Rows::Strict) {
            table.columns[n].nullable = false;
        }
    }
    Ok(())
}

//! A column of a file as SQLite would tell it, and the checks that say what its type cannot.

use super::{refused, without};
use crate::names;
use crate::read;
use crate::types::{self, Rows};
use initium_driver::catalog::{
    Body, Check, Column, Identity, NotNull, Numbers, Serves, Sort, Type,
};
use initium_driver::{Result, Table};

pub fn column(
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
            (
                column.not_null.as_ref().is_some_and(|it| it.not_valid),
                "NOT NULL that rows need not keep",
            ),
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
        column.identity = Some(Identity::new(Serves::ByDefault));
    }
    if let Some(identity) = &mut column.identity {
        let ordinary = identity.numbers == Numbers::default();
        without(
            about,
            &[(!ordinary, "numbers that start or step otherwise")],
        )?;
        (identity.serves, identity.sequence) = (Serves::ByDefault, None);
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
    let is_named = |it: &NotNull| !it.name.is_empty() && !column.nullable;
    column.not_null = column.not_null.take().filter(is_named).map(|it| NotNull {
        name: it.name,
        ..NotNull::default()
    });
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

/// What a primary key says of its columns.
pub fn primary(table: &mut Table, rows: Rows) -> Result<()> {
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

//! A column of a table and the constraints that stand with it.

use super::cursor::Cursor;
use super::expression::{told, unwrapped, value};
use super::foreign::{foreign_key, waits};
use super::index::{collation, conflict};
use super::table::{Drawn, key};
use crate::names;
use crate::types;
use initium_driver::catalog::{Generated, NotNull, Part, Sort, Storage};
use initium_driver::{Column, Result};

/// What ends a type. The words are reserved, so none is part of one.
const ENDS: &[&str] = &[
    "CONSTRAINT",
    "PRIMARY",
    "NOT",
    "NULL",
    "UNIQUE",
    "CHECK",
    "DEFAULT",
    "COLLATE",
    "REFERENCES",
    "GENERATED ALWAYS",
    "AS",
    "DEFERRABLE",
];

pub fn column(mut cursor: Cursor, drawn: &mut Drawn) -> Result<()> {
    let mut column = Column {
        name: cursor.name()?,
        nullable: true,
        ..Column::default()
    };
    column.data_type = data_type(&mut cursor)?;
    let mut name = String::new();
    while !cursor.done() {
        if cursor.take("CONSTRAINT") {
            name = cursor.name()?;
            continue;
        }
        let name = std::mem::take(&mut name);
        if cursor.take("NOT NULL") {
            column.nullable = false;
            column.not_null = (!name.is_empty()).then_some(NotNull {
                name,
                ..NotNull::default()
            });
            column.on_conflict = conflict(&mut cursor)?;
        } else if cursor.take("NULL") {
            conflict(&mut cursor)?;
        } else if cursor.take("PRIMARY KEY") {
            let mut part = Part::column(&column.name);
            part.sort = match cursor.take("DESC") {
                true => Sort::Down,
                false => Sort::Up,
            };
            cursor.take("ASC");
            drawn.primary = Some(key(name, vec![part], conflict(&mut cursor)?));
            drawn.primary_in_column = true;
            drawn.counts |= cursor.take("AUTOINCREMENT");
        } else if cursor.take("UNIQUE") {
            let part = Part::column(&column.name);
            let key = key(name, vec![part], conflict(&mut cursor)?);
            drawn.unique.push(key);
        } else if cursor.take("CHECK") {
            let inner = cursor.parens()?;
            drawn.check(name, &inner);
        } else if cursor.take("DEFAULT") {
            column.default = default(&mut cursor)?;
        } else if cursor.take("COLLATE") {
            column.collation = collation(cursor.name()?);
        } else if cursor.take("REFERENCES") {
            let columns = vec![column.name.clone()];
            let key = foreign_key(&mut cursor, name, columns)?;
            drawn.foreign_keys.push(key);
        } else if let Some(waits) = waits(&mut cursor)? {
            if let Some(key) = drawn.foreign_keys.last_mut() {
                key.deferrable = waits.until;
            }
        } else if cursor.take("GENERATED ALWAYS AS") || cursor.take("AS") {
            let inner = cursor.parens()?;
            let storage = match cursor.take("STORED") {
                true => Storage::Stored,
                false => Storage::Virtual,
            };
            cursor.take("VIRTUAL");
            column.generated = Some(Generated {
                expression: told(&unwrapped(&inner), &drawn.names),
                storage,
            });
        } else {
            return Err(cursor.lost());
        }
    }
    drawn.columns.push(column);
    Ok(())
}

fn data_type(cursor: &mut Cursor) -> Result<String> {
    let mut words = Vec::new();
    while !cursor.done() && cursor.peek(0) != "(" && !ENDS.iter().any(|end| cursor.is(end)) {
        words.push(cursor.name()?);
    }
    let mut told = words.join(" ");
    if !told.is_empty() && cursor.peek(0) == "(" {
        let inner = cursor.parens()?;
        told += &format!("({})", inner.rest());
    }
    Ok(types::canonical(&told))
}

/// A value, a word that is a string, or an expression in parentheses. NULL is what is there anyway.
fn default(cursor: &mut Cursor) -> Result<Option<String>> {
    let text = if cursor.peek(0) == "(" {
        told(&unwrapped(&cursor.parens()?), &[])
    } else if let Some(count) = value(cursor) {
        let value = cursor.first(count);
        told(&value, &[])
    } else {
        names::literal(&cursor.name()?)
    };
    Ok((!text.eq_ignore_ascii_case("NULL")).then_some(text))
}

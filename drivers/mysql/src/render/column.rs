//! A column's definition.

use crate::defaults::written;
use crate::dialect::{Family, MySql};
use crate::spelled::{bare, literal};
use crate::types::name_of;
use crate::words::quote;
use initium_driver::catalog::{Check, Storage};
use initium_driver::{Column, Table};

/// Everything that is said of it, with the check that MariaDB keeps in it.
pub fn definition(column: &Column, table: &Table, dialect: &MySql) -> String {
    let mut text = format!("{} {}", quote(&column.name), column.data_type);
    let mut add = |word: &str| {
        text.push(' ');
        text.push_str(word);
    };
    let row = column
        .generated
        .as_ref()
        .filter(|it| is_row(&it.expression));
    if let Some(row) = row {
        add("GENERATED ALWAYS AS");
        add(&row.expression.to_ascii_uppercase());
        return text;
    }
    if let Some(collation) = &column.collation {
        add(&format!("COLLATE {collation}"));
    }
    if let Some(generated) = &column.generated {
        add(&format!(
            "GENERATED ALWAYS AS ({}) {}",
            bare(&generated.expression),
            match generated.storage {
                Storage::Stored => "STORED",
                Storage::Virtual => "VIRTUAL",
            }
        ));
    }
    match column.nullable {
        false => add("NOT NULL"),
        // An older server makes it NOT NULL otherwise.
        true if name_of(&column.data_type) == "timestamp" => add("NULL"),
        true => {}
    }
    if let Some(default) = &column.default {
        add(&format!("DEFAULT {}", written(default, &column.data_type)));
    }
    if let Some(moment) = &column.on_update {
        add(&format!("ON UPDATE {moment}"));
    }
    if column.identity.is_some() {
        add("AUTO_INCREMENT");
    }
    if column.invisible {
        add("INVISIBLE");
    }
    if let Some(comment) = &column.comment {
        add(&format!("COMMENT {}", literal(comment)));
    }
    if let Some(check) = own_check(column, table, dialect) {
        add(&format!("CHECK ({})", bare(&check.expression)));
    }
    text
}

/// When a version of a row began or ended.
pub fn is_row(expression: &str) -> bool {
    let text = expression.to_ascii_uppercase();
    text == "ROW START" || text == "ROW END"
}

/// MariaDB: a check of the column's name stands with the column and goes with its definition.
pub fn own_check<'a>(column: &Column, table: &'a Table, dialect: &MySql) -> Option<&'a Check> {
    let mut checks = table.checks.iter();
    checks
        .find(|check| check.name == column.name)
        .filter(|_| dialect.family() == Family::MariaDb)
}

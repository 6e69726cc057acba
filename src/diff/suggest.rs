//! What may have been meant as a rename: something went, and something of the same shape came. It is
//! said and never done: only `renamed_from` renames.

use super::alike::Alike;
use initium_driver::catalog::Column;
use initium_driver::{Name, Table};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The table of the column; absent where it is about a table itself.
    pub table: Option<Name>,
    pub from: String,
    pub to: String,
}

impl Suggestion {
    pub fn told(&self) -> String {
        let Suggestion { table, from, to } = self;
        match table {
            Some(table) => format!(
                "column {table}.{from} goes and {table}.{to} of the same type comes: if it is the same column, say `renamed_from: {from}`"
            ),
            None => format!(
                "table {from} goes and {to} with the same columns comes: if it is the same table, say `renamed_from: {from}`"
            ),
        }
    }
}

pub fn columns(
    table: &Name,
    gone: &[&Column],
    new: &[&Column],
    alike: &Alike,
    suggestions: &mut Vec<Suggestion>,
) {
    for one in gone {
        let mut same = new.iter().filter(|other| alike.column(one, other));
        // Where there are two nobody could say which.
        if let (Some(other), None) = (same.next(), same.next()) {
            suggestions.push(Suggestion {
                table: Some(table.clone()),
                from: one.name.clone(),
                to: other.name.clone(),
            });
        }
    }
}

pub fn tables(gone: &[&Table], new: &[&Table], suggestions: &mut Vec<Suggestion>) {
    let shape = |table: &Table| -> Vec<(String, String)> {
        let columns = table.columns.iter();
        columns
            .map(|column| (column.name.clone(), column.data_type.clone()))
            .collect()
    };
    for one in gone {
        let columns = shape(one);
        let mut same = new.iter().filter(|other| shape(other) == columns);
        if let (Some(other), None) = (same.next(), same.next()) {
            suggestions.push(Suggestion {
                table: None,
                from: one.name.to_string(),
                to: other.name.to_string(),
            });
        }
    }
}

//! What differs between the databases in how an expression is read, as data, and what each of them
//! does to one when it stores it.

use super::tree::Node;
use crate::catalog::Column;
use crate::sql::lexer::Rules;

#[derive(Clone, Copy, Debug)]
pub struct Flavour {
    pub rules: Rules,
    /// Of columns.
    pub names: Names,
    /// Of tables, and of everything in a body.
    pub tables: Names,
    pub double_quotes: Quoted,
    pub grammar: Grammar,
    /// How strongly what binds; a greater number binds more strongly.
    pub levels: Levels,
    /// Those of two operands, with their levels; the longest first.
    pub operators: &'static [(&'static str, u8)],
    /// Another name and the one name of a function.
    pub synonyms: &'static [(&'static str, &'static str)],
    /// Functions that are called without parentheses.
    pub bare: &'static [&'static str],
    /// One spelling per type.
    pub types: fn(&str) -> String,
    /// What this database makes of an expression, so that what it would tell and what was written
    /// become one.
    pub settle: fn(Node, &Within) -> Node,
}

/// How names compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// By its letters; without quotes it is small.
    Exact,
    /// Small and capital letters are the same, with and without quotes.
    Alike,
}

/// What `"a"` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoted {
    Name,
    Text,
}

/// Whose forms are read that are not everybody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grammar {
    Common,
    /// `INTERVAL 1 DAY`, `!a`, `BINARY a`, `_utf8mb4'a'`
    MySql,
}

#[derive(Clone, Copy, Debug)]
pub struct Levels {
    pub or: u8,
    pub xor: u8,
    pub and: u8,
    pub not: u8,
    /// `IS NULL`
    pub is: u8,
    /// `IN`, `LIKE`, `BETWEEN`
    pub predicate: u8,
    /// Operators that are not in the table; zero where there are none.
    pub other: u8,
    /// `AT TIME ZONE`
    pub zone: u8,
    pub collate: u8,
    /// `-a`
    pub sign: u8,
    /// `!a`; zero where there is none.
    pub bang: u8,
}

/// What an expression stands in. What is not known is left empty; then less is known to be the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct Within<'a> {
    /// Those of its table. A domain has one, `value`.
    pub columns: &'a [Column],
    /// The type of the column that gets its value.
    pub becomes: Option<&'a str>,
}

impl Within<'_> {
    pub fn type_of(&self, name: &str) -> Option<&str> {
        let column = self.columns.iter().find(|c| c.name == name);
        column.map(|column| column.data_type.as_str())
    }
}

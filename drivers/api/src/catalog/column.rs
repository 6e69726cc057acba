//! A column of a table.

use super::{Conflict, is_false};
use serde::Serialize;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Column {
    pub name: String,
    /// A hint of files: what it was called before. A database never says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// With width, precision, array brackets, the values of an enum.
    #[serde(rename = "type")]
    pub data_type: String,
    #[serde(skip_serializing_if = "is_false")]
    pub nullable: bool,
    /// What is out of the ordinary about its NOT NULL, where that is a constraint with a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_null: Option<NotNull>,
    /// An expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<Box<Identity>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generated: Option<Generated>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charset: Option<String>,
    /// Where it is not what the type, the table or the database has by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// What it becomes when its row changes (`ON UPDATE CURRENT_TIMESTAMP`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_update: Option<String>,
    /// What a NULL that it refuses does (SQLite).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_conflict: Option<Conflict>,
    /// Not part of `SELECT *`.
    #[serde(skip_serializing_if = "is_false")]
    pub invisible: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A constraint that a column is not null (PostgreSQL 18).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NotNull {
    /// Empty where the database found it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Rows that stood there before were not asked.
    #[serde(skip_serializing_if = "is_false")]
    pub not_valid: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub no_inherit: bool,
}

/// The database numbers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Identity {
    pub serves: Serves,
    /// The name of its sequence, where it is not the one that the database finds by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequence: Option<String>,
    /// What differs from the ordinary.
    #[serde(flatten)]
    pub numbers: Numbers,
}

impl Identity {
    /// The ordinary one. In a box: few columns have one.
    pub fn new(serves: Serves) -> Box<Identity> {
        Box::new(Identity {
            serves,
            sequence: None,
            numbers: Numbers::default(),
        })
    }
}

/// Whose number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Serves {
    /// The database's, whatever a statement says.
    Always,
    /// The statement's, if it says one. AUTO_INCREMENT and AUTOINCREMENT are of this kind.
    ByDefault,
    /// The same by a default that asks a sequence of the column's own.
    Serial,
}

/// Of a sequence; what is absent is as the type has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Numbers {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub increment: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<i64>,
    #[serde(skip_serializing_if = "is_false")]
    pub cycle: bool,
}

/// The value of a column that is computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Generated {
    pub expression: String,
    pub storage: Storage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Storage {
    Stored,
    Virtual,
}

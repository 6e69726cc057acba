//! What must hold of the rows of a table.

use super::{Name, Part, is_false};
use serde::Serialize;

/// A primary key or a unique constraint. Where a database has no unique constraints beside unique
/// indexes (MySQL, MariaDB), its catalogs have the indexes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Key {
    /// Empty where there is none, and in a file.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(rename = "columns")]
    pub parts: Vec<Part>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub nulls_not_distinct: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
    /// What a row that it refuses does (SQLite).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_conflict: Option<Conflict>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// What becomes of a row that is refused, where it is not the ordinary: the statement fails and is
/// undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    Rollback,
    Fail,
    Ignore,
    Replace,
}

/// A constraint that may wait for the end of the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Deferrable {
    /// It is asked at once, unless a transaction says otherwise.
    Immediate,
    /// It is asked at the end.
    Deferred,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ForeignKey {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    pub columns: Vec<String>,
    /// The other table.
    pub references: Name,
    /// Its columns; empty in a file: its primary key.
    #[serde(rename = "to", skip_serializing_if = "Vec::is_empty")]
    pub referenced: Vec<String>,
    #[serde(skip_serializing_if = "Action::is_ordinary")]
    pub on_delete: Action,
    #[serde(skip_serializing_if = "Action::is_ordinary")]
    pub on_update: Action,
    #[serde(skip_serializing_if = "is_false")]
    pub match_full: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
    /// Rows that stood there before were not asked.
    #[serde(skip_serializing_if = "is_false")]
    pub not_valid: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub not_enforced: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// What becomes of a row whose other end goes away or changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    #[default]
    NoAction,
    Restrict,
    Cascade,
    SetNull,
    SetDefault,
    /// Only these of its columns.
    SetNullOf(Vec<String>),
    SetDefaultOf(Vec<String>),
}

impl Action {
    pub fn is_ordinary(&self) -> bool {
        *self == Action::NoAction
    }

    /// In SQL, without the columns.
    pub fn words(&self) -> &'static str {
        match self {
            Action::NoAction => "NO ACTION",
            Action::Restrict => "RESTRICT",
            Action::Cascade => "CASCADE",
            Action::SetNull | Action::SetNullOf(_) => "SET NULL",
            Action::SetDefault | Action::SetDefaultOf(_) => "SET DEFAULT",
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Check {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    pub expression: String,
    #[serde(skip_serializing_if = "is_false")]
    pub no_inherit: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub not_valid: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub not_enforced: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Exclusion {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Everything behind `EXCLUDE`.
    pub definition: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

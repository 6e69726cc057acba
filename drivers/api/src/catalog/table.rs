//! A table and what belongs to it alone.

use super::{Check, Column, Exclusion, ForeignKey, Index, Key, Name, is_false};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a database says of a table beside its parts: `engine`, `charset`, `collation`, `row_format`,
/// `strict`, `without_rowid`, `unlogged`, `fillfactor`. A flag has the value `true`. Only what is not
/// as the database has it by itself.
pub type Options = BTreeMap<String, String>;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Table {
    pub name: Name,
    /// A hint of files, see [`Column::renamed_from`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// In the order of the table.
    pub columns: Vec<Column>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<Key>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unique: Vec<Key>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub foreign_keys: Vec<ForeignKey>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclusions: Vec<Exclusion>,
    /// Without those that serve a key above.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Index>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Trigger>,
    /// `RANGE (created_at)`; for MySQL with its partitions, as SHOW CREATE TABLE has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_by: Option<String>,
    /// Where it is a partition itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_of: Option<Partition>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inherits: Vec<Name>,
    #[serde(skip_serializing_if = "Options::is_empty")]
    pub options: Options,
}

/// Its place in a table that is one of many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Partition {
    pub parent: Name,
    /// `FOR VALUES FROM (1) TO (10)`, `DEFAULT`
    pub bound: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Trigger {
    pub name: String,
    /// The whole CREATE TRIGGER, as the server spells it.
    pub definition: String,
    #[serde(skip_serializing_if = "is_false")]
    pub disabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Table {
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

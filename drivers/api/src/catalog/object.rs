//! What stands beside tables.

use super::{Check, Index, Name, Numbers, Options, Trigger, is_false};
use serde::Serialize;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Schema {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Extension {
    pub name: String,
    /// Where its objects stand, if not in the connection's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Absent in a file: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// A type that people made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Type {
    pub name: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    #[serde(flatten)]
    pub body: Body,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// Values in their order.
    Enum(Vec<String>),
    Domain {
        #[serde(rename = "type")]
        data_type: String,
        #[serde(skip_serializing_if = "is_false")]
        not_null: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        default: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        collation: Option<String>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        checks: Vec<Check>,
    },
    Composite(Vec<Attribute>),
    /// Everything behind `AS`: a range, say.
    Other(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attribute {
    pub name: String,
    #[serde(rename = "type")]
    pub data_type: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sequence {
    pub name: Name,
    /// Where it is not the ordinary one (`bigint`).
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub data_type: Option<String>,
    #[serde(flatten)]
    pub numbers: Numbers,
    /// It goes with this column, whose default does not ask it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owned_by: Option<Owner>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A column, and its table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Owner {
    pub table: Name,
    pub column: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct View {
    pub name: Name,
    #[serde(skip_serializing_if = "is_false")]
    pub materialized: bool,
    /// The query alone.
    pub definition: String,
    /// What it shows, where a server told it; absent in a file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Attribute>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Index>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Trigger>,
    /// `security_barrier`, `check_option`, `algorithm`, `sql_security`.
    #[serde(skip_serializing_if = "Options::is_empty")]
    pub options: Options,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Of its columns, by their names.
    #[serde(skip_serializing_if = "Options::is_empty")]
    pub column_comments: Options,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Routine {
    pub name: Name,
    /// What tells it from others of its name: the types of its arguments.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub arguments: String,
    pub kind: Kind,
    /// The whole CREATE, as the server spells it.
    pub definition: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Function,
    Procedure,
    Aggregate,
}

//! An index and its parts.

use super::is_false;
use serde::{Serialize, Serializer};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Index {
    /// Empty in a file: the database or the dialect finds one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(rename = "columns")]
    pub parts: Vec<Part>,
    #[serde(skip_serializing_if = "is_false")]
    pub unique: bool,
    /// Where it is not the ordinary tree: `gin`, `hash`, `fulltext`, `spatial`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Only rows for which this holds.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub predicate: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub nulls_not_distinct: bool,
    /// The planner does not see it.
    #[serde(skip_serializing_if = "is_false")]
    pub invisible: bool,
    /// What is left of a build that failed; no query uses it.
    #[serde(skip_serializing_if = "is_false")]
    pub invalid: bool,
    /// `fillfactor=70`, `parser=ngram`; `name=value`, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A column or an expression, and how it is sorted. A file may say the name of the column alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub of: Of,
    pub sort: Sort,
    /// Where it is not what the direction has by itself.
    pub nulls: Option<Nulls>,
    /// Only so many characters or bytes of it.
    pub length: Option<u32>,
    pub collation: Option<String>,
    /// With its parameters, where it is not the type's own.
    pub class: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    Column(String),
    Expression(String),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Up,
    Down,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    First,
    Last,
}

impl Part {
    pub fn column(name: impl Into<String>) -> Part {
        Part::of(Of::Column(name.into()))
    }

    pub fn expression(text: impl Into<String>) -> Part {
        Part::of(Of::Expression(text.into()))
    }

    pub fn of(of: Of) -> Part {
        Part {
            of,
            sort: Sort::Up,
            nulls: None,
            length: None,
            collation: None,
            class: None,
        }
    }

    /// The column, where it is one.
    pub fn name(&self) -> Option<&str> {
        match &self.of {
            Of::Column(name) => Some(name),
            Of::Expression(_) => None,
        }
    }

    /// Whether it is a column and nothing more is said of it.
    pub fn is_plain(&self) -> bool {
        let bare = Part::of(self.of.clone());
        *self == bare && self.name().is_some()
    }
}

impl From<&str> for Part {
    fn from(name: &str) -> Part {
        Part::column(name)
    }
}

/// As files say it.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expression: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nulls: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    collation: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'a str>,
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if let (true, Some(name)) = (self.is_plain(), self.name()) {
            return to.serialize_str(name);
        }
        Told {
            column: self.name(),
            expression: match &self.of {
                Of::Column(_) => None,
                Of::Expression(text) => Some(text),
            },
            order: (self.sort == Sort::Down).then_some("desc"),
            nulls: self.nulls.map(|nulls| match nulls {
                Nulls::First => "first",
                Nulls::Last => "last",
            }),
            length: self.length,
            collation: self.collation.as_deref(),
            class: self.class.as_deref(),
        }
        .serialize(to)
    }
}

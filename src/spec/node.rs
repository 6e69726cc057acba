//! A spec as a tree in which every key and value knows where it stands. Knows nothing of what a
//! spec means.

use serde_json::Number;
#[cfg(any(feature = "json-schema", test))]
use serde_json::{Map, Value};

/// One value and its bytes in the text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    /// Offset of the first character, quotes and block headers included.
    pub at: usize,
    /// Offset behind the last character.
    pub end: usize,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Key {
    pub at: usize,
    pub text: String,
}

/// One step from a value to a value in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    Key(String),
    Item(usize),
}

impl Node {
    pub fn entries(&self) -> &[(Key, Node)] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    pub fn entry(&self, key: &str) -> Option<&(Key, Node)> {
        self.entries().iter().find(|(k, _)| k.text == key)
    }

    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    pub fn truth(&self) -> Option<bool> {
        match &self.kind {
            Kind::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value at the end of a path; the nearest one above it where the path leads nowhere.
    pub fn nearest(&self, path: &[Step]) -> &Node {
        let below = match path.first() {
            None => None,
            Some(Step::Key(key)) => self.get(key),
            Some(Step::Item(n)) => self.items().get(*n),
        };
        below.map_or(self, |node| node.nearest(&path[1..]))
    }

    /// The same without places, for the schema.
    #[cfg(any(feature = "json-schema", test))]
    pub fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(bool) => Value::Bool(*bool),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::List(items) => Value::Array(items.iter().map(Node::to_json).collect()),
            Kind::Map(entries) => Value::Object(
                entries
                    .iter()
                    .map(|(key, value)| (key.text.clone(), value.to_json()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }
}

//! What the parser tells, one value after the other, as a tree: the parser says what, the cursor says
//! where. Refused is all that a reader could mistake: duplicate keys, merges, keys that are not text.

use super::cursor::Cursor;
use super::node::{Key, Kind, Node};
use super::text::Document;
use initium_driver::{Code, Error, Result};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::HashMap;
use std::fmt;

/// Nobody nests deeper by hand, and recursion stays far from the end of the stack.
pub(super) const DEEPEST: usize = 32;

/// Whether a list or map is held together by brackets or by indentation.
#[derive(Clone, Copy, PartialEq)]
enum Style {
    Block,
    Flow,
}

/// Where the parser is.
pub(super) struct Walk<'t> {
    pub cursor: Cursor<'t>,
    depth: usize,
    /// Why the parser was stopped; its own error could not carry place and help.
    pub trouble: Option<Error>,
}

impl<'t> Walk<'t> {
    pub fn new(cursor: Cursor<'t>) -> Walk<'t> {
        Walk {
            cursor,
            depth: 0,
            trouble: None,
        }
    }

    fn stop<T, E: de::Error>(&mut self, error: Error) -> Result<T, E> {
        self.trouble = Some(error);
        Err(E::custom("refused"))
    }

    fn check<T, E: de::Error>(&mut self, result: Result<T>) -> Result<T, E> {
        result.or_else(|error| self.stop(error))
    }

    /// Goes over a scalar.
    fn scalar<E: de::Error>(&mut self, kind: Kind) -> Result<Node, E> {
        let at = self.cursor.at;
        match &kind {
            Kind::Text(text) => {
                let done = self.cursor.text(text);
                self.check(done)?;
            }
            _ => self.cursor.word(),
        }
        Ok(self.node(at, kind))
    }

    fn node(&self, at: usize, kind: Kind) -> Node {
        Node {
            at,
            end: self.cursor.at,
            kind,
        }
    }

    fn open(&mut self, bracket: char) -> Style {
        match self.cursor.pass(bracket) {
            true => Style::Flow,
            false => Style::Block,
        }
    }

    fn close(&mut self, style: Style, bracket: char) -> Result<()> {
        self.depth -= 1;
        if style == Style::Block {
            return Ok(());
        }
        self.cursor.pass(',');
        self.cursor.expect(bracket)
    }

    fn deeper<E: de::Error>(&mut self) -> Result<(), E> {
        self.depth += 1;
        if self.depth <= DEEPEST {
            return Ok(());
        }
        let error = self
            .cursor
            .refuse(format!("nested deeper than {DEEPEST} levels"));
        self.stop(error)
    }
}

/// One value.
pub(super) struct Value<'w, 't>(pub &'w mut Walk<'t>);

impl<'de> DeserializeSeed<'de> for Value<'_, '_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Node, D::Error> {
        let before = self.0.cursor.at;
        let found = self.0.cursor.value();
        self.0.check(found)?;
        from.deserialize_any(Scalars {
            walk: self.0,
            before,
        })
    }
}

struct Scalars<'w, 't> {
    walk: &'w mut Walk<'t>,
    /// Where the last token ended: the place of a value that is not written.
    before: usize,
}

impl<'de> Visitor<'de> for Scalars<'_, '_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Node, E> {
        let at = self.walk.cursor.at;
        if self.walk.cursor.null() {
            return Ok(self.walk.node(at, Kind::Null));
        }
        self.walk.cursor.at = self.before;
        Ok(self.walk.node(self.before, Kind::Null))
    }

    fn visit_none<E: de::Error>(self) -> Result<Node, E> {
        self.visit_unit()
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Node, E> {
        self.walk.scalar(Kind::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Node, E> {
        self.walk.scalar(Kind::Number(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Node, E> {
        self.walk.scalar(Kind::Number(value.into()))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Node, E> {
        self.visit_f64(value as f64)
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Node, E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Node, E> {
        match serde_json::Number::from_f64(value) {
            Some(number) => self.walk.scalar(Kind::Number(number)),
            None => {
                let error = self.walk.cursor.refuse("this number is not finite");
                self.walk
                    .stop(error.help("write it in quotes if it is text"))
            }
        }
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Node, E> {
        self.walk.scalar(Kind::Text(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let walk = self.walk;
        walk.deeper()?;
        let at = walk.cursor.at;
        let style = walk.open('[');
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(Item {
            walk: &mut *walk,
            style,
        })? {
            items.push(item);
        }
        let closed = walk.close(style, ']');
        walk.check(closed)?;
        Ok(walk.node(at, Kind::List(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let walk = self.walk;
        walk.deeper()?;
        let at = walk.cursor.at;
        let style = walk.open('{');
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut places = HashMap::new();
        while let Some(key) = access.next_key_seed(Name {
            walk: &mut *walk,
            style,
        })? {
            if let Some(first) = places.insert(key.text.clone(), key.at) {
                let twice = duplicate(walk.cursor.doc, &key, first);
                return walk.stop(twice);
            }
            walk.cursor.pass(':');
            entries.push((key, access.next_value_seed(Value(&mut *walk))?));
        }
        let closed = walk.close(style, '}');
        walk.check(closed)?;
        Ok(walk.node(at, Kind::Map(entries)))
    }
}

fn duplicate(doc: &Document, key: &Key, first: usize) -> Error {
    let line = doc.place(first).line;
    doc.error(
        Code::SpecSyntax,
        key.at,
        format!(
            "the key {} stands here and in line {line}",
            doc.shown(&key.text)
        ),
    )
    .help("one would hide the other; keep one of them")
}

/// One item of a list, with the dash or comma before it.
struct Item<'w, 't> {
    walk: &'w mut Walk<'t>,
    style: Style,
}

impl<'de> DeserializeSeed<'de> for Item<'_, '_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Node, D::Error> {
        if self.style == Style::Flow {
            self.walk.cursor.pass(',');
        } else {
            let dash = self.walk.cursor.expect('-');
            self.walk.check(dash)?;
        }
        Value(self.walk).deserialize(from)
    }
}

/// One key of a map, with the comma before it.
struct Name<'w, 't> {
    walk: &'w mut Walk<'t>,
    style: Style,
}

impl<'de> DeserializeSeed<'de> for Name<'_, '_> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Key, D::Error> {
        let walk = self.walk;
        if self.style == Style::Flow {
            walk.cursor.pass(',');
        }
        let found = walk.cursor.key();
        walk.check(found)?;
        let at = walk.cursor.at;
        let before = walk.depth;
        let node = from.deserialize_any(Scalars {
            walk: &mut *walk,
            before: at,
        })?;
        walk.depth = before;
        let raw = &walk.cursor.doc.text[at..node.end];
        let error = match &node.kind {
            Kind::Text(_) if raw == "<<" => "merge keys (<<) are not allowed".to_string(),
            Kind::Text(text) => {
                return Ok(Key {
                    at,
                    text: text.clone(),
                });
            }
            Kind::List(_) | Kind::Map(_) => "a list or a map cannot be a key".to_string(),
            _ => format!(
                "the key {} is not text for {}",
                walk.cursor.doc.shown(raw),
                walk.cursor.doc.format
            ),
        };
        let error = walk.cursor.doc.error(Code::SpecSyntax, at, error);
        walk.stop(match &node.kind {
            Kind::Text(_) => error.help("write the keys out where they are meant"),
            _ => error.help("write the key in quotes"),
        })
    }
}

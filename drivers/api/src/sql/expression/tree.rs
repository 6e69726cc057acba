//! An expression as a tree, and the one way to write it. What two texts share as a tree they mean
//! alike; nothing here looks at a text.

use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A column, or a word that stands where one could.
    Name(String),
    Value(Value),
    Apply(Head, String, Vec<Node>),
    Cast(Box<Node>, String),
}

/// What is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// `+`, `and`, `is null`
    Operator,
    /// By its name, with the schema where one was said.
    Function,
    /// What has a grammar of its own: `case`, `array`, `row`.
    Form,
}

/// A literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    pub kind: Kind,
    /// What it says, without quotes and escapes.
    pub text: String,
    /// Its type, where one is known.
    pub of: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    /// In hexadecimal digits.
    Bytes,
    /// In zeros and ones.
    Bits,
    /// `true`, `false`, `null`
    Word,
}

impl Node {
    pub fn value(kind: Kind, text: impl Into<String>) -> Node {
        Node::Value(Value {
            kind,
            text: text.into(),
            of: String::new(),
        })
    }

    pub fn operator(word: &str, of: Vec<Node>) -> Node {
        Node::Apply(Head::Operator, word.into(), of)
    }

    pub fn function(word: &str, of: Vec<Node>) -> Node {
        Node::Apply(Head::Function, word.into(), of)
    }

    pub fn form(word: &str, of: Vec<Node>) -> Node {
        Node::Apply(Head::Form, word.into(), of)
    }

    pub fn cast(self, to: impl Into<String>) -> Node {
        Node::Cast(Box::new(self), to.into())
    }

    /// Joined by `and` or `or`: what is joined by the same word already is taken up.
    pub fn join(word: &str, left: Node, right: Node) -> Node {
        let mut all = left.joined(word);
        match right.joins(word) {
            true => all.append(&mut right.joined(word)),
            false => all.push(right),
        }
        Node::operator(word, all)
    }

    pub fn joins(&self, word: &str) -> bool {
        matches!(self, Node::Apply(Head::Operator, own, _) if own == word)
    }

    fn joined(self, word: &str) -> Vec<Node> {
        match self {
            Node::Apply(Head::Operator, own, all) if own == word => all,
            other => vec![other],
        }
    }

    pub fn negation(self) -> Node {
        Node::operator("not", vec![self])
    }

    /// The same with each part of it changed, the innermost first.
    pub fn map(self, change: &dyn Fn(Node) -> Node) -> Node {
        change(match self {
            Node::Apply(head, word, of) => {
                let of = of.into_iter().map(|node| node.map(change)).collect();
                Node::Apply(head, word, of)
            }
            Node::Cast(of, to) => of.map(change).cast(to),
            leaf => leaf,
        })
    }

    pub fn is_null(&self) -> bool {
        self.is_word("null")
    }

    pub fn is_word(&self, word: &str) -> bool {
        matches!(self, Node::Value(value) if value.kind == Kind::Word && value.text == word)
    }

    /// A literal that is a number.
    pub fn number(&self) -> Option<&str> {
        match self {
            Node::Value(value) if value.kind == Kind::Number => Some(&value.text),
            _ => None,
        }
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')
}

/// One spelling per tree. Quotes stand around whatever could be taken for something else.
impl fmt::Display for Node {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Node::Name(name) => write!(out, "{name:?}"),
            Node::Value(value) => {
                match value.kind {
                    Kind::Text => write!(out, "'{}'", value.text.replace('\'', "''"))?,
                    Kind::Bytes => write!(out, "x'{}'", value.text)?,
                    Kind::Bits => write!(out, "b'{}'", value.text)?,
                    Kind::Number | Kind::Word => out.write_str(&value.text)?,
                }
                match value.of.as_str() {
                    "" => Ok(()),
                    of => write!(out, "::{of}"),
                }
            }
            Node::Cast(node, to) => write!(out, "cast({node} as {to})"),
            Node::Apply(head, word, of) => {
                match head {
                    Head::Operator => write!(out, "({word}")?,
                    Head::Function if word.bytes().all(is_plain) => write!(out, "{word}(")?,
                    Head::Function => write!(out, "{word:?}(")?,
                    Head::Form => write!(out, "{{{word}")?,
                }
                for (n, node) in of.iter().enumerate() {
                    let between = match (head, n) {
                        (Head::Function, 0) => "",
                        (Head::Function, _) => ", ",
                        _ => " ",
                    };
                    write!(out, "{between}{node}")?;
                }
                out.write_str(if *head == Head::Form { "}" } else { ")" })
            }
        }
    }
}

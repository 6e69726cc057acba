//! Which type several operands have in common, and the casts by which they get it.

use super::literal::{NUMBERS, TEXT, UNKNOWN, become_type};
use initium_driver::sql::expression::{Head, Node};

/// A node and its type: without width and precision, empty where it is not known.
pub struct Typed {
    pub node: Node,
    pub of: String,
}

impl Typed {
    pub fn new(node: Node, of: &str) -> Typed {
        Typed {
            node,
            of: of.into(),
        }
    }

    /// With the cast that the server adds, where it needs one.
    pub fn to(self, to: &str) -> Typed {
        Typed {
            node: match self.of == to {
                true => self.node,
                false => cast(self.node, to),
            },
            of: to.into(),
        }
    }
}

pub fn cast(node: Node, to: &str) -> Node {
    match node {
        Node::Value(value) => match become_type(value, to) {
            Ok(value) => Node::Value(value),
            Err(value) => Node::Value(value).cast(to),
        },
        Node::Apply(Head::Form, word, of) if word == "array" => match to.strip_suffix("[]") {
            Some(each) => {
                let of = of.into_iter().map(|node| match &node {
                    Node::Apply(Head::Form, word, _) if word == "array" => cast(node, to),
                    _ => recast(node, each),
                });
                Node::form("array", of.collect())
            }
            None => Node::form(&word, of).cast(to),
        },
        node => node.cast(to),
    }
}

/// An element of an array that is cast as a whole; what was cast to that type before is not again.
fn recast(node: Node, to: &str) -> Node {
    match node {
        Node::Cast(of, own) if own == to => Node::Cast(of, own),
        node => cast(node, to),
    }
}

pub fn is_text(of: &str) -> bool {
    matches!(of, "text" | "character varying" | "character")
}

pub fn rank(of: &str) -> Option<usize> {
    NUMBERS.iter().position(|number| *number == of)
}

/// Two operands that are compared, or joined by an operator of one type.
pub fn unify(left: Typed, right: Typed) -> (Typed, Typed) {
    let (l, r) = (left.of.clone(), right.of.clone());
    let to = match (l.as_str(), r.as_str()) {
        ("", _) | (_, "") => return (left, right),
        (UNKNOWN, UNKNOWN) => TEXT,
        (UNKNOWN, other) | (other, UNKNOWN) if other == "character varying" => TEXT,
        (UNKNOWN, other) | (other, UNKNOWN) => other,
        ("character", "character") => return (left, right),
        ("character", "character varying") | ("character varying", "character") => "character",
        (one, other) if is_text(one) && is_text(other) => TEXT,
        ("character varying[]", "text[]") | ("text[]", "character varying[]") => "text[]",
        ("bit varying", "\"bit\"") | ("\"bit\"", "bit varying") => "bit varying",
        (one, other) => match (rank(one), rank(other)) {
            (Some(one), Some(other)) => return counted((left, one), (right, other)),
            _ => return (left, right),
        },
    };
    (left.to(to), right.to(to))
}

/// Whole numbers of all widths meet as they are, and so do the two kinds of floats.
fn counted(left: (Typed, usize), right: (Typed, usize)) -> (Typed, Typed) {
    let widest = left.1.max(right.1);
    let to = match widest {
        0..=2 => return (left.0, right.0),
        3 => "numeric",
        _ => "double precision",
    };
    let fit = |(typed, rank): (Typed, usize)| match rank > 3 {
        true => typed,
        false => typed.to(to),
    };
    (fit(left), fit(right))
}

/// The type that all get in a list, a CASE or a COALESCE; empty where that is not known.
pub fn common(all: &[Typed]) -> String {
    let mut found = UNKNOWN;
    for typed in all {
        found = match (found, typed.of.as_str()) {
            (_, "") => return String::new(),
            (found, UNKNOWN) => found,
            (UNKNOWN, of) => of,
            (found, of) => match (rank(found), rank(of)) {
                (Some(one), Some(other)) => NUMBERS[one.max(other)],
                // Among texts the first one says it.
                _ if found == of || is_text(found) && is_text(of) => found,
                _ => return String::new(),
            },
        };
    }
    match found {
        UNKNOWN => TEXT.into(),
        found => found.into(),
    }
}

pub fn all_to(all: Vec<Typed>, to: &str) -> Vec<Node> {
    let fit = |typed: Typed| match to {
        "" => typed.node,
        to => typed.to(to).node,
    };
    all.into_iter().map(fit).collect()
}

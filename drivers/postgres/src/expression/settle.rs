//! An expression as the server stores it: from the innermost part outwards, each with its type.

use super::choice::{Typed, all_to, cast, common, unify};
use super::literal::{UNKNOWN, become_type, number, typed};
use super::{calls, operators};
use crate::types;
use initium_driver::sql::expression::between::paired;
use initium_driver::sql::expression::{Head, Kind, Node, Value, Within};

const BOOLEAN: &str = "boolean";

/// A literal that is all of it gets the type of its column; without one its type does not count.
pub fn whole(tree: Node, within: &Within) -> Node {
    let found = settle(tree, within);
    let Node::Value(value) = found.node else {
        return found.node;
    };
    let value = match within.becomes.map(|of| base(&types::canonical(of))) {
        Some(to) => become_type(value, &to).unwrap_or_else(|value| value),
        None => value,
    };
    Node::Value(Value {
        of: String::new(),
        ..value
    })
}

/// Without its width or precision.
fn base(of: &str) -> String {
    let bare = match (of.find('('), of.find(')')) {
        (Some(open), Some(close)) if open < close => {
            format!("{}{}", &of[..open], &of[close + 1..])
        }
        _ => of.to_string(),
    };
    match bare.as_str() {
        "bpchar" => "character".into(),
        _ => bare,
    }
}

pub fn settle(node: Node, within: &Within) -> Typed {
    match node {
        Node::Name(name) => {
            let of = within.type_of(&name).map(|of| base(&types::canonical(of)));
            Typed {
                node: Node::Name(name),
                of: of.unwrap_or_default(),
            }
        }
        Node::Value(value) => literal(value),
        Node::Cast(of, to) => explicit(*of, &to, within),
        Node::Apply(Head::Operator, word, of) => operator(&word, of, within),
        Node::Apply(Head::Function, name, of) => {
            let of = of.into_iter().map(|node| settle(node, within)).collect();
            calls::function(&name, of)
        }
        Node::Apply(Head::Form, word, of) => form(&word, of, within),
    }
}

fn literal(value: Value) -> Typed {
    match value.kind {
        Kind::Number => {
            let node = number(value.text.trim_end_matches('.'));
            match (node, value.text.ends_with('.')) {
                (Node::Value(value), true) => {
                    Typed::new(typed(value.kind, value.text, "numeric"), "numeric")
                }
                (Node::Value(value), false) => {
                    let of = value.of.clone();
                    Typed::new(Node::Value(value), &of)
                }
                (node, _) => Typed::new(node, ""),
            }
        }
        Kind::Word if value.text != "null" => {
            Typed::new(typed(value.kind, value.text, BOOLEAN), BOOLEAN)
        }
        Kind::Text | Kind::Word => Typed::new(Node::Value(value), UNKNOWN),
        Kind::Bits => Typed::new(typed(Kind::Text, value.text, "\"bit\""), "\"bit\""),
        Kind::Bytes => {
            let four = |c: char| format!("{:04b}", c.to_digit(16).unwrap_or(0));
            let bits: String = value.text.chars().map(four).collect();
            Typed::new(typed(Kind::Text, bits, "\"bit\""), "\"bit\"")
        }
    }
}

/// A cast that somebody wrote, or that the server tells.
fn explicit(of: Node, to: &str, within: &Within) -> Typed {
    let bare = base(to);
    let has_width = bare != to && to != "bpchar";
    let of = match of {
        // Its elements are cast, so they are not made texts before.
        Node::Apply(Head::Form, word, list) if word == "array" && to.ends_with("[]") => {
            if list.is_empty() {
                return Typed::new(typed(Kind::Text, "{}", &bare), &bare);
            }
            let each = to.trim_end_matches("[]");
            let cast = |node| match node {
                Node::Apply(Head::Form, ref word, _) if word == "array" => {
                    explicit(node, to, within).node
                }
                node => explicit(node, each, within).node,
            };
            let list = list.into_iter().map(cast).collect();
            return Typed::new(Node::form("array", list), &bare);
        }
        of => settle(of, within),
    };
    let node = match has_width {
        // A literal is read first, and cut then.
        true => match of.node {
            Node::Value(value) if of.of == UNKNOWN => become_type(value, &bare)
                .map_or_else(Node::Value, Node::Value)
                .cast(to),
            node => node.cast(to),
        },
        false if of.of == bare => of.node,
        false => cast(of.node, &bare),
    };
    Typed::new(node, &bare)
}

fn operator(word: &str, mut of: Vec<Node>, within: &Within) -> Typed {
    if matches!(word, "and" | "or") {
        let fit = |node| match settle(node, within) {
            typed if typed.of == UNKNOWN => typed.to(BOOLEAN).node,
            typed => typed.node,
        };
        let of = of.into_iter().map(fit).collect();
        return Typed::new(paired(word, of), BOOLEAN);
    }
    if operators::is_comparison(word) && is_row(&of[0]) && of.get(1).is_some_and(is_row) {
        return rows(word, of, within);
    }
    match (of.pop(), of.pop()) {
        (Some(right), Some(left)) => {
            operators::two(word, settle(left, within), settle(right, within))
        }
        (Some(one), None) => operators::one(word, settle(one, within)),
        _ => Typed::new(Node::operator(word, Vec::new()), ""),
    }
}

fn is_row(node: &Node) -> bool {
    matches!(node, Node::Apply(Head::Form, word, _) if word == "row")
}

fn list_of(node: Node) -> Vec<Node> {
    match node {
        Node::Apply(_, _, of) => of,
        node => vec![node],
    }
}

/// Column by column where that says the same; what is more or less than a row is told as rows.
fn rows(word: &str, mut of: Vec<Node>, within: &Within) -> Typed {
    let (right, left) = (of.pop().map(list_of), of.pop().map(list_of));
    let (left, right) = (left.unwrap_or_default(), right.unwrap_or_default());
    let pairs = left.into_iter().zip(right);
    let pairs = pairs.map(|(a, b)| (settle(a, within), settle(b, within)));
    let join = match word {
        "=" => "and",
        "<>" | "is distinct" => "or",
        _ => {
            let (left, right) = pairs
                .map(|(a, b)| unify(a, b))
                .map(|(a, b)| (a.node, b.node))
                .unzip();
            let sides = vec![Node::form("row", left), Node::form("row", right)];
            return Typed::new(Node::operator(word, sides), BOOLEAN);
        }
    };
    let parts = pairs.map(|(a, b)| operators::compared(word, a, b).node);
    let all = parts.reduce(|one, other| Node::join(join, one, other));
    Typed::new(
        all.unwrap_or_else(|| Node::form("row", Vec::new())),
        BOOLEAN,
    )
}

fn form(word: &str, mut of: Vec<Node>, within: &Within) -> Typed {
    let settled =
        |of: Vec<Node>| -> Vec<Typed> { of.into_iter().map(|node| settle(node, within)).collect() };
    match (word, of.len()) {
        ("like" | "ilike" | "similar", 2 | 3) => {
            let escape = if word == "similar" {
                "similar_to_escape"
            } else {
                "like_escape"
            };
            let left = of.remove(0);
            let pattern = match (of.len(), word) {
                (1, "like" | "ilike") => of.remove(0),
                _ => Node::function(escape, of),
            };
            let sign = match word {
                "like" => "~~",
                "ilike" => "~~*",
                _ => "~",
            };
            operators::two(sign, settle(left, within), settle(pattern, within))
        }
        ("between", 3) => {
            let mut all = settled(of).into_iter();
            let (Some(of), Some(from), Some(to)) = (all.next(), all.next(), all.next()) else {
                return Typed::new(Node::form(word, Vec::new()), BOOLEAN);
            };
            let (of, from) = unify(of, from);
            let (of, to) = unify(of, to);
            Typed::new(Node::form(word, vec![of.node, from.node, to.node]), BOOLEAN)
        }
        ("in", 2..) => super::list::one_of(of, within),
        ("array", _) => {
            let of = settled(of);
            let to = common(&of);
            let whole = match to.as_str() {
                "" => String::new(),
                to if to.ends_with("[]") => to.into(),
                to => format!("{to}[]"),
            };
            Typed::new(Node::form(word, all_to(of, &to)), &whole)
        }
        ("extract", 2) => {
            let field = of.remove(0);
            let of = settle(of.remove(0), within).node;
            Typed::new(Node::form(word, vec![field, of]), "numeric")
        }
        ("[", 2) => {
            let mut of = settled(of);
            let (index, array) = (of.pop(), of.pop());
            let (Some(index), Some(array)) = (index, array) else {
                return Typed::new(Node::form(word, Vec::new()), "");
            };
            let gives = match array.of.strip_suffix("[]") {
                Some(each) => each.to_string(),
                None if array.of == "jsonb" => array.of.clone(),
                None => String::new(),
            };
            let index = match (array.of.as_str(), index.of.as_str()) {
                ("jsonb", UNKNOWN) => index.to("text"),
                _ => index,
            };
            Typed::new(Node::form(word, vec![array.node, index.node]), &gives)
        }
        ("case" | "case of", _) => super::list::case(word, of, within),
        _ => match word.rsplit_once(' ') {
            Some((sign, kind @ ("any" | "all"))) if of.len() == 2 => {
                super::list::quantified(sign, kind, settled(of))
            }
            _ => {
                let of = settled(of).into_iter().map(|typed| typed.node).collect();
                Typed::new(Node::form(word, of), "")
            }
        },
    }
}

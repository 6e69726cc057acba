//! Operators: what they make of their operands' types, and what they give.

use super::choice::{Typed, is_text, rank, unify};
use super::literal::{NUMBERS, TEXT, UNKNOWN};
use initium_driver::sql::expression::{Head, Node};

const BOOLEAN: &str = "boolean";
const INTERVAL: &str = "interval";

/// Which are the opposite of another; they are told with a NOT before that one.
const OPPOSITES: &[(&str, &str)] = &[("!~~", "~~"), ("!~~*", "~~*"), ("!~", "~"), ("!~*", "~*")];

pub fn is_comparison(word: &str) -> bool {
    matches!(word, "=" | "<>" | "<" | ">" | "<=" | ">=" | "is distinct")
}

pub fn two(word: &str, left: Typed, right: Typed) -> Typed {
    if let Some((_, plain)) = OPPOSITES.iter().find(|(own, _)| *own == word) {
        let found = two(plain, left, right);
        return Typed::new(found.node.negation(), &found.of);
    }
    if is_comparison(word) {
        return compared(word, left, right);
    }
    match word {
        "~~" | "~~*" | "~" | "~*" | "^@" => told(word, texts(left, right), BOOLEAN),
        "||" => joined(left, right),
        "->" | "->>" | "#>" | "#>>" => picked(word, left, right),
        "?" | "@?" | "@@" | "?|" | "?&" | "@>" | "<@" | "&&" => asked(word, left, right),
        "collate" => {
            let left = match left.of.as_str() {
                UNKNOWN | "character varying" => left.to(TEXT),
                _ => left,
            };
            let of = left.of.clone();
            told(word, (left, right), &of)
        }
        _ => calculated(word, left, right),
    }
}

fn told(word: &str, (left, right): (Typed, Typed), of: &str) -> Typed {
    Typed::new(Node::operator(word, vec![left.node, right.node]), of)
}

/// Rows are compared column by column where that says the same.
pub fn compared(word: &str, left: Typed, right: Typed) -> Typed {
    told(word, unify(left, right), BOOLEAN)
}

fn texts(left: Typed, right: Typed) -> (Typed, Typed) {
    let fit = |typed: Typed| match typed.of.as_str() {
        UNKNOWN | "character varying" => typed.to(TEXT),
        _ => typed,
    };
    match left.of.as_str() {
        // It may be something else than a text.
        "" => (left, right),
        of if is_text(of) || of == UNKNOWN => (fit(left), fit(right)),
        _ => (left, right),
    }
}

fn joined(left: Typed, right: Typed) -> Typed {
    let (l, r) = (left.of.as_str(), right.of.as_str());
    let some_text = is_text(l) || is_text(r);
    let arrays = |of: &str| of.ends_with("[]");
    if l == "jsonb" || r == "jsonb" || arrays(l) && arrays(r) {
        let of = if l == UNKNOWN { r } else { l }.to_string();
        return told("||", unify(left, right), &of);
    }
    let number = |of: &str| rank(of).is_some();
    if some_text || l == UNKNOWN && (r == UNKNOWN || number(r)) || r == UNKNOWN && number(l) {
        let fit = |typed: Typed| match typed.of.as_str() {
            of if of == UNKNOWN || is_text(of) => typed.to(TEXT),
            _ => typed,
        };
        return told("||", (fit(left), fit(right)), TEXT);
    }
    let of = if arrays(l) {
        l.to_string()
    } else {
        String::new()
    };
    told("||", (left, right), &of)
}

/// Out of JSON: a literal is a key, or a path of keys.
fn picked(word: &str, left: Typed, right: Typed) -> Typed {
    let right = match (right.of.as_str(), word.starts_with('#')) {
        (UNKNOWN, true) => right.to("text[]"),
        (UNKNOWN | "character varying", false) => right.to(TEXT),
        _ => right,
    };
    let of = match word.ends_with(">>") {
        true => TEXT.to_string(),
        false => left.of.clone(),
    };
    told(word, (left, right), &of)
}

fn asked(word: &str, left: Typed, right: Typed) -> Typed {
    let is_json = left.of == "jsonb";
    let to = match word {
        "?" if is_json => TEXT,
        "?|" | "?&" if is_json => "text[]",
        "@?" | "@@" if is_json => "jsonpath",
        "@>" | "<@" | "&&" if left.of.ends_with("[]") || is_json || left.of.ends_with("range") => {
            left.of.as_str()
        }
        _ => return told(word, (left, right), BOOLEAN),
    }
    .to_string();
    let right = match right.of.as_str() {
        UNKNOWN => right.to(&to),
        _ => right,
    };
    let (left, right) = match left.of.ends_with("[]") {
        true => unify(left, right),
        false => (left, right),
    };
    told(word, (left, right), BOOLEAN)
}

fn calculated(word: &str, left: Typed, right: Typed) -> Typed {
    let (l, r) = (left.of.clone(), right.of.clone());
    let (l, r) = (l.as_str(), r.as_str());
    let moment = |of: &str| of.starts_with("timestamp");
    match (rank(l), rank(r)) {
        (Some(_), Some(_)) => return numbers(word, left, right),
        (Some(_), None) if r == UNKNOWN => return numbers(word, left, right.to(l)),
        (None, Some(_)) if l == UNKNOWN => return numbers(word, left.to(r), right),
        (Some(_), None) if r == INTERVAL && word == "*" => {
            return told(word, (left.to(NUMBERS[5]), right), INTERVAL);
        }
        (None, Some(_)) if l == INTERVAL && matches!(word, "*" | "/") => {
            return told(word, (left, right.to(NUMBERS[5])), INTERVAL);
        }
        _ => {}
    }
    let of = match (l, word, r) {
        (l, "+", UNKNOWN) if moment(l) => return told(word, (left, right.to(INTERVAL)), l),
        (INTERVAL, "+" | "-", UNKNOWN) => {
            return told(word, (left, right.to(INTERVAL)), INTERVAL);
        }
        (l, "<<" | "<<=" | ">>" | ">>=" | "&<" | "&>" | "-|-", UNKNOWN) if !l.is_empty() => {
            return told(word, (left, right.to(l)), BOOLEAN);
        }
        ("jsonb", "-", UNKNOWN) => return told(word, (left, right.to(TEXT)), "jsonb"),
        ("date", "-", "date") => "integer",
        ("date", "+" | "-", of) if rank(of).is_some() => "date",
        ("date", "+" | "-", INTERVAL) => "timestamp without time zone",
        (l, "+" | "-", INTERVAL) if moment(l) || l == INTERVAL => l,
        (INTERVAL, "+", r) if moment(r) => r,
        (l, "-", r) if moment(l) && l == r => INTERVAL,
        _ => "",
    };
    told(word, (left, right), of)
}

fn numbers(word: &str, left: Typed, right: Typed) -> Typed {
    let numeric = left.of == NUMBERS[3] || right.of == NUMBERS[3];
    let whole = |typed: &Typed| rank(&typed.of).is_some_and(|rank| rank < 3);
    // There is no power of whole numbers.
    let (left, right) = match word == "^" && !numeric && (whole(&left) || whole(&right)) {
        true => (left.to(NUMBERS[5]), right.to(NUMBERS[5])),
        false => unify(left, right),
    };
    let widest = rank(&left.of).max(rank(&right.of)).unwrap_or(0);
    told(word, (left, right), NUMBERS[widest])
}

/// An operator before its operand.
pub fn one(word: &str, of: Typed) -> Typed {
    let (node, own) = (of.node, of.of);
    match word {
        "not" => Typed::new(turned(node), BOOLEAN),
        word if word.starts_with("is ") => {
            let node = match word {
                "is unknown" => Node::operator("is null", vec![node]),
                "is not unknown" => Node::operator("is not null", vec![node]),
                word => Node::operator(word, vec![node]),
            };
            Typed::new(node, BOOLEAN)
        }
        "-" => match &node {
            // The number may have got a type before its sign.
            Node::Value(value) if rank(&value.of).is_some() => {
                let text = match value.text.strip_prefix('-') {
                    Some(text) => text.to_string(),
                    None => format!("-{}", value.text),
                };
                let value = initium_driver::sql::expression::Value {
                    text,
                    ..value.clone()
                };
                Typed::new(Node::Value(value), &own)
            }
            _ => Typed::new(Node::operator(word, vec![node]), &own),
        },
        "~" | "@" => Typed::new(Node::operator(word, vec![node]), &own),
        "|/" | "||/" => {
            let of = Typed::new(node, &own);
            let of = if rank(&own).is_some() {
                of.to(NUMBERS[5])
            } else {
                of
            };
            Typed::new(Node::operator(word, vec![of.node]), NUMBERS[5])
        }
        _ => Typed::new(Node::operator(word, vec![node]), ""),
    }
}

/// What is not equal is unequal, and what joins others is turned round with them.
fn turned(node: Node) -> Node {
    let join = |word: &str, of: Vec<Node>| {
        let all = of.into_iter().map(turned);
        let all = all.reduce(|left, right| Node::join(word, left, right));
        all.unwrap_or_else(|| Node::operator(word, Vec::new()))
    };
    match node {
        Node::Apply(Head::Operator, word, of) if word == "and" => join("or", of),
        Node::Apply(Head::Operator, word, of) if word == "or" => join("and", of),
        Node::Apply(Head::Operator, word, of) if word == "=" => Node::operator("<>", of),
        node => node.negation(),
    }
}

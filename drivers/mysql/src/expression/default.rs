//! A literal that is the whole expression: the default of a column, which the server tells in the
//! words of the column's type. `'0'` is then 0, and `1.5` of a `decimal(10,2)` is `'1.50'`.

use initium_driver::sql::expression::{Kind, Node, Value, instant};

const NUMBERS: &[&str] = &[
    "tinyint",
    "smallint",
    "mediumint",
    "int",
    "bigint",
    "decimal",
    "double",
    "float",
    "year",
    "integer",
    "numeric",
    "bool",
    "real",
    "dec",
];

const TEXTS: &[&str] = &["varchar", "char", "text", "enum", "set"];

pub fn whole(tree: Node, becomes: Option<&str>) -> Node {
    let Node::Value(value) = tree else {
        return tree;
    };
    let becomes = becomes.map(str::to_ascii_lowercase);
    Node::Value(match becomes.as_deref() {
        Some(of) if NUMBERS.iter().any(|number| of.starts_with(number)) => counted(value),
        Some(of) if of.starts_with("bit") => bits(value),
        Some(of) if of.starts_with("datetime") || of.starts_with("timestamp") => {
            told(value, instant::moment)
        }
        Some(of) if of.starts_with("time") => told(value, instant::clock),
        Some(of) if TEXTS.iter().any(|text| of.starts_with(text)) => spelled(value),
        _ => written(value),
    })
}

/// What a number says, however it is written.
fn counted(value: Value) -> Value {
    let is_digit = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+');
    if !matches!(value.kind, Kind::Number | Kind::Text) || !value.text.chars().all(is_digit) {
        return match value.text.split_once('e') {
            // The server writes it out.
            Some(_) if value.kind == Kind::Number => spread(value),
            _ => value,
        };
    }
    let text = value.text.trim_start_matches('+');
    let text = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => text,
    };
    Value {
        kind: Kind::Number,
        text: text.into(),
        ..value
    }
}

fn spread(value: Value) -> Value {
    match value.text.parse::<f64>() {
        Ok(number) if number.abs() < 1e15 => Value {
            text: number.to_string(),
            ..value
        },
        _ => value,
    }
}

/// In a text a number is its digits.
fn spelled(value: Value) -> Value {
    match value.kind {
        Kind::Number if !value.text.contains('e') => Value {
            kind: Kind::Text,
            ..value
        },
        _ => value,
    }
}

/// A whole number may be any column's; as a text it is the same.
fn written(value: Value) -> Value {
    match value.text.contains('.') {
        false => spelled(value),
        true => value,
    }
}

fn bits(value: Value) -> Value {
    let number = match value.kind {
        Kind::Number => value.text.parse::<u64>().ok(),
        _ => None,
    };
    match (number, value.kind) {
        (Some(number), _) => Value {
            kind: Kind::Bytes,
            text: format!("{number:x}"),
            ..value
        },
        (None, Kind::Bytes) => Value {
            text: match value.text.trim_start_matches('0') {
                "" => "0".into(),
                text => text.into(),
            },
            ..value
        },
        _ => value,
    }
}

fn told(value: Value, how: fn(&str) -> String) -> Value {
    match value.kind {
        Kind::Text => Value {
            text: how(&value.text),
            ..value
        },
        _ => value,
    }
}

/// The bytes that these bits fill, in hexadecimal digits.
pub fn bytes(bits: &str) -> String {
    let missing = (8 - bits.len() % 8) % 8;
    let bits = format!("{}{bits}", "0".repeat(missing));
    let four = |n: usize| u8::from_str_radix(&bits[n..n + 4], 2).unwrap_or(0);
    let digits = (0..bits.len()).step_by(4);
    digits.map(|n| format!("{:x}", four(n))).collect()
}

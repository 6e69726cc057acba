//! How SQLite reads expressions. It keeps the text as it was written, so little has to be undone.

use crate::dialect::RULES;
use initium_driver::sql::expression;
use initium_driver::sql::expression::{
    Flavour, Grammar, Head, Kind, Levels, Names, Node, Quoted, Within, between::paired,
};

pub const FLAVOUR: Flavour = Flavour {
    rules: RULES,
    names: Names::Alike,
    tables: Names::Alike,
    double_quotes: Quoted::Name,
    grammar: Grammar::Common,
    levels: Levels {
        or: 1,
        xor: 0,
        and: 2,
        not: 3,
        is: 4,
        predicate: 4,
        other: 0,
        zone: 0,
        collate: 11,
        sign: 12,
        bang: 0,
    },
    operators: &[
        ("->>", 10),
        ("||", 10),
        ("->", 10),
        ("<>", 4),
        ("!=", 4),
        ("==", 4),
        ("<=", 5),
        (">=", 5),
        ("<<", 7),
        (">>", 7),
        ("=", 4),
        ("<", 5),
        (">", 5),
        ("&", 7),
        ("|", 7),
        ("+", 8),
        ("-", 8),
        ("*", 9),
        ("/", 9),
        ("%", 9),
    ],
    synonyms: &[("substring", "substr"), ("if", "iif")],
    bare: &["current_date", "current_time", "current_timestamp"],
    types: |text| text.to_ascii_lowercase(),
    settle,
};

/// Where nothing is known of the table.
pub fn same(one: &str, other: &str) -> bool {
    expression::same(one, other, &FLAVOUR, &Within::default())
}

fn settle(tree: Node, _: &Within) -> Node {
    tree.map(&|node| match node {
        // They are numbers; IS TRUE is read as one.
        Node::Value(value) if value.kind == Kind::Word && value.text != "null" => {
            Node::value(Kind::Number, if value.text == "true" { "1" } else { "0" })
        }
        Node::Apply(Head::Operator, word, of) if word == "and" => paired("and", of),
        node => node,
    })
}

//! How MySQL and MariaDB read expressions and what they make of them: NOT is moved inwards, some
//! functions are others, what is asked for its truth is compared with 0. What both tell differs; what
//! it means is found here.

mod calls;
mod default;

use crate::dialect::Family;
use crate::spelled::RULES;
use initium_driver::sql::expression::{
    Flavour, Grammar, Head, Kind, Levels, Names, Node, Quoted, Within,
};

/// As a server writes its own texts.
pub fn flavour(family: Family) -> Flavour {
    Flavour {
        rules: RULES,
        names: Names::Alike,
        tables: Names::Exact,
        double_quotes: Quoted::Text,
        grammar: Grammar::MySql,
        levels: LEVELS,
        operators: OPERATORS,
        synonyms: calls::SYNONYMS,
        bare: calls::BARE,
        types: calls::cast_type,
        settle: match family {
            Family::MySql => by_mysql,
            Family::MariaDb => by_mariadb,
        },
    }
}

const LEVELS: Levels = Levels {
    or: 1,
    xor: 2,
    and: 3,
    not: 4,
    is: 5,
    predicate: 6,
    other: 0,
    zone: 0,
    sign: 14,
    bang: 15,
    collate: 16,
};

const OPERATORS: &[(&str, u8)] = &[
    ("->>", 17),
    ("<=>", 5),
    ("->", 17),
    ("<>", 5),
    ("!=", 5),
    ("<=", 5),
    (">=", 5),
    ("<<", 9),
    (">>", 9),
    ("=", 5),
    ("<", 5),
    (">", 5),
    ("|", 7),
    ("&", 8),
    ("+", 10),
    ("-", 10),
    ("*", 11),
    ("/", 11),
    ("%", 11),
    ("div", 11),
    ("mod", 11),
    ("^", 12),
];

/// Each comparison and the one that holds where it does not, with NULL for neither.
const OPPOSITES: &[(&str, &str)] = &[
    ("=", "<>"),
    ("<", ">="),
    (">", "<="),
    ("is null", "is not null"),
    ("is true", "is not true"),
    ("is false", "is not false"),
];

fn by_mysql(tree: Node, within: &Within) -> Node {
    default::whole(tree.map(&|node| one(node, Family::MySql)), within.becomes)
}

fn by_mariadb(tree: Node, within: &Within) -> Node {
    default::whole(tree.map(&|node| one(node, Family::MariaDb)), within.becomes)
}

/// One node; those in it are done.
fn one(node: Node, family: Family) -> Node {
    match node {
        Node::Apply(Head::Operator, word, of) => operator(&word, of),
        Node::Apply(Head::Function, name, of) => calls::function(&name, of),
        Node::Apply(Head::Form, word, of) => form(&word, of),
        Node::Value(value) => match (value.kind, value.text.as_str()) {
            (Kind::Word, "true") => Node::value(Kind::Number, "1"),
            (Kind::Word, "false") => Node::value(Kind::Number, "0"),
            // For MariaDB `X'10'` is never a number.
            (Kind::Bytes, text) if family == Family::MySql => Node::value(Kind::Bytes, text),
            (Kind::Bits, bits) => Node::value(Kind::Bytes, default::bytes(bits)),
            _ => Node::Value(value),
        },
        node => node,
    }
}

fn operator(word: &str, mut of: Vec<Node>) -> Node {
    match (word, of.len()) {
        ("and" | "or", _) => joined(word, of.into_iter().map(truth)),
        ("xor", _) => Node::operator(word, of.into_iter().map(truth).collect()),
        ("is unknown", 1) => Node::operator("is null", of),
        ("is not unknown", 1) => Node::operator("is not null", of),
        ("is true" | "is false" | "is not true" | "is not false", 1) => {
            Node::operator(word, of.into_iter().map(truth).collect())
        }
        ("not", 1) => negated(truth(of.remove(0))),
        ("=" | "<>", 2) => compared(word, of),
        ("->", 2) => Node::function("json_extract", of),
        ("->>", 2) => Node::function("json_unquote", vec![Node::function("json_extract", of)]),
        // `INTERVAL 1 DAY + a`
        ("+", 2) if matches!(&of[0], Node::Apply(Head::Form, word, _) if word == "interval") => {
            of.swap(0, 1);
            Node::operator(word, of)
        }
        _ => Node::operator(word, of),
    }
}

fn joined(word: &str, parts: impl Iterator<Item = Node>) -> Node {
    let all = parts.reduce(|left, right| Node::join(word, left, right));
    all.unwrap_or_else(|| Node::operator(word, Vec::new()))
}

fn form(word: &str, mut of: Vec<Node>) -> Node {
    match (word, of.len()) {
        ("in", 2) => compared("=", of),
        ("regexp", 2) => Node::function("regexp_like", of),
        ("case", _) => {
            let last = of.len() - 1;
            let place = |(n, node): (usize, Node)| match n % 2 == 0 && n < last {
                true => truth(node),
                false => node,
            };
            Node::form(word, of.into_iter().enumerate().map(place).collect())
        }
        ("convert using", 2) if of[1] == Node::Name("utf8mb4".into()) => of.remove(0),
        _ => Node::form(word, of),
    }
}

/// Rows are compared column by column; what is compared with 0 is asked for its truth.
fn compared(word: &str, mut of: Vec<Node>) -> Node {
    if let [Node::Apply(_, row, left), Node::Apply(_, other, right)] = &mut of[..]
        && (row.as_str(), other.as_str()) == ("row", "row")
        && left.len() == right.len()
    {
        let pairs = left.drain(..).zip(right.drain(..));
        let parts: Vec<_> = pairs.map(|(a, b)| compared(word, vec![a, b])).collect();
        let join = if word == "=" { "and" } else { "or" };
        return joined(join, parts.into_iter().map(truth));
    }
    if of[0].number() == Some("0") {
        of.swap(0, 1);
    }
    match of[1].number() == Some("0") && word == "=" {
        true => negated(truth(of.remove(0))),
        false => Node::operator(word, of),
    }
}

/// What is asked for its truth alone.
fn truth(node: Node) -> Node {
    match node {
        Node::Apply(Head::Operator, word, mut of)
            if word == "<>" && of.len() == 2 && of[1].number() == Some("0") =>
        {
            truth(of.remove(0))
        }
        node => node,
    }
}

fn negated(node: Node) -> Node {
    let Node::Apply(head, word, mut of) = node else {
        return node.negation();
    };
    let opposite = OPPOSITES.iter().find_map(|(a, b)| match word.as_str() {
        word if word == *a => Some(*b),
        word if word == *b => Some(*a),
        _ => None,
    });
    match (head, word.as_str(), opposite) {
        (Head::Operator, "and", _) => joined("or", of.into_iter().map(negated)),
        (Head::Operator, "or", _) => joined("and", of.into_iter().map(negated)),
        (Head::Operator, "not", _) if is_truth(&of[0]) => of.remove(0),
        (Head::Operator, "not", _) => {
            of.push(Node::value(Kind::Number, "0"));
            Node::operator("<>", of)
        }
        (Head::Operator, _, Some(opposite)) => operator(opposite, of),
        _ => Node::Apply(head, word, of).negation(),
    }
}

/// Whether its value is 1, 0 or NULL.
fn is_truth(node: &Node) -> bool {
    let Node::Apply(head, word, _) = node else {
        return false;
    };
    match (head, word.as_str()) {
        (Head::Operator, "and" | "or" | "xor" | "not" | "<=>") => true,
        (Head::Operator, word) => OPPOSITES.iter().any(|(a, b)| *a == word || *b == word),
        (Head::Function, word) => matches!(word, "regexp_like" | "json_valid"),
        (Head::Form, word) => matches!(word, "in" | "between" | "like" | "member"),
    }
}

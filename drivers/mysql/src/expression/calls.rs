//! Functions that are others, and the types of casts.

use super::truth;
use initium_driver::sql::expression::{Kind, Node};

pub const SYNONYMS: &[(&str, &str)] = &[
    ("ceil", "ceiling"),
    ("character_length", "char_length"),
    ("current_date", "curdate"),
    ("current_time", "curtime"),
    ("day", "dayofmonth"),
    ("lcase", "lower"),
    ("localtime", "current_timestamp"),
    ("localtimestamp", "current_timestamp"),
    ("mid", "substr"),
    ("now", "current_timestamp"),
    ("nvl", "ifnull"),
    ("octet_length", "length"),
    ("position", "locate"),
    ("power", "pow"),
    ("session_user", "user"),
    ("sha1", "sha"),
    ("substring", "substr"),
    ("system_user", "user"),
    ("ucase", "upper"),
];

pub const BARE: &[&str] = &[
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "utc_date",
    "utc_time",
    "utc_timestamp",
];

pub fn function(name: &str, mut of: Vec<Node>) -> Node {
    match (name, of.len()) {
        ("isnull", 1) => Node::operator("is null", of),
        ("mod", 2) => Node::operator("%", of),
        ("date" | "time", 1) => of.remove(0).cast(name),
        ("round", 1) => {
            of.push(Node::value(Kind::Number, "0"));
            Node::function(name, of)
        }
        // A fraction of no digits is what is meant without one.
        ("current_timestamp" | "curtime" | "utc_timestamp", 1) if of[0].number() == Some("0") => {
            Node::function(name, Vec::new())
        }
        ("instr", 2) => {
            of.swap(0, 1);
            Node::function("locate", of)
        }
        ("datediff", 2) => {
            let days = |node| Node::function("to_days", vec![node]);
            Node::operator("-", of.into_iter().map(days).collect())
        }
        ("date_add" | "adddate", 2) => moved("+", of),
        ("date_sub" | "subdate", 2) => moved("-", of),
        ("timestampadd", 3) => {
            let date = of.remove(2);
            of.swap(0, 1);
            Node::operator("+", vec![date, Node::form("interval", of)])
        }
        ("if", 3) => {
            let condition = truth(of.remove(0));
            of.insert(0, condition);
            Node::function(name, of)
        }
        ("json_value", 3) if of[2] == Node::Name("returning char(512)".into()) => {
            of.pop();
            Node::function(name, of)
        }
        _ => Node::function(name, of),
    }
}

/// `ADDDATE(d, 1)` means days.
fn moved(sign: &str, mut of: Vec<Node>) -> Node {
    let is_interval = matches!(&of[1], Node::Apply(_, word, _) if word == "interval");
    if !is_interval && let Some(count) = of.pop() {
        of.push(Node::form(
            "interval",
            vec![count, Node::Name("day".into())],
        ));
    }
    Node::operator(sign, of)
}

/// The charset of the connection goes without saying.
pub fn cast_type(text: &str) -> String {
    let text = text
        .replace("character set", "charset")
        .replace(" charset utf8mb4", "");
    match text.as_str() {
        "signed integer" | "signed int" | "integer" | "int" => "signed".into(),
        "unsigned integer" | "unsigned int" => "unsigned".into(),
        "dec" | "decimal" | "numeric" => "decimal(10,0)".into(),
        "binary" => "char charset binary".into(),
        _ => match text
            .strip_prefix("decimal(")
            .and_then(|t| t.strip_suffix(')'))
        {
            Some(digits) if !digits.contains(',') => format!("decimal({digits},0)"),
            _ => text,
        },
    }
}

//! What an item of `changes` says to one database, in one spelling, whatever the order of its keys and
//! the quotes of its texts: checksums are taken over it, so it says the same for ever.

use super::super::node::{Key, Kind, Node};
use super::super::shape::DATABASES;
use super::reader::Reader;
use initium_driver::sorted;

/// Texts that are SQL stand between these two, so that a dialect can leave out what does not count.
pub const SQL: [char; 2] = ['\u{2}', '\u{3}'];

/// Whose texts are SQL.
const KEYS: &[&str] = &[
    "type",
    "default",
    "generated",
    "expression",
    "check",
    "where",
    "definition",
    "partition_by",
    "bound",
    "sql",
    "up",
];

pub(super) fn said(reader: &Reader, word: &Key, node: &Node) -> String {
    let mut out = format!("{}=", word.text);
    add(reader, &word.text, node, &mut out);
    out
}

fn add(reader: &Reader, key: &str, node: &Node, out: &mut String) {
    let Some(node) = reader.meant(node) else {
        out.push('-');
        return;
    };
    match &node.kind {
        Kind::Null => out.push_str("null"),
        Kind::Bool(truth) => out.push_str(&truth.to_string()),
        Kind::Number(number) => out.push_str(&number.to_string()),
        Kind::Text(text) if KEYS.contains(&key) => {
            let [begin, end] = SQL;
            out.push(begin);
            out.extend(text.chars().filter(|c| !SQL.contains(c)));
            out.push(end);
        }
        Kind::Text(text) => out.push_str(&serde_json::Value::from(text.as_str()).to_string()),
        Kind::List(items) => {
            out.push('[');
            for item in items.iter().filter(|item| reader.is_for(item)) {
                add(reader, key, item, out);
                out.push(',');
            }
            out.push(']');
        }
        Kind::Map(entries) => {
            let mut entries: Vec<&(Key, Node)> = entries.iter().collect();
            sorted::by(&mut entries, |(a, _), (b, _)| a.text.cmp(&b.text));
            out.push('{');
            for (word, value) in entries {
                // What undoes it may be mended; what is said to others is not heard here.
                let name = word.text.as_str();
                let others = DATABASES.contains(&name) && !reader.is_called(name);
                if name == "only" || (key == "sql" && name == "down") || others {
                    continue;
                }
                out.push_str(name);
                out.push('=');
                add(reader, name, value, out);
                out.push(';');
            }
            out.push('}');
        }
    }
}

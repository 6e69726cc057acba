//! A catalog as a schema file. What is written is read back as it was, in the same order each time,
//! so that two of them can be compared by their lines: a column is a line, a body of several lines is
//! a block. Writes no file.

use super::node::{Kind, Node};
use super::parse::parse;
use super::script::plain;
use super::shape::SCHEMA_FILE;
use super::text::{Document, Format};
use initium_driver::Result;
use initium_driver::catalog::{Catalog, Table};
use serde::Serialize;
use std::path::PathBuf;

/// As wide as a line may be that holds a list or a map.
const WIDEST: usize = 110;

/// Maps that say one thing alone, and the key that they say it with: that thing stands for them.
const SHORT: &[(&str, &str)] = &[
    ("identity", "serves"),
    ("primary_key", "columns"),
    ("unique", "columns"),
    ("checks", "expression"),
    ("schemas", "name"),
    ("extensions", "name"),
];

pub fn yaml(catalog: &Catalog) -> Result<String> {
    Ok(page(&tree(catalog, "tables")?))
}

/// A file of one table.
pub fn yaml_of(table: &Table) -> Result<String> {
    let mut tree = tree(table, "columns")?;
    if let Kind::Map(entries) = &mut tree.kind
        && let Some((key, _)) = entries.first_mut()
    {
        key.text = "table".into();
    }
    Ok(page(&tree))
}

pub fn json(catalog: &Catalog) -> Result<String> {
    let mut out = String::new();
    document(&mut out, &tree(catalog, "tables")?, 0);
    out.push('\n');
    Ok(out)
}

/// In the order of its keys, shortened. What holds nothing holds `lacking`.
fn tree(what: &impl Serialize, lacking: &str) -> Result<Node> {
    let text = match serde_json::to_string(what).unwrap_or_default() {
        text if text == "{}" => format!("{{\"{lacking}\":[]}}"),
        text => text,
    };
    let doc = Document::new(String::new(), Format::Json, PathBuf::new(), text);
    let mut tree = parse(&doc.of(&SCHEMA_FILE))?;
    shorten(&mut tree, "");
    Ok(tree)
}

fn shorten(node: &mut Node, key: &str) {
    match &mut node.kind {
        Kind::List(items) => items.iter_mut().for_each(|item| shorten(item, key)),
        Kind::Map(entries) => {
            for (key, value) in entries.iter_mut() {
                shorten(value, &key.text);
            }
            if let [(said, value)] = entries.as_slice()
                && SHORT.contains(&(key, said.text.as_str()))
            {
                node.kind = value.kind.clone();
            }
        }
        _ => {}
    }
}

fn page(tree: &Node) -> String {
    let mut out = String::new();
    map(&mut out, tree, 0, "");
    out
}

/// The lines of a map; the first one goes on where `out` ends.
fn map(out: &mut String, node: &Node, indent: usize, above: &str) {
    for (n, (key, value)) in node.entries().iter().enumerate() {
        if n > 0 {
            pad(out, indent);
        }
        out.push_str(&quoted(&key.text));
        out.push(':');
        below(out, value, indent, within(above, &key.text));
    }
}

/// Where bare numbers and booleans mean their text, the word for it; else the key.
fn within<'k>(above: &'k str, key: &'k str) -> &'k str {
    match above {
        "options" => "options",
        _ => key,
    }
}

/// Items of a list are texts, whatever its key is called: an index has a list of options.
fn of_items(key: &str) -> &str {
    match key {
        "options" => "",
        key => key,
    }
}

/// A value behind its key.
fn below(out: &mut String, value: &Node, indent: usize, key: &str) {
    let line = flow(value, key).filter(|line| line.len() + indent <= WIDEST);
    match (line, &value.kind) {
        (Some(line), _) => {
            out.push(' ');
            out.push_str(&line);
            out.push('\n');
        }
        (None, Kind::Map(_)) => {
            out.push('\n');
            pad(out, indent + 2);
            map(out, value, indent + 2, key);
        }
        (None, Kind::List(items)) => {
            out.push('\n');
            for item in items {
                pad(out, indent + 2);
                out.push('-');
                inside(out, item, indent + 2, of_items(key));
            }
        }
        (None, _) => {
            out.push(' ');
            text(out, value, indent + 2, key);
        }
    }
}

/// An item behind its dash.
fn inside(out: &mut String, item: &Node, indent: usize, key: &str) {
    out.push(' ');
    let line = flow(item, key).filter(|line| line.len() + indent <= WIDEST);
    match (line, &item.kind) {
        (Some(line), _) => {
            out.push_str(&line);
            out.push('\n');
        }
        (None, Kind::Map(_)) => map(out, item, indent + 2, key),
        (None, Kind::List(items)) => {
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    pad(out, indent + 2);
                }
                out.push('-');
                inside(out, item, indent + 2, key);
            }
        }
        (None, _) => text(out, item, indent + 2, key),
    }
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

/// Long texts: lines as a block, where a block can hold them.
fn text(out: &mut String, node: &Node, indent: usize, key: &str) {
    let text = node.text().unwrap_or_default();
    if !is_block(text) {
        out.push_str(&scalar(node, key));
        out.push('\n');
        return;
    }
    let body = text.trim_end_matches('\n');
    out.push_str(match text.len() - body.len() {
        0 => "|-\n",
        1 => "|\n",
        _ => "|+\n",
    });
    for line in body.split('\n') {
        if !line.is_empty() {
            pad(out, indent);
            out.push_str(line);
        }
        out.push('\n');
    }
    // The first line end stands already.
    out.extend(std::iter::repeat_n(
        '\n',
        (text.len() - body.len()).saturating_sub(1),
    ));
}

/// Lines whose blanks cannot be mistaken for indentation.
fn is_block(text: &str) -> bool {
    let is_fit = |line: &str| line.is_empty() || !line.trim().is_empty();
    let first = text.split('\n').next().unwrap_or_default();
    text.contains('\n')
        && !first.is_empty()
        && !first.starts_with([' ', '\t'])
        && text.split('\n').all(is_fit)
        && !text.chars().any(|c| c != '\n' && c != '\t' && is_hidden(c))
}

/// On one line; none for texts of several lines and for lists of maps.
fn flow(node: &Node, key: &str) -> Option<String> {
    match &node.kind {
        Kind::Map(entries) => {
            let entries = entries.iter().map(|(name, value)| {
                let value = flow(value, within(key, &name.text))?;
                Some(format!("{}: {value}", quoted(&name.text)))
            });
            let entries: Option<Vec<_>> = entries.collect();
            Some(format!("{{{}}}", entries?.join(", ")))
        }
        Kind::List(items) => {
            let is_map = |item: &Node| matches!(item.kind, Kind::Map(_));
            if items.iter().any(is_map) && key != "columns" {
                return None;
            }
            // The columns of a table are lines, those of a key are not.
            if items.iter().any(|item| item.get("type").is_some()) {
                return None;
            }
            let items: Option<Vec<_>> =
                items.iter().map(|item| flow(item, of_items(key))).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        Kind::Text(text) if is_block(text) => None,
        _ => Some(scalar(node, key)),
    }
}

fn scalar(node: &Node, key: &str) -> String {
    match &node.kind {
        Kind::Text(text) if is_bare(text, key) => text.clone(),
        Kind::Text(text) => quoted(text),
        Kind::Bool(truth) => truth.to_string(),
        Kind::Number(number) => number.to_string(),
        _ => "null".into(),
    }
}

/// Texts that are read back from a number or a boolean.
fn is_bare(text: &str, key: &str) -> bool {
    ["default", "options"].contains(&key) && (plain(text) || ["true", "false"].contains(&text))
}

/// As any reader of YAML takes it for text, in a list as well as in a line.
fn quoted(text: &str) -> String {
    const WORDS: &[&str] = &["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    let is_sign = |c: char| c.is_alphanumeric() || "_ .()/-".contains(c);
    let is_word = text.starts_with(|c: char| c.is_alphabetic() || c == '_');
    if is_word
        && text.chars().all(is_sign)
        && !text.ends_with(' ')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
    {
        return text.into();
    }
    if text.chars().any(is_hidden) {
        return escaped(text);
    }
    match text.contains('\'') && !text.contains(['"', '\\']) {
        true => format!("\"{text}\""),
        false => format!("'{}'", text.replace('\'', "''")),
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if is_hidden(c) => out.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// What YAML does not take as it is, and what would change how the page looks: control characters,
/// directions, separators and marks that nobody sees.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            | '\u{e0000}'..='\u{e007f}')
}

/// As JSON, with a line for each value.
fn document(out: &mut String, node: &Node, indent: usize) {
    let (open, close, length) = match &node.kind {
        Kind::Map(entries) => ('{', '}', entries.len()),
        Kind::List(items) => ('[', ']', items.len()),
        Kind::Text(text) => {
            return out.push_str(&serde_json::to_string(text).unwrap_or_default());
        }
        _ => return out.push_str(&scalar(node, "")),
    };
    out.push(open);
    for n in 0..length {
        out.push_str(if n > 0 { ",\n" } else { "\n" });
        pad(out, indent + 2);
        if let Some((key, value)) = node.entries().get(n) {
            out.push_str(&serde_json::to_string(&key.text).unwrap_or_default());
            out.push_str(": ");
            document(out, value, indent + 2);
        } else if let Some(item) = node.items().get(n) {
            document(out, item, indent + 2);
        }
    }
    if length > 0 {
        out.push('\n');
        pad(out, indent);
    }
    out.push(close);
}

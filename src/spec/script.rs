//! Checked nodes to scripts, checks and conditions, each text with the place of its first character.
//! Expects a tree that the check has passed.

use super::model::{Ask, Check, Is, PerDatabase, Scripts, When};
use super::node::{Key, Kind, Node};
use super::read;
use super::shape::{DATABASES, REDIS_CHECKS, REDIS_CONDITIONS, REDIS_STEPS};
use super::step;
use super::text::{Document, Format};
use initium_driver::{Code, Lines, Result, Source};

/// `up`, `down` and `cleanup`.
pub(super) fn scripts(doc: &Document, node: &Node) -> Result<Scripts> {
    per_database(node, &|node| match node.items() {
        [] => Ok(vec![source(doc, node)]),
        items => {
            let sources = items.iter().map(|item| match one_of(item, REDIS_STEPS) {
                Some((key, value)) => step::sources(doc, key, value),
                None => Ok(vec![part(doc, item, "sql")?]),
            });
            Ok(sources.collect::<Result<Vec<_>>>()?.concat())
        }
    })
}

pub(super) fn checks(doc: &Document, node: &Node) -> Result<PerDatabase<Vec<Check>>> {
    per_database(node, &|node| match node.items() {
        [] => Ok(vec![check(doc, node)?]),
        items => items.iter().map(|item| check(doc, item)).collect(),
    })
}

pub(super) fn when(doc: &Document, node: &Node) -> Result<When> {
    let variable = node.get("variable").and_then(Node::text);
    let ask = match (one_of(node, REDIS_CONDITIONS), variable) {
        (Some((key, value)), _) => Ask::Query(PerDatabase::Same(step::condition(doc, key, value)?)),
        (None, Some(name)) => Ask::Variable {
            name: name.into(),
            is: match node.get("is").and_then(Node::text) {
                Some("unset") => Is::Unset,
                _ => Is::Set,
            },
        },
        (None, None) => {
            let query = node.get("query").unwrap_or(node);
            Ask::Query(per_database(query, &|node| Ok(source(doc, node)))?)
        }
    };
    Ok(When {
        ask,
        reason: node.get("reason").and_then(Node::text).map(str::to_string),
    })
}

fn per_database<T>(node: &Node, one: &dyn Fn(&Node) -> Result<T>) -> Result<PerDatabase<T>> {
    let entries = node.entries().iter();
    let each = entries.filter(|(key, _)| DATABASES.contains(&key.text.as_str()));
    let each = each.map(|(key, value)| Ok((key.text.clone(), one(value)?)));
    match &node.kind {
        Kind::Map(_) => each.collect::<Result<_>>().map(PerDatabase::Each),
        _ => one(node).map(PerDatabase::Same),
    }
}

/// The first of these keys that a map has.
pub(super) fn one_of<'n>(node: &'n Node, keys: &[&str]) -> Option<&'n (Key, Node)> {
    keys.iter().find_map(|key| node.entry(key))
}

/// A text, or a map that holds it under `key` or names its file.
fn part(doc: &Document, node: &Node, key: &str) -> Result<Source> {
    match node.get("file") {
        Some(name) => file(doc, name),
        None => Ok(source(doc, node.get(key).unwrap_or(node))),
    }
}

fn check(doc: &Document, node: &Node) -> Result<Check> {
    if let Some((key, value)) = one_of(node, REDIS_CHECKS) {
        return step::check(doc, key, value);
    }
    Ok(Check {
        query: part(doc, node, "query")?,
        expect: node
            .get("expect")
            .map(|rows| expected(doc, rows))
            .transpose()?,
    })
}

pub(super) fn file(doc: &Document, name: &Node) -> Result<Source> {
    let script = read::script(&doc.folder, name.text().unwrap_or_default());
    script.map_err(|error| match error.spot().place {
        // A file that is not text says itself where.
        Some(_) => error,
        None => doc.put(error, name.at),
    })
}

/// A scalar is one cell, a list is rows; a row is a list of cells or one cell.
fn expected(doc: &Document, node: &Node) -> Result<Vec<Vec<Option<String>>>> {
    match &node.kind {
        Kind::List(rows) => rows
            .iter()
            .map(|row| match &row.kind {
                Kind::List(cells) => cells.iter().map(|cell| self::cell(doc, cell)).collect(),
                _ => Ok(vec![cell(doc, row)?]),
            })
            .collect(),
        _ => Ok(vec![vec![cell(doc, node)?]]),
    }
}

fn cell(doc: &Document, node: &Node) -> Result<Option<String>> {
    match &node.kind {
        Kind::Null if node.at == node.end => {
            let error = doc.error(Code::SpecInvalid, node.at, "the expected cell is empty");
            Err(error.help("write null, or \"\" for an empty text"))
        }
        Kind::Null => Ok(None),
        _ => scalar(doc, node).map(Some),
    }
}

/// A text, number or boolean as text. Numbers stay as written; those that YAML and people read
/// differently are refused.
pub(super) fn scalar(doc: &Document, node: &Node) -> Result<String> {
    let raw = doc.text.get(node.at..node.end).unwrap_or_default();
    match &node.kind {
        Kind::Text(text) => Ok(text.clone()),
        Kind::Bool(bool) => Ok(bool.to_string()),
        _ if plain(raw) => Ok(raw.to_string()),
        _ => {
            let message = format!("{} is read as a number by {}", doc.shown(raw), doc.format);
            let error = doc.error(Code::SpecInvalid, node.at, message);
            Err(error.help(format!(
                "write it in quotes if it is text: \"{}\"",
                doc.bare(raw)
            )))
        }
    }
}

/// Whether a number is written as databases write it: `-12`, `0.50`.
pub(super) fn plain(raw: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let raw = raw.strip_prefix('-').unwrap_or(raw);
    let (whole, part) = raw.split_once('.').unwrap_or((raw, "0"));
    digits(whole) && digits(part) && (whole == "0" || !whole.starts_with('0'))
}

/// A text and the place of its first character in the file that the user edits.
pub(super) fn source(doc: &Document, node: &Node) -> Source {
    let text = node.text().unwrap_or_default();
    let raw = &doc.text[node.at.min(node.end)..node.end];
    let start = match raw.chars().next() {
        Some('|' | '>') if doc.format == Format::Yaml => return block(doc, node, text),
        Some('"' | '\'') => node.at + 1,
        _ => node.at,
    };
    let place = doc.place(start);
    Source {
        file: place.file,
        line: place.line,
        column: place.column,
        // A flow text that is not written letter for letter has one place, its beginning.
        lines: match raw.contains(text) && !text.contains('\n') {
            true => Lines::Indented(0),
            false => Lines::Folded,
        },
        text: text.into(),
    }
}

/// The first line below the header; what the lines lost is what the first visible one lost.
fn block(doc: &Document, node: &Node, text: &str) -> Source {
    let raw = &doc.text[node.at..node.end];
    let header = raw.find('\n').map_or(raw.len(), |at| at + 1);
    let visible = raw[header..]
        .find(|c: char| !c.is_whitespace())
        .unwrap_or_default();
    let first = doc.place(node.at + header + visible);
    let before = text
        .split(|c: char| !c.is_whitespace())
        .next()
        .unwrap_or_default();
    let kept = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count() as u32;
    let indent = first.column.saturating_sub(1 + kept);
    Source {
        file: first.file,
        line: doc.place(node.at).line + 1,
        column: 1 + indent,
        lines: match raw.starts_with('|') {
            true => Lines::Indented(indent),
            false => Lines::Folded,
        },
        text: text.into(),
    }
}

//! A scene as Mermaid's `erDiagram`. A word of an attribute can hold few signs there: the others
//! become underscores, and the true name stands beside it.

use super::scene::{Card, Count, Kind, Scene};
use crate::report::clean_line;
use std::fmt::Write;

/// Words that are not the name of an entity unless they are quoted.
const TAKEN: &[&str] = &[
    "class",
    "classdef",
    "direction",
    "end",
    "erdiagram",
    "many",
    "o",
    "one",
    "only",
    "optionally",
    "style",
    "subgraph",
    "title",
    "to",
    "u",
    "zero",
    "acctitle",
    "accdescr",
];

pub(super) fn draw(scene: &Scene) -> String {
    let mut out = String::from("erDiagram\n");
    for card in &scene.cards {
        of_card(&mut out, card);
    }
    for link in &scene.links {
        let parents = match link.parents {
            Count::One => "||",
            _ => "|o",
        };
        let children = match link.children {
            Count::Any => "o{",
            _ => "o|",
        };
        let _ = writeln!(
            out,
            "  {} {parents}--{children} {} : {}",
            entity(&scene.cards[link.parent.card].name),
            entity(&scene.cards[link.child.card].name),
            quoted(&link.columns),
        );
    }
    out
}

fn of_card(out: &mut String, card: &Card) {
    let columns = card.entries.iter().filter(|e| !e.data_type.is_empty());
    let mut columns = columns.peekable();
    if columns.peek().is_none() {
        let _ = match card.kind {
            Kind::Table | Kind::Elsewhere => writeln!(out, "  {}", entity(&card.name)),
            // Beside a table of no columns it would look the same.
            Kind::View => writeln!(
                out,
                "  {}[{}]",
                entity(&card.name),
                quoted(&format!("{} (view)", card.name))
            ),
        };
        return;
    }
    let _ = writeln!(out, "  {} {{", entity(&card.name));
    for entry in columns {
        let (data_type, name) = (word(&entry.data_type), word(&entry.name));
        let _ = write!(out, "    {data_type} {name}");
        if !entry.keys.is_empty() {
            let _ = write!(out, " {}", entry.keys.join(", "));
        }
        let mut notes = Vec::new();
        // Between underscores a word is in italics, and they are gone.
        if name != entry.name || name.starts_with('_') && name.ends_with('_') {
            notes.push(entry.name.as_str());
        }
        // A blank that became an underscore misleads nobody.
        if data_type != entry.data_type.replace(' ', "_") {
            notes.push(&entry.data_type);
        }
        if entry.nullable {
            notes.push("null");
        }
        if !notes.is_empty() {
            let _ = write!(out, " {}", quoted(&notes.join(", ")));
        }
        out.push('\n');
    }
    out.push_str("  }\n");
}

fn is_plain(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn entity(name: &str) -> String {
    if is_plain(name) && !TAKEN.contains(&name.to_ascii_lowercase().as_str()) {
        return name.into();
    }
    quoted(name)
}

/// Signs that Mermaid or Markdown would take for their own, by number.
fn quoted(text: &str) -> String {
    let text = clean_line(text);
    // Mermaid takes every line for a statement in which it finds this word and a direction behind it.
    let turns = text.to_ascii_lowercase().contains("direction");
    let mut out = String::from("\"");
    let mut is_within = false;
    for c in text.chars() {
        match c {
            '_' if !is_within => out.push_str("#95;"),
            ' ' if turns => out.push_str("#32;"),
            '"' | '#' | '%' | '&' | '*' | ';' | '<' | '>' | '\\' | '`' | '{' | '}' | '~' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            c => out.push(c),
        }
        is_within = c.is_alphanumeric();
    }
    out.push('"');
    out
}

/// One word, and none of the three that are keys.
fn word(text: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_-()[]".contains(c);
    let mut out: String = text
        .chars()
        .map(|c| if fits(c) { c } else { '_' })
        .collect();
    let end = out.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let first = out[..end.unwrap_or(out.len())].to_ascii_uppercase();
    let opens = |c: char| c.is_ascii_alphabetic() || c == '_';
    if ["PK", "FK", "UK"].contains(&first.as_str()) || !out.starts_with(opens) {
        out.insert(0, '_');
    }
    out
}

//! YAML and JSON to a tree with places, and what the crates have against a text in our words. Knows
//! nothing of what a spec means.

use super::cursor::{Cursor, no_sharing};
use super::node::Node;
use super::text::{Document, Format};
use super::walk::{DEEPEST, Value, Walk};
use initium_driver::{Code, Error, Result};
use serde::de::{DeserializeSeed, IgnoredAny};
use std::fmt;

pub(super) fn parse(doc: &Document) -> Result<Node> {
    let mut walk = Walk::new(Cursor { doc, at: 0 });
    walk.cursor.blanks();
    if walk.cursor.at == doc.text.len() {
        return Err(walk
            .cursor
            .refuse(format!("{} is empty", doc.grammar.called))
            .help(doc.grammar.begins));
    }
    match doc.format {
        Format::Yaml => yaml(walk),
        Format::Json => json(walk),
    }
}

fn yaml(mut walk: Walk) -> Result<Node> {
    let doc = walk.cursor.doc;
    // libyaml refuses them too, but cannot say where they stand.
    if let Some((at, sign)) = doc.text.char_indices().find(|(_, c)| unprintable(*c)) {
        let message = format!("the character U+{:04X} is not allowed in YAML", sign as u32);
        return Err(doc.error(Code::SpecSyntax, at, message));
    }
    if let Some(at) = ladder(&doc.text) {
        let message = format!("nested deeper than {DEEPEST} levels");
        return Err(doc.error(Code::SpecSyntax, at, message));
    }
    if let Some(at) = flood(&doc.text) {
        let message = format!("{MOST_OPEN} brackets are open here");
        let error = doc.error(Code::SpecSyntax, at, message);
        return Err(error.help("nest less, or move such a text into a file"));
    }
    walk.cursor.at = 0;
    walk.cursor.prologue();
    let mut documents = serde_yaml::Deserializer::from_str(&doc.text);
    let Some(first) = documents.next() else {
        return Err(walk
            .cursor
            .refuse(format!("{} is empty", doc.grammar.called)));
    };
    match Value(&mut walk).deserialize(first) {
        Ok(node) => walk.cursor.epilogue().map(|()| node),
        Err(error) => {
            let place = error.location().map(|l| (l.line(), l.column()));
            Err(walk
                .trouble
                .take()
                .unwrap_or_else(|| syntax(doc, place, &error)))
        }
    }
}

fn json(mut walk: Walk) -> Result<Node> {
    let doc = walk.cursor.doc;
    let failed =
        |error: serde_json::Error| syntax(doc, Some((error.line(), error.column())), &error);
    // The whole text first: a tree of half a text would blame the wrong place.
    serde_json::from_str::<IgnoredAny>(&doc.text).map_err(failed)?;
    let node = Value(&mut walk).deserialize(&mut serde_json::Deserializer::from_str(&doc.text));
    node.map_err(|error| walk.trouble.take().unwrap_or_else(|| failed(error)))
}

/// libyaml needs the square of the depth, and is asked for the whole text before it is walked. Far
/// above what a spec may nest, because brackets in texts count here too.
const MOST_OPEN: usize = 10_000;

/// Where too many brackets are open.
fn flood(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    text.bytes().position(|byte| {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open > MOST_OPEN
    })
}

/// Where one line opens too many lists and maps by `- - -` or `? ? ?`: libyaml would keep 300 bytes
/// for each of them before anybody is asked. No script begins a line so.
fn ladder(text: &str) -> Option<usize> {
    let rung = |two: &[u8]| matches!(two, [b'-' | b'?' | b':', b' ' | b'\t']);
    let mut begin = 0;
    text.split_inclusive('\n').find_map(|line| {
        let at = begin;
        begin += line.len();
        let signs = |c: char| matches!(c, ' ' | '\t' | '-' | '?' | ':');
        let head = line.find(|c| !signs(c)).unwrap_or(line.len());
        let rungs = line.as_bytes()[..head].windows(2).filter(|two| rung(two));
        (rungs.count() > DEEPEST).then_some(at)
    })
}

fn unprintable(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}')
        || matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// What the crate says, with its place taken out of the sentence.
fn syntax(doc: &Document, place: Option<(usize, usize)>, error: &dyn fmt::Display) -> Error {
    let mut says = error.to_string();
    let (line, column) = place.unwrap_or((1, 1));
    says = says.replacen(&format!(" at line {line} column {column}"), "", 1);
    let at = doc.offset(line, column);
    if says == "unknown anchor" {
        return no_sharing(doc, at, "aliases (*name) are not allowed");
    }
    let error = doc.error(
        Code::SpecSyntax,
        at,
        format!("{} is not {}: {says}", doc.grammar.called, doc.format),
    );
    let rest = &doc.text[at..];
    match doc.format {
        Format::Json => error,
        Format::Yaml if rest.starts_with('\t') => {
            error.help("YAML is indented by spaces; replace the tab")
        }
        Format::Yaml => error.help(
            "put a text that holds `: ` or ` #`, or begins with a sign, into quotes or a block with |",
        ),
    }
}

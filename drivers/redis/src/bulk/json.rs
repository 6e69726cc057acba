//! Where things stand in a JSON text, so that a part of it can change and all other bytes stay as
//! they are: numbers keep their digits, members their order.

use serde::de::IgnoredAny;
use std::ops::Range;

/// A member of an object, by its places in the text.
pub struct Member {
    pub name: String,
    /// With its quotes.
    pub key: Range<usize>,
    pub value: Range<usize>,
}

/// The text, if it is JSON from end to end.
pub fn checked(bytes: &[u8]) -> Result<&str, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is no JSON: it is no UTF-8")?;
    let read: Result<IgnoredAny, _> = serde_json::from_str(text);
    read.map_err(|error| format!("it is no JSON: {error}"))?;
    Ok(text)
}

/// Where the value begins.
pub fn begin(text: &str) -> usize {
    blank(text.as_bytes(), 0)
}

/// The members of the object that begins at `open`, `None` if no object does.
pub fn members(text: &str, open: usize) -> Result<Option<Vec<Member>>, String> {
    if text.as_bytes().get(open) != Some(&b'{') {
        return Ok(None);
    }
    let mut all = Vec::new();
    for (key, value) in places(text.as_bytes(), open, true) {
        let name = serde_json::from_str(&text[key.clone()]);
        let name = name.map_err(|error| format!("a name in it cannot be read: {error}"))?;
        all.push(Member { name, key, value });
    }
    Ok(Some(all))
}

/// The items of the list that begins at `open`, `None` if no list does.
pub fn items(text: &str, open: usize) -> Option<Vec<Range<usize>>> {
    let places = || places(text.as_bytes(), open, false);
    (text.as_bytes().get(open) == Some(&b'[')).then(|| places().into_iter().map(|p| p.1).collect())
}

/// Of an object: names and values. Of a list: values, with nothing for names.
fn places(text: &[u8], open: usize, named: bool) -> Vec<(Range<usize>, Range<usize>)> {
    let mut all = Vec::new();
    let mut at = blank(text, open + 1);
    while !matches!(text.get(at), None | Some(b'}' | b']')) {
        let mut key = at..at;
        if named {
            key = at..end(text, at);
            // Behind the colon.
            at = blank(text, blank(text, key.end) + 1);
        }
        let value = at..end(text, at);
        at = blank(text, value.end);
        all.push((key, value));
        if text.get(at) == Some(&b',') {
            at = blank(text, at + 1);
        }
    }
    all
}

fn blank(text: &[u8], mut at: usize) -> usize {
    while matches!(text.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// Where the value that begins at `at` ends.
fn end(text: &[u8], mut at: usize) -> usize {
    let mut depth = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                at = quoted(text, at);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' | b' ' | b'\t' | b'\n' | b'\r' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

/// Behind the text that begins with the quote at `at`.
fn quoted(text: &[u8], mut at: usize) -> usize {
    at += 1;
    while let Some(byte) = text.get(at) {
        at += 1;
        match byte {
            b'"' => return at,
            b'\\' => at += 1,
            _ => {}
        }
    }
    at
}

/// The parts of a hash (names and values) or of a list that a text makes. A text in it is its
/// signs, anything else is its spelling.
pub fn parts(bytes: &[u8], list: Shape) -> Result<Vec<Vec<u8>>, String> {
    let text = checked(bytes)?;
    let mut all = Vec::new();
    match list {
        Shape::List => {
            let items = items(text, begin(text)).ok_or("it is no JSON list")?;
            for item in items {
                all.push(part(&text[item])?);
            }
        }
        Shape::Hash => {
            let members = members(text, begin(text))?.ok_or("it is no JSON object")?;
            let mut names = std::collections::BTreeSet::new();
            for member in members {
                if !names.insert(member.name.clone()) {
                    return Err(format!("it has the member {:?} twice", member.name));
                }
                all.push(member.name.into_bytes());
                all.push(part(&text[member.value])?);
            }
        }
    }
    if all.is_empty() {
        return Err("it is empty, and Redis keeps no empty hash and no empty list".into());
    }
    Ok(all)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Hash,
    List,
}

fn part(text: &str) -> Result<Vec<u8>, String> {
    if !text.starts_with('"') {
        return Ok(text.into());
    }
    let read: Result<String, _> = serde_json::from_str(text);
    let read = read.map_err(|error| format!("a text in it cannot be read: {error}"))?;
    Ok(read.into_bytes())
}

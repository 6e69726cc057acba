//! The text of a script: lines of commands in redis-cli's quoting, and steps of ours. Every byte is
//! accounted for: what cannot be understood is an error with its place.

use initium_driver::source::STEP;
use std::ops::Range;

/// A piece of a text, and where it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub range: Range<usize>,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The words of a command.
    Command(Vec<Vec<u8>>),
    Step {
        name: String,
        json: String,
        body: Option<String>,
    },
}

/// What cannot be understood, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub at: usize,
    pub what: String,
    pub help: &'static str,
    /// A quote that is never closed, against all else.
    pub unfinished: bool,
}

impl Wrong {
    fn new(at: usize, what: impl Into<String>, help: &'static str) -> Wrong {
        Wrong {
            at,
            what: what.into(),
            help,
            unfinished: false,
        }
    }
}

/// A line without its end, and where it begins.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let at = start;
        start += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        (at, line.strip_suffix('\r').unwrap_or(line))
    })
}

pub fn pieces(text: &str) -> Result<Vec<Piece>, Wrong> {
    let mut pieces: Vec<Piece> = Vec::new();
    // Whether the line before belongs to a step that may have a body.
    let mut open = false;
    for (start, line) in lines(text) {
        let mark = if start == 0 { "\u{feff}" } else { "" };
        let inner = line.strip_prefix(mark).unwrap_or(line);
        let inner = inner.trim_start_matches([' ', '\t']);
        let at = start + line.len() - inner.len();
        let end = start + line.len();
        if let Some(lua) = inner.strip_prefix('|') {
            let step = pieces.last_mut().filter(|_| open);
            let Some(Piece {
                range,
                what: What::Step { body, .. },
            }) = step
            else {
                return Err(Wrong::new(
                    at,
                    "a line of a script stands behind no step",
                    "lines that begin with | follow a line with initium.script or initium.each",
                ));
            };
            range.end = end;
            let body = body.get_or_insert_default();
            body.push_str(lua.strip_prefix(' ').unwrap_or(lua));
            body.push('\n');
            continue;
        }
        open = false;
        if inner.is_empty() || inner.starts_with('#') {
            continue;
        }
        let what = match inner.strip_prefix(STEP) {
            Some(rest) => {
                open = true;
                step(rest, at + STEP.len())?
            }
            None => What::Command(words(inner).map_err(|wrong| Wrong {
                at: at + wrong.at,
                ..wrong
            })?),
        };
        let end = match what {
            What::Step { .. } => end,
            What::Command(_) => at + inner.trim_end_matches([' ', '\t', '\r', '\0']).len(),
        };
        let range = at..end;
        pieces.push(Piece { range, what });
    }
    Ok(pieces)
}

/// `NAME {json}`, and that the JSON is an object; what it says is the step's own business.
fn step(rest: &str, at: usize) -> Result<What, Wrong> {
    let end = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    let (name, json) = rest.split_at(end);
    let trimmed = json.trim();
    let value = serde_json::from_str::<serde_json::Value>(trimmed);
    match value {
        Ok(serde_json::Value::Object(_)) if !name.is_empty() && json.starts_with([' ', '\t']) => {
            Ok(What::Step {
                name: name.into(),
                json: trimmed.into(),
                body: None,
            })
        }
        Err(error) if json.starts_with(' ') && !trimmed.is_empty() => Err(Wrong::new(
            at + end + 1 + error.column().saturating_sub(1).min(trimmed.len()),
            format!("what step '{name}' is about is no JSON: {error}"),
            "a step is one line: initium.NAME {json}",
        )),
        _ => Err(Wrong::new(
            at,
            "a step without what it is about",
            "a step is one line: initium.NAME {json}",
        )),
    }
}

/// The words of a line, as redis-cli takes them: blanks part them, "..." has escapes, '...' has none
/// but \'.
pub fn words(line: &str) -> Result<Vec<Vec<u8>>, Wrong> {
    let bytes = line.as_bytes();
    let blank = |at: usize| matches!(bytes.get(at), None | Some(b' ' | b'\t' | b'\r' | b'\0'));
    let mut words = Vec::new();
    let mut at = 0;
    loop {
        while at < bytes.len() && blank(at) {
            at += 1;
        }
        if at >= bytes.len() {
            return Ok(words);
        }
        let mut word = Vec::new();
        while !blank(at) {
            match bytes[at] {
                quote @ (b'"' | b'\'') => {
                    at = quoted(bytes, at, quote, &mut word)?;
                    if !blank(at) {
                        return Err(Wrong::new(
                            at,
                            "something stands right behind a closing quote",
                            "put a blank between two words, or escape the quote with a backslash",
                        ));
                    }
                }
                byte => {
                    word.push(byte);
                    at += 1;
                }
            }
        }
        words.push(word);
    }
}

/// What stands between quotes; gives the place behind the closing one.
fn quoted(bytes: &[u8], start: usize, quote: u8, word: &mut Vec<u8>) -> Result<usize, Wrong> {
    let mut at = start + 1;
    loop {
        match (bytes.get(at), bytes.get(at + 1)) {
            (None, _) => {
                return Err(Wrong {
                    unfinished: true,
                    ..Wrong::new(
                        start,
                        "a quote that is never closed",
                        "a command ends with its line; a line end in a text is \"\\n\"",
                    )
                });
            }
            (Some(b'\\'), Some(b'\'')) if quote == b'\'' => {
                word.push(b'\'');
                at += 2;
            }
            (Some(b'\\'), Some(next)) if quote == b'"' => match (next, hex(bytes, at + 2)) {
                (b'x', Some(byte)) => {
                    word.push(byte);
                    at += 4;
                }
                _ => {
                    word.push(match next {
                        b'n' => b'\n',
                        b'r' => b'\r',
                        b't' => b'\t',
                        b'b' => 8,
                        b'a' => 7,
                        other => *other,
                    });
                    at += 2;
                }
            },
            (Some(byte), _) if *byte == quote => return Ok(at + 1),
            (Some(byte), _) => {
                word.push(*byte);
                at += 1;
            }
        }
    }
}

fn hex(bytes: &[u8], at: usize) -> Option<u8> {
    let digits = std::str::from_utf8(bytes.get(at..at + 2)?).ok()?;
    let plain = digits.bytes().all(|b| b.is_ascii_hexdigit());
    plain.then(|| u8::from_str_radix(digits, 16).ok()).flatten()
}

/// A word as it has to be written, the shortest way.
pub fn spelled(word: &[u8]) -> String {
    let plain = |b: &u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'\\');
    if !word.is_empty() && word.iter().all(plain) && !matches!(word[0], b'#' | b'|') {
        return String::from_utf8_lossy(word).into_owned();
    }
    let mut text = String::from("\"");
    for chunk in word.utf8_chunks() {
        for sign in chunk.valid().chars() {
            match sign {
                '"' | '\\' => text.extend(['\\', sign]),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                sign if (sign as u32) < 32 || sign as u32 == 127 => {
                    text.push_str(&format!("\\x{:02x}", sign as u32));
                }
                sign => text.push(sign),
            }
        }
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests;

//! Which names a text of SQL holds, by its words: enough to know what has to stand before what, and
//! to read a text as it is behind a rename. Never wrong about a word that is missing; a word that
//! means something else costs an order that was not needed.

use super::Renamed;
use initium_driver::Name;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Pieces of a text: words (without their quotes), and everything between them.
fn pieces(text: &str) -> Vec<(Option<&str>, &str)> {
    let bytes = text.as_bytes();
    let mut all = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let is_word =
            |byte: u8| byte == b'_' || byte == b'$' || byte >= 0x80 || byte.is_ascii_alphanumeric();
        match bytes[at] {
            b'\'' => {
                at = closed(bytes, at, b'\'');
                all.push((None, &text[start..at]));
            }
            quote @ (b'"' | b'`') => {
                at = closed(bytes, at, quote);
                let inner = text.get(start + 1..at.saturating_sub(1));
                all.push((inner, &text[start..at]));
            }
            byte if is_word(byte) => {
                while at < bytes.len() && is_word(bytes[at]) {
                    at += 1;
                }
                all.push((Some(&text[start..at]), &text[start..at]));
            }
            _ => {
                at += 1;
                all.push((None, &text[start..at]));
            }
        }
    }
    all
}

/// Behind the quote that closes this one.
fn closed(bytes: &[u8], start: usize, quote: u8) -> usize {
    let rest = bytes[start + 1..].iter();
    let end = rest.enumerate().find(|(_, byte)| **byte == quote);
    end.map_or(bytes.len(), |(n, _)| start + n + 2)
}

/// The words of a text, in small letters too.
pub fn words(text: &str) -> BTreeSet<String> {
    let words = pieces(text).into_iter().filter_map(|(word, _)| word);
    words
        .flat_map(|word| [word.to_string(), word.to_ascii_lowercase()])
        .collect()
}

/// The words of a text that an opening parenthesis follows: what it may call.
pub fn calls(text: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut last = None;
    for (word, piece) in pieces(text) {
        match (word, piece) {
            (Some(word), _) => last = Some(word),
            (None, "(") => {
                let called = last.take();
                let called = called.into_iter();
                all.extend(called.flat_map(|word| [word.to_string(), word.to_ascii_lowercase()]));
            }
            (None, piece) if piece.trim().is_empty() => {}
            _ => last = None,
        }
    }
    all
}

/// What old words are called now.
#[derive(Clone, Default)]
pub struct Words<'a> {
    pub words: BTreeMap<&'a str, &'a str>,
    pub tables: Option<&'a Renamed>,
}

impl Words<'_> {
    pub fn name<'b>(&'b self, old: &'b str) -> &'b str {
        self.words.get(old).copied().unwrap_or(old)
    }

    pub fn table(&self, old: &Name) -> Name {
        let new = self.tables.and_then(|tables| tables.get(old));
        new.unwrap_or(old).clone()
    }

    /// The text as it reads behind the renames.
    pub fn renamed<'b>(&self, text: &'b str) -> Cow<'b, str> {
        if self.words.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut new = String::with_capacity(text.len());
        for (word, piece) in pieces(text) {
            match word.and_then(|word| self.words.get(word).map(|to| (word, to))) {
                Some((word, to)) => new.push_str(&piece.replacen(word, to, 1)),
                None => new.push_str(piece),
            }
        }
        Cow::Owned(new)
    }
}

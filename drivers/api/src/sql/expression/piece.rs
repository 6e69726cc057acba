//! The tokens of an expression: what the lexer found, with names folded, texts decoded, numbers and
//! operators put together. `None` where a text cannot be an expression.

use super::flavour::{Flavour, Names, Quoted};
use super::quoted;
use crate::sql::lexer::{self, Token};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub is: Is,
    pub text: String,
    /// Nothing stands between it and the one before.
    pub glued: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    /// Without quotes, in small letters.
    Word,
    /// In quotes.
    Name,
    Text,
    Number,
    Sign,
}

/// What PostgreSQL's operators are made of.
const SIGNS: &str = "+-*/<>=~!@#%^&|`?";

pub fn pieces(text: &str, flavour: &Flavour) -> Option<Vec<Piece>> {
    let tokens = lexer::tokens(text, &flavour.rules).ok()?;
    let mut pieces: Vec<Piece> = Vec::with_capacity(tokens.len() / 2);
    let (mut at, mut end) = (0, 0);
    while let Some(Token { kind, range }) = tokens.get(at) {
        let start = range.start;
        let part = &text[range.clone()];
        at += 1;
        let (is, text) = match kind {
            lexer::Kind::Blank | lexer::Kind::Comment => continue,
            lexer::Kind::Code | lexer::Kind::Rows => return None,
            lexer::Kind::Word | lexer::Kind::Sign if begins_number(&text[start..]) => {
                let number = &text[start..][..number(&text[start..])];
                while tokens
                    .get(at)
                    .is_some_and(|t| t.range.start < start + number.len())
                {
                    at += 1;
                }
                // A word that begins with a digit is not understood.
                if tokens[at - 1].range.end != start + number.len() {
                    return None;
                }
                (Is::Number, number.to_string())
            }
            lexer::Kind::Word => (Is::Word, part.to_ascii_lowercase()),
            lexer::Kind::Quoted => quoted_piece(part, flavour)?,
            lexer::Kind::Sign => {
                let length = sign(&text[start..], flavour);
                while tokens
                    .get(at)
                    .is_some_and(|t| t.range.start < start + length)
                {
                    at += 1;
                }
                (Is::Sign, text[start..start + length].to_string())
            }
        };
        let glued = !pieces.is_empty() && end == start;
        pieces.push(Piece { is, text, glued });
        end = tokens[at - 1].range.end;
    }
    Some(pieces)
}

fn quoted_piece(part: &str, flavour: &Flavour) -> Option<(Is, String)> {
    let is = match part.as_bytes()[0] {
        b'`' | b'[' => Is::Name,
        b'"' if flavour.double_quotes == Quoted::Name => Is::Name,
        _ => Is::Text,
    };
    let text = quoted::decode(part, &flavour.rules)?;
    match (is, flavour.names) {
        (Is::Name, Names::Alike) => Some((is, text.to_ascii_lowercase())),
        _ => Some((is, text)),
    }
}

fn begins_number(text: &str) -> bool {
    let mut bytes = text.bytes();
    match bytes.next() {
        Some(b'.') => bytes.next().is_some_and(|b| b.is_ascii_digit()),
        first => first.is_some_and(|b| b.is_ascii_digit()),
    }
}

/// How long the number is that stands here.
fn number(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count()
    };
    if bytes.len() > 2 && bytes[0] == b'0' && matches!(bytes[1] | 32, b'x' | b'b') {
        let more = bytes[2..]
            .iter()
            .take_while(|b| b.is_ascii_hexdigit())
            .count();
        return 2 + more;
    }
    let mut length = digits(0);
    if bytes.get(length) == Some(&b'.') {
        length += 1 + digits(length + 1);
    }
    if bytes.get(length).is_some_and(|b| b | 32 == b'e') {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let more = bytes
            .get(length + 1 + sign..)
            .map_or(0, |_| digits(length + 1 + sign));
        if more > 0 {
            length += 1 + sign + more;
        }
    }
    length
}

/// How long the operator is that stands here.
fn sign(text: &str, flavour: &Flavour) -> usize {
    if text.starts_with("::") {
        return 2;
    }
    let first = text.chars().next().map_or(1, char::len_utf8);
    if flavour.levels.other == 0 {
        let known = flavour.operators.iter().map(|(sign, _)| *sign);
        let known = known.chain(["&&", "||"]);
        let found = known.filter(|sign| text.starts_with(sign)).map(str::len);
        return found.max().unwrap_or(first);
    }
    let run = text.find(|c| !SIGNS.contains(c)).unwrap_or(text.len());
    // Where a comment begins the operator ends.
    let run = ["--", "/*"]
        .iter()
        .filter_map(|c| text[..run].find(c))
        .min()
        .unwrap_or(run);
    let mut length = run.max(first);
    // `a*-b` is a product: such an end belongs to a longer one only with one of these in it.
    if !text[..length].contains(['~', '!', '@', '#', '%', '^', '&', '|', '`', '?']) {
        while length > 1 && text[..length].ends_with(['+', '-']) {
            length -= 1;
        }
    }
    length
}

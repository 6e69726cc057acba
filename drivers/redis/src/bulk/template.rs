//! Texts with holes for what a pattern captured: `$1` to `$9`, `${10}`, `$0` for the whole key,
//! `$$` for a dollar. A hole that nothing fills is refused.

use crate::bulk::pattern::{Pattern, Spans};
use initium_driver::{Code, Error, Result};

#[derive(Clone, Debug)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    /// From 1; 0 is the whole key.
    Capture(usize),
}

impl Template {
    pub fn parse(text: &str, pattern: &Pattern) -> Result<Template> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            pieces.push(Piece::Text(before.into()));
            rest = if let Some(after) = after.strip_prefix('$') {
                pieces.push(Piece::Text("$".into()));
                after
            } else {
                let (number, after) = number(text, after)?;
                let most = pattern.wildcards().len();
                if number > most {
                    let why = format!("{:?} has {most} wildcards", pattern.text());
                    return Err(refused(text, &why));
                }
                pieces.push(Piece::Capture(number));
                after
            };
        }
        pieces.push(Piece::Text(rest.into()));
        Ok(Template { pieces })
    }

    pub fn is_fixed(&self) -> bool {
        let text = |piece: &Piece| matches!(piece, Piece::Text(_));
        self.pieces.iter().all(text)
    }

    pub fn fill(&self, key: &[u8], spans: &Spans) -> Vec<u8> {
        let mut filled = Vec::with_capacity(key.len() + 16);
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => filled.extend_from_slice(text.as_bytes()),
                Piece::Capture(0) => filled.extend_from_slice(key),
                Piece::Capture(number) => {
                    let (from, to) = spans[number - 1];
                    filled.extend_from_slice(&key[from..to]);
                }
            }
        }
        filled
    }

    /// What all that it makes matches: each hole is the wildcard that fills it.
    pub fn pattern(&self, of: &Pattern) -> Result<Pattern> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(plain) => {
                    for sign in plain.chars() {
                        if "*?[]\\^".contains(sign) {
                            text.push('\\');
                        }
                        text.push(sign);
                    }
                }
                Piece::Capture(0) => text.push_str(of.text()),
                Piece::Capture(number) => text.push_str(&of.wildcards()[number - 1]),
            }
        }
        Pattern::parse(&text)
    }
}

fn number<'a>(text: &str, after: &'a str) -> Result<(usize, &'a str)> {
    let (digits, after) = match after.strip_prefix('{') {
        Some(inner) => inner.split_once('}').unwrap_or(("", "")),
        None if after.starts_with(|sign: char| sign.is_ascii_digit()) => after.split_at(1),
        None => ("", ""),
    };
    let plain = digits.len() < 5 && digits.bytes().all(|sign| sign.is_ascii_digit());
    match digits.parse() {
        Ok(number) if plain => Ok((number, after)),
        _ => Err(refused(text, "a $ is followed by no number")),
    }
}

fn refused(text: &str, why: &str) -> Error {
    Error::new(Code::SpecInvalid, format!("the template {text:?} cannot be used: {why}"))
        .help("$1 is what the first * or ? or [..] of `match` stood for, ${10} the tenth, $0 the whole key, and $$ a dollar")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_filled_and_a_dollar_is_written_twice() {
        let pattern = Pattern::parse("user:*:?").expect("a pattern");
        let template = Template::parse("u:{$1}:$2-${2}$$1-$0", &pattern).expect("a template");
        let mut spans = Vec::new();
        assert!(pattern.find(b"user:7:x", &mut spans));
        assert_eq!(template.fill(b"user:7:x", &spans), b"u:{7}:x-x$1-user:7:x");
        let made = template.pattern(&pattern).expect("a pattern");
        assert_eq!(made.text(), "u:{*}:?-?$1-user:*:?");
    }

    #[test]
    fn a_hole_that_nothing_fills_is_refused() {
        let pattern = Pattern::parse("user:*").expect("a pattern");
        for text in ["$2", "${2}", "$", "$x", "${1", "${}", "${+1}", "${ 1}"] {
            let error = Template::parse(text, &pattern).expect_err("no template");
            assert_eq!(error.code(), Code::SpecInvalid, "{text}");
        }
    }
}

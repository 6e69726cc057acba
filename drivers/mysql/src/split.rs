//! A script into its statements: DELIMITER lines and bodies that hold semicolons. The server is the
//! judge of SQL; this file only finds ends, and refuses where it cannot find one.

use crate::body::Body;
use initium_driver::sql::lexer::{Kind, Rules, Token, Unfinished, tokens};
use initium_driver::sql::split::{Cutter, Piece};
use std::ops::Range;

const DELIMITER: &str = "DELIMITER";

/// The pieces of a text; they concatenate to it.
pub fn pieces(text: &str, rules: &Rules) -> Result<Vec<Piece>, Unfinished> {
    let tokens = tokens(text, rules)?;
    let mut splitter = Splitter {
        text,
        tokens: &tokens,
        cut: Cutter::new(text),
        body: Body::default(),
        delimiter: ";",
        held: Vec::new(),
        pieces: Vec::new(),
    };
    splitter.walk()?;
    let Splitter {
        cut, mut pieces, ..
    } = splitter;
    pieces.extend(cut.rest());
    Ok(pieces)
}

/// Whether a statement that was cut out holds another one. What cannot be read is not: the server
/// says so.
pub fn is_several(text: &str, rules: &Rules) -> bool {
    let statements = |pieces: Vec<Piece>| pieces.iter().filter(|p| p.statement.is_some()).count();
    pieces(text, rules).is_ok_and(|pieces| statements(pieces) > 1)
}

struct Splitter<'a> {
    text: &'a str,
    tokens: &'a [Token],
    cut: Cutter<'a>,
    body: Body,
    delimiter: &'a str,
    /// Semicolons that end the statement if nothing follows them but its delimiter.
    held: Vec<Token>,
    pieces: Vec<Piece>,
}

impl<'a> Splitter<'a> {
    fn walk(&mut self) -> Result<(), Unfinished> {
        let mut from = 0;
        for n in 0..self.tokens.len() {
            let token = &self.tokens[n];
            let rest = token.range.start.max(from)..token.range.end;
            if rest.is_empty() || matches!(token.kind, Kind::Blank | Kind::Comment) {
                continue;
            }
            if token.kind == Kind::Word
                && let Some(end) = self.directive(rest.start, rest.end)?
            {
                from = end;
                continue;
            }
            match self.terminator(token.kind, rest.clone()) {
                Some(terminator) => {
                    if terminator.start > rest.start {
                        // `END$$` is one word to the lexer.
                        self.see(token.kind, rest.start..terminator.start, n);
                    }
                    from = terminator.end;
                    self.end(terminator);
                }
                None => self.see(token.kind, rest, n),
            }
        }
        match self.body.is_open() && self.delimiter == ";" {
            true => Err(Unfinished {
                offset: self.cut.first.unwrap_or(0),
                what: "a body without its END",
            }),
            false => Ok(()),
        }
    }

    fn end(&mut self, terminator: Range<usize>) {
        self.held.clear();
        self.body = Body::default();
        self.pieces.push(self.cut.end(terminator));
    }

    fn see(&mut self, kind: Kind, range: Range<usize>, n: usize) {
        let word = &self.text[range.clone()];
        let token = Token { kind, range };
        if kind == Kind::Sign && word == ";" {
            self.body.semicolon();
            self.held.push(token);
            return;
        }
        for held in self.held.drain(..) {
            self.cut.see(&held);
        }
        match kind {
            _ if !self.body.is_watching() => {}
            Kind::Word => {
                let word = word.trim_start_matches('\u{feff}').to_ascii_uppercase();
                let next = self.next(n);
                self.body.word(&word, next);
            }
            Kind::Sign => self.body.sign(word, self.next(n)),
            Kind::Code => self.body.code(word),
            _ => self.body.quoted(),
        }
        self.cut.see(&token);
    }

    /// The next token that counts.
    fn next(&self, n: usize) -> &'a str {
        self.tokens[n + 1..]
            .iter()
            .find(|t| !matches!(t.kind, Kind::Blank | Kind::Comment))
            .map_or("", |t| &self.text[t.range.clone()])
    }

    /// What ends the statement in this stretch.
    fn terminator(&self, kind: Kind, range: Range<usize>) -> Option<Range<usize>> {
        let delimiter = self.delimiter;
        let found = |at: usize| self.text[at..].starts_with(delimiter);
        let cut = |at: usize| at..at + delimiter.len();
        match kind {
            Kind::Sign if delimiter == ";" => {
                (found(range.start) && !self.body.is_open()).then(|| cut(range.start))
            }
            Kind::Sign if found(range.start) => Some(cut(range.start)),
            // Beside a delimiter of its own, `;` still parts plain statements, as it does for the
            // mysql client (which sends both in one packet).
            Kind::Sign => {
                (&self.text[range.clone()] == ";" && self.body.is_plain()).then_some(range)
            }
            // mysqlbinlog's own.
            Kind::Code if found(range.start) => Some(cut(range.start)),
            Kind::Word if delimiter != ";" => self.text[range.clone()]
                .char_indices()
                .map(|(at, _)| range.start + at)
                .find(|at| found(*at))
                .map(cut),
            _ => None,
        }
    }

    /// A line of the mysql client: from here on statements end elsewhere.
    fn directive(&mut self, start: usize, end: usize) -> Result<Option<usize>, Unfinished> {
        let word = self.text[start..end].trim_start_matches('\u{feff}');
        if !word.eq_ignore_ascii_case(DELIMITER) {
            return Ok(None);
        }
        let line = self.text[end..]
            .find(['\r', '\n'])
            .map_or(self.text.len(), |at| end + at);
        let argument = self.text[end..line].split_whitespace().next();
        if self.cut.first.is_some() {
            return self.directive_inside(start, argument);
        }
        let Some(argument) = argument else {
            return Err(Unfinished {
                offset: start,
                what: "a DELIMITER line that names no delimiter",
            });
        };
        self.delimiter = argument;
        self.end(line..line);
        Ok(Some(line))
    }

    /// `delimiter` may be the name of a column; alone on its line with signs behind it, it is a
    /// directive before which a delimiter is missing.
    fn directive_inside(
        &self,
        start: usize,
        argument: Option<&str>,
    ) -> Result<Option<usize>, Unfinished> {
        let line = self.text[..start].rsplit('\n').next().unwrap_or_default();
        let signs = |text: &str| !text.is_empty() && text.bytes().all(|b| b";/$|".contains(&b));
        if line.trim().is_empty() && argument.is_some_and(signs) {
            return Err(Unfinished {
                offset: self.cut.first.unwrap_or(start),
                what: "a statement before a DELIMITER line",
            });
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests;

//! Tokens of SQL text. Nothing is left out: the tokens concatenate to the text, always.

pub use super::copying::Before;
use super::copying::Copying;
use std::ops::Range;

pub use super::token::{ANSI, Halt, Kind, Rules, Tail, Token, Unfinished};

/// How far ahead the lexer and the splitters look behind a token.
const AHEAD: usize = 32;

/// All tokens of a text, in order.
pub fn tokens(text: &str, rules: &Rules) -> Result<Vec<Token>, Unfinished> {
    let mut lexer = Lexer::new(text, rules);
    let mut tokens = Vec::new();
    loop {
        match lexer.token() {
            Ok(Some(token)) => tokens.push(token),
            Err(Halt::Unfinished(unfinished)) => return Err(unfinished),
            _ => return Ok(tokens),
        }
    }
}

/// Tokens, one by one.
pub struct Lexer<'a> {
    pub text: &'a str,
    bytes: &'a [u8],
    pub rules: Rules,
    pub at: usize,
    pub before: Before,
    tail: Tail,
    look: Look,
    rows: RowsAs,
}

/// Whether characters that deceive the eye are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Lenient,
    Strict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RowsAs {
    Token,
    Apart,
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str, rules: &Rules) -> Lexer<'a> {
        Lexer {
            text,
            bytes: text.as_bytes(),
            rules: *rules,
            at: 0,
            before: Before::default(),
            tail: Tail::Nothing,
            look: Look::Lenient,
            rows: RowsAs::Token,
        }
    }

    /// Refuses what deceives the eye.
    pub fn strict(mut self) -> Lexer<'a> {
        self.look = Look::Strict;
        self
    }

    /// The text is a window: the rows of a COPY may be longer and are not waited for.
    pub fn window(mut self, before: Before, tail: Tail) -> Lexer<'a> {
        (self.before, self.tail, self.rows) = (before, tail, RowsAs::Apart);
        self
    }

    /// A COPY was just ended by its semicolon, and its rows follow.
    pub fn rows_follow(&self) -> bool {
        self.before.copy == Copying::Line
    }

    /// The statement takes rows, and was not ended.
    pub fn wants_rows(&self) -> bool {
        self.before.copy == Copying::Stdin
    }

    /// Goes on behind what somebody else has read.
    pub fn jump(&mut self, at: usize) {
        self.at = at;
        self.before = Before::default();
    }

    /// The end of the line, without its break.
    pub fn line_end(&self, from: usize) -> Result<usize, Halt> {
        match (self.text[from..].find(['\r', '\n']), self.tail) {
            (Some(at), _) => Ok(from + at),
            (None, Tail::Nothing) => Ok(self.text.len()),
            (None, Tail::More) => Err(Halt::More),
        }
    }

    /// The next token. Where there is none, nothing was read.
    pub fn token(&mut self) -> Result<Option<Token>, Halt> {
        let (at, before) = (self.at, self.before);
        let answer = self.read();
        if answer.is_err() {
            (self.at, self.before) = (at, before);
        }
        answer
    }

    fn read(&mut self) -> Result<Option<Token>, Halt> {
        let start = self.at;
        if start >= self.bytes.len() {
            return match self.tail {
                Tail::Nothing => Ok(None),
                Tail::More => Err(Halt::More),
            };
        }
        let kind = match self.before.copy {
            Copying::Line | Copying::Rows => self.copied()?,
            _ => self
                .next()
                .map_err(|unfinished| self.unfinished(unfinished))?,
        };
        if self.tail == Tail::More && self.at + AHEAD > self.bytes.len() && kind != Kind::Rows {
            return Err(Halt::More);
        }
        if !matches!(kind, Kind::Blank | Kind::Comment | Kind::Quoted) {
            self.before.escaped = false;
        }
        let range = start..self.at;
        if kind == Kind::Word && self.look == Look::Strict {
            self.look_at(&range)?;
        }
        if self.rules.copy_rows && !matches!(kind, Kind::Blank | Kind::Comment | Kind::Rows) {
            self.before.follow(kind, &self.text[range.clone()]);
        }
        Ok(Some(Token { kind, range }))
    }

    fn unfinished(&self, unfinished: Unfinished) -> Halt {
        match self.tail {
            Tail::Nothing => Halt::Unfinished(unfinished),
            Tail::More => Halt::More,
        }
    }

    fn look_at(&self, range: &Range<usize>) -> Result<(), Halt> {
        let word = &self.text[range.clone()];
        if word.is_ascii() {
            return Ok(());
        }
        let stray = word.char_indices().find(|(at, c)| {
            let mark = *c == '\u{feff}' && range.start + at == 0;
            deceives(*c) && !mark
        });
        match stray {
            None => Ok(()),
            Some((at, what)) => Err(Halt::Stray {
                offset: range.start + at,
                what,
            }),
        }
    }

    /// The rest of a COPY's line, then its rows.
    fn copied(&mut self) -> Result<Kind, Halt> {
        if self.before.copy == Copying::Line {
            let rest = &self.text[self.at..];
            let Some(end) = rest.find('\n') else {
                if self.tail == Tail::More {
                    return Err(Halt::More);
                }
                self.before.copy = Copying::Start;
                return self
                    .next()
                    .map_err(|unfinished| self.unfinished(unfinished));
            };
            if !rest[..end].trim().is_empty() {
                self.before.copy = Copying::Start;
                return self
                    .next()
                    .map_err(|unfinished| self.unfinished(unfinished));
            }
            if self.rows == RowsAs::Apart {
                return Err(Halt::Rows);
            }
            self.at += end + 1;
            self.before.copy = Copying::Rows;
            return Ok(Kind::Blank);
        }
        let start = self.at;
        self.before.copy = Copying::Start;
        for line in self.text[start..].split_inclusive('\n') {
            if ends_rows(line) {
                self.at += 2;
                return Ok(Kind::Rows);
            }
            self.at += line.len();
        }
        let what = "a COPY whose rows end with the line \\.";
        let offset = start;
        Err(self.unfinished(Unfinished { offset, what }))
    }
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn next(&mut self) -> Result<Kind, Unfinished> {
        let (one, two) = (self.peek(0), self.peek(1));
        if one.is_ascii_whitespace() || one == 0x0b {
            self.run(|b| b.is_ascii_whitespace() || b == 0x0b);
            return Ok(Kind::Blank);
        }
        if one == b'-' && two == b'-' && self.dashes_comment()
            || one == b'#' && self.rules.hash_comments
        {
            self.run(|b| b != b'\n');
            return Ok(Kind::Comment);
        }
        if one == b'/' && two == b'*' {
            return self.block_comment();
        }
        match one {
            b'\'' => self.string(
                b'\'',
                self.rules.backslashes || self.before.escaped,
                "a string",
            ),
            b'"' => self.string(b'"', self.rules.name_backslashes, "a quoted name"),
            b'`' if self.rules.backticks => self.string(b'`', false, "a quoted name"),
            b'[' if self.rules.brackets => self.bracket(),
            b'E' | b'e' if two == b'\'' && self.rules.escape_strings => {
                self.at += 1;
                self.before.escaped = true;
                self.string(b'\'', true, "a string")
            }
            b'$' if self.rules.dollar_quotes => self.dollar(),
            b if is_word(b) => {
                self.run(|b| is_word(b) || b == b'$');
                Ok(Kind::Word)
            }
            _ => {
                self.at += 1;
                Ok(Kind::Sign)
            }
        }
    }

    fn run(&mut self, keep: impl Fn(u8) -> bool) {
        while self.at < self.bytes.len() && keep(self.bytes[self.at]) {
            self.at += 1;
        }
    }

    fn dashes_comment(&self) -> bool {
        let third = self.peek(2);
        !self.rules.dash_needs_blank
            || third == 0
            || third.is_ascii_whitespace()
            || third.is_ascii_control()
    }

    fn block_comment(&mut self) -> Result<Kind, Unfinished> {
        let start = self.at;
        // No server is of this version: the line is for the client.
        let for_client = self.text[start..].starts_with("/*M!999999");
        let code = self.rules.code_comments
            && !for_client
            && (matches!(self.peek(2), b'!' | b'+')
                || (self.peek(2) == b'M' && self.peek(3) == b'!'));
        let mut depth = 0;
        while self.at < self.bytes.len() {
            if self.peek(0) == b'*' && self.peek(1) == b'/' {
                self.at += 2;
                depth -= 1;
                if depth == 0 {
                    return Ok(if code { Kind::Code } else { Kind::Comment });
                }
            } else if self.peek(0) == b'/'
                && self.peek(1) == b'*'
                && (depth == 0 || self.rules.nested_comments)
            {
                self.at += 2;
                depth += 1;
            } else {
                self.at += 1;
            }
        }
        if self.rules.open_comment_ends {
            return Ok(Kind::Comment);
        }
        Err(Unfinished {
            offset: start,
            what: "a comment",
        })
    }

    fn string(&mut self, quote: u8, escapes: bool, what: &'static str) -> Result<Kind, Unfinished> {
        let start = self.at;
        self.at += 1;
        while self.at < self.bytes.len() {
            let byte = self.peek(0);
            if byte == b'\\' && escapes {
                self.at += 2;
            } else if byte != quote {
                self.at += 1;
            } else if self.peek(1) == quote {
                self.at += 2;
            } else {
                self.at += 1;
                return Ok(Kind::Quoted);
            }
        }
        Err(Unfinished {
            offset: start,
            what,
        })
    }

    fn bracket(&mut self) -> Result<Kind, Unfinished> {
        let start = self.at;
        self.run(|b| b != b']');
        if self.at == self.bytes.len() {
            return Err(Unfinished {
                offset: start,
                what: "a quoted name",
            });
        }
        self.at += 1;
        Ok(Kind::Quoted)
    }

    fn dollar(&mut self) -> Result<Kind, Unfinished> {
        let start = self.at;
        let rest = &self.bytes[start + 1..];
        let end = rest.iter().take_while(|b| is_word(**b)).count();
        match rest.get(end) {
            Some(b'$') if !rest[0].is_ascii_digit() => {}
            // The tag may go on behind the window.
            None if self.tail == Tail::More => {
                return Err(Unfinished {
                    offset: start,
                    what: "a dollar-quoted text",
                });
            }
            _ => {
                self.at += 1;
                return Ok(Kind::Sign);
            }
        }
        let tag = &self.text[start..start + end + 2];
        match self.text[start + tag.len()..].find(tag) {
            Some(close) => {
                self.at = start + tag.len() + close + tag.len();
                Ok(Kind::Quoted)
            }
            None => Err(Unfinished {
                offset: start,
                what: "a dollar-quoted text",
            }),
        }
    }
}

/// What looks like a blank or like nothing at all, or turns the text around.
fn deceives(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{feff}' | '\u{2060}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202f}' | '\u{2066}'..='\u{2069}')
}

/// Whether a line ends the rows of a COPY.
pub fn ends_rows(line: &str) -> bool {
    line.trim_end_matches(['\r', '\n']) == "\\."
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests;

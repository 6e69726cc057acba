//! A place in a text of SQL, token by token. Blanks and comments are passed over; what stands in
//! parentheses can be taken as a whole.

use crate::dialect::RULES;
use crate::names;
use initium_driver::sql::lexer::{Kind, Token, tokens};
use initium_driver::{Code, Error, Result};

/// What is being read, and how far.
#[derive(Clone, Copy)]
pub struct Cursor<'a> {
    pub text: &'a str,
    pub tokens: &'a [Token],
    /// What it belongs to, for errors: `table users`.
    pub about: &'a str,
}

/// The tokens that count.
pub fn telling(text: &str) -> Result<Vec<Token>> {
    let mut all = tokens(text, &RULES).map_err(|unfinished| {
        Error::new(
            Code::NotSupported,
            format!("{} is opened and never closed", unfinished.what),
        )
    })?;
    all.retain(|token| !matches!(token.kind, Kind::Blank | Kind::Comment));
    Ok(all)
}

impl<'a> Cursor<'a> {
    pub fn done(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The token so many places ahead; nothing behind the end.
    pub fn peek(&self, ahead: usize) -> &'a str {
        match self.tokens.get(ahead) {
            Some(token) => &self.text[token.range.clone()],
            None => "",
        }
    }

    pub fn kind(&self) -> Option<Kind> {
        self.tokens.first().map(|token| token.kind)
    }

    pub fn skip(&mut self) {
        self.tokens = self.tokens.get(1..).unwrap_or_default();
    }

    /// Whether these words come next.
    pub fn is(&self, words: &str) -> bool {
        words
            .split(' ')
            .enumerate()
            .all(|(n, word)| self.peek(n).eq_ignore_ascii_case(word))
    }

    /// Takes these words, if they come next.
    pub fn take(&mut self, words: &str) -> bool {
        let found = self.is(words);
        if found {
            self.tokens = &self.tokens[words.split(' ').count()..];
        }
        found
    }

    pub fn demand(&mut self, words: &str) -> Result<()> {
        match self.take(words) {
            true => Ok(()),
            false => Err(self.lost()),
        }
    }

    /// A name, without its quotes.
    pub fn name(&mut self) -> Result<String> {
        match self.kind() {
            Some(Kind::Word | Kind::Quoted) => {
                let name = names::bare(self.peek(0));
                self.skip();
                Ok(name)
            }
            _ => Err(self.lost()),
        }
    }

    /// What stands between parentheses, which are taken, too.
    pub fn parens(&mut self) -> Result<Cursor<'a>> {
        if self.peek(0) != "(" {
            return Err(self.lost());
        }
        let mut depth = 0usize;
        for (n, token) in self.tokens.iter().enumerate() {
            match &self.text[token.range.clone()] {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let inner = self.with(&self.tokens[1..n]);
                self.tokens = &self.tokens[n + 1..];
                return Ok(inner);
            }
        }
        Err(self.lost())
    }

    /// The pieces between its commas.
    pub fn pieces(&self) -> Vec<Cursor<'a>> {
        let (mut all, mut depth, mut start) = (Vec::new(), 0i32, 0);
        for (n, token) in self.tokens.iter().enumerate() {
            match &self.text[token.range.clone()] {
                "(" => depth += 1,
                ")" => depth -= 1,
                "," if depth == 0 => {
                    all.push(self.with(&self.tokens[start..n]));
                    start = n + 1;
                }
                _ => {}
            }
        }
        all.push(self.with(&self.tokens[start..]));
        all
    }

    pub fn with(&self, tokens: &'a [Token]) -> Cursor<'a> {
        Cursor { tokens, ..*self }
    }

    /// The first so many tokens, which are taken.
    pub fn first(&mut self, count: usize) -> Cursor<'a> {
        let (first, rest) = self.tokens.split_at(count.min(self.tokens.len()));
        self.tokens = rest;
        self.with(first)
    }

    /// Everything that is left, as it is written.
    pub fn rest(&self) -> &'a str {
        match (self.tokens.first(), self.tokens.last()) {
            (Some(first), Some(last)) => &self.text[first.range.start..last.range.end],
            _ => "",
        }
    }

    /// The reader does not know how to go on.
    pub fn lost(&self) -> Error {
        let place = match self.rest() {
            "" => "at its end".to_string(),
            rest => {
                let near: String = rest.chars().take(40).collect();
                format!("at `{near}`")
            }
        };
        Error::new(
            Code::NotSupported,
            format!("the definition of {} is not understood {place}", self.about),
        )
        .help("nothing is guessed; report it with the text that `SELECT sql FROM sqlite_schema` shows")
    }
}

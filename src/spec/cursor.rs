//! Walks the text beside the parser: the parser says what comes next, the cursor says where it
//! stands. So positions cost one pass, and anchors, aliases and tags are refused before they are
//! followed. It must never guess: where text and parser disagree, the spec is refused.

use super::text::Document;
use initium_driver::{Code, Error, Result};

pub(super) struct Cursor<'t> {
    pub doc: &'t Document,
    pub at: usize,
}

impl<'t> Cursor<'t> {
    fn rest(&self) -> &'t str {
        self.doc.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub fn refuse(&self, message: impl Into<String>) -> Error {
        self.doc.error(Code::SpecSyntax, self.at, message)
    }

    /// Goes over blanks, line breaks and comments.
    pub fn blanks(&mut self) {
        loop {
            let rest = self.rest().trim_start();
            self.at = self.doc.text.len() - rest.len();
            if !rest.starts_with('#') {
                return;
            }
            self.at += rest.find('\n').unwrap_or(rest.len());
        }
    }

    /// Goes over one character if it comes next.
    pub fn pass(&mut self, wanted: char) -> bool {
        self.blanks();
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    /// Goes over one character that must come next.
    pub fn expect(&mut self, wanted: char) -> Result<()> {
        if self.pass(wanted) {
            return Ok(());
        }
        Err(self.lost())
    }

    fn lost(&self) -> Error {
        self.refuse("this part of the spec is written in a way whose place cannot be told")
            .help("write it in a plainer way, for example in quotes or as a block with |")
    }

    /// Goes over what may stand before the first value: directives and `---`.
    pub fn prologue(&mut self) {
        self.blanks();
        while self.rest().starts_with('%') {
            let rest = self.rest();
            self.at += rest.find('\n').unwrap_or(rest.len());
            self.blanks();
        }
        if self.marker("---") {
            self.at += 3;
        }
    }

    /// Nothing may follow the first document.
    pub fn epilogue(&mut self) -> Result<()> {
        self.blanks();
        while self.marker("...") {
            self.at += 3;
            self.blanks();
        }
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self
                .refuse(format!(
                    "a second document begins here, and {} is one document",
                    self.doc.grammar.limit
                ))
                .help("put it into a file of its own and give both files")),
        }
    }

    fn marker(&self, marker: &str) -> bool {
        let rest = self.rest();
        rest.strip_prefix(marker)
            .is_some_and(|rest| rest.chars().next().is_none_or(char::is_whitespace))
    }

    /// Goes to the next value and refuses what YAML may put before it.
    pub fn value(&mut self) -> Result<()> {
        self.blanks();
        let what = match self.peek() {
            Some('&') => "anchors (&name) are not allowed",
            Some('*') => "aliases (*name) are not allowed",
            Some('!') => "tags (!name) are not allowed",
            _ => return Ok(()),
        };
        Err(no_sharing(self.doc, self.at, what))
    }

    /// Refuses `? key`.
    pub fn key(&mut self) -> Result<()> {
        self.value()?;
        match self.rest().strip_prefix('?') {
            Some(rest) if rest.chars().next().is_none_or(char::is_whitespace) => Err(self
                .refuse("keys that begin with ? are not allowed")
                .help("write the key and a colon")),
            _ => Ok(()),
        }
    }

    /// Goes over a text whose content the parser told.
    pub fn text(&mut self, content: &str) -> Result<()> {
        match self.peek() {
            Some('\'') => self.quoted('\'', None),
            Some('"') => self.quoted('"', Some('\\')),
            Some('|' | '>') => {
                let rest = self.rest();
                self.at += rest.find('\n').unwrap_or(rest.len());
                self.content(content)
            }
            _ => self.content(content),
        }
    }

    /// `''` closes and opens again, which comes to the same.
    fn quoted(&mut self, quote: char, escape: Option<char>) -> Result<()> {
        let mut escaped = false;
        let mut open = false;
        let rest = self.rest();
        let mut chars = rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if escaped {
                escaped = false;
            } else if Some(c) == escape {
                escaped = true;
            } else if c == quote {
                let doubled =
                    open && escape.is_none() && chars.next_if(|(_, c)| *c == quote).is_some();
                if open && !doubled {
                    self.at += at + quote.len_utf8();
                    return Ok(());
                }
                open = true;
            }
        }
        Err(self.lost())
    }

    /// Plain and block texts stand in the file as they are, but for blanks.
    fn content(&mut self, content: &str) -> Result<()> {
        for c in content.chars().filter(|c| !c.is_whitespace()) {
            let rest = self.rest().trim_start();
            if !rest.starts_with(c) {
                return Err(self.lost());
            }
            self.at = self.doc.text.len() - rest.len() + c.len_utf8();
        }
        Ok(())
    }

    /// Goes over a number, `true` or `false`.
    pub fn word(&mut self) {
        self.at += word(self.rest()).len();
    }

    /// Goes over a null; `false` where there is nothing to go over, as behind `key:`.
    pub fn null(&mut self) -> bool {
        let word = word(self.rest());
        let written = matches!(word, "~" | "null" | "Null" | "NULL");
        if written {
            self.at += word.len();
        }
        written
    }
}

/// Refuses anchors, aliases and tags.
pub(super) fn no_sharing(doc: &Document, at: usize, what: &str) -> Error {
    doc.error(Code::SpecSyntax, at, what).help(
        "a spec says everything where it is meant; write the value out, or in quotes if it is text",
    )
}

fn word(text: &str) -> &str {
    let ends = |(at, c): (usize, char)| {
        let next = text[at..].chars().nth(1);
        let colon = c == ':' && next.is_none_or(|n| n.is_whitespace() || ",[]{}".contains(n));
        (c.is_whitespace() || ",[]{}".contains(c) || colon).then_some(at)
    };
    &text[..text.char_indices().find_map(ends).unwrap_or(text.len())]
}

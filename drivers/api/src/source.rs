//! Texts and where they stand: a source is a script as written, a statement is a piece of it.

use crate::error::Result;
use crate::long::Long;
use crate::sql::stretch::Stretch;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// File, line and column, all as a person counts them (from 1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub file: String,
    pub line: u32,
    pub column: u32,
}

/// How the lines of a text stand in their file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// One below the other, shifted by this many columns (the indentation a YAML block loses).
    Indented(u32),
    /// Somewhere on one line (a quoted text with `\n` in it): only the beginning has a place.
    Folded,
}

/// A script as it was written, and where its first character stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub file: String,
    /// Line of the first character.
    pub line: u32,
    /// Column of the first character.
    pub column: u32,
    pub lines: Lines,
    pub text: Text,
}

/// What a script says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    Held(String),
    /// It is read in windows.
    Long(Long),
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text::Held(text)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text::Held(text.into())
    }
}

/// The longest text that is kept as a whole where it has to be.
const LONGEST: u64 = 16 << 20;

impl Source {
    /// A text that is its own file.
    pub fn file(file: impl Into<String>, text: impl Into<Text>) -> Source {
        Source {
            file: file.into(),
            line: 1,
            column: 1,
            lines: Lines::Indented(0),
            text: text.into(),
        }
    }

    /// The whole text, for what cannot be read in windows.
    pub fn whole(&self) -> Result<Cow<'_, str>> {
        match &self.text {
            Text::Held(text) => Ok(Cow::Borrowed(text)),
            Text::Long(long) => long.text(LONGEST).map(Cow::Owned),
        }
    }

    /// Where it begins.
    pub fn start(&self) -> Position {
        Position {
            line: self.line,
            column: self.column,
            lines: self.lines,
        }
    }

    /// Where the byte at `offset` stands; the beginning where the text is not held.
    pub fn place(&self, offset: usize) -> Place {
        self.start().behind(self.held(), offset).place(&self.file)
    }

    /// The line that holds the byte at `offset`, as [`Position::excerpt`].
    pub fn excerpt(&self, offset: usize) -> String {
        self.start().excerpt(self.held(), offset)
    }

    fn held(&self) -> &str {
        match &self.text {
            Text::Held(text) => text,
            Text::Long(_) => "",
        }
    }
}

/// Where a character of a file stands, and how the lines behind it do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub line: u32,
    pub column: u32,
    pub lines: Lines,
}

impl Position {
    pub fn place(&self, file: &str) -> Place {
        Place {
            file: file.into(),
            line: self.line,
            column: self.column,
        }
    }

    /// Moves behind a text that begins here.
    pub fn pass(&mut self, text: &str) {
        let Lines::Indented(indent) = self.lines else {
            return;
        };
        let breaks = text.bytes().filter(|b| *b == b'\n').count() as u32;
        let last = text.rsplit('\n').next().unwrap_or_default();
        let width = last.chars().count() as u32;
        match breaks {
            0 => self.column += width,
            breaks => (self.line, self.column) = (self.line + breaks, 1 + indent + width),
        }
    }

    /// The position of a byte of a text that begins here.
    pub fn behind(mut self, text: &str, offset: usize) -> Position {
        self.pass(&text[..floor(text, offset)]);
        self
    }

    /// The line that holds the byte at `offset` of a text that begins here, moved to the column
    /// where it stands in the file, so that a caret under it is right.
    pub fn excerpt(&self, text: &str, offset: usize) -> String {
        let offset = floor(text, offset);
        let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
        let line = text[start..].lines().next().unwrap_or_default();
        let within = match self.lines {
            Lines::Folded => 0,
            Lines::Indented(_) => text[start..offset].chars().count(),
        };
        let column = self.behind(text, offset).column as usize;
        let shift = (column - 1).saturating_sub(within);
        // A line of a dump may be a megabyte long.
        let shown = floor(line, offset - start + WIDEST);
        let more = if shown < line.len() { "..." } else { "" };
        format!("{}{}{more}", " ".repeat(shift), &line[..shown])
    }
}

/// How much of a line is shown behind the place that matters.
const WIDEST: usize = 300;

fn floor(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// What running a statement means for the transaction around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Rows only.
    Data,
    /// The schema; whether that is transactional is the dialect's capability.
    Schema,
    /// Refuses to run inside a transaction (CREATE INDEX CONCURRENTLY, VACUUM).
    Alone,
    /// Begins or ends a transaction itself.
    Control,
    /// Works through many keys in batches, and does no harm twice: the driver notes how far it is
    /// and goes on there.
    Bulk,
}

/// One statement, ready to be sent, without its terminator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub text: String,
    pub place: Place,
    pub lines: Lines,
    pub effect: Effect,
    /// The strongest lock it is known to take, in the server's words.
    pub lock: Option<&'static str>,
    /// This one is only the first of several, which are read from their file and run as one: none
    /// of them can be undone without the others.
    pub more: Option<Stretch>,
}

impl Statement {
    /// How many statements it stands for.
    pub fn count(&self) -> usize {
        self.more.as_ref().map_or(1, |more| more.count)
    }

    /// The place of a byte of this statement.
    pub fn place_of(&self, offset: usize) -> Place {
        self.position()
            .behind(&self.text, offset)
            .place(&self.place.file)
    }

    /// Its line, as [`Source::excerpt`].
    pub fn excerpt_of(&self, offset: usize) -> String {
        self.position().excerpt(&self.text, offset)
    }

    fn position(&self) -> Position {
        Position {
            line: self.place.line,
            column: self.place.column,
            lines: self.lines,
        }
    }

    /// The beginning of the statement on one line, for logs and ledgers.
    pub fn head(&self) -> String {
        head(&self.text)
    }
}

/// What a step that is no statement of any database's language begins with.
pub const STEP: &str = "initium.";

/// The first words of a text on one line, at most 80 characters.
pub fn head(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(77) {
        Some((at, _)) if line.chars().count() > 80 => format!("{}...", &line[..at]),
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_of_an_indented_block_keeps_its_place_in_the_file() {
        let source = Source {
            file: "a.yaml".into(),
            line: 10,
            column: 7,
            lines: Lines::Indented(6),
            text: "SELECT 1;\n  SELECT é, x;".into(),
        };
        assert_eq!(source.place(0).column, 7);
        let text = source.whole().expect("held");
        let x = text.find('x').expect("there is an x");
        let place = source.place(x);
        assert_eq!((place.line, place.column), (11, 1 + 6 + 12));
        assert_eq!(source.excerpt(x), "        SELECT é, x;");
    }

    #[test]
    fn a_long_statement_is_shown_by_its_head() {
        let text = format!("SELECT\n  {}", "x".repeat(200));
        assert_eq!(head(&text).chars().count(), 80);
    }
}

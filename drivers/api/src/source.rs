//! Texts and where they stand: a source is a script as written, a statement is a piece of it.

use serde::{Deserialize, Serialize};

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
    pub text: String,
}

impl Source {
    /// A text that is its own file.
    pub fn file(file: impl Into<String>, text: impl Into<String>) -> Source {
        Source {
            file: file.into(),
            line: 1,
            column: 1,
            lines: Lines::Indented(0),
            text: text.into(),
        }
    }

    /// Where the byte at `offset` stands.
    pub fn place(&self, offset: usize) -> Place {
        let before = &self.text[..floor(&self.text, offset)];
        let lines = before.matches('\n').count() as u32;
        let last = before.rsplit('\n').next().unwrap_or_default();
        let width = last.chars().count() as u32;
        let (line, column) = match self.lines {
            Lines::Folded => (self.line, self.column),
            Lines::Indented(_) if lines == 0 => (self.line, self.column + width),
            Lines::Indented(indent) => (self.line + lines, 1 + indent + width),
        };
        Place {
            file: self.file.clone(),
            line,
            column,
        }
    }

    /// The line that holds the byte at `offset`, moved to the column where it stands in the file,
    /// so that a caret under it is right.
    pub fn excerpt(&self, offset: usize) -> String {
        let offset = floor(&self.text, offset);
        let line = line_at(&self.text, offset);
        let start = self.text[..offset].rfind('\n').map_or(0, |at| at + 1);
        let within = match self.lines {
            Lines::Folded => 0,
            Lines::Indented(_) => self.text[start..offset].chars().count(),
        };
        let shift = (self.place(offset).column as usize - 1).saturating_sub(within);
        format!("{}{line}", " ".repeat(shift))
    }
}

/// The line that holds a byte.
fn line_at(text: &str, offset: usize) -> &str {
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    text[start..].lines().next().unwrap_or_default()
}

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
}

impl Statement {
    /// The place of a byte of this statement.
    pub fn place_of(&self, offset: usize) -> Place {
        self.source().place(offset)
    }

    /// Its line, as [`Source::excerpt`].
    pub fn excerpt_of(&self, offset: usize) -> String {
        self.source().excerpt(offset)
    }

    fn source(&self) -> Source {
        Source {
            file: self.place.file.clone(),
            line: self.place.line,
            column: self.place.column,
            lines: self.lines,
            text: self.text.clone(),
        }
    }

    /// The beginning of the statement on one line, for logs and ledgers.
    pub fn head(&self) -> String {
        head(&self.text)
    }
}

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
        let x = source.text.find('x').expect("there is an x");
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

//! A long script, statement by statement, through a window that grows until it holds one. What the
//! window holds is split as any other text is; what touches its end waits for the next window.

use super::lexer::{Before, Halt, Lexer, Tail, ends_rows};
use super::reading::Reading;
use super::split::{Grammar, halted, statement};
use super::stretch::Stretch;
use crate::error::Result;
use crate::long::{Breaks, Input, Slice, Sum, changed};
use crate::source::{Position, Statement};
use std::ops::Range;
use std::sync::Arc;

const WINDOW: usize = 1 << 18;

/// A piece of the script.
#[derive(Clone, Debug)]
pub struct Found {
    /// None in a piece of comments, or in a line for the client.
    pub statement: Option<Statement>,
    /// Where the piece begins, in bytes of the file.
    pub offset: u64,
    pub start: Position,
    /// How the piece was read.
    pub before: Arc<Reading>,
}

pub struct Pages<'g, G: ?Sized> {
    grammar: &'g G,
    file: String,
    input: Input,
    window: String,
    /// What comes next: byte of the window, byte of the file, line and column.
    at: usize,
    offset: u64,
    position: Position,
    /// What was handed on last.
    last: Range<usize>,
    pub reading: Arc<Reading>,
    inside: Inside,
    sum: Sum,
    /// What the bytes have to sum up to, where they were read before.
    expected: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    Script,
    /// The rows of a COPY.
    Rows,
}

impl<'g, G: Grammar + ?Sized> Pages<'g, G> {
    pub fn new(
        grammar: &'g G,
        slice: Slice,
        start: Position,
        reading: Arc<Reading>,
    ) -> Result<Pages<'g, G>> {
        Ok(Pages {
            grammar,
            file: slice.long.file.clone(),
            input: slice.input(Breaks::Kept)?,
            window: String::new(),
            at: 0,
            offset: slice.range.start,
            position: start,
            last: 0..0,
            reading,
            inside: Inside::Script,
            sum: Sum::default(),
            expected: None,
        })
    }

    /// Reads a stretch again. Where it is not what was planned, the last step is an error.
    pub fn again(grammar: &'g G, stretch: &Stretch) -> Result<Pages<'g, G>> {
        let slice = stretch.slice.clone();
        let mut pages = Pages::new(grammar, slice, stretch.start, stretch.reading.clone())?;
        pages.expected = Some(stretch.sum);
        Ok(pages)
    }

    /// The next piece. Rows that nobody asked for are passed over.
    pub fn next(&mut self) -> Result<Option<Found>> {
        while self.rows()?.is_some() {}
        match self.piece() {
            Err(_) if self.expected.is_some() => Err(changed(&self.file)),
            answer => answer,
        }
    }

    /// The next statement, with what it is numbered from 1.
    pub fn statement(&mut self) -> Result<Option<Statement>> {
        while let Some(found) = self.next()? {
            if found.statement.is_some() {
                return Ok(found.statement);
            }
        }
        Ok(None)
    }

    fn piece(&mut self) -> Result<Option<Found>> {
        loop {
            let text = &self.window[self.at..];
            let tail = match self.input.is_over() {
                true => Tail::Nothing,
                false => Tail::More,
            };
            let mut lexer = Lexer::new(text, &self.reading.rules)
                .strict()
                .window(Before::default(), tail);
            let piece = match self.grammar.piece(&mut lexer, &self.reading) {
                Ok(Some(piece)) => piece,
                Ok(None) => return self.end(),
                Err(Halt::More) => {
                    self.grow()?;
                    continue;
                }
                Err(halt) => return Err(halted(halt, text, 0, &self.position, &self.file)),
            };
            let mut length = piece.range.end;
            if lexer.rows_follow() {
                let line = text[length..]
                    .find('\n')
                    .map_or(text.len(), |at| length + at + 1);
                length = line;
                self.inside = Inside::Rows;
            }
            let (offset, start, before) = (self.offset, self.position, self.reading.clone());
            let mut found = Found {
                statement: None,
                offset,
                start,
                before,
            };
            if let Some(range) = piece.statement {
                let at = self.position.behind(text, range.start);
                let mut reading = Reading::clone(&self.reading);
                let text = &text[range];
                found.statement = Some(statement(
                    self.grammar,
                    text,
                    &at,
                    &self.file,
                    &mut reading,
                )?);
                if reading != *self.reading {
                    self.reading = Arc::new(reading);
                }
            }
            if let Some(delimiter) = piece.delimiter {
                Arc::make_mut(&mut self.reading).delimiter = delimiter;
            }
            self.pass(length);
            return Ok(Some(found));
        }
    }

    fn end(&mut self) -> Result<Option<Found>> {
        match self.expected {
            Some(sum) if sum != self.sum.value() => Err(changed(&self.file)),
            _ => Ok(None),
        }
    }

    /// The next rows of a COPY, whole lines, the last of them the one that ends them; then none.
    pub fn rows(&mut self) -> Result<Option<Range<usize>>> {
        if self.inside == Inside::Script {
            return Ok(None);
        }
        loop {
            let text = &self.window[self.at..];
            let mut length = 0;
            while let Some(line) = text[length..].find('\n') {
                let end = length + line + 1;
                if ends_rows(&text[length..end]) {
                    self.inside = Inside::Script;
                    self.pass(length + 2);
                    return Ok(Some(self.last.clone()));
                }
                length = end;
            }
            if length > 0 {
                self.pass(length);
                return Ok(Some(self.last.clone()));
            }
            if !self.input.is_over() {
                self.grow()?;
            } else if ends_rows(text) {
                self.inside = Inside::Script;
                self.pass(2);
                return Ok(Some(self.last.clone()));
            } else {
                let offset = 0;
                let what = "a COPY whose rows end with the line \\.";
                let halt = Halt::Unfinished(super::lexer::Unfinished { offset, what });
                return Err(halted(halt, text, 0, &self.position, &self.file));
            }
        }
    }

    pub fn in_rows(&self) -> bool {
        self.inside == Inside::Rows
    }

    /// Behind what was handed on last.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The same, as a byte of the file.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The bytes that were handed on last.
    pub fn seen(&self) -> &str {
        self.text(&self.last)
    }

    /// Rows, until the next ones are asked for.
    pub fn text(&self, range: &Range<usize>) -> &str {
        &self.window[range.clone()]
    }

    fn pass(&mut self, length: usize) {
        let range = self.at..self.at + length;
        let text = &self.window[range.clone()];
        self.sum.add(text.as_bytes());
        self.position.pass(text);
        self.at += length;
        self.offset += length as u64;
        self.last = range;
    }

    /// A longer window, without what was handed on.
    fn grow(&mut self) -> Result<()> {
        self.window.drain(..self.at);
        self.at = 0;
        self.last = 0..0;
        if self.window.is_empty() && self.window.capacity() > 4 * WINDOW {
            self.window = String::new();
        }
        let wanted = (self.window.len() * 2).max(WINDOW);
        self.input.fill(&mut self.window, wanted)
    }
}

//! The statements of a script. Of a long one, runs of statements that may commit together are one
//! entry, a stretch: where it stands in its file, and what its bytes sum up to. Whoever runs it reads
//! that stretch again.

use super::lexer::Lexer;
use super::pages::{Found, Pages};
use super::reading::Reading;
use super::split::{Grammar, halted, statement};
use crate::error::{Error, Result};
use crate::long::{Long, Slice, Sum};
use crate::source::{Effect, Position, Source, Statement, Text};
use std::ops::Range;
use std::sync::Arc;

/// Several statements of a file, as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub slice: Slice,
    /// How many statements.
    pub count: usize,
    /// Where the slice begins.
    pub start: Position,
    pub last_line: u32,
    pub(super) sum: u64,
    pub(super) reading: Arc<Reading>,
}

impl Stretch {
    /// An error of one of its statements, counted from 1, at its place in the file.
    pub fn placed(&self, error: Error, statement: &Statement, number: usize) -> Error {
        let offset = error.failed_at().and_then(|at| at.offset).unwrap_or(0);
        error
            .place(statement.place_of(offset))
            .excerpt(statement.excerpt_of(offset))
            .statement(number, self.count)
    }
}

/// Whether runs of statements become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// Each statement is on its own.
    Parted,
    Joined,
}

/// A statement that is shown, and no longer run as it stands there, is cut to this.
const SAMPLE: usize = 1 << 16;

/// The statements of several files that are run one after the other in one session.
pub fn statements<G: Grammar + ?Sized>(
    grammar: &G,
    sources: &[Source],
    runs: Runs,
) -> Result<Vec<Statement>> {
    let mut all = Vec::new();
    let mut reading = Reading::new(grammar.rules());
    for source in sources {
        reading = reading.next_file();
        match &source.text {
            Text::Held(text) => held(grammar, source, text, &mut reading, &mut all)?,
            Text::Long(found) => long(grammar, source, found, runs, &mut reading, &mut all)?,
        }
    }
    Ok(all)
}

fn held<G: Grammar + ?Sized>(
    grammar: &G,
    source: &Source,
    text: &str,
    reading: &mut Reading,
    all: &mut Vec<Statement>,
) -> Result<()> {
    let mut lexer = Lexer::new(text, &reading.rules).strict();
    let mut at = source.start();
    let mut from = 0;
    loop {
        lexer.rules = reading.rules;
        let piece = grammar
            .piece(&mut lexer, reading)
            .map_err(|halt| halted(halt, &text[from..], from, &at, &source.file))?;
        let Some(piece) = piece else { return Ok(()) };
        if let Some(range) = piece.statement {
            at.pass(&text[from..range.start]);
            from = range.start;
            all.push(statement(
                grammar,
                &text[range],
                &at,
                &source.file,
                reading,
            )?);
        }
        if let Some(delimiter) = piece.delimiter {
            reading.delimiter = delimiter;
        }
    }
}

fn long<G: Grammar + ?Sized>(
    grammar: &G,
    source: &Source,
    long: &Long,
    runs: Runs,
    reading: &mut Reading,
    all: &mut Vec<Statement>,
) -> Result<()> {
    let begin = Arc::new(reading.clone());
    let mut pages = Pages::new(grammar, long.whole(), source.start(), begin)?;
    let mut open: Option<Open> = None;
    while let Some(found) = pages.next()? {
        let Some(statement) = found.statement.clone() else {
            // Comments, or a line for the client: it belongs to what it stands between.
            if let Some(open) = &mut open {
                open.extend(&found, pages.seen(), pages.position());
            }
            continue;
        };
        let words = grammar.words(&statement.text, &found.before.rules);
        let joins = runs == Runs::Joined && grammar.joins(&words, statement.effect);
        match &mut open {
            Some(run) if joins && run.takes(&statement) => {
                run.add(&statement);
                run.extend(&found, pages.seen(), pages.position());
            }
            _ if joins || pages.in_rows() => {
                all.extend(open.take().map(Open::close));
                let mut run = Open::new(long, statement, &found);
                run.extend(&found, pages.seen(), pages.position());
                open = Some(run);
            }
            _ => {
                all.extend(open.take().map(Open::close));
                all.push(statement);
            }
        }
        while let Some(rows) = pages.rows()? {
            if let Some(open) = &mut open {
                open.sum.add(pages.text(&rows).as_bytes());
                open.range.end += rows.len() as u64;
                open.last = pages.position();
            }
        }
        if !joins {
            // A COPY that is to run on its own.
            all.extend(open.take().map(Open::close));
        }
    }
    all.extend(open.map(Open::close));
    *reading = Reading::clone(&pages.reading);
    Ok(())
}

/// A stretch that may still grow.
struct Open {
    first: Statement,
    range: Range<u64>,
    long: Long,
    start: Position,
    last: Position,
    count: usize,
    sum: Sum,
    reading: Arc<Reading>,
}

impl Open {
    fn new(long: &Long, first: Statement, found: &Found) -> Open {
        Open {
            first,
            range: found.offset..found.offset,
            long: long.clone(),
            start: found.start,
            last: found.start,
            count: 1,
            sum: Sum::default(),
            reading: found.before.clone(),
        }
    }

    /// Rows do not join a change of the schema, nor one lock another one.
    fn takes(&self, next: &Statement) -> bool {
        let locks = self.first.lock.is_none()
            || next.lock.is_none()
            || self.first.lock == next.lock
            || next.effect == Effect::Data;
        self.first.effect == next.effect && locks
    }

    fn add(&mut self, next: &Statement) {
        self.count += 1;
        self.first.lock = self.first.lock.or(next.lock);
    }

    fn extend(&mut self, found: &Found, bytes: &str, last: Position) {
        self.sum.add(bytes.as_bytes());
        self.range.end = found.offset + bytes.len() as u64;
        if found.statement.is_some() {
            self.last = last;
        }
    }

    fn close(self) -> Statement {
        let mut text = self.first.text;
        let mut cut = text.len().min(SAMPLE);
        while !text.is_char_boundary(cut) {
            cut -= 1;
        }
        text.truncate(cut);
        text.shrink_to_fit();
        Statement {
            text,
            more: Some(Stretch {
                slice: self.long.slice(self.range),
                count: self.count,
                start: self.start,
                last_line: self.last.line,
                sum: self.sum.value(),
                reading: self.reading,
            }),
            ..self.first
        }
    }
}

#[cfg(test)]
mod tests;

//! `COPY .. FROM stdin` with its rows, from the statement's own text or from the file it stands in.
//! Rows are handed on as they are; an error is told at the row's line.

use crate::error::Trouble;
use crate::grammar::{PostgresGrammar, RULES};
use crate::wire::Wire;
use initium_driver::error::Error;
use initium_driver::long::Breaks;
use initium_driver::source::{Position, Statement};
use initium_driver::sql::lexer::{Kind, Lexer};
use initium_driver::sql::pages::Pages;
use initium_driver::sql::stretch::Stretch;
use std::io::{self, Write};
use std::ops::Range;

/// Where the rows come from.
pub enum Rows<'a, 'p> {
    /// In the text of the statement, behind the command.
    Here { text: &'a str },
    /// In its file.
    There {
        pages: &'a mut Pages<'p, PostgresGrammar>,
        stretch: &'a Stretch,
        number: usize,
        offset: u64,
        start: Position,
    },
}

impl<'a, 'p> Rows<'a, 'p> {
    /// The rows that come next in the file, of this statement of a stretch.
    pub fn of(
        pages: &'a mut Pages<'p, PostgresGrammar>,
        stretch: &'a Stretch,
        number: usize,
    ) -> Rows<'a, 'p> {
        Rows::There {
            offset: pages.offset(),
            start: pages.position(),
            pages,
            stretch,
            number,
        }
    }

    /// An error at a row in the file.
    pub fn placed(&self, error: Error, row: usize) -> Error {
        let Rows::There {
            stretch,
            number,
            offset,
            start,
            ..
        } = self
        else {
            return error;
        };
        let (at, excerpt) = row_of(stretch, *offset, *start, row);
        error
            .place(at.place(&stretch.slice.long.file))
            .excerpt(excerpt)
            .statement(*number, stretch.count)
    }
}

/// What went wrong.
pub enum Fault {
    Server(Trouble),
    /// The file cannot be read on; the COPY was broken off.
    Ours(Error),
}

/// The command of a COPY that takes rows, without its semicolon.
pub fn command(statement: &Statement) -> Option<&str> {
    let text = &statement.text;
    if !text.get(..4)?.eq_ignore_ascii_case("COPY") {
        return None;
    }
    let mut lexer = Lexer::new(text, &RULES);
    while let Ok(Some(token)) = lexer.token() {
        if lexer.rows_follow() {
            return Some(&text[..token.range.start]);
        }
    }
    lexer.wants_rows().then_some(text)
}

/// The rows in the statement's text.
fn rows_in(text: &str) -> Range<usize> {
    let mut lexer = Lexer::new(text, &RULES);
    while let Ok(Some(token)) = lexer.token() {
        if token.kind == Kind::Rows {
            return token.range;
        }
    }
    text.len()..text.len()
}

pub fn run(wire: &mut Wire, command: &str, rows: &mut Rows) -> Result<(), Fault> {
    let mut broken = None;
    let mut feed = |to: &mut dyn Write| match rows {
        Rows::Here { text } => to.write_all(without_end(&text[rows_in(text)]).as_bytes()),
        Rows::There { pages, .. } => loop {
            match pages.rows() {
                Ok(Some(range)) => {
                    to.write_all(without_end(pages.text(&range)).as_bytes())?;
                    to.flush()?;
                }
                Ok(None) => return Ok(()),
                Err(error) => {
                    broken = Some(error);
                    return Err(io::Error::other("the file cannot be read on"));
                }
            }
        },
    };
    let answer = wire.copy(command, &mut feed);
    match (answer, broken) {
        (Ok(()), _) => Ok(()),
        (Err(_), Some(error)) => Err(Fault::Ours(error)),
        (Err(trouble), None) => Err(Fault::Server(trouble)),
    }
}

/// The rows without the line that ends them.
fn without_end(rows: &str) -> &str {
    match rows.strip_suffix("\\.") {
        Some(rest) if rest.is_empty() || rest.ends_with('\n') => rest,
        _ => rows,
    }
}

/// The byte of the text at which its n-th row begins, from 1.
pub fn row_at(text: &str, row: usize) -> usize {
    let rows = rows_in(text);
    let before = text[rows.clone()].split_inclusive('\n').take(row - 1);
    rows.start + before.map(str::len).sum::<usize>()
}

/// The n-th row of a COPY in a file, and where it stands; `offset` and `start` are its first row's.
fn row_of(stretch: &Stretch, offset: u64, start: Position, row: usize) -> (Position, String) {
    let mut at = start;
    let long = &stretch.slice.long;
    let Ok(mut input) = long.slice(offset..long.length).input(Breaks::Kept) else {
        return (at, String::new());
    };
    let mut left = row - 1;
    let mut window = String::new();
    loop {
        while let (true, Some(end)) = (left > 0, window.find('\n')) {
            // Few windows hold more rows than one message of an error is worth.
            let lines = window.match_indices('\n').nth(left - 1).map(|(at, _)| at);
            let end = lines.unwrap_or(window.rfind('\n').unwrap_or(end));
            left -= window[..=end].matches('\n').count();
            at.pass(&window[..=end]);
            window.drain(..=end);
        }
        if left == 0 && window.contains('\n') || input.is_over() {
            return (at, at.excerpt(&window, 0));
        }
        let wanted = window.len() + (1 << 16);
        if input.fill(&mut window, wanted).is_err() {
            return (at, String::new());
        }
    }
}

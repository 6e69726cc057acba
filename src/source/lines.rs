//! Lines that say something to a tool, in texts that are SQL to the server.

use initium_driver::{Lines, Source, Text};

/// A line and where it begins.
pub struct Line<'a> {
    pub at: usize,
    pub text: &'a str,
}

pub fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |text| {
        let line = Line {
            at,
            text: text.trim_end_matches(['\n', '\r']),
        };
        at += text.len();
        line
    })
}

/// What stands behind `-- word`, with any blanks between.
pub fn said<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    let rest = line.trim_start().strip_prefix("--")?.trim_start();
    let (head, tail) = rest.split_at_checked(word.len())?;
    let ends = tail.is_empty() || tail.starts_with(char::is_whitespace) || word.ends_with(':');
    (head.eq_ignore_ascii_case(word) && ends).then(|| tail.trim())
}

/// A piece of a file, which keeps its place there. `None` where nothing stands in it.
pub fn piece(file: &Source, from: usize, to: usize) -> Option<Source> {
    let Text::Held(text) = &file.text else {
        return None;
    };
    let piece = &text[from..to];
    let from = from + (piece.len() - piece.trim_start().len());
    let piece = piece.trim();
    if piece.is_empty() {
        return None;
    }
    let place = file.place(from);
    Some(Source {
        file: file.file.clone(),
        line: place.line,
        column: place.column,
        lines: Lines::Indented(0),
        text: piece.into(),
    })
}

//! Lines that say something to a tool, in texts that are SQL to the server, and what lies between
//! them. A text that is too long to be held is read in windows and cut, never loaded.

use initium_driver::long::Breaks;
use initium_driver::{Code, Error, Lines, Place, Result, Source, Text};
use std::borrow::Cow;

/// How much of a line is looked at where the text is not held.
const WIDEST: usize = 4096;
/// How much of a text counts as its beginning.
const HEAD: usize = 1 << 16;
/// A piece up to this length is held.
const HELD: u64 = 4 << 20;

/// A line without its end.
pub struct Line<'a> {
    pub at: u64,
    /// Where its text ends, and where the next one begins.
    pub end: u64,
    pub next: u64,
    /// As a person counts.
    pub number: u32,
    /// Of a text that is not held, at most the beginning.
    pub text: &'a str,
}

impl Line<'_> {
    pub fn start(&self) -> Spot {
        Spot {
            at: self.at,
            line: self.number,
            column: 1,
        }
    }

    pub fn behind(&self) -> Spot {
        Spot {
            at: self.next,
            line: self.number + 1,
            column: 1,
        }
    }

    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Neither blank nor a comment.
    pub fn is_statement(&self) -> bool {
        !self.is_blank() && !self.text.trim_start().starts_with("--")
    }

    pub fn refuse(&self, file: &Source, message: impl Into<String>) -> Error {
        Error::new(Code::SpecInvalid, message).place(self.start().place(file))
    }

    /// For what a tool only sees at the beginning of a line.
    pub fn flush(&self, file: &Source) -> Result<()> {
        match self.text.starts_with(char::is_whitespace) {
            false => Ok(()),
            true => Err(self
                .refuse(file, format!("blanks stand before `{}`", self.text.trim()))
                .help("the tool does not see it there; move it to the beginning of the line")),
        }
    }
}

/// Where a piece begins: the byte, and what a person counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    pub at: u64,
    pub line: u32,
    pub column: u32,
}

impl Spot {
    pub const START: Spot = Spot {
        at: 0,
        line: 1,
        column: 1,
    };

    pub fn place(&self, file: &Source) -> Place {
        Place {
            file: file.file.clone(),
            line: self.line,
            column: self.column,
        }
    }
}

/// Shows every line of a file, in order.
pub fn each(file: &Source, take: &mut dyn FnMut(&Line) -> Result<()>) -> Result<()> {
    let long = match &file.text {
        Text::Held(text) => return whole_lines(text, take),
        Text::Long(long) => long,
    };
    let mut input = long.whole().input(Breaks::Kept)?;
    let (mut at, mut length, mut number) = (0, 0, 1);
    let mut head = String::new();
    let mut window = String::new();
    loop {
        window.clear();
        input.fill(&mut window, HEAD)?;
        for piece in window.split_inclusive('\n') {
            if head.len() < WIDEST {
                head.push_str(&piece[..floor(piece, WIDEST)]);
            }
            length += piece.len() as u64;
            if piece.ends_with('\n') {
                show(at, length, number, &head, take)?;
                (at, length, number) = (at + length, 0, number + 1);
                head.clear();
            }
        }
        if input.is_over() {
            return match length {
                0 => Ok(()),
                _ => show(at, length, number, &head, take),
            };
        }
    }
}

fn whole_lines(text: &str, take: &mut dyn FnMut(&Line) -> Result<()>) -> Result<()> {
    let (mut at, mut number) = (0, 1);
    for line in text.split_inclusive('\n') {
        let length = line.len() as u64;
        show(at, length, number, line, take)?;
        (at, number) = (at + length, number + 1);
    }
    Ok(())
}

fn show(
    at: u64,
    length: u64,
    number: u32,
    text: &str,
    take: &mut dyn FnMut(&Line) -> Result<()>,
) -> Result<()> {
    let bare = text.trim_end_matches(['\n', '\r']);
    take(&Line {
        at,
        end: at + length - (text.len() - bare.len()) as u64,
        next: at + length,
        number,
        text: bare,
    })
}

fn floor(text: &str, most: usize) -> usize {
    let mut at = most.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// What stands behind `-- word`, with any blanks between.
pub fn said<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    let rest = line.trim_start().strip_prefix("--")?.trim_start();
    let (head, tail) = rest.split_at_checked(word.len())?;
    let ends = tail.is_empty() || tail.starts_with(char::is_whitespace) || word.ends_with(':');
    (head.eq_ignore_ascii_case(word) && ends).then(|| tail.trim())
}

/// How a file begins; all of it where it is held.
pub fn head(file: &Source) -> Result<Cow<'_, str>> {
    match &file.text {
        Text::Held(text) => Ok(Cow::Borrowed(text)),
        Text::Long(long) => {
            let mut head = String::new();
            long.whole().input(Breaks::Kept)?.fill(&mut head, HEAD)?;
            Ok(Cow::Owned(head))
        }
    }
}

/// A piece of a file, which keeps its place there. `None` where nothing stands in it.
pub fn piece(file: &Source, from: Spot, to: u64) -> Result<Option<Source>> {
    let (text, long) = match &file.text {
        Text::Held(text) => (&text[from.at as usize..to as usize], None),
        Text::Long(long) => ("", Some(long.part(from.at..to))),
    };
    let read = match &long {
        Some(long) if long.length > HELD => {
            let whole = Text::Long(long.clone());
            return Ok(Some(source(file, from, whole)));
        }
        Some(long) => Some(long.text(HELD)?),
        None => None,
    };
    let text = read.as_deref().unwrap_or(text);
    let bare = text.trim();
    if bare.is_empty() {
        return Ok(None);
    }
    let mut piece = source(file, from, bare.into());
    let before = &text[..text.len() - text.trim_start().len()];
    let place = Source::file("", before).place(before.len());
    match place.line {
        1 => piece.column += place.column - 1,
        line => (piece.line, piece.column) = (from.line + line - 1, place.column),
    }
    Ok(Some(piece))
}

/// A text that begins there in a file.
fn source(file: &Source, from: Spot, text: Text) -> Source {
    Source {
        file: file.file.clone(),
        line: from.line,
        column: from.column,
        lines: Lines::Indented(0),
        text,
    }
}

/// The text of a file that has to be held to be cut.
pub fn held(file: &Source) -> Result<&str> {
    match &file.text {
        Text::Held(text) => Ok(text),
        Text::Long(_) => Err(too_long(file)),
    }
}

pub fn too_long(file: &Source) -> Error {
    let message = format!("{} is too long to be cut into its parts", file.file);
    Error::new(Code::ScriptTooLong, message)
        .place(Spot::START.place(file))
        .help("split it into files of at most 4 MiB")
}

/// How long a file is.
pub fn length(file: &Source) -> u64 {
    match &file.text {
        Text::Held(text) => text.len() as u64,
        Text::Long(long) => long.length,
    }
}

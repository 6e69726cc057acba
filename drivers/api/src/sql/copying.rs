//! Whether a statement is a `COPY .. FROM stdin`, token by token: then rows follow its semicolon,
//! and they are no SQL.

use super::lexer::Kind;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Copying {
    /// A statement begins.
    #[default]
    Start,
    Copy,
    From,
    Stdin,
    /// Behind its semicolon, on the same line.
    Line,
    /// At the first row.
    Rows,
    Other,
}

impl Copying {
    /// Behind a token that counts.
    pub fn after(self, kind: Kind, text: &str) -> Copying {
        let is = |word: &str| kind == Kind::Word && text.eq_ignore_ascii_case(word);
        match self {
            Copying::Stdin if kind == Kind::Sign && text == ";" => Copying::Line,
            _ if kind == Kind::Sign && text == ";" => Copying::Start,
            Copying::Start if is("COPY") || is("\u{feff}COPY") => Copying::Copy,
            Copying::Copy | Copying::From if is("FROM") => Copying::From,
            Copying::From if is("STDIN") => Copying::Stdin,
            Copying::Copy | Copying::From => Copying::Copy,
            Copying::Stdin => Copying::Stdin,
            _ => Copying::Other,
        }
    }
}

/// What has to be known at the beginning of a window, besides its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// The last string was `E'..'`: its continuation on the next line has the same escapes.
    pub(super) escaped: bool,
    pub(super) copy: Copying,
    /// Parentheses that are open: no semicolon ends a statement there.
    open: u32,
}

impl Before {
    /// Behind a token that counts.
    pub(super) fn follow(&mut self, kind: Kind, text: &str) {
        match (kind, text) {
            (Kind::Sign, "(") => self.open += 1,
            (Kind::Sign, ")") => self.open = self.open.saturating_sub(1),
            (Kind::Sign, ";") if self.open > 0 => return,
            _ => {}
        }
        self.copy = self.copy.after(kind, text);
    }
}

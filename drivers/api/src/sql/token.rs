//! What a lexer is told and what it tells: rules, tokens, and why there is no next token. Data only.

use std::ops::Range;

/// What differs between the databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// `/* /* */ */`
    pub nested_comments: bool,
    /// `# to the end of the line`
    pub hash_comments: bool,
    /// `--` begins a comment only before a blank.
    pub dash_needs_blank: bool,
    /// `$tag$ ... $tag$`
    pub dollar_quotes: bool,
    /// `E'..\'..'`
    pub escape_strings: bool,
    /// `'..\'..'`
    pub backslashes: bool,
    /// `"..\".."`
    pub name_backslashes: bool,
    pub backticks: bool,
    /// `[name]`
    pub brackets: bool,
    /// `/*! .. */` is code, not comment.
    pub code_comments: bool,
    /// A comment may end with the text.
    pub open_comment_ends: bool,
    /// `COPY t FROM stdin;` is followed by rows, up to a line `\.`
    pub copy_rows: bool,
}

pub const ANSI: Rules = Rules {
    nested_comments: false,
    hash_comments: false,
    dash_needs_blank: false,
    dollar_quotes: false,
    escape_strings: false,
    backslashes: false,
    name_backslashes: false,
    backticks: false,
    brackets: false,
    code_comments: false,
    open_comment_ends: false,
    copy_rows: false,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A keyword, an unquoted name or a number.
    Word,
    /// A string, a quoted name, a dollar-quoted body.
    Quoted,
    /// One character.
    Sign,
    /// `/*! .. */`
    Code,
    /// The rows of a COPY with the line that ends them.
    Rows,
    Comment,
    Blank,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub range: Range<usize>,
}

/// Something is opened and never closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfinished {
    pub offset: usize,
    pub what: &'static str,
}

/// Why there is no next token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    Unfinished(Unfinished),
    /// What follows the window decides.
    More,
    /// The rows of a COPY begin here, and they are read apart.
    Rows,
    /// A COPY takes rows, and none begin on the line below it.
    Rowless {
        offset: usize,
    },
    /// A character that looks like nothing, or turns the text around, outside quotes.
    Stray {
        offset: usize,
        what: char,
    },
}

/// What follows the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    Nothing,
    /// Text that is not here yet: what touches the end is uncertain.
    More,
}

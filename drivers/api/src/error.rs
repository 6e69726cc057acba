//! The one error type. A code is a word with a page in `docs/errors/`; it decides the exit status.

pub use crate::code::{Code, Exit};

use crate::source::Place;
use std::fmt;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What the server said, word for word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    /// SQLSTATE, or the vendor's number where there is none.
    pub state: Option<String>,
    pub detail: Option<String>,
    pub hint: Option<String>,
}

/// Which statement of a script failed, before the engine has turned it into a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct At {
    /// Index of the part in the script.
    pub part: usize,
    /// Index of the statement in the part.
    pub statement: usize,
    /// Byte offset in the statement's text, where the server told one.
    pub offset: Option<usize>,
}

/// Where the trouble is, for people and for editors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    pub place: Option<Place>,
    /// The line of text at that place, for the caret.
    pub excerpt: Option<String>,
    pub migration: Option<String>,
    pub target: Option<String>,
    /// Statement n of m, from 1.
    pub statement: Option<(usize, usize)>,
}

/// What went wrong, where, and what to do next.
#[derive(Clone, Debug)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    code: Code,
    message: String,
    help: Option<String>,
    spot: Spot,
    at: Option<At>,
    server: Server,
    edits: Option<String>,
    signal: Option<i32>,
    more: Vec<Error>,
}

impl Error {
    /// Message: lower case, no final stop, says what and where.
    pub fn new(code: Code, message: impl Into<String>) -> Error {
        Error(Box::new(Inner {
            code,
            message: message.into(),
            help: None,
            spot: Spot::default(),
            at: None,
            server: Server::default(),
            edits: None,
            signal: None,
            more: Vec::new(),
        }))
    }

    /// The message goes on.
    pub fn and(mut self, more: &str) -> Error {
        self.0.message = format!("{}; {more}", self.0.message);
        self
    }

    /// The same story in other words: what quotes the statement or its values goes, and so do the
    /// words of the server. Its SQLSTATE, the code and the place stay.
    pub fn reworded(mut self, message: impl Into<String>) -> Error {
        self.0.message = message.into();
        self.0.spot.excerpt = None;
        self.0.edits = None;
        self.0.server.detail = None;
        self.0.server.hint = None;
        self
    }

    /// What to do next.
    pub fn help(mut self, help: impl Into<String>) -> Error {
        self.0.help = Some(help.into());
        self
    }

    /// What was edited, as a unified diff.
    pub fn edits(mut self, edits: String) -> Error {
        self.0.edits = Some(edits);
        self
    }

    pub fn server(mut self, server: Server) -> Error {
        self.0.server = server;
        self
    }

    /// The signal that led to it, which the exit status tells.
    pub fn signal(mut self, signal: i32) -> Error {
        self.0.signal = Some(signal);
        self
    }

    pub fn at(mut self, at: At) -> Error {
        self.0.at = Some(at);
        self
    }

    pub fn place(mut self, place: Place) -> Error {
        self.0.spot.place = Some(place);
        self
    }

    pub fn excerpt(mut self, line: impl Into<String>) -> Error {
        self.0.spot.excerpt = Some(line.into());
        self
    }

    pub fn migration(mut self, id: impl Into<String>) -> Error {
        self.0.spot.migration = Some(id.into());
        self
    }

    pub fn target(mut self, name: impl Into<String>) -> Error {
        self.0.spot.target = Some(name.into());
        self
    }

    pub fn statement(mut self, n: usize, of: usize) -> Error {
        self.0.spot.statement = Some((n, of));
        self
    }

    /// Other findings of the same reading, so that a file is mended in one go.
    pub fn also(mut self, more: Vec<Error>) -> Error {
        self.0.more = more;
        self
    }

    /// This one and the others of its reading, each as `change` leaves it.
    pub fn each(mut self, change: &mut dyn FnMut(Error) -> Error) -> Error {
        let more = std::mem::take(&mut self.0.more);
        let first = change(self);
        first.also(more.into_iter().map(change).collect())
    }

    /// The exit status of a run that ends with it.
    pub fn exit(&self) -> i32 {
        match self.0.signal {
            Some(signal) => 128 + signal,
            None => self.code().exit() as i32,
        }
    }

    pub fn code(&self) -> Code {
        self.0.code
    }

    pub fn message(&self) -> &str {
        &self.0.message
    }

    pub fn help_text(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    pub fn spot(&self) -> &Spot {
        &self.0.spot
    }

    pub fn failed_at(&self) -> Option<At> {
        self.0.at
    }

    pub fn server_said(&self) -> &Server {
        &self.0.server
    }

    pub fn edited(&self) -> Option<&str> {
        self.0.edits.as_deref()
    }

    pub fn others(&self) -> &[Error] {
        &self.0.more
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}", self.0.code.word(), self.0.message)
    }
}

impl std::error::Error for Error {}

impl AsRef<Error> for Error {
    fn as_ref(&self) -> &Error {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_kebab_case_and_unique() {
        let mut words: Vec<_> = Code::ALL.iter().map(|c| c.word()).collect();
        for word in &words {
            assert!(
                word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'),
                "{word}"
            );
        }
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Code::ALL.len());
    }
}

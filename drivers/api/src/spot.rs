//! Where an error is: in files, in a run and in a script, and in the words of the server. Data alone.

use crate::source::Place;

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

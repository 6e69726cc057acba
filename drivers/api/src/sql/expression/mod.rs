//! Whether two texts of SQL mean the same: what a person wrote and what a server tells of it,
//! compared without a server. Both become trees, in which everything is left out that a database
//! adds, drops or spells anew when it stores an expression.
//!
//! Never the same by mistake: what is not understood is the same only where its tokens are. A
//! difference that is none is noise; a difference that is missed is a wrong schema.

pub mod between;
mod body;
mod call;
mod flavour;
pub mod instant;
mod operand;
mod parse;
mod piece;
mod quoted;
mod tree;

pub use flavour::{Flavour, Grammar, Levels, Names, Quoted, Within};
pub use tree::{Head, Kind, Node, Value};

/// Whether two expressions, or two bodies, are known to mean the same.
pub fn same(one: &str, other: &str, flavour: &Flavour, within: &Within) -> bool {
    one == other || form(one, flavour, within) == form(other, flavour, within)
}

/// Whether two bodies are the same but for blanks, comments and the capitals of keywords.
pub fn same_body(one: &str, other: &str, flavour: &Flavour) -> bool {
    one == other || body::form(one, flavour) == body::form(other, flavour)
}

/// The one form of whatever means the same. It is written to be compared, not to be read again.
pub fn form(text: &str, flavour: &Flavour, within: &Within) -> String {
    match parse::parse(text, flavour) {
        Some(tree) => (flavour.settle)(tree, within).to_string(),
        None => body::form(text, flavour),
    }
}

#[cfg(test)]
mod tests;

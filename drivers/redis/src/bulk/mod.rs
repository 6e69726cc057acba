//! Steps and questions that go through many keys: a page of SCAN at a time, each page one script
//! that asks for the lock, works, and notes how far it is. Harmless twice; never holds more than a
//! page of keys; never reads a clock to decide what is done, only when to tell.

mod course;
mod cross;
mod edit;
mod fields;
mod json;
mod moves;
mod note;
mod parse;
mod pattern;
mod preview;
mod query;
mod rewrite;
mod run;
mod sample;
mod scripts;
mod select;
mod shape;
mod sort;
mod template;
mod value;
mod walk;
mod work;

pub use note::is_done;
pub use parse::parse;
pub use preview::preview;
pub use query::query;
pub use run::run;

use initium_driver::{Code, Error};
use select::Select;

/// A step or a question, read and judged.
#[derive(Clone, Debug)]
pub struct Step {
    select: Select,
    /// How many keys one script works on at most.
    batch: usize,
    /// Keys per second.
    rate: Option<u32>,
    task: Task,
    /// Tells it from the same step with other words.
    print: String,
}

#[derive(Clone, Debug)]
enum Task {
    Work(work::Work),
    Ask(query::Ask),
}

/// Whoever calls this room has taken a question for work, or the other way round.
fn mistaken(what: &str) -> Error {
    Error::new(Code::Internal, format!("a step is no {what}"))
}

/// A key for people: as text, and not all of it where it is long.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(400)]);
    let text: String = text.chars().map(plain).collect();
    match text.char_indices().nth(80) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None if bytes.len() > 400 => format!("{text}..."),
        None => text,
    }
}

fn plain(sign: char) -> char {
    if sign.is_control() { '\u{fffd}' } else { sign }
}

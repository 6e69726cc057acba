//! What a statement does, as data: one reader for all SQL databases, by their lexical rules and
//! their few own words. For whoever judges statements; it must never be what decides whether one is
//! run. What is not understood is [`What::Other`], never guessed, and never a panic.

mod act;
mod alter;
mod column;
mod constraint;
mod create;
mod mysql;
mod plain;
mod reader;
mod table;
#[cfg(test)]
mod tests;
mod tongue;
mod word;

pub use act::{Act, Object, Transaction, What};
pub use column::{Column, Generated, Spot, base, length};
pub use constraint::{Constraint, Index, Rule, Target};
pub use reader::Name;
pub use table::{NewTable, Part};
pub use tongue::{MYSQL, POSTGRES, SQLITE, Tongue};

use reader::Reader;
use std::ops::Range;

/// The acts of one statement, in the order in which it says them; at least one.
pub fn read(text: &str, tongue: Tongue) -> Vec<Act<'_>> {
    let words = word::words(text, tongue);
    let mut acts = Vec::new();
    statement(&mut Reader::new(text, &words, tongue), &mut acts);
    if acts.is_empty() {
        acts.push(Act {
            range: 0..text.len(),
            table: None,
            what: What::Other,
        });
    }
    acts
}

/// Where these words stand one behind the other, outside parentheses; the first time.
pub fn find(text: &str, tongue: Tongue, wanted: &[&str]) -> Option<Range<usize>> {
    let words = word::words(text, tongue);
    let behind = Reader::new(text, &words, tongue).find(wanted)?;
    Some(behind.before(wanted.len())?.at..behind.before(1)?.end())
}

/// The names of the functions that an expression calls, in small letters. Types with a length look
/// the same.
pub fn calls(text: &str, tongue: Tongue) -> Vec<String> {
    let words = word::words(text, tongue);
    let pairs = words.windows(2).filter(|pair| pair[1].is("("));
    let names = pairs.map(|pair| pair[0].capitals().to_ascii_lowercase());
    names.filter(|name| !name.is_empty()).collect()
}

fn statement<'a>(reader: &mut Reader<'_, 'a>, acts: &mut Vec<Act<'a>>) {
    let whole = *reader;
    // MariaDB: SET STATEMENT variable = value FOR statement
    if reader.tongue.is_mysql() && reader.eat_all(&["SET", "STATEMENT"]) {
        while !reader.is_over() && !reader.eat("FOR") {
            reader.skip();
        }
        return statement(reader, acts);
    }
    let Some(first) = reader.next() else {
        return;
    };
    let found = match first.capitals().as_str() {
        "CREATE" => create::create(reader, &whole, acts),
        "ALTER" => alter::alter(reader, &whole, acts),
        "DROP" => plain::drop(reader, &whole, acts),
        "RENAME" => mysql::rename(reader, acts),
        word => plain::plain(word, reader, &whole, acts),
    };
    // Half of a statement would be a guess.
    if found.is_none() {
        acts.clear();
    }
}

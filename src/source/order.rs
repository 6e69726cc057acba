//! The order of versions, and that there is each only once.

use super::version::compare;
use super::{Found, Turn};
use initium_driver::{Code, Error, Result, sorted};
use std::cmp::Ordering;

/// Sorts by version; what is repeated comes last, by its name.
pub fn by_version(mut all: Vec<Found>) -> Result<Vec<Found>> {
    sorted::by(&mut all, order);
    let twice = all.windows(2).find(|two| order(&two[0], &two[1]).is_eq());
    match twice {
        None => Ok(all),
        Some(two) => Err(twice_there(&two[0].place.file, &two[1])),
    }
}

fn order(one: &Found, other: &Found) -> Ordering {
    let last = |found: &Found| found.turn == Turn::Repeatable;
    let order = last(one).cmp(&last(other));
    let order = order.then_with(|| compare(&one.origin.version, &other.origin.version));
    order.then_with(|| match (one.turn, other.turn) {
        (Turn::Repeatable, _) => one.origin.title.cmp(&other.origin.title),
        // A baseline is about its version and those before it, so it stands behind that one.
        (one, other) => (one == Turn::Baseline).cmp(&(other == Turn::Baseline)),
    })
}

pub fn twice_there(first: &str, second: &Found) -> Error {
    let message = format!("{first} and {} have the same version", second.place.file);
    Error::new(Code::DuplicateId, message)
        .help("give one of them another number")
        .place(second.place.clone())
}

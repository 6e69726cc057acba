//! The order of migrations, and that there is each version only once.

use super::version::compare;
use super::{Found, Turn};
use initium_driver::{Code, Error, Result, sorted};
use std::cmp::Ordering;

/// By number; what is repeated comes last, by its name.
pub fn by_version(mut all: Vec<Found>) -> Result<Vec<Found>> {
    sorted::by(&mut all, order);
    let twice = all.windows(2).find(|two| order(&two[0], &two[1]).is_eq());
    match twice {
        None => Ok(all),
        Some(two) => Err(twice_there(&two[0], &two[1])),
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

/// By the names of their files, as texts.
pub fn by_name(mut all: Vec<Found>) -> Result<Vec<Found>> {
    sorted::by(&mut all, |one, other| {
        one.origin.file.cmp(&other.origin.file)
    });
    once(all)
}

/// In the order in which they are; each version once.
pub fn once(all: Vec<Found>) -> Result<Vec<Found>> {
    let mut known = std::collections::BTreeMap::new();
    for (n, found) in all.iter().enumerate() {
        if let Some(first) = known.insert(found.origin.version.as_str(), n) {
            return Err(twice_there(&all[first], found));
        }
    }
    Ok(all)
}

fn twice_there(first: &Found, second: &Found) -> Error {
    let (one, other) = (&first.origin.file, &second.origin.file);
    let message = match one == other {
        true => format!("{one} has {} twice", second.origin.version),
        false => format!("{one} and {other} have the same version"),
    };
    Error::new(Code::DuplicateId, message)
        .help("give one of them another number")
        .place(second.place.clone())
}

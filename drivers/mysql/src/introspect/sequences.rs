//! MariaDB's sequences: each is asked itself, for it is a table of one row.

use super::wanted::Wanted;
use super::{Row, Seen};
use crate::words::quote;
use initium_driver::Name;
use initium_driver::catalog::{Numbers, Sequence};

/// What a sequence has by itself: the ends of `bigint`, and how many numbers a session takes at once.
pub const MAX: i64 = i64::MAX - 1;
pub const MIN: i64 = i64::MIN + 1;
pub const CACHE: i64 = 1000;

pub fn want(name: String, seen: &mut Seen) {
    seen.wanted.push(Wanted::Sequence(name));
}

pub fn question(name: &str) -> String {
    format!(
        "SELECT start_value, minimum_value, maximum_value, increment, cache_size, cycle_option FROM {}",
        quote(name)
    )
}

pub fn sequence(name: &str, row: &mut Row) -> Sequence {
    let mut number = |n| row.text(n).parse::<i64>().unwrap_or_default();
    let [start, min, max, increment, cache, cycle] = [0, 1, 2, 3, 4, 5].map(&mut number);
    let (low, high) = ends(increment);
    let first = match increment < 0 {
        true => max,
        false => min,
    };
    let other = |value: i64, ordinary: i64| (value != ordinary).then_some(value);
    Sequence {
        name: Name::new(name),
        numbers: Numbers {
            start: other(start, first),
            increment: other(increment, 1),
            min: other(min, low),
            max: other(max, high),
            cache: other(cache, CACHE),
            cycle: cycle == 1,
        },
        ..Sequence::default()
    }
}

/// Between which it counts where nobody said it.
pub fn ends(increment: i64) -> (i64, i64) {
    match increment < 0 {
        true => (MIN, -1),
        false => (1, MAX),
    }
}

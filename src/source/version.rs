//! Versions are opaque texts; only their order is compared, number by number, however long they are.

use std::cmp::Ordering;

/// `10` comes behind `9`, and `1.10` behind `1.9`; `1`, `001` and `1.0` are the same.
pub fn compare(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (parts(one), parts(other));
    loop {
        let (left, right) = match (one.next(), other.next()) {
            (None, None) => return Ordering::Equal,
            (left, right) => (left.unwrap_or("0"), right.unwrap_or("0")),
        };
        let order = natural(left, right);
        if order.is_ne() {
            return order;
        }
    }
}

fn parts(version: &str) -> impl Iterator<Item = &str> {
    version.split(['.', '_']).filter(|part| !part.is_empty())
}

/// As texts, but with the numbers in them compared as numbers.
pub fn natural(mut one: &str, mut other: &str) -> Ordering {
    loop {
        let order = match (digits(one), digits(other)) {
            (Some((left, one_rest)), Some((right, other_rest))) => {
                (one, other) = (one_rest, other_rest);
                let (left, right) = (bare(left), bare(right));
                left.len().cmp(&right.len()).then(left.cmp(right))
            }
            _ => {
                let (left, right) = (one.chars().next(), other.chars().next());
                one = &one[left.map_or(0, char::len_utf8)..];
                other = &other[right.map_or(0, char::len_utf8)..];
                left.cmp(&right)
            }
        };
        if order.is_ne() || (one.is_empty() && other.is_empty()) {
            return order;
        }
    }
}

/// A version as a key of a map.
#[derive(Clone, Debug)]
pub struct Number(String);

impl Number {
    pub fn of(version: &str) -> Number {
        Number(version.into())
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        compare(&self.0, &other.0)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

/// Without the zeros before it.
pub fn bare(digits: &str) -> &str {
    match digits.trim_start_matches('0') {
        "" => "0",
        bare => bare,
    }
}

/// The digits at the beginning, and what stands behind them.
pub fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

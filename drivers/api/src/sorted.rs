//! Putting things in order with one copy of the algorithm. The standard library makes one of every
//! type and every comparison, some five kilobytes each, and a program that is kept small has many.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Stable, like the one of a slice.
pub fn by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let order = ordered(items.len(), &|a, b| compare(&items[a], &items[b]));
    let mut places = vec![0; order.len()];
    for (place, from) in order.into_iter().enumerate() {
        places[from] = place;
    }
    for at in 0..items.len() {
        while places[at] != at {
            let place = places[at];
            items.swap(at, place);
            places.swap(at, place);
        }
    }
}

/// By what it is known by.
pub fn by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    by(items, |a, b| key(a).cmp(&key(b)));
}

fn ordered(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| compare(*a, *b));
    order
}

/// A map of what comes in any order. (`collect` sorts first.)
pub fn map<K: Ord, V>(all: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(all);
    map
}

/// The same without values.
pub fn set<K: Ord>(all: impl IntoIterator<Item = K>) -> BTreeSet<K> {
    let mut set = BTreeSet::new();
    set.extend(all);
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_keeps_its_order() {
        let mut all = vec![(2, 'a'), (1, 'b'), (2, 'c'), (0, 'd'), (1, 'e')];
        by_key(&mut all, |it| it.0);
        assert_eq!(all, [(0, 'd'), (1, 'b'), (1, 'e'), (2, 'a'), (2, 'c')]);
    }

    #[test]
    fn it_is_the_order_of_the_library() {
        let mut state = 7u32;
        for count in 0..200 {
            let mut next = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state >> 28
            };
            let mut all: Vec<_> = (0..count).map(|at| (next(), at)).collect();
            let mut expected = all.clone();
            expected.sort_by_key(|it| it.0);
            by_key(&mut all, |it| it.0);
            assert_eq!(all, expected);
        }
    }
}

//! Which migrations a run is about, by their tags, and what becomes of those that stand before an
//! applied one. Decides nothing by versions: the order is that of the spec.

use super::stand::standing;
use super::{Facts, Rules, Wanted};
use crate::source::Turn;
use std::collections::BTreeMap;

/// Pending migrations that stand before applied ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// They are refused.
    #[default]
    Linear,
    /// They are left out.
    Skip,
    /// They are applied all the same.
    Any,
}

impl Order {
    pub fn parse(word: &str) -> Option<Order> {
        match word {
            "linear" => Some(Order::Linear),
            "skip" => Some(Order::Skip),
            "any" => Some(Order::Any),
            _ => None,
        }
    }
}

/// Words that migrations are chosen by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// One of these; empty: whatever it carries.
    pub some: Vec<String>,
    /// None of these.
    pub none: Vec<String>,
}

impl Tags {
    pub(super) fn choose(&self, tags: &[String]) -> bool {
        let has = |list: &[String]| tags.iter().any(|tag| list.contains(tag));
        (self.some.is_empty() || has(&self.some)) && !has(&self.none)
    }
}

/// A pending migration, and the applied one behind it.
pub(super) struct Late<'f> {
    pub pending: &'f Wanted<'f>,
    pub behind: &'f Wanted<'f>,
}

/// Judged among those that a run is about and that have one order: the spec's own, or a folder's.
/// What another one stands for runs nothing, whatever its place.
pub(super) fn late<'f>(facts: &'f Facts<'f>, rules: &Rules) -> Vec<Late<'f>> {
    let recorded = |one: &Wanted| facts.history.record(&one.migration.id).is_some();
    let mut series: BTreeMap<usize, Vec<&Wanted>> = BTreeMap::new();
    for one in &facts.wanted {
        let migration = one.migration;
        if rules.chosen(migration) && migration.turn == Turn::Once && !one.is_declared() {
            series.entry(migration.series).or_default().push(one);
        }
    }
    let standing = standing(facts, &|_| true).unwrap_or_default();
    let mut all = Vec::new();
    for chosen in series.values() {
        let Some(last) = chosen.iter().rposition(|one| recorded(one)) else {
            continue;
        };
        let late = chosen[..last].iter().copied();
        let late = late.filter(|one| !recorded(one) && !standing.contains_key(&*one.migration.id));
        all.extend(late.map(|pending| Late {
            pending,
            behind: chosen[last],
        }));
    }
    all
}

/// A migration that is left out, because one behind it is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub target: String,
    pub id: String,
    pub behind: String,
}

/// Those that the rules leave out.
pub fn skipped(facts: &Facts, rules: &Rules) -> Vec<Skipped> {
    if rules.order != Order::Skip {
        return Vec::new();
    }
    let one = |late: Late| Skipped {
        target: facts.target.into(),
        id: late.pending.migration.id.clone(),
        behind: late.behind.migration.id.clone(),
    };
    late(facts, rules).into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_is_chosen_by_what_it_carries_and_by_what_it_does_not() {
        let list = |words: &str| words.split_whitespace().map(String::from).collect();
        let tags = |some: &str, none: &str| Tags {
            some: list(some),
            none: list(none),
        };
        for (some, none, carried, chosen) in [
            ("", "", "", true),
            ("", "", "a", true),
            ("a b", "", "b c", true),
            ("a b", "", "c", false),
            ("a", "", "", false),
            ("", "seed", "", true),
            ("", "seed", "core", true),
            ("", "seed", "core seed", false),
            ("core", "seed", "core", true),
            ("core", "seed", "core seed", false),
            ("core", "seed", "other", false),
        ] {
            let carried: Vec<String> = list(carried);
            assert_eq!(
                tags(some, none).choose(&carried),
                chosen,
                "{some} !{none}: {carried:?}"
            );
        }
    }
}

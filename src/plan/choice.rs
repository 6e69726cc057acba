//! Which migrations a run is about, by their tags, and what becomes of those that stand before an
//! applied one. Decides nothing by versions: the order is that of the spec.

use super::{Facts, Rules, Wanted};

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

/// Pending ones, and the applied one behind them.
pub(super) struct Late<'f> {
    pub pending: Vec<&'f Wanted<'f>>,
    pub behind: &'f Wanted<'f>,
}

/// Judged among those that a run is about; nothing where all is in order.
pub(super) fn late<'f>(facts: &'f Facts<'f>, rules: &Rules) -> Option<Late<'f>> {
    let recorded = |one: &&Wanted| facts.history.record(&one.migration.id).is_some();
    let about = |one: &&Wanted| !one.is_declared() && rules.chosen(one.migration);
    let chosen: Vec<_> = facts.wanted.iter().filter(about).collect();
    let last = chosen.iter().rposition(recorded)?;
    let before = chosen[..last].iter().copied();
    let pending: Vec<_> = before.filter(|one| !recorded(one)).collect();
    match pending.is_empty() {
        true => None,
        false => Some(Late {
            pending,
            behind: chosen[last],
        }),
    }
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
    let Some(late) = late(facts, rules) else {
        return Vec::new();
    };
    let one = |one: &&Wanted| Skipped {
        target: facts.target.into(),
        id: one.migration.id.clone(),
        behind: late.behind.migration.id.clone(),
    };
    late.pending.iter().map(one).collect()
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

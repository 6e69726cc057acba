//! Which migrations are recorded without being run, because another one stands for them: a baseline of
//! Flyway or a checkpoint of Atlas for all before it on a new database, and the other way round where
//! those were applied; a squashed migration for those that it was made of.

use super::{Facts, Settled, Wanted};
use crate::source::Turn;
use crate::spec::Migration;
use initium_driver::{Code, Error, Result, State};
use std::collections::BTreeMap;

/// What becomes of migrations without being run, by their ids.
pub(super) type Standing<'a> = BTreeMap<&'a str, Settled>;

/// `chosen`: whether the run is about a migration.
pub(super) fn standing<'a>(
    facts: &'a Facts<'a>,
    chosen: &dyn Fn(&str) -> bool,
) -> Result<Standing<'a>> {
    let mut standing = Standing::new();
    for one in &facts.wanted {
        let migration = one.migration;
        if !migration.replaces.is_empty()
            && !recorded(facts, &migration.id)
            && let Some(settled) = replaced(facts, migration)?
        {
            standing.insert(&migration.id, settled);
        }
        // Each series once, at its last baseline.
        if migration.turn == Turn::Baseline {
            baselines(facts, migration.series, chosen, &mut standing);
        }
    }
    Ok(standing)
}

fn recorded(facts: &Facts, id: &str) -> bool {
    facts.history.record(id).is_some()
}

/// What it was made of is there as a whole, or not at all.
fn replaced(facts: &Facts, migration: &Migration) -> Result<Option<Settled>> {
    let there = |id: &&String| recorded(facts, id);
    let old: Vec<String> = migration.replaces.iter().filter(there).cloned().collect();
    if old.is_empty() {
        return Ok(None);
    }
    if let Some(missing) = migration.replaces.iter().find(|id| !there(id)) {
        let id = &migration.id;
        return Err(Error::new(
            Code::ReplacedPartly,
            format!("migration '{id}' replaces {} others, and this database has '{}' and lacks '{missing}'", migration.replaces.len(), old[old.len() - 1]),
        )
        .help("apply the last release that still had them, then this one")
        .migration(id)
        .target(facts.target)
        .place(migration.place.clone()));
    }
    Ok(Some(Settled {
        state: State::Baseline,
        reason: format!("replaces {} applied migrations", old.len()),
        forgets: old,
    }))
}

fn baselines<'a>(
    facts: &'a Facts<'a>,
    series: usize,
    chosen: &dyn Fn(&str) -> bool,
    standing: &mut Standing<'a>,
) {
    let mine =
        |one: &&Wanted| one.migration.series == series && one.migration.turn != Turn::Repeatable;
    let list: Vec<&Migration> = facts
        .wanted
        .iter()
        .filter(mine)
        .map(|one| one.migration)
        .collect();
    let ran = |one: &Migration| {
        let record = facts.history.record(&one.id);
        record.is_some_and(|record| !matches!(record.state, State::NotApplicable | State::Baseline))
    };
    let is_baseline = |one: &Migration| one.turn == Turn::Baseline;
    let new = !list.iter().any(|one| recorded(facts, &one.id));
    let top = match new {
        true => list
            .iter()
            .rposition(|one| is_baseline(one) && chosen(&one.id)),
        false => list.iter().rposition(|one| is_baseline(one) && ran(one)),
    };
    for (at, one) in list.iter().enumerate() {
        if recorded(facts, &one.id) || Some(at) == top {
            continue;
        }
        let settled = match top {
            Some(top) if at < top => {
                Settled::by(State::Baseline, format!("is in '{}'", list[top].id))
            }
            _ if is_baseline(one) => {
                Settled::by(State::NotApplicable, "what it stands for is applied".into())
            }
            _ => continue,
        };
        standing.insert(&one.id, settled);
    }
}

//! Keys, foreign keys, checks, exclusions, indexes and triggers.

use super::column::is_total;
use super::{ACCESS_EXCLUSIVE, SHARE, SHARE_ROW_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, Scene, of};
use initium_driver::catalog::{
    Check, Exclusion, ForeignKey, Index, Key, Of as Kind, Part, Trigger,
};
use initium_driver::change::{Change, Edit, Impact, Lock, Of, Threat, Work};

fn columns(parts: &[Part]) -> String {
    let all: Vec<_> = parts
        .iter()
        .map(|it| it.name().unwrap_or("an expression"))
        .collect();
    all.join(", ")
}

/// A new index is built behind the back of those who work.
fn online(scene: &Scene, plain: Lock) -> Lock {
    match scene.is_online() {
        true => SHARE_UPDATE_EXCLUSIVE,
        false => plain,
    }
}

impl Scene<'_> {
    /// Whether a part of the same table and name comes in the same list.
    fn comes_again(&self, change: impl Fn(&Change) -> bool) -> bool {
        self.changes.list.iter().any(change)
    }

    pub fn key(&self, change: &Of<Key>) -> Impact {
        let table = &change.table;
        match &change.edit {
            Edit::Add(it) => of(online(self, ACCESS_EXCLUSIVE), Work::Build).risk(
                Threat::Refusal,
                format!(
                    "rows of {table} that have the same, or nothing, in {}",
                    columns(&it.parts)
                ),
            ),
            Edit::Drop(it) => {
                let parts = &it.parts;
                let again = self.comes_again(|other| match other {
                    Change::PrimaryKey(of) | Change::Unique(of) => {
                        of.table == *table
                            && matches!(&of.edit, Edit::Add(new) if new.parts == *parts)
                    }
                    _ => false,
                });
                let impact = of(ACCESS_EXCLUSIVE, Work::None);
                match again {
                    true => impact,
                    false => impact
                        .risk(
                            Threat::Speed,
                            format!("what looks for {} in {table} has no index", columns(parts)),
                        )
                        .risk(
                            Threat::Clients,
                            format!("ON CONFLICT ({}) on {table} fails", columns(parts)),
                        ),
                }
            }
            Edit::Alter { from, to } if from.name != to.name => of(ACCESS_EXCLUSIVE, Work::None)
                .risk(
                    Threat::Clients,
                    format!("ON CONFLICT ON CONSTRAINT {} on {table} fails", from.name),
                ),
            // A comment waits for nobody.
            Edit::Alter { .. } => Impact::default(),
        }
    }

    pub fn foreign_key(&self, change: &Of<ForeignKey>) -> Impact {
        let table = &change.table;
        let refuses = |impact: Impact, it: &ForeignKey| {
            impact.risk(
                Threat::Refusal,
                format!(
                    "rows of {table} whose {} is not in {}",
                    it.columns.join(", "),
                    it.references
                ),
            )
        };
        match &change.edit {
            Edit::Add(it) if it.not_enforced => of(SHARE_ROW_EXCLUSIVE, Work::None),
            Edit::Add(it) => {
                let work = if it.not_valid { Work::None } else { Work::Scan };
                // Its rows are asked behind it, while others go on.
                let lock = match work {
                    Work::None => SHARE_ROW_EXCLUSIVE,
                    _ => online(self, SHARE_ROW_EXCLUSIVE),
                };
                refuses(of(lock, work), it)
            }
            Edit::Drop(_) => of(ACCESS_EXCLUSIVE, Work::None),
            Edit::Alter { from, to } => {
                let is_validated = from.not_valid && !to.not_valid;
                let is_enforced = from.not_enforced && !to.not_enforced;
                let is_loosened = !from.not_valid && to.not_valid;
                let same = ForeignKey {
                    comment: to.comment.clone(),
                    not_valid: to.not_valid,
                    ..from.clone()
                };
                match (is_validated || is_enforced, same == *to && !is_loosened) {
                    (true, true) => refuses(of(SHARE_UPDATE_EXCLUSIVE, Work::Scan), to),
                    (true, false) => refuses(of(ACCESS_EXCLUSIVE, Work::Scan), to),
                    (false, true) => Impact::default(),
                    (false, false) => of(ACCESS_EXCLUSIVE, Work::None),
                }
            }
        }
    }

    pub fn check(&self, change: &Of<Check>) -> Impact {
        let refuses = |impact: Impact, it: &Check| {
            impact.risk(
                Threat::Refusal,
                format!(
                    "rows of {} for which this does not hold: {}",
                    change.table, it.expression
                ),
            )
        };
        match &change.edit {
            Edit::Add(it) if it.not_enforced => of(ACCESS_EXCLUSIVE, Work::None),
            Edit::Add(it) => {
                let work = if it.not_valid { Work::None } else { Work::Scan };
                let lock = match work {
                    Work::None => ACCESS_EXCLUSIVE,
                    _ => online(self, ACCESS_EXCLUSIVE),
                };
                refuses(of(lock, work), it)
            }
            Edit::Drop(_) => of(ACCESS_EXCLUSIVE, Work::None),
            Edit::Alter { from, to } => {
                let is_enforced = from.not_enforced && !to.not_enforced;
                let is_validated = from.not_valid && !to.not_valid;
                match (is_enforced, is_validated) {
                    (true, _) => refuses(of(ACCESS_EXCLUSIVE, Work::Scan), to),
                    (_, true) => refuses(of(SHARE_UPDATE_EXCLUSIVE, Work::Scan), to),
                    _ if from.name != to.name
                        || from.not_enforced != to.not_enforced
                        || from.not_valid != to.not_valid =>
                    {
                        of(ACCESS_EXCLUSIVE, Work::None)
                    }
                    _ => Impact::default(),
                }
            }
        }
    }

    pub fn exclusion(&self, change: &Of<Exclusion>) -> Impact {
        match &change.edit {
            Edit::Add(it) => of(ACCESS_EXCLUSIVE, Work::Build).risk(
                Threat::Refusal,
                format!(
                    "rows of {} that exclude each other: {}",
                    change.table, it.definition
                ),
            ),
            Edit::Drop(_) => of(ACCESS_EXCLUSIVE, Work::None).risk(
                Threat::Speed,
                format!("an index of {} goes with it", change.table),
            ),
            Edit::Alter { from, to } if from.name != to.name => of(ACCESS_EXCLUSIVE, Work::None),
            Edit::Alter { .. } => Impact::default(),
        }
    }

    pub fn index(&self, change: &Of<Index>) -> Impact {
        let table = &change.table;
        match &change.edit {
            Edit::Add(it) => {
                let impact = of(online(self, SHARE), Work::Build);
                let computed = it.parts.iter().filter_map(|part| match &part.of {
                    Kind::Expression(text) => Some(text),
                    Kind::Column(_) => None,
                });
                let impact = match computed.into_iter().all(|text| is_total(text)) {
                    true => impact,
                    false => impact.risk(
                        Threat::Refusal,
                        format!("rows of {table} for which {} cannot be computed", it.name),
                    ),
                };
                match it.unique {
                    false => impact,
                    true => impact.risk(
                        Threat::Refusal,
                        format!(
                            "rows of {table} that have the same in {}",
                            columns(&it.parts)
                        ),
                    ),
                }
            }
            Edit::Drop(it) => {
                let again = self.comes_again(|other| match other {
                    Change::Index(of) => {
                        of.table == *table
                            && matches!(&of.edit, Edit::Add(new) if new.parts == it.parts)
                    }
                    _ => false,
                });
                let impact = of(online(self, ACCESS_EXCLUSIVE), Work::None);
                if it.invalid || again && !it.unique {
                    return impact;
                }
                let impact = impact.risk(
                    Threat::Speed,
                    format!(
                        "what looks for {} in {table} has no index {}",
                        columns(&it.parts),
                        it.name
                    ),
                );
                match it.unique {
                    false => impact,
                    true => impact.risk(
                        Threat::Clients,
                        format!("ON CONFLICT ({}) on {table} fails", columns(&it.parts)),
                    ),
                }
            }
            Edit::Alter { from, to } if from.invalid && !to.invalid => {
                of(online(self, SHARE), Work::Build)
            }
            Edit::Alter { .. } => of(SHARE_UPDATE_EXCLUSIVE, Work::None),
        }
    }
}

pub fn trigger(change: &Of<Trigger>) -> Impact {
    match &change.edit {
        Edit::Add(_) => of(SHARE_ROW_EXCLUSIVE, Work::None),
        Edit::Drop(_) => of(ACCESS_EXCLUSIVE, Work::None),
        Edit::Alter { from, to } if from.name != to.name => of(ACCESS_EXCLUSIVE, Work::None),
        Edit::Alter { from, to } if from.disabled != to.disabled => {
            of(SHARE_ROW_EXCLUSIVE, Work::None)
        }
        Edit::Alter { .. } => Impact::default(),
    }
}

//! Where each migration of a target stands, for `status`. Decides nothing.

use super::Facts;
use super::Wanted;
use super::logical::kept::NUMBER;
use super::order::unknown;
use super::resume::verdict;
use crate::spec::Again;
use initium_driver::{Record, StepState, Verdict};

/// Where one migration stands, for `status`.
#[derive(Clone, Debug, PartialEq)]
pub struct Status<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub tags: &'a [String],
    /// Absent: pending.
    pub record: Option<&'a Record>,
    /// A failed or killed run left it half-way.
    pub half: Option<Half>,
    pub known: Known,
}

/// How an unfinished migration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// Some statements took effect; the next run goes on behind them.
    Applied,
    /// Of one statement nobody knows.
    Undecided,
}

fn half(facts: &Facts, one: &Wanted) -> Option<Half> {
    let id = &one.migration.id;
    let mut steps = facts.history.steps.iter();
    let steps = steps.by_ref().filter(|s| s.id == *id && s.number != NUMBER);
    let half = steps.filter_map(|s| match s.state {
        StepState::Done => Some(Half::Applied),
        StepState::Intent => match verdict(facts, s) {
            Verdict::With => Some(Half::Applied),
            Verdict::Without { .. } => None,
            Verdict::Invisible(_) if one.migration.again == Again::Harmless => None,
            Verdict::Invisible(_) | Verdict::Otherwise(_) => Some(Half::Undecided),
        },
    });
    half.max_by_key(|half| *half == Half::Undecided)
}

/// What the spec says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    Same,
    Edited,
    /// Only the database has it.
    Unknown,
}

/// Every migration of a target: the spec's in order, then what only the database has.
pub fn statuses<'a>(facts: &'a Facts<'a>) -> Vec<Status<'a>> {
    let mut all: Vec<_> = facts
        .wanted
        .iter()
        .map(|one| {
            let record = facts.history.record(&one.migration.id);
            let record = record.filter(|_| !one.is_pending(facts.history));
            let edited = record.is_some_and(|r| r.checksum != one.checksum);
            Status {
                id: &one.migration.id,
                name: &one.migration.name,
                tags: &one.migration.tags,
                record,
                half: half(facts, one),
                known: if edited { Known::Edited } else { Known::Same },
            }
        })
        .collect();
    all.extend(unknown(facts).map(|record| Status {
        id: &record.id,
        name: &record.name,
        tags: &[],
        record: Some(record),
        half: None,
        known: Known::Unknown,
    }));
    all
}

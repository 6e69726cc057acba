//! History against spec: what is pending, and whether the two still agree. Pending is a set
//! difference; nothing here subtracts versions or looks for a maximum.

use super::steps::{Wish, steps};
use super::stored::store;
use super::{Ahead, Condition, Facts, OutOfOrder, Plan, Planned, Rules, Wanted};
use initium_driver::{Code, Error, Phase, Record, Result};

/// Whether history and spec agree. All disagreements are told, the first one is the error.
pub fn audit(facts: &Facts, rules: &Rules) -> Result<()> {
    let mut errors: Vec<Error> = Vec::new();
    if rules.ahead == Ahead::Refuse {
        errors.extend(ahead(facts));
    }
    for one in &facts.wanted {
        let id = &one.migration.id;
        if let Some(record) = facts
            .history
            .record(id)
            .filter(|r| r.checksum != one.checksum)
        {
            errors.push(edited(one, record));
        }
    }
    if rules.out_of_order == OutOfOrder::Refuse {
        errors.extend(out_of_order(facts));
    }
    let mut errors = errors.into_iter().map(|e| e.target(facts.target));
    match errors.next() {
        None => Ok(()),
        Some(first) => Err(first.also(errors.collect())),
    }
}

fn ahead(facts: &Facts) -> Option<Error> {
    let unknown: Vec<_> = facts
        .history
        .records
        .iter()
        .filter(|record| !facts.wanted.iter().any(|one| one.migration.id == record.id))
        .map(|record| format!("'{}'", record.id))
        .collect();
    if unknown.is_empty() {
        return None;
    }
    let some = unknown
        .iter()
        .take(5)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    let more = if unknown.len() > 5 {
        format!(" and {} more", unknown.len() - 5)
    } else {
        String::new()
    };
    Some(
        Error::new(Code::DatabaseAhead, format!("the database has migrations that this spec does not know: {some}{more}"))
            .help("a newer release was here, or a migration was removed from the spec: use the newer spec, restore it, or accept it with --allow-ahead"),
    )
}

fn edited(one: &Wanted, record: &Record) -> Error {
    let id = &one.migration.id;
    Error::new(
        Code::ChecksumChanged,
        format!("migration '{id}' was applied at {} and edited since", record.applied_at),
    )
    .help(format!(
        "restore it and put the change into a new migration; or, if the database is right as it is:\n  \
         initium migrate repair accept {id} --reason '...' --yes"
    ))
    .migration(id)
    .place(one.migration.place.clone())
}

fn out_of_order(facts: &Facts) -> Option<Error> {
    let recorded = |one: &&Wanted| facts.history.record(&one.migration.id).is_some();
    let last = facts.wanted.iter().rposition(|one| recorded(&one))?;
    let late = facts.wanted[..last].iter().find(|one| !recorded(one))?;
    let id = &late.migration.id;
    Some(
        Error::new(
            Code::OutOfOrder,
            format!("migration '{id}' is pending, but '{}' behind it is applied", facts.wanted[last].migration.id),
        )
        .help("move it to the end of the spec, or, if the order does not matter, apply it with --allow-out-of-order")
        .migration(id)
        .place(late.migration.place.clone()),
    )
}

/// What `apply` does to one target.
pub fn plan_apply(facts: &Facts, rules: &Rules) -> Result<Plan> {
    audit(facts, rules)?;
    let mut migrations = Vec::new();
    for one in &facts.wanted {
        let migration = one.migration;
        let chosen =
            rules.tags.is_empty() || migration.tags.iter().any(|tag| rules.tags.contains(tag));
        if chosen && facts.history.record(&migration.id).is_none() {
            migrations.push(planned(facts, one, rules)?);
        }
        if rules.to.as_ref() == Some(&migration.id) {
            break;
        }
    }
    Ok(Plan { migrations })
}

fn planned(facts: &Facts, one: &Wanted, rules: &Rules) -> Result<Planned> {
    let migration = one.migration;
    let names = facts.dialect.names();
    let transaction = rules.tx_mode.of(migration.transaction);
    let wish = Wish {
        id: &migration.id,
        phase: Phase::Up,
        sources: one.up,
        transaction,
    };
    let steps = steps(&wish, facts.dialect, facts.history).map_err(|e| e.target(facts.target))?;
    let keep = |scripts: &Option<crate::spec::Scripts>| {
        scripts
            .as_ref()
            .and_then(|s| s.of(names))
            .and_then(|sources| store(sources, migration.transaction))
    };
    Ok(Planned {
        target: facts.target.into(),
        id: migration.id.clone(),
        name: migration.name.clone(),
        tags: migration.tags.clone(),
        phase: Phase::Up,
        checksum: one.checksum.clone(),
        condition: migration.when.as_ref().and_then(|when| {
            let query = when.query.of(names)?;
            Some(Condition {
                query: query.text.clone(),
                reason: when.reason.clone(),
            })
        }),
        statements: steps.statements,
        done: steps.done,
        groups: steps.groups,
        fingerprints: steps.fingerprints,
        down: keep(&migration.down),
        cleanup: keep(&migration.cleanup),
    })
}

/// Where one migration stands, for `status`.
#[derive(Clone, Debug, PartialEq)]
pub struct Status<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub tags: &'a [String],
    /// Absent: pending.
    pub record: Option<&'a Record>,
    /// Statements of a failed run that already took effect.
    pub done: usize,
    pub known: Known,
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
            let edited = record.is_some_and(|r| r.checksum != one.checksum);
            Status {
                id: &one.migration.id,
                name: &one.migration.name,
                tags: &one.migration.tags,
                record,
                done: facts
                    .history
                    .steps
                    .iter()
                    .filter(|s| s.id == one.migration.id && s.phase == Phase::Up)
                    .count(),
                known: if edited { Known::Edited } else { Known::Same },
            }
        })
        .collect();
    let unknown = facts
        .history
        .records
        .iter()
        .filter(|r| !facts.wanted.iter().any(|w| w.migration.id == r.id));
    all.extend(unknown.map(|record| Status {
        id: &record.id,
        name: &record.name,
        tags: &[],
        record: Some(record),
        done: 0,
        known: Known::Unknown,
    }));
    all
}

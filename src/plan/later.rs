//! What is done to a migration after it was applied, down or cleanup: by the script of the spec, or
//! by the one that the ledger keeps where the spec no longer has it.

use super::steps::{Wish, steps};
use super::stored::load;
use super::{Facts, Planned};
use crate::spec::{Again, Transaction};
use initium_driver::{Phase, Record, Result, Source};
use std::collections::BTreeMap;

/// Sources and how they are run.
pub(super) type Scripts = (Vec<Source>, Transaction);

/// The scripts of a phase; `stored` holds what the ledger keeps, by id.
pub(super) fn scripts(
    facts: &Facts,
    id: &str,
    phase: Phase,
    stored: &BTreeMap<String, String>,
) -> Result<Option<Scripts>> {
    let spec = facts.wanted.iter().find(|one| one.migration.id == id);
    let written = spec.and_then(|one| {
        let scripts = match phase {
            Phase::Down => one.migration.down.as_ref(),
            Phase::Cleanup => one.migration.cleanup.as_ref(),
            Phase::Up | Phase::Verify => None,
        };
        let sources = scripts?.of(facts.dialect.names())?.clone();
        Some((sources, one.migration.transaction))
    });
    match (written, stored.get(id)) {
        (Some(found), _) => Ok(Some(found)),
        (None, Some(text)) => load(id, phase, text).map(Some),
        (None, None) => Ok(None),
    }
}

pub(super) fn planned(
    facts: &Facts,
    record: &Record,
    phase: Phase,
    scripts: Scripts,
) -> Result<Planned> {
    let (sources, transaction) = scripts;
    let spec = facts
        .wanted
        .iter()
        .find(|one| one.migration.id == record.id);
    let again = spec.map_or(Again::Unknown, |one| one.migration.again);
    let wish = Wish {
        id: &record.id,
        phase,
        sources: &sources,
        transaction,
        again,
    };
    let steps = steps(&wish, facts).map_err(|e| e.target(facts.target))?;
    Ok(Planned {
        target: facts.target.into(),
        id: record.id.clone(),
        name: record.name.clone(),
        tags: Vec::new(),
        phase,
        checksum: record.checksum.clone(),
        condition: None,
        statements: steps.statements,
        done: steps.past.done,
        took: steps.past.took,
        clear: steps.past.clear,
        groups: steps.groups,
        fingerprints: steps.fingerprints,
        down: None,
        cleanup: None,
    })
}

//! What is done to a migration after it was applied, down or cleanup: by the script of the spec, or
//! by the one that the ledger keeps where the spec no longer has it.

use super::steps::{Wish, steps};
use super::stored::{Kept, load};
use super::{Facts, Planned, Start};
use crate::spec::{Again, Secrecy, Transaction};
use initium_driver::{Code, Error, Phase, Record, Result, Source};
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
        let transaction = match phase {
            Phase::Down => one.migration.undo,
            _ => one.migration.transaction,
        };
        Some((sources, transaction))
    });
    match (written, stored.get(id)) {
        (Some(found), _) => Ok(Some(found)),
        (None, Some(text)) => match load(id, phase, text)? {
            Kept::Text(sources, transaction) => Ok(Some((sources, transaction))),
            Kept::Nothing => Err(not_kept(facts, id, phase)),
        },
        (None, None) => Ok(None),
    }
}

/// A sensitive migration whose scripts stood only in a spec.
fn not_kept(facts: &Facts, id: &str, phase: Phase) -> Error {
    let (code, what) = match phase {
        Phase::Down => (Code::DownMissing, "rolled back"),
        _ => (Code::ScriptMissing, "cleaned up"),
    };
    let word = phase.word();
    Error::new(
        code,
        format!("migration '{id}' cannot be {what}: it is sensitive, so the ledger keeps no `{word}`, and this spec has none"),
    )
    .help(format!(
        "use the spec of the release that applied it, where its `{word}` stands"
    ))
    .migration(id)
    .target(facts.target)
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
    // What the ledger kept was not sensitive when it was applied.
    let secrecy = spec.map_or(Secrecy::Open, |one| one.migration.secrecy);
    let wish = Wish {
        id: &record.id,
        phase,
        sources: &sources,
        transaction,
        again,
        secrecy,
    };
    let steps = steps(&wish, facts).map_err(|e| e.target(facts.target))?;
    Ok(Planned {
        target: facts.target.into(),
        id: record.id.clone(),
        name: record.name.clone(),
        tags: Vec::new(),
        phase,
        start: Start::Pending,
        stale: (phase == Phase::Down).then_some(Phase::Up).filter(|up| {
            let mut steps = facts.history.steps.iter();
            steps.any(|step| step.id == record.id && step.phase == *up)
        }),
        secrecy,
        checksum: record.checksum.clone(),
        condition: None,
        statements: steps.statements,
        done: steps.past.done,
        took: steps.past.took,
        clear: steps.past.clear,
        groups: steps.groups,
        proof: steps.proof,
        difference: None,
        previews: BTreeMap::new(),
        fingerprints: steps.fingerprints,
        reversible: false,
        up: None,
        down: None,
        cleanup: None,
        settled: None,
        keeps: None,
    })
}

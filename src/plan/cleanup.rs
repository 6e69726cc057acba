//! What `cleanup` does: the contract half of verified migrations, oldest first.

use super::steps::{Wish, steps};
use super::stored::load;
use super::{Facts, Plan, Planned};
use initium_driver::{Code, Error, Phase, Record, Result, State};
use std::collections::BTreeMap;

/// What the caller found out about the records.
pub struct Cleanup<'a> {
    /// The `cleanup` texts kept in the ledger, by id.
    pub stored: &'a BTreeMap<String, String>,
    /// Whether a record is old enough; only the caller knows the time.
    pub old_enough: &'a dyn Fn(&Record) -> bool,
}

pub fn plan_cleanup(facts: &Facts, cleanup: &Cleanup) -> Result<Plan> {
    let mut migrations = Vec::new();
    for record in &facts.history.records {
        if !matches!(record.state, State::Applied | State::Verified)
            || !(cleanup.old_enough)(record)
        {
            continue;
        }
        let id = &record.id;
        let spec = facts
            .wanted
            .iter()
            .find(|one| one.migration.id == *id)
            .map(|one| one.migration);
        let written = spec.and_then(|m| {
            Some((
                m.cleanup.as_ref()?.of(facts.dialect.names())?.clone(),
                m.transaction,
            ))
        });
        let (sources, transaction) = match (written, cleanup.stored.get(id)) {
            (Some(found), _) => found,
            (None, Some(text)) => load(id, Phase::Cleanup, text)?,
            (None, None) => continue,
        };
        if record.state == State::Applied {
            return Err(Error::new(
                Code::NotVerified,
                format!("migration '{id}' is not verified, so it is not cleaned up"),
            )
            .help("run `initium migrate verify` first; cleanup removes what a rollback would need")
            .migration(id)
            .target(facts.target));
        }
        let wish = Wish {
            id,
            phase: Phase::Cleanup,
            sources: &sources,
            transaction,
        };
        let steps =
            steps(&wish, facts.dialect, facts.history).map_err(|e| e.target(facts.target))?;
        migrations.push(Planned {
            target: facts.target.into(),
            id: id.clone(),
            name: record.name.clone(),
            tags: Vec::new(),
            phase: Phase::Cleanup,
            checksum: record.checksum.clone(),
            condition: None,
            statements: steps.statements,
            done: steps.done,
            groups: steps.groups,
            fingerprints: steps.fingerprints,
            down: None,
            cleanup: None,
        });
    }
    Ok(Plan { migrations })
}

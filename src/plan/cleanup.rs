//! What `cleanup` does: the contract half of verified migrations, oldest first.

use super::later::{planned, scripts};
use super::{Facts, Plan};
use initium_driver::{Code, Error, Phase, Record, Result, State};
use std::collections::BTreeMap;

/// What the caller found out about the records.
pub struct Cleanup<'a> {
    /// The `cleanup` texts kept in the ledger, by id.
    pub stored: &'a BTreeMap<String, String>,
    /// Whether a record is old enough; only the caller knows the time.
    pub old_enough: &'a dyn Fn(&Record) -> bool,
}

/// What every migration would clean up, whether it ran or not: for whoever looks at it before.
pub fn plan_cleanups(facts: &Facts) -> Result<Plan> {
    let mut migrations = Vec::new();
    for one in &facts.wanted {
        let id = &one.migration.id;
        if let Some(found) = scripts(facts, id, Phase::Cleanup, &BTreeMap::new())? {
            let record = Record {
                id: id.clone(),
                seq: 0,
                name: one.migration.name.clone(),
                checksum: one.checksum.clone(),
                state: State::Verified,
                reason: None,
                statements: 0,
                duration_ms: 0,
                applied_at: String::new(),
                run: String::new(),
                tool: String::new(),
                up: None,
                down: None,
                cleanup: None,
            };
            migrations.push(planned(facts, &record, Phase::Cleanup, found)?);
        }
    }
    Ok(Plan {
        migrations,
        ..Plan::default()
    })
}

pub fn plan_cleanup(facts: &Facts, cleanup: &Cleanup) -> Result<Plan> {
    let mut migrations = Vec::new();
    for record in facts.history.records.iter() {
        if !matches!(record.state, State::Applied | State::Verified)
            || !(cleanup.old_enough)(record)
        {
            continue;
        }
        let id = &record.id;
        let Some(found) = scripts(facts, id, Phase::Cleanup, cleanup.stored)? else {
            continue;
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
        migrations.push(planned(facts, record, Phase::Cleanup, found)?);
    }
    Ok(Plan {
        migrations,
        ..Plan::default()
    })
}

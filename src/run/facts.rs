//! Reading what is: ledgers and dialects. Takes no lock and writes nothing.

use super::Connection;
use crate::plan::{Facts, Rules, Wanted, audit, expected, wanted};
use crate::spec::Spec;
use initium_driver::{Code, Error, History, Result};

/// The history of every connection.
pub fn histories(connections: &mut [Connection]) -> Result<Vec<History>> {
    connections
        .iter_mut()
        .map(|c| c.driver.history().map_err(|e| e.target(&c.target)))
        .collect()
}

/// The facts of every target.
pub fn look<'a>(
    spec: &'a Spec,
    connections: &'a [Connection],
    histories: &'a [History],
) -> Result<Vec<Facts<'a>>> {
    connections
        .iter()
        .zip(histories)
        .map(|(connection, history)| {
            let dialect = connection.driver.dialect();
            Ok(Facts {
                target: &connection.target,
                dialect,
                history,
                wanted: wanted(spec, &connection.target, dialect)?,
            })
        })
        .collect()
}

/// The answer to "is this database where this release needs it?".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// Ids that are not applied, with their targets.
    pub pending: Vec<(String, String)>,
    pub applied: usize,
}

impl Gate {
    /// Nothing pending; otherwise the error that says what is.
    pub fn open(&self) -> Result<()> {
        let Some((target, id)) = self.pending.first() else {
            return Ok(());
        };
        let n = self.pending.len();
        let what = if n == 1 {
            "1 migration is".into()
        } else {
            format!("{n} migrations are")
        };
        Err(Error::new(
            Code::Pending,
            format!("{what} pending, the first is '{id}'"),
        )
        .help("run `initium migrate apply` before the application starts")
        .migration(id)
        .target(target))
    }
}

/// One round trip per target where nothing is pending, however long the history is.
pub fn gate(spec: &Spec, connections: &mut [Connection], rules: &Rules) -> Result<Gate> {
    let mut gate = Gate::default();
    for connection in connections.iter_mut() {
        let target = connection.target.clone();
        let digest = connection.driver.digest().map_err(|e| e.target(&target))?;
        let wanted_now = wanted(spec, &target, connection.driver.dialect())?;
        if digest == Some(expected(&wanted_now)) {
            gate.applied += wanted_now.len();
            continue;
        }
        drop(wanted_now);
        let history = connection.driver.history().map_err(|e| e.target(&target))?;
        let dialect = connection.driver.dialect();
        let facts = Facts {
            target: &target,
            dialect,
            history: &history,
            wanted: wanted(spec, &target, dialect)?,
        };
        audit(&facts, rules)?;
        let recorded = |one: &&Wanted| history.record(&one.migration.id).is_some();
        let (applied, pending): (Vec<&Wanted>, Vec<&Wanted>) =
            rules.choose(&facts.wanted).partition(recorded);
        gate.applied += applied.len();
        gate.pending.extend(
            pending
                .iter()
                .map(|one| (target.clone(), one.migration.id.clone())),
        );
    }
    Ok(gate)
}

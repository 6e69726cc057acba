//! `baseline`: adopts a database that was there before the ledger, without running anything.

use super::facts::{histories, look};
use super::lock::{waiting, with_lock};
use super::{Connection, Context, Done, Event, Failure, Outcome, Outcomes, Past, Report};
use crate::plan::{Plan, Rules, Seen, baseline as record, plan_apply};
use crate::spec::Spec;
use initium_driver::{Code, Error, Result};
use std::time::Duration;

/// Where a database is adopted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Adopt {
    /// Everywhere; a history is an error.
    Always,
    /// Where this table stands and no history does; nothing is done elsewhere. For runs that are
    /// repeated by a machine: on a new database everything has to be applied, and a second run has
    /// nothing to adopt.
    IfTable(String),
}

/// Records everything up to and with `id` as applied. Only while the ledger is empty.
pub fn baseline(
    spec: &Spec,
    connections: &mut [Connection],
    id: &str,
    adopt: &Adopt,
    context: &mut Context,
) -> Outcomes {
    // Every start of every pod asks: where nothing can be adopted, nobody is kept waiting for the lock.
    if matches!(adopt, Adopt::IfTable(_)) {
        let known = waiting(context, || histories(spec, connections))?;
        if known.iter().all(is_known) {
            return Ok(Report::default());
        }
    }
    with_lock(connections, context, |connections, context| {
        let histories = waiting(context, || histories(spec, connections))?;
        let chosen = chosen(connections, &histories, adopt)?;
        let rules = Rules {
            to: Some(id.into()),
            ..Rules::default()
        };
        let mut plans = Vec::new();
        for mut facts in look(spec, connections, &histories)? {
            facts.seen = Seen::Adopted;
            plans.push(match chosen.iter().any(|name| name == facts.target) {
                true => plan_apply(&facts, &rules)?,
                false => Plan::default(),
            });
        }
        let mut report = Report::default();
        for (connection, plan) in connections.iter_mut().zip(&plans) {
            let all: Vec<_> = plan.migrations.iter().collect();
            if all.is_empty() {
                continue;
            }
            let answer = connection
                .driver
                .prepare_ledger()
                .and_then(|()| connection.driver.execute(&record(&all, &context.author)));
            if let Err(error) = answer {
                return Err(Failure {
                    report,
                    error: error.target(&connection.target),
                });
            }
            let adopted = plan.migrations.iter().map(|one| Done {
                target: one.target.clone(),
                id: one.id.clone(),
                name: one.name.clone(),
                outcome: Outcome::Adopted,
                duration: Duration::ZERO,
                statements: 0,
                reason: context.author.reason.clone(),
                keys: None,
            });
            for done in adopted.collect::<Vec<_>>() {
                (context.tell)(&Event::Finished { done: &done });
                report.done.push(done);
            }
        }
        Ok(report)
    })
}

fn is_known(past: &Past) -> bool {
    !past.history.records.is_empty() || !past.history.steps.is_empty()
}

/// The targets that are adopted.
fn chosen(connections: &mut [Connection], pasts: &[Past], adopt: &Adopt) -> Result<Vec<String>> {
    let mut chosen = Vec::new();
    for (connection, past) in connections.iter_mut().zip(pasts) {
        match adopt {
            Adopt::Always if is_known(past) => {
                return Err(refused(&connection.target, past.history.records.len()));
            }
            Adopt::IfTable(_) if is_known(past) => continue,
            Adopt::IfTable(table) => {
                let found = connection.driver.has_table(table);
                if !found.map_err(|e| e.target(&connection.target))? {
                    continue;
                }
            }
            Adopt::Always => {}
        }
        chosen.push(connection.target.clone());
    }
    Ok(chosen)
}

fn refused(target: &str, records: usize) -> Error {
    Error::new(
        Code::BaselineRefused,
        format!("target '{target}' has a history already: {records} migrations are recorded"),
    )
    .help("a baseline is only for the first contact; see `initium migrate status`")
    .target(target)
}

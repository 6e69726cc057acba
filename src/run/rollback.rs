//! `rollback`: newest first, and a failure stops it.

use super::execute::{outcome, run_each};
use super::facts::{histories, look};
use super::lock::with_lock;
use super::lost::or_proven;
use super::{Connection, Context, Outcomes, Report};
use crate::plan::{Plan, Planned, Until, chosen, plan_rollback};
use crate::spec::Spec;
use initium_driver::{Code, Error, History, Result};
use std::collections::BTreeMap;

/// Rolls back. `agree` sees the plan before anything runs.
pub fn rollback(
    spec: &Spec,
    connections: &mut [Connection],
    until: &Until,
    context: &mut Context,
    agree: &mut dyn FnMut(&Plan) -> Result<()>,
) -> Outcomes {
    with_lock(connections, context, |connections, context| {
        let plan = preview_rollback(spec, connections, until)?;
        agree(&plan)?;
        let mut report = Report::default();
        let mut answer = Ok(());
        for planned in &plan.migrations {
            if let Some(connection) = connections.iter_mut().find(|c| c.target == planned.target) {
                answer = undo(connection, planned, context, &mut report);
            }
            if answer.is_err() {
                break;
            }
        }
        outcome(report, answer)
    })
}

fn undo(
    connection: &mut Connection,
    planned: &Planned,
    context: &mut Context,
    report: &mut Report,
) -> Result<()> {
    connection.driver.prepare_ledger()?;
    let answer = run_each(connection, planned, 0, context, report);
    or_proven(connection, planned, answer, context, report)
}

/// What a rollback would do. Writes nothing.
pub fn preview_rollback(
    spec: &Spec,
    connections: &mut [Connection],
    until: &Until,
) -> Result<Plan> {
    let histories = histories(spec, connections)?;
    if let Until::Migration { id, .. } = until
        && !histories
            .iter()
            .any(|past| past.history.record(id).is_some())
    {
        return Err(Error::new(
            Code::UnknownMigration,
            format!("migration '{id}' is not applied"),
        )
        .help("see `initium migrate status` for what is applied"));
    }
    let mut stored = Vec::new();
    for (connection, past) in connections.iter_mut().zip(&histories) {
        stored.push(kept(connection, &past.history, until)?);
    }
    let mut plan = Plan::default();
    for (facts, stored) in look(spec, connections, &histories)?.iter().zip(&stored) {
        plan.migrations
            .extend(plan_rollback(facts, until, stored)?.migrations);
    }
    let order =
        |one: &Planned| std::cmp::Reverse(spec.migrations.iter().position(|m| m.id == one.id));
    if connections.len() > 1 {
        plan.migrations.sort_by_key(order);
    }
    Ok(plan)
}

/// The `down` texts that the ledger keeps of the migrations concerned.
fn kept(
    connection: &mut Connection,
    history: &History,
    until: &Until,
) -> Result<BTreeMap<String, String>> {
    let ids = chosen(history, until)
        .into_iter()
        .map(|record| record.id.clone());
    let mut stored = BTreeMap::new();
    for id in ids.collect::<Vec<_>>() {
        if let (Some(down), _) = connection.driver.stored(&id)? {
            stored.insert(id, down);
        }
    }
    Ok(stored)
}

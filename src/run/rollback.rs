//! `rollback`: newest first, and a failure stops it.

use super::execute::{outcome, run_each};
use super::facts::{histories, look};
use super::keys::Losses;
use super::lock::{waiting, with_lock};
use super::lost::{Known, or_proven};
use super::{Connection, Context, Outcomes, Report};
use crate::plan::{Plan, Planned, Until, arrange, chosen, plan_rollback};
use crate::source::Turn;
use crate::spec::Spec;
use initium_driver::{Code, Error, History, Result};
use std::collections::{BTreeMap, VecDeque};

/// Rolls back. `agree` sees the plan before anything runs.
pub fn rollback(
    spec: &Spec,
    connections: &mut [Connection],
    until: &Until,
    context: &mut Context,
    agree: &mut dyn FnMut(&Plan) -> Result<()>,
) -> Outcomes {
    with_lock(connections, context, |connections, context| {
        let plan = waiting(context, || preview_rollback(spec, connections, until))?;
        agree(&plan)?;
        let mut report = Report::default();
        let answer = undo(spec, connections, until, plan, context, &mut report);
        outcome(report, answer)
    })
}

fn undo(
    spec: &Spec,
    connections: &mut [Connection],
    until: &Until,
    plan: Plan,
    context: &mut Context,
    report: &mut Report,
) -> Result<()> {
    let mut left = VecDeque::from(plan.migrations);
    let mut losses = Losses::default();
    while let Some(planned) = left.pop_front() {
        let same = |c: &&mut Connection| c.target == planned.target;
        let Some(connection) = connections.iter_mut().find(same) else {
            continue;
        };
        waiting(context, || connection.driver.prepare_ledger())?;
        let answer = run_each(connection, &planned, 0, context, report);
        let known = or_proven(connection, &planned, answer, &mut losses, context, report)?;
        if known == Known::Again {
            left.push_front(planned);
        }
        if known != Known::Answered {
            left = again(spec, connections, until, &left)?;
        }
    }
    Ok(())
}

/// What is left, planned again: between two connections another run may have gone on.
fn again(
    spec: &Spec,
    connections: &mut [Connection],
    until: &Until,
    left: &VecDeque<Planned>,
) -> Result<VecDeque<Planned>> {
    if let Until::Migration { .. } = until {
        return Ok(preview_rollback(spec, connections, until)?
            .migrations
            .into());
    }
    let histories = histories(spec, connections)?;
    let mut all = VecDeque::new();
    for (n, past) in histories.iter().enumerate() {
        let target = connections[n].target.clone();
        let here = left.iter().filter(|one| one.target == target);
        let still: Vec<_> = here
            .filter(|one| past.history.record(&one.id).is_some())
            .collect();
        let steps = Until::Steps(still.len());
        let fresh = preview_rollback(spec, connections, &steps)?;
        let fresh: Vec<_> = fresh
            .migrations
            .into_iter()
            .filter(|one| one.target == target)
            .collect();
        if fresh
            .iter()
            .map(|one| &one.id)
            .ne(still.iter().map(|one| &one.id))
        {
            return Err(Error::new(
                Code::ConnectionLost,
                "the connection broke, and before there was a new one another run applied something",
            )
            .help("look at `initium migrate status`, then run again what is still wanted")
            .target(target));
        }
        all.extend(fresh);
    }
    // As they stood, over all targets.
    let order = |one: &Planned| {
        left.iter()
            .position(|l| (&l.target, &l.id) == (&one.target, &one.id))
    };
    arrange(all.make_contiguous(), &order);
    Ok(all)
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
    let repeated = spec
        .migrations
        .iter()
        .filter(|one| one.turn == Turn::Repeatable);
    let repeated: Vec<&str> = repeated.map(|one| one.id.as_str()).collect();
    for (connection, past) in connections.iter_mut().zip(&histories) {
        stored.push(kept(connection, &past.history, until, &repeated)?);
    }
    let mut plan = Plan::default();
    for (facts, stored) in look(spec, connections, &histories)?.iter().zip(&stored) {
        plan.migrations
            .extend(plan_rollback(facts, until, stored)?.migrations);
    }
    if connections.len() > 1 {
        let order = spec.order();
        // The newest first; of one migration the targets as they stand.
        plan.migrations.reverse();
        arrange(&mut plan.migrations, &|one| {
            order.get(one.id.as_str()).copied()
        });
        plan.migrations.reverse();
    }
    Ok(plan)
}

/// The `down` texts that the ledger keeps of the migrations concerned.
fn kept(
    connection: &mut Connection,
    history: &History,
    until: &Until,
    repeated: &[&str],
) -> Result<BTreeMap<String, String>> {
    let ids = chosen(history, until, repeated)
        .into_iter()
        .map(|record| record.id.clone());
    let mut stored = BTreeMap::new();
    for id in ids.collect::<Vec<_>>() {
        if let Some(down) = connection.driver.stored(&id)?.down {
            stored.insert(id, down);
        }
    }
    Ok(stored)
}

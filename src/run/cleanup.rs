//! `cleanup`: the contract half of what is verified.

use super::execute::{outcome, run_each};
use super::facts::{histories, look};
use super::keys::Losses;
use super::lock::{waiting, with_lock};
use super::lost::{Known, or_proven};
use super::{Connection, Context, Outcomes, Report};
use crate::plan::{Cleanup, Plan, arrange, plan_cleanup};
use crate::spec::Spec;
use initium_driver::{Record, Result, State};
use std::collections::{BTreeMap, VecDeque};

/// Cleans up. `agree` sees the plan before anything runs.
pub fn cleanup(
    spec: &Spec,
    connections: &mut [Connection],
    old_enough: &dyn Fn(&Record) -> bool,
    context: &mut Context,
    agree: &mut dyn FnMut(&Plan) -> Result<()>,
) -> Outcomes {
    with_lock(connections, context, |connections, context| {
        let plan = waiting(context, || plan(spec, connections, old_enough))?;
        agree(&plan)?;
        let mut report = Report::default();
        let answer = contract(spec, connections, old_enough, plan, context, &mut report);
        outcome(report, answer)
    })
}

fn contract(
    spec: &Spec,
    connections: &mut [Connection],
    old_enough: &dyn Fn(&Record) -> bool,
    first: Plan,
    context: &mut Context,
    report: &mut Report,
) -> Result<()> {
    let mut left = VecDeque::from(first.migrations);
    let mut losses = Losses::default();
    while let Some(planned) = left.pop_front() {
        let same = |c: &&mut Connection| c.target == planned.target;
        let Some(connection) = connections.iter_mut().find(same) else {
            continue;
        };
        let answer = run_each(connection, &planned, 0, context, report);
        let known = or_proven(connection, &planned, answer, &mut losses, context, report)?;
        if known != Known::Answered {
            // Between two connections another run may have gone on.
            left = plan(spec, connections, old_enough)?.migrations.into();
        }
    }
    Ok(())
}

/// What a cleanup would do. Writes nothing.
pub fn plan(
    spec: &Spec,
    connections: &mut [Connection],
    old_enough: &dyn Fn(&Record) -> bool,
) -> Result<Plan> {
    let histories = histories(spec, connections)?;
    let mut kept = Vec::new();
    for (connection, past) in connections.iter_mut().zip(&histories) {
        let mut stored = BTreeMap::new();
        for record in past
            .history
            .records
            .iter()
            .filter(|r| matches!(r.state, State::Applied | State::Verified))
        {
            if let Some(text) = connection.driver.stored(&record.id)?.cleanup {
                stored.insert(record.id.clone(), text);
            }
        }
        kept.push(stored);
    }
    let mut plan = Plan::default();
    for (facts, stored) in look(spec, connections, &histories)?.iter().zip(&kept) {
        plan.migrations
            .extend(plan_cleanup(facts, &Cleanup { stored, old_enough })?.migrations);
    }
    if connections.len() > 1 {
        let order = spec.order();
        arrange(&mut plan.migrations, &|one| {
            order.get(one.id.as_str()).copied()
        });
    }
    Ok(plan)
}

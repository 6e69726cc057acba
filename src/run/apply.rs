//! `apply`: what is pending, in order, exactly once.

use super::execute::{outcome, run_each, run_together};
use super::facts::{histories, look};
use super::lock::with_lock;
use super::{Connection, Context, Outcomes, Report};
use crate::plan::{
    Plan, Planned, Rules, TxMode, check_one_transaction, expected, plan_apply, wanted,
};
use crate::spec::Spec;
use initium_driver::{History, Result};

/// Applies. Where the digests say that nothing is pending, no lock is taken and nothing is written,
/// so that it also works on a replica and beside a running newer release.
pub fn apply(
    spec: &Spec,
    connections: &mut [Connection],
    rules: &Rules,
    context: &mut Context,
    agree: &mut dyn FnMut(&Plan) -> Result<()>,
) -> Outcomes {
    if up_to_date(spec, connections)? {
        agree(&Plan::default())?;
        return Ok(Report::default());
    }
    with_lock(connections, context, |connections, context| {
        // The plan is made under the lock: what was pending may be done by now.
        let histories = histories(connections)?;
        let plan = plan(spec, connections, &histories, rules)?;
        agree(&plan)?;
        let mut report = Report::default();
        let answer = carry_out(connections, &histories, &plan, rules, context, &mut report);
        outcome(report, answer)
    })
}

fn up_to_date(spec: &Spec, connections: &mut [Connection]) -> Result<bool> {
    for connection in connections.iter_mut() {
        let digest = connection
            .driver
            .digest()
            .map_err(|e| e.target(&connection.target))?;
        let wanted = wanted(spec, &connection.target, connection.driver.dialect())?;
        if digest != Some(expected(&wanted)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// One plan over all targets, in the order of the spec.
pub fn plan(
    spec: &Spec,
    connections: &[Connection],
    histories: &[History],
    rules: &Rules,
) -> Result<Plan> {
    let mut plan = Plan::default();
    for facts in look(spec, connections, histories)? {
        plan.migrations
            .extend(plan_apply(&facts, rules)?.migrations);
    }
    let order = |one: &Planned| spec.migrations.iter().position(|m| m.id == one.id);
    plan.migrations.sort_by_key(order);
    if rules.tx_mode == TxMode::All {
        check_one_transaction(&plan)?;
    }
    Ok(plan)
}

fn carry_out(
    connections: &mut [Connection],
    histories: &[History],
    plan: &Plan,
    rules: &Rules,
    context: &mut Context,
    report: &mut Report,
) -> Result<()> {
    let mut next: Vec<u64> = histories.iter().map(History::next_seq).collect();
    for connection in connections.iter_mut() {
        if plan
            .migrations
            .iter()
            .any(|one| one.target == connection.target)
        {
            connection
                .driver
                .prepare_ledger()
                .map_err(|e| e.target(&connection.target))?;
        }
    }
    if rules.tx_mode == TxMode::All {
        for (connection, seq) in connections.iter_mut().zip(next) {
            let here: Vec<_> = plan
                .migrations
                .iter()
                .filter(|one| one.target == connection.target)
                .collect();
            if !here.is_empty() {
                run_together(connection, &here, seq, context, report)?;
            }
        }
        return Ok(());
    }
    for planned in &plan.migrations {
        let at = connections.iter().position(|c| c.target == planned.target);
        if let Some(at) = at {
            run_each(&mut connections[at], planned, next[at], context, report)?;
            next[at] += 1;
        }
    }
    Ok(())
}

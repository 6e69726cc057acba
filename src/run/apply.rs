//! `apply`: what is pending, in order, exactly once.

use super::callback::{call, failed};
use super::declare::declare;
use super::edits::explained;
use super::execute::{Stopped, end_of, finish, outcome, run_each, run_together};
use super::facts::{look, prospects};
use super::foreign::unexpected;
use super::keys::Losses;
use super::lock::{waiting, with_lock};
use super::lost::{further, nothing_of_it, proven, reconnect, resuming, tell};
use super::{By, Connection, Context, Event, Outcome, Outcomes, Past, Report};
use crate::plan::{
    Plan, Planned, Rules, Start, TxMode, around, check_breaking, check_one_transaction, expected,
    plan_apply, united, wanted,
};
use crate::spec::Spec;
use initium_driver::driver::Progress;
use initium_driver::{Code, Error, Result};
use std::time::Duration;

/// Applies. Where the digests say that nothing is pending, no lock is taken and nothing is written,
/// so that it also works on a replica and beside a running newer release.
pub fn apply(
    spec: &Spec,
    connections: &mut [Connection],
    rules: &Rules,
    context: &mut Context,
    agree: &mut dyn FnMut(&Plan) -> Result<()>,
) -> Outcomes {
    if !rules.looks_back() && waiting(context, || up_to_date(spec, connections))? {
        agree(&Plan::default())?;
        return Ok(Report::default());
    }
    with_lock(connections, context, |connections, context| {
        let mut report = Report::default();
        let answer = all(spec, connections, rules, context, agree, &mut report);
        outcome(report, answer)
    })
}

/// Where a connection was lost.
struct Lost {
    plan: Plan,
    at: Planned,
    error: Error,
    keys: Progress,
    goes_on: bool,
}

/// Plans and carries out; plans again where a lost connection leaves it open what was done.
fn all(
    spec: &Spec,
    connections: &mut [Connection],
    rules: &Rules,
    context: &mut Context,
    agree: &mut dyn FnMut(&Plan) -> Result<()>,
    report: &mut Report,
) -> Result<()> {
    let mut lost: Option<Lost> = None;
    let mut losses = Losses::default();
    // What is called behind the last migration, once the first ones were.
    let mut after: Option<Vec<Planned>> = None;
    loop {
        // The plan is made under the lock: what was pending may be done by now.
        let mut histories = waiting(context, || prospects(spec, connections, rules))?;
        waiting(context, || {
            declare(spec, connections, &mut histories, rules)
        })?;
        let mut plan = plan(spec, connections, &histories, rules)?;
        // What runs once more runs once.
        plan.migrations
            .retain(|m| m.start == Start::Pending || !is_told(m, report));
        if let Some(lost) = &lost {
            over(lost, &mut plan, connections, context)?;
        }
        match lost.take() {
            None => {
                for skipped in &plan.skipped {
                    (context.tell)(&Event::Skipped(skipped));
                }
                strangers(connections, &histories, &plan, rules, context, report)?;
                breaking(&plan, rules, context)?;
                agree(&plan)?;
            }
            Some(lost) => resumed(&lost, &plan, connections, context, report)?,
        }
        if after.is_none() && !plan.is_empty() {
            call(connections, &plan.before, context, report)?;
            after = Some(std::mem::take(&mut plan.after));
        }
        let answer = carry_out(connections, &histories, &plan, rules, context, report);
        let stopped = match answer {
            // What could not be known before these ran can be now.
            Ok(()) if plan.unforeseen.is_some() => continue,
            // What is declared is compared with what the migrations left.
            Ok(()) if !plan.later.is_empty() => continue,
            Ok(()) => {
                return call(connections, &after.unwrap_or_default(), context, report);
            }
            Err(stopped) if stopped.error.code() == Code::ConnectionLost => stopped,
            Err(stopped) => {
                let error = stopped.error;
                return Err(failed(
                    error,
                    spec,
                    connections,
                    &histories,
                    context,
                    report,
                ));
            }
        };
        let (error, keys) = (stopped.error.clone(), stopped.keys);
        let spot = (&error.spot().target, &error.spot().migration);
        let same = |one: &&Planned| spot == (&Some(one.target.clone()), &Some(one.id.clone()));
        let Some(one) = plan.migrations.iter().find(same).cloned() else {
            return Err(error);
        };
        let Some(connection) = connections.iter_mut().find(|c| c.target == one.target) else {
            return Err(error);
        };
        match reconnect(connection, error, context) {
            Ok(error) => {
                lost = Some(Lost {
                    plan,
                    goes_on: losses.may_go_on(&one, &stopped),
                    at: one,
                    error,
                    keys,
                });
            }
            Err(error) => {
                let keys = one.has_bulk().then_some(keys);
                finish(&one, Outcome::Failed, Duration::ZERO, keys, context, report);
                return Err(error);
            }
        }
    }
}

/// The first run on a database looks what stands there. What it is let through to is kept.
fn strangers(
    connections: &mut [Connection],
    histories: &[Past],
    plan: &Plan,
    rules: &Rules,
    context: &mut Context,
    report: &Report,
) -> Result<()> {
    if !report.done.is_empty() {
        return Ok(());
    }
    let through = waiting(context, || unexpected(connections, histories, plan, rules))?;
    if !through.is_empty() && context.author.reason.is_none() {
        context.author.reason = Some(format!("applied beside {}", through.join(", ")));
    }
    Ok(())
}

/// Nothing breaks unless somebody said so, and then it is told and kept.
fn breaking(plan: &Plan, rules: &Rules, context: &mut Context) -> Result<()> {
    let through = check_breaking(plan, rules)?;
    for (target, what) in &through {
        (context.tell)(&Event::Breaking { target, what });
    }
    let mut let_through: Vec<_> = rules.allow.clone();
    let_through.extend(through.into_iter().map(|(_, what)| what));
    if !let_through.is_empty() && context.author.reason.is_none() {
        context.author.reason = Some(format!("let through: {}", let_through.join("; ")));
    }
    Ok(())
}

/// What this run did to records that were there before does not show in them: it is not done again.
fn over(
    lost: &Lost,
    plan: &mut Plan,
    connections: &mut [Connection],
    context: &Context,
) -> Result<()> {
    let one = &lost.at;
    let connection = connections.iter_mut().find(|c| c.target == one.target);
    let ended = match connection {
        Some(connection) if one.start != Start::Pending => proven(connection, one, context)?,
        _ => false,
    };
    plan.migrations.retain(|m| {
        let here = (&m.target, &m.id) == (&one.target, &one.id);
        m.start == Start::Pending || !(ended && here)
    });
    Ok(())
}

/// Whether the report has it.
fn is_told(one: &Planned, report: &Report) -> bool {
    let mut done = report.done.iter();
    done.any(|done| (&done.target, &done.id) == (&one.target, &one.id))
}

/// The connection was lost in the middle of a migration and there is a new one: whether the run may
/// go on.
fn resumed(
    lost: &Lost,
    plan: &Plan,
    connections: &mut [Connection],
    context: &mut Context,
    report: &mut Report,
) -> Result<()> {
    let one = &lost.at;
    let half = plan
        .migrations
        .iter()
        .any(|m| (&m.target, &m.id) == (&one.target, &one.id));
    if lost.goes_on && half {
        resuming(one, &lost.error, context);
        return Ok(());
    }
    if !further(one, plan) {
        let keys = one.has_bulk().then_some(lost.keys);
        finish(one, Outcome::Failed, Duration::ZERO, keys, context, report);
        return Err(nothing_of_it(lost.error.clone()));
    }
    let connection = connections.iter_mut().find(|c| c.target == one.target);
    let Some(connection) = connection else {
        return Ok(());
    };
    // Only its end has the name of a run. A half of it is taken for ours: either way it is not sent
    // again.
    let by = match half || proven(connection, one, context)? {
        true => By::Us,
        false => By::AnotherRun,
    };
    tell(one, &lost.error, by, context);
    // With one transaction for all, the others of this target went with it.
    for sent in lost
        .plan
        .migrations
        .iter()
        .filter(|m| m.target == one.target)
    {
        if !is_told(sent, report) && proven(connection, sent, context)? {
            finish(sent, end_of(sent), Duration::ZERO, None, context, report);
        }
    }
    Ok(())
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
    connections: &mut [Connection],
    histories: &[Past],
    rules: &Rules,
) -> Result<Plan> {
    planned(spec, connections, histories, rules)
        .map_err(|error| explained(spec, connections, error))
}

fn planned(
    spec: &Spec,
    connections: &[Connection],
    histories: &[Past],
    rules: &Rules,
) -> Result<Plan> {
    let mut plans = Vec::new();
    for facts in look(spec, connections, histories)? {
        plans.push(around(plan_apply(&facts, rules)?, &facts, spec)?);
    }
    let plan = united(plans, &spec.order())?;
    if rules.tx_mode == TxMode::All {
        check_one_transaction(&plan)?;
    }
    Ok(plan)
}

fn carry_out(
    connections: &mut [Connection],
    histories: &[Past],
    plan: &Plan,
    rules: &Rules,
    context: &mut Context,
    report: &mut Report,
) -> Result<(), Stopped> {
    let mut next: Vec<u64> = histories
        .iter()
        .map(|past| past.history.next_seq())
        .collect();
    for connection in connections.iter_mut() {
        if plan
            .migrations
            .iter()
            .any(|one| one.target == connection.target)
        {
            waiting(context, || connection.driver.prepare_ledger())
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

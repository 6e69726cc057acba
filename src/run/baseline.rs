//! `baseline`: adopts a database that was there before the ledger, without running anything.

use super::facts::{histories, look};
use super::lock::{waiting, with_lock};
use super::{Connection, Context, Done, Event, Failure, Outcome, Outcomes, Report};
use crate::plan::{Rules, baseline as adopt, plan_apply};
use crate::spec::Spec;
use initium_driver::{Code, Error};
use std::time::Duration;

/// Records everything up to and with `id` as applied. Only while the ledger is empty.
pub fn baseline(
    spec: &Spec,
    connections: &mut [Connection],
    id: &str,
    context: &mut Context,
) -> Outcomes {
    with_lock(connections, context, |connections, context| {
        let histories = waiting(context, || histories(spec, connections))?;
        let rules = Rules {
            to: Some(id.into()),
            ..Rules::default()
        };
        let mut plans = Vec::new();
        for facts in look(spec, connections, &histories)? {
            if !facts.history.records.is_empty() || !facts.history.steps.is_empty() {
                return Err(refused(facts.target, facts.history.records.len()).into());
            }
            plans.push(plan_apply(&facts, &rules)?);
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
                .and_then(|()| connection.driver.execute(&adopt(&all, &context.author)));
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
            });
            for done in adopted.collect::<Vec<_>>() {
                (context.tell)(&Event::Finished { done: &done });
                report.done.push(done);
            }
        }
        Ok(report)
    })
}

fn refused(target: &str, records: usize) -> Error {
    Error::new(
        Code::BaselineRefused,
        format!("target '{target}' has a history already: {records} migrations are recorded"),
    )
    .help("a baseline is only for the first contact; see `initium migrate status`")
    .target(target)
}

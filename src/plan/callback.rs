//! What runs before the first migration of a run and behind the last one, or when one failed: planned
//! like a migration, and recorded only in the log.

use super::steps::{Wish, steps};
use super::{Facts, Plan, Planned, Start};
use crate::source::Moment;
use crate::spec::{Again, Callback, Spec, Transaction, moment};
use initium_driver::{Phase, Result};
use std::collections::BTreeMap;

/// A plan with what runs around it, where there is anything to run.
pub fn around(mut plan: Plan, facts: &Facts, spec: &Spec) -> Result<Plan> {
    if !plan.is_empty() {
        plan.before = callbacks(facts, spec, Moment::BeforeAll)?;
        plan.after = callbacks(facts, spec, Moment::AfterAll)?;
    }
    Ok(plan)
}

pub fn callbacks(facts: &Facts, spec: &Spec, when: Moment) -> Result<Vec<Planned>> {
    let mine = |one: &&Callback| {
        one.moment == when && one.targets.iter().any(|target| target == facts.target)
    };
    let mut all = Vec::new();
    for (n, one) in (1..).zip(spec.callbacks.iter().filter(mine)) {
        let Some(sources) = one.script.of(facts.dialect.names()) else {
            continue;
        };
        let id = match n {
            1 => moment(when).to_string(),
            n => format!("{}-{n}", moment(when)),
        };
        let wish = Wish {
            id: &id,
            phase: Phase::Up,
            sources,
            transaction: Transaction::Auto,
            again: Again::Harmless,
            secrecy: one.secrecy,
        };
        let steps = steps(&wish, facts).map_err(|error| error.target(facts.target))?;
        all.push(Planned {
            target: facts.target.into(),
            name: id.clone(),
            id,
            tags: Vec::new(),
            phase: Phase::Up,
            start: Start::Callback,
            stale: None,
            secrecy: one.secrecy,
            checksum: String::new(),
            condition: None,
            statements: steps.statements,
            done: steps.past.done,
            took: steps.past.took,
            clear: steps.past.clear,
            groups: steps.groups,
            proof: steps.proof,
            difference: None,
            previews: BTreeMap::new(),
            fingerprints: steps.fingerprints,
            reversible: false,
            up: None,
            down: None,
            cleanup: None,
            settled: None,
            keeps: None,
        });
    }
    Ok(all)
}

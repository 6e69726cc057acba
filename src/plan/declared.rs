//! The declared schema of a target as something to run: the changes between it and the database become
//! the statements of one migration, whose record says which declaration the database has.

use super::steps::{Wish, steps};
use super::stored::store;
use super::{Facts, Plan, Planned, Rules, Start, Wanted};
use crate::diff::{Difference, judge};
use crate::spec::{Again, DECLARED, Secrecy};
use initium_driver::{Code, Error, History, Phase, Result, Source};
use std::collections::BTreeMap;

/// Nothing where nothing differs and the record says so already.
pub(super) fn planned(facts: &Facts, one: &Wanted, rules: &Rules) -> Result<Option<Planned>> {
    let migration = one.migration;
    let pending = one.is_pending(facts.history);
    let Some(difference) = facts.difference else {
        let error = Error::new(
            Code::NotSupported,
            "what a declared schema changes is known only where the database is",
        );
        return Err(error
            .help("plan with a connection, or compare files with `initium migrate diff --from`")
            .target(facts.target));
    };
    if !pending && difference.is_empty() {
        return Ok(None);
    }
    // What a run that died had done is part of the database by now, and so no part of the difference.
    let history = History {
        steps: Vec::new(),
        ..facts.history.clone()
    };
    let here = Facts {
        history: &history,
        wanted: Vec::new(),
        verdicts: &[],
        ..*facts
    };
    let named = |error: Error| error.migration(&migration.id).target(facts.target);
    let up = source("up", difference.script());
    let wish = Wish {
        id: &migration.id,
        phase: Phase::Up,
        sources: up.as_slice(),
        transaction: rules.tx_mode.of(migration.transaction),
        again: Again::Unknown,
        secrecy: Secrecy::Open,
    };
    let steps = steps(&wish, &here).map_err(named)?;
    let down = difference.script_down().map(|text| source("down", text));
    let kept = down
        .as_ref()
        .map(|down| store(down, migration.transaction, Secrecy::Open));
    let left = facts
        .history
        .steps
        .iter()
        .any(|step| step.id == migration.id);
    Ok(Some(Planned {
        target: facts.target.into(),
        id: migration.id.clone(),
        name: migration.name.clone(),
        tags: Vec::new(),
        phase: Phase::Up,
        start: match facts.history.record(&migration.id) {
            Some(_) => Start::Redeclared,
            None => Start::Pending,
        },
        stale: left.then_some(Phase::Up),
        secrecy: Secrecy::Open,
        checksum: one.checksum.clone(),
        condition: None,
        statements: steps.statements,
        done: 0,
        took: Vec::new(),
        clear: Vec::new(),
        groups: steps.groups,
        proof: steps.proof,
        difference: Some(difference.clone()),
        previews: BTreeMap::new(),
        fingerprints: steps.fingerprints,
        reversible: kept.is_some(),
        up: None,
        down: kept.transpose().map_err(named)?,
        cleanup: None,
        settled: None,
        keeps: None,
    }))
}

/// What no file holds has a name all the same.
fn source(half: &str, text: String) -> Vec<Source> {
    match text.is_empty() {
        true => Vec::new(),
        false => vec![Source::file(format!("declared schema, {half}"), text)],
    }
}

/// Whether breaking changes of declared schemas may be made; what is let through is told.
pub fn check_breaking(plan: &Plan, rules: &Rules) -> Result<Vec<(String, String)>> {
    let differences: Vec<_> = plan
        .migrations
        .iter()
        // What a migration says itself somebody wrote down as it is.
        .filter(|one| one.id == DECLARED)
        .filter_map(|one| Some((&one.target, one.difference.as_ref()?)))
        .collect();
    let known = |name: &String| {
        let steps = differences.iter().flat_map(|(_, it)| &it.steps);
        steps.into_iter().any(|step| step.what == *name)
    };
    if let Some(unknown) = rules.allow.iter().find(|name| !known(name)) {
        return Err(Error::new(
            Code::SettingInvalid,
            format!("--allow names no change of this plan: '{unknown}'"),
        )
        .help("give the change as `diff` and `plan` tell it, for instance --allow 'drop column users.email'"));
    }
    let mut told = Vec::new();
    for (target, difference) in differences {
        let through = judged(difference, rules).map_err(|error| error.target(target))?;
        told.extend(through.into_iter().map(|what| (target.clone(), what)));
    }
    Ok(told)
}

fn judged(difference: &Difference, rules: &Rules) -> Result<Vec<String>> {
    judge(difference, rules.breaking, &rules.allow)
}

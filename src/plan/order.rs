//! History against spec: what is pending, and whether the two still agree. Pending is a set
//! difference; nothing here subtracts versions or looks for a maximum.

use super::choice::{late, skipped};
use super::course::{Course, Ready};
use super::declared;
use super::secrecy::told;
use super::stand::standing;
use super::steps::{Wish, steps};
use super::stored::{store, store_up};
use super::{
    Ahead, Condition, Facts, Order, Plan, Planned, Question, Recheck, Rules, Start, Wanted,
};
use crate::source::Turn;
use crate::spec::{Again, Ask, DECLARED, Secrecy, When};
use initium_driver::sorted;
use initium_driver::{Code, Error, Phase, Record, Result, Source, State};
use std::collections::{BTreeMap, BTreeSet};

/// Whether history and spec agree. All disagreements are told, the first one is the error.
pub fn audit(facts: &Facts, rules: &Rules) -> Result<()> {
    let mut errors: Vec<Error> = Vec::new();
    if rules.ahead == Ahead::Refuse {
        errors.extend(ahead(facts));
    }
    for one in facts.wanted.iter().filter(|one| !one.is_repeated()) {
        let id = &one.migration.id;
        if let Some(record) = facts
            .history
            .record(id)
            .filter(|r| r.checksum != one.checksum)
        {
            errors.push(edited(one, record));
        }
    }
    errors.extend(half_undone(facts));
    if rules.order == Order::Linear {
        errors.extend(out_of_order(facts, rules));
    }
    let mut errors = errors.into_iter().map(|e| e.target(facts.target));
    match errors.next() {
        None => Ok(()),
        Some(first) => Err(first.also(errors.collect())),
    }
}

/// What only the database has.
pub(super) fn unknown<'a>(facts: &'a Facts) -> impl Iterator<Item = &'a Record> {
    let replaced = facts.wanted.iter().flat_map(|one| &one.migration.replaces);
    let ids = facts.wanted.iter().map(|one| one.migration.id.as_str());
    let ids: BTreeSet<_> = sorted::set(ids.chain(replaced.map(String::as_str)).chain([DECLARED]));
    let records = facts.history.records.iter();
    records.filter(move |record| !ids.contains(record.id.as_str()))
}

fn ahead(facts: &Facts) -> Option<Error> {
    let unknown: Vec<_> = unknown(facts)
        .map(|record| format!("'{}'", record.id))
        .collect();
    if unknown.is_empty() {
        return None;
    }
    let some = unknown
        .iter()
        .take(5)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    let more = if unknown.len() > 5 {
        format!(" and {} more", unknown.len() - 5)
    } else {
        String::new()
    };
    Some(
        Error::new(Code::DatabaseAhead, format!("the database has migrations that this spec does not know: {some}{more}"))
            .help("a newer release was here, or a migration was removed from the spec: use the newer spec, restore it, or accept it with --allow-ahead"),
    )
}

fn edited(one: &Wanted, record: &Record) -> Error {
    let id = &one.migration.id;
    Error::new(
        Code::ChecksumChanged,
        format!("migration '{id}' was applied at {} and edited since", record.applied_at),
    )
    .help(format!(
        "restore it and put the change into a new migration; or, if the database is right as it is, with the flags of this run:\n  \
         initium migrate repair accept {id} --reason '...' --yes"
    ))
    .migration(id)
    .place(one.migration.place.clone())
}

/// A record whose rollback stopped half-way: neither applied nor pending.
fn half_undone(facts: &Facts) -> Option<Error> {
    let step = facts
        .history
        .steps
        .iter()
        .find(|s| s.phase == Phase::Down)?;
    let id = &step.id;
    let spec = facts.wanted.iter().find(|one| one.migration.id == *id);
    let secrecy = spec.map_or(Secrecy::Open, |one| one.migration.secrecy);
    let head = told(secrecy, &step.head);
    Some(
        Error::new(
            Code::StepUndecided,
            format!("the rollback of migration '{id}' stopped in the middle: {head}"),
        )
        .help("end it, with the flags of this run: `initium migrate rollback --yes`; it goes on where it stopped")
        .migration(id),
    )
}

fn out_of_order(facts: &Facts, rules: &Rules) -> Option<Error> {
    let late = late(facts, rules).into_iter().next()?;
    let (first, behind) = (late.pending.migration, &late.behind.migration.id);
    let id = &first.id;
    Some(
        Error::new(
            Code::OutOfOrder,
            format!("migration '{id}' is pending, but '{behind}' behind it is applied"),
        )
        .help(match &first.origin {
            Some(_) => "give it the next version with `initium migrate rebase` and the flags of this run; or, if the order does not matter, apply it with --order any; --order skip leaves it out",
            None => "move it to the end of the spec, or, if the order does not matter, apply it with --order any; --order skip leaves it out",
        })
        .migration(id)
        .place(first.place.clone()),
    )
}

/// What `apply` does to one target.
pub fn plan_apply(facts: &Facts, rules: &Rules) -> Result<Plan> {
    audit(facts, rules)?;
    let (mut migrations, mut later) = (Vec::new(), Vec::new());
    let mut course = Course::new(facts);
    let mut unforeseen = None;
    // Recorded once what stands for them is.
    let mut behind = Vec::new();
    let skipped = skipped(facts, rules);
    let left: BTreeSet<_> = sorted::set(skipped.iter().map(|one| one.id.as_str()));
    let about = rules.choose(&facts.wanted);
    let about = about.map(|one| one.migration.id.as_str());
    let chosen: BTreeSet<_> = sorted::set(about.filter(|id| !left.contains(id)));
    let standing = standing(facts, &|id| chosen.contains(id))?;
    for one in &facts.wanted {
        let id = &one.migration.id;
        let chosen = chosen.contains(id.as_str());
        if one.is_declared() {
            if chosen && (one.is_pending(facts.history) || rules.recheck == Recheck::Ask) {
                match migrations.is_empty() {
                    true => migrations.extend(declared::planned(facts, one, rules)?),
                    false => later.push(facts.target.to_string()),
                }
            }
            continue;
        }
        let start = match facts.history.record(id) {
            None if chosen => Start::Pending,
            Some(_) if chosen && one.is_pending(facts.history) => Start::Changed,
            Some(record) if rules.rerun.contains(id) => again(facts, one, record)?,
            Some(record) if chosen && record.state == State::NotApplicable => match rules.recheck {
                Recheck::Ask => Start::Recheck,
                Recheck::Skip => continue,
            },
            _ => {
                course.past(one);
                continue;
            }
        };
        let of_it = |error: Error| error.migration(id).target(facts.target);
        if let Some(settled) = standing.get(id.as_str()) {
            let ready = Ready::nothing();
            let mut planned = planned(facts, one, rules, start, ready)?;
            planned.settled = Some(settled.clone());
            behind.push(planned);
            course.past(one);
            continue;
        }
        let ready = match course.next(one, start).map_err(of_it) {
            Err(error) if error.code() == Code::ObjectUnknown => {
                unforeseen = Some((id.clone(), error));
                break;
            }
            ready => ready?,
        };
        let planned = planned(facts, one, rules, start, ready)?;
        course.ran(one, &planned.statements);
        if start == Start::Rerun {
            harmless(one, &planned)?;
        }
        migrations.push(planned);
        if one.migration.turn == Turn::Baseline {
            migrations.append(&mut behind);
        }
    }
    migrations.append(&mut behind);
    Ok(Plan {
        migrations,
        later,
        skipped,
        unforeseen,
        ..Plan::default()
    })
}

/// Whether a recorded migration can run once more at all.
fn again(facts: &Facts, one: &Wanted, record: &Record) -> Result<Start> {
    match record.state {
        State::Applied | State::Verified | State::Cleaned => Ok(Start::Rerun),
        State::NotApplicable | State::Baseline => Err(Error::new(
            Code::NotSupported,
            format!(
                "migration '{}' cannot run again: it is recorded as {}, so it never ran here",
                record.id,
                record.state.word()
            ),
        )
        .help("one that did not apply is asked again with --recheck")
        .migration(&one.migration.id)
        .target(facts.target)),
    }
}

/// What runs twice must do no harm twice: it works through keys, or says so itself.
fn harmless(one: &Wanted, planned: &Planned) -> Result<()> {
    let bulk = (0..planned.statements.len()).position(|n| !planned.is_bulk(n));
    let Some(n) = bulk.filter(|_| one.migration.again != Again::Harmless) else {
        return Ok(());
    };
    let id = &planned.id;
    Err(Error::new(
        Code::NotSupported,
        format!("migration '{id}' cannot run again: its statement {} is no step over keys, and nothing says that it does no harm twice", n + 1),
    )
    .help("if it does none, say `idempotent: true` in the migration; otherwise write a new one")
    .migration(id)
    .target(&planned.target)
    .place(planned.statements[n].place.clone()))
}

fn planned(
    facts: &Facts,
    one: &Wanted,
    rules: &Rules,
    start: Start,
    ready: Ready,
) -> Result<Planned> {
    let migration = one.migration;
    let names = facts.dialect.names();
    let transaction = rules.tx_mode.of(migration.transaction);
    let (again, secrecy) = (migration.again, migration.secrecy);
    let wish = Wish {
        id: &migration.id,
        phase: Phase::Up,
        sources: &ready.up,
        transaction,
        again,
        secrecy,
    };
    let steps = steps(&wish, facts).map_err(|e| e.target(facts.target))?;
    // Changes may mean nothing to a database: a comment where there are none. Other tools let a
    // migration say nothing.
    if steps.statements.is_empty()
        && ready.runs
        && migration.changes.is_none()
        && migration.origin.is_none()
    {
        return Err(Error::new(
            Code::ScriptMissing,
            format!("the up of migration '{}' holds no statement", migration.id),
        )
        .help("write its SQL; to record a migration that does nothing, write SELECT 1")
        .migration(&migration.id)
        .target(facts.target)
        .place(migration.place.clone()));
    }
    let keep = |scripts: Option<&[Source]>, transaction| {
        scripts
            .map(|sources| store(sources, transaction, migration.secrecy))
            .transpose()
            .map_err(|error| error.migration(&migration.id).target(facts.target))
    };
    let cleanup = migration.cleanup.as_ref().and_then(|it| it.of(names));
    Ok(Planned {
        target: facts.target.into(),
        id: migration.id.clone(),
        name: migration.name.clone(),
        tags: migration.tags.clone(),
        phase: Phase::Up,
        start,
        stale: None,
        secrecy,
        checksum: one.checksum.clone(),
        condition: match &migration.when {
            // It is applied, so it applies.
            Some(_) if start == Start::Rerun => None,
            Some(when) => condition(when, names)?,
            None => None,
        },
        statements: steps.statements,
        done: steps.past.done,
        took: steps.past.took,
        clear: steps.past.clear,
        groups: steps.groups,
        proof: steps.proof,
        previews: BTreeMap::new(),
        fingerprints: steps.fingerprints,
        reversible: ready.down.is_some(),
        up: store_up(one),
        down: keep(ready.down.as_deref(), migration.undo)?,
        cleanup: keep(cleanup.map(Vec::as_slice), migration.transaction)?,
        settled: None,
        keeps: ready.keeps,
        difference: ready.difference,
    })
}

fn condition(when: &When, names: &[&str]) -> Result<Option<Condition>> {
    let question = match &when.ask {
        Ask::Query(queries) => match queries.of(names) {
            Some(query) => Question::Query(query.whole()?.into_owned()),
            None => return Ok(None),
        },
        Ask::Variable { name, is } => Question::Variable(name.clone(), *is),
    };
    Ok(Some(Condition {
        question,
        reason: when.reason.clone(),
    }))
}

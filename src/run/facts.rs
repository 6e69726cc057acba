//! Reading what is: ledgers, dialects, and what became of statements whose run died. Takes no lock
//! and writes nothing.

use super::Connection;
use super::edits::explained;
use crate::diff::Difference;
use crate::plan::{
    Facts, Judged, Kept, Rules, Seen, Skipped, Up, Wanted, audit, discreet, expected, skipped,
    statement_of, wanted,
};
use crate::spec::{DEFAULT_TARGET, Migration, Secrecy, Spec};
use initium_driver::catalog::Sizes;
use initium_driver::{
    Catalog, Code, Error, History, Phase, Result, State, Step, StepState, Verdict,
};

/// What the ledger of one connection says, and what became of what it does not know.
#[derive(Debug, Default)]
pub struct Past {
    pub history: History,
    pub verdicts: Vec<Judged>,
    /// What the database holds, where changes are pending.
    pub seen: Option<(Catalog, Sizes)>,
    /// What lies between the database and its declared schema, where somebody looked.
    pub difference: Option<Difference>,
}

/// The past of every connection.
pub fn histories(spec: &Spec, connections: &mut [Connection]) -> Result<Vec<Past>> {
    let past = |c: &mut Connection| past(spec, c).map_err(|e| e.target(&c.target));
    connections.iter_mut().map(past).collect()
}

/// The same, and what the databases hold, where changes are to be made there. Nobody is asked for it
/// where none are pending.
pub fn prospects(spec: &Spec, connections: &mut [Connection], rules: &Rules) -> Result<Vec<Past>> {
    let mut pasts = histories(spec, connections)?;
    for (connection, past) in connections.iter_mut().zip(&mut pasts) {
        if is_about_changes(spec, connection, past, rules)? {
            let looked = connection.driver.introspect();
            let looked = looked.and_then(|seen| Ok((seen, connection.driver.sizes()?)));
            past.seen = Some(looked.map_err(|e| e.target(&connection.target))?);
        }
    }
    Ok(pasts)
}

fn is_about_changes(
    spec: &Spec,
    connection: &Connection,
    past: &Past,
    rules: &Rules,
) -> Result<bool> {
    let wanted = wanted(spec, &connection.target, connection.driver.dialect())?;
    let pending = |one: &Wanted| {
        let record = past.history.record(&one.migration.id);
        record.is_none_or(|record| record.state == State::NotApplicable)
    };
    let found = rules
        .choose(&wanted)
        .any(|one| pending(one) && matches!(one.up, Up::Changes(_)));
    Ok(found)
}

fn past(spec: &Spec, connection: &mut Connection) -> Result<Past> {
    let history = connection.driver.history()?;
    let mut verdicts = Vec::new();
    let intents = history.steps.iter();
    for step in intents.filter(|s| s.state == StepState::Intent) {
        verdicts.push(Judged {
            id: step.id.clone(),
            phase: step.phase,
            number: step.number,
            verdict: judge(spec, connection, step, &history)?,
        });
    }
    Ok(Past {
        history,
        verdicts,
        seen: None,
        difference: None,
    })
}

fn judge(
    spec: &Spec,
    connection: &mut Connection,
    step: &Step,
    history: &History,
) -> Result<Verdict> {
    let kept = connection.driver.stored(&step.id)?;
    let kept = match step.phase {
        Phase::Down => kept.down,
        Phase::Cleanup => kept.cleanup,
        Phase::Up | Phase::Verify => None,
    };
    let mine = |m: &&Migration| m.id == step.id && m.targets.contains(&connection.target);
    let migration = spec.migrations.iter().find(mine);
    let dialect = connection.driver.dialect();
    let secrecy = migration.map_or(Secrecy::Open, |m| m.secrecy);
    let mut mine = history.steps.iter().filter(|one| one.id == step.id);
    let made = mine.find_map(Kept::read).transpose()?;
    let statement = statement_of(step, migration, kept.as_deref(), made.as_ref(), dialect)
        .map_err(|error| discreet(secrecy, error))?;
    match statement {
        Some(statement) => connection
            .driver
            .verdict(step, &statement)
            .map_err(|error| discreet(secrecy, error)),
        None => Ok(Verdict::Otherwise(
            "it was edited or taken out since, so its effect is not known".into(),
        )),
    }
}

/// The facts of every target.
pub fn look<'a>(
    spec: &'a Spec,
    connections: &'a [Connection],
    pasts: &'a [Past],
) -> Result<Vec<Facts<'a>>> {
    connections
        .iter()
        .zip(pasts)
        .map(|(connection, past)| {
            let dialect = connection.driver.dialect();
            Ok(Facts {
                target: &connection.target,
                dialect,
                history: &past.history,
                verdicts: &past.verdicts,
                wanted: wanted(spec, &connection.target, dialect)?,
                seen: match &past.seen {
                    Some((catalog, sizes)) => Seen::Held { catalog, sizes },
                    None => Seen::Nothing,
                },
                difference: past.difference.as_ref(),
            })
        })
        .collect()
}

/// The answer to "is this database where this release needs it?".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// Ids that are not applied, with their targets.
    pub pending: Vec<(String, String)>,
    pub applied: usize,
    /// What is left out because of the order.
    pub skipped: Vec<Skipped>,
    /// What kind of database each target is, in order.
    pub kinds: Vec<(String, &'static str)>,
}

impl Gate {
    /// The targets where something is pending, with their kinds and how much.
    pub fn counts(&self) -> Vec<(&str, &'static str, usize)> {
        let of = |target: &str| self.pending.iter().filter(|(at, _)| at == target).count();
        let kinds = self.kinds.iter();
        let counts = kinds.map(|(target, kind)| (target.as_str(), *kind, of(target)));
        counts.filter(|(_, _, count)| *count > 0).collect()
    }

    /// Nothing pending; otherwise the error that says what is.
    pub fn open(&self) -> Result<()> {
        let Some((target, id)) = self.pending.first() else {
            return Ok(());
        };
        let message = match self.counts().as_slice() {
            [(DEFAULT_TARGET, _, n)] => {
                format!("pending migrations: {n}; the first is '{id}'")
            }
            counts => {
                let one =
                    |(target, kind, n): &(&str, &str, usize)| format!("{n} in {target} ({kind})");
                let all: Vec<_> = counts.iter().map(one).collect();
                let all = all.join(", ");
                format!("pending migrations: {all}; run 'initium migrate apply' first")
            }
        };
        Err(Error::new(Code::Pending, message)
            .help("run `initium migrate apply` before the application starts")
            .migration(id)
            .target(target))
    }
}

/// One round trip per target where nothing is pending, however long the history is.
pub fn gate(spec: &Spec, connections: &mut [Connection], rules: &Rules) -> Result<Gate> {
    let mut gate = Gate::default();
    for connection in connections.iter_mut() {
        let target = connection.target.clone();
        let digest = connection.driver.digest().map_err(|e| e.target(&target))?;
        let wanted_now = wanted(spec, &target, connection.driver.dialect())?;
        let kind = connection.driver.dialect().names()[0];
        gate.kinds.push((target.clone(), kind));
        if digest == Some(expected(&wanted_now)) {
            gate.applied += wanted_now.len();
            continue;
        }
        drop(wanted_now);
        let history = connection.driver.history().map_err(|e| e.target(&target))?;
        let dialect = connection.driver.dialect();
        let facts = Facts {
            target: &target,
            dialect,
            history: &history,
            verdicts: &[],
            wanted: wanted(spec, &target, dialect)?,
            seen: Seen::Nothing,
            difference: None,
        };
        if let Err(error) = audit(&facts, rules) {
            let here = std::slice::from_mut(connection);
            return Err(explained(spec, here, error));
        }
        let recorded = |one: &&Wanted| !one.is_pending(&history);
        let (applied, pending): (Vec<&Wanted>, Vec<&Wanted>) =
            rules.choose(&facts.wanted).partition(recorded);
        let skipped = skipped(&facts, rules);
        let left_out = |one: &&&Wanted| !skipped.iter().any(|it| it.id == one.migration.id);
        gate.applied += applied.len();
        gate.pending.extend(
            pending
                .iter()
                .filter(left_out)
                .map(|one| (target.clone(), one.migration.id.clone())),
        );
        gate.skipped.extend(skipped);
    }
    Ok(gate)
}

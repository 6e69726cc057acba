//! A planned migration as scripts: which statements and which ledger entries commit together.

use super::import::Taking;
use super::secrecy::told;
use super::stored::store_up;
use super::{Group, Planned, Proof, Start, Wanted};
use initium_driver::{
    Attempt, Entry, Error, Outcome, Part, Phase, Record, Script, State, Statement, Step,
};
use std::ops::Range;

/// Who does it; the same for every entry of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    pub run: String,
    /// The verb.
    pub action: String,
    pub actor: String,
    pub tool: String,
    pub reason: Option<String>,
}

/// A script, and the group of statements that it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    pub script: Script,
    pub group: usize,
}

/// The scripts of one migration, in order.
pub fn scripts(planned: &Planned, seq: u64, author: &Author) -> Vec<Stage> {
    let last = planned.groups.len().saturating_sub(1);
    if let [] | [Group::Together(_)] = planned.groups.as_slice() {
        // One transaction holds all of it: no step records are needed.
        let script = Script::Together(vec![whole(planned, seq, author)]);
        return vec![Stage { script, group: 0 }];
    }
    let mut scripts = Vec::new();
    let mut add = |script, group| scripts.push(Stage { script, group });
    for (n, group) in planned.groups.iter().enumerate() {
        let next = planned.groups.get(n + 1);
        let first = match n {
            0 => begun(planned).chain(intent(planned, Some(group))).collect(),
            _ if brings_its_intent(planned, group) => intent(planned, Some(group)),
            _ => Vec::new(),
        };
        let after = if n == last {
            finish(planned, seq, author)
        } else {
            between(planned, group, next)
        };
        let after = match group {
            Group::Together(_) if n == 0 => begun(planned).chain(after).collect(),
            _ => after,
        };
        let alone = |at: usize, after| Script::Alone {
            before: first,
            statement: Box::new(planned.statements[at].clone()),
            after,
        };
        match group {
            // What came of it is known only behind it, and goes into the log.
            Group::Alone(at) if planned.is_bulk(*at) => {
                add(alone(*at, Vec::new()), n);
                add(Script::entries(after), n);
            }
            Group::Alone(at) => add(alone(*at, after), n),
            Group::Together(range) => {
                let statements = planned.statements[range.clone()].to_vec();
                let entries = after;
                add(
                    Script::Together(vec![Part {
                        statements,
                        entries,
                    }]),
                    n,
                );
            }
        }
    }
    scripts
}

/// A statement that removes what a dead run left; under the intent of that run.
pub fn removal(statement: &Statement) -> Script {
    Script::Alone {
        before: Vec::new(),
        statement: Box::new(statement.clone()),
        after: Vec::new(),
    }
}

/// Several migrations in one transaction.
pub fn together(planned: &[&Planned], seq: u64, author: &Author) -> Script {
    let parts = planned
        .iter()
        .zip(seq..)
        .map(|(one, seq)| whole(one, seq, author));
    Script::Together(parts.collect())
}

fn whole(planned: &Planned, seq: u64, author: &Author) -> Part {
    Part {
        statements: planned.statements[planned.done..].to_vec(),
        entries: finish(planned, seq, author),
    }
}

/// The done of a group and the intent of the next one travel together, but for one that brings its own.
fn between(planned: &Planned, group: &Group, next: Option<&Group>) -> Vec<Entry> {
    let range = match group {
        Group::Alone(n) => *n..*n + 1,
        Group::Together(range) => range.clone(),
    };
    let next = next.filter(|next| !brings_its_intent(planned, next));
    done(planned, range).chain(intent(planned, next)).collect()
}

/// The driver has to know in the script itself which statement it is.
fn brings_its_intent(planned: &Planned, group: &Group) -> bool {
    match group {
        Group::Alone(n) => planned.proof == Proof::Mark || planned.is_bulk(*n),
        Group::Together(_) => false,
    }
}

/// What comes before all else: the row that keeps the statements, and what a dead run did.
fn begun(planned: &Planned) -> impl Iterator<Item = Entry> + '_ {
    let keeps = planned.keeps.iter().cloned();
    keeps.map(Entry::Step).chain(took(planned))
}

/// What a dead run did and could not say.
fn took(planned: &Planned) -> impl Iterator<Item = Entry> + '_ {
    let took = planned.took.iter();
    took.map(|n| Entry::Step(step(planned, *n).done()))
}

fn done(planned: &Planned, range: Range<usize>) -> impl Iterator<Item = Entry> + '_ {
    range.map(|n| Entry::Step(step(planned, n).done()))
}

fn intent(planned: &Planned, group: Option<&Group>) -> Vec<Entry> {
    match group {
        Some(Group::Alone(n)) => vec![Entry::Intent {
            step: step(planned, *n),
            statement: Box::new(planned.statements[*n].clone()),
        }],
        _ => Vec::new(),
    }
}

fn step(planned: &Planned, n: usize) -> Step {
    Step::new(
        &planned.id,
        planned.phase,
        n as u64 + 1,
        planned.fingerprints[n].clone(),
        told(planned.secrecy, &planned.statements[n].text),
    )
}

/// What is written when the last statement of a migration ran.
fn finish(planned: &Planned, seq: u64, author: &Author) -> Vec<Entry> {
    let id = planned.id.clone();
    let mut entries = Vec::new();
    let alone = planned.groups.iter().any(|g| matches!(g, Group::Alone(_)));
    if alone || planned.done > 0 || planned.groups.len() > 1 {
        entries.push(Entry::ClearSteps {
            id: id.clone(),
            phase: planned.phase,
        });
    }
    if let Some(phase) = planned.stale {
        let id = id.clone();
        entries.push(Entry::ClearSteps { id, phase });
    }
    match planned.phase {
        Phase::Up => match &planned.settled {
            None => entries.extend(recorded(planned, seq, State::Applied, None, author)),
            Some(settled) => {
                let forget = |id: &String| Entry::Forget { id: id.clone() };
                entries.extend(settled.forgets.iter().map(forget));
                let reason = Some(settled.reason.clone());
                entries.extend(recorded(planned, seq, settled.state, reason, author));
            }
        },
        Phase::Down => entries.push(Entry::Forget { id: id.clone() }),
        Phase::Cleanup => entries.push(Entry::State {
            id: id.clone(),
            state: State::Cleaned,
        }),
        Phase::Verify => entries.push(Entry::State {
            id: id.clone(),
            state: State::Verified,
        }),
    }
    entries.push(attempt(Some(&id), None, &rerunning(planned, author)));
    entries
}

/// What becomes of the record: a new one, one in the place of the old one, or none where it stays.
fn recorded(
    planned: &Planned,
    seq: u64,
    state: State,
    reason: Option<String>,
    author: &Author,
) -> Vec<Entry> {
    let record = || Entry::Record(record(planned, seq, state, reason, author));
    let id = planned.id.clone();
    match planned.start {
        Start::Pending => vec![record()],
        Start::Recheck | Start::Redeclared | Start::Changed => vec![Entry::Forget { id }, record()],
        Start::Rerun | Start::Callback => Vec::new(),
    }
}

/// The author as the log names what is done: to run once more is no `apply`.
pub fn rerunning(planned: &Planned, author: &Author) -> Author {
    let mut author = author.clone();
    match planned.start {
        Start::Rerun => author.action = "rerun".into(),
        Start::Callback => author.action = "callback".into(),
        _ => {}
    }
    author
}

fn record(
    planned: &Planned,
    seq: u64,
    state: State,
    reason: Option<String>,
    author: &Author,
) -> Record {
    Record {
        id: planned.id.clone(),
        seq,
        name: planned.name.clone(),
        checksum: planned.checksum.clone(),
        state,
        reason,
        statements: if state == State::Applied {
            planned.count(0..planned.statements.len()) as u64
        } else {
            0
        },
        duration_ms: 0,
        applied_at: String::new(),
        run: author.run.clone(),
        tool: author.tool.clone(),
        up: planned.up.clone(),
        down: planned.down.clone(),
        cleanup: planned.cleanup.clone(),
    }
}

/// There is nothing that it could move, which is as good as having moved it.
pub fn empty(planned: &Planned, seq: u64, author: &Author) -> Script {
    let reason = Some(EMPTY.to_string());
    // What there was may have gone since a run that died.
    let mut entries = vec![Entry::ClearSteps {
        id: planned.id.clone(),
        phase: planned.phase,
    }];
    entries.extend(recorded(planned, seq, State::Applied, reason, author));
    entries.push(attempt(
        Some(&planned.id),
        None,
        &rerunning(planned, author),
    ));
    Script::entries(entries)
}

/// Why such a migration did not run.
pub const EMPTY: &str = "empty";

/// The migration does not apply here; that is remembered with its reason.
pub fn not_applicable(planned: &Planned, seq: u64, author: &Author) -> Script {
    let reason = why_not(planned);
    let mut entries = recorded(planned, seq, State::NotApplicable, reason, author);
    entries.push(attempt(Some(&planned.id), None, author));
    Script::entries(entries)
}

/// The reason why a migration does not apply here.
pub fn why_not(planned: &Planned) -> Option<String> {
    let condition = planned.condition.as_ref()?;
    let asked = || {
        format!(
            "false: {}",
            initium_driver::source::head(&condition.question.told(planned.secrecy))
        )
    };
    Some(condition.reason.clone().unwrap_or_else(asked))
}

/// Adopts migrations without running them.
pub fn baseline(planned: &[&Planned], author: &Author) -> Script {
    let mut entries = Vec::new();
    for (one, seq) in planned.iter().zip(1..) {
        entries.push(Entry::Record(record(
            one,
            seq,
            State::Baseline,
            author.reason.clone(),
            author,
        )));
    }
    entries.push(attempt(
        planned.last().map(|one| one.id.as_str()),
        None,
        author,
    ));
    Script::entries(entries)
}

/// Records what another tool did, as its ledger says it.
pub fn imported(found: &[(&Planned, &Taking)], author: &Author) -> Script {
    let mut entries = Vec::new();
    for ((one, taking), seq) in found.iter().zip(1..) {
        let reason = Some(taking.reason.clone());
        entries.push(Entry::Record(record(
            one,
            seq,
            taking.state,
            reason,
            author,
        )));
    }
    let last = found.last().map(|(one, _)| one.id.as_str());
    entries.push(attempt(last, None, author));
    Script::entries(entries)
}

/// Moves a record along its lifecycle.
pub fn state(id: &str, state: State, author: &Author) -> Script {
    let id = id.to_string();
    let log = attempt(Some(&id), None, author);
    Script::entries(vec![Entry::State { id, state }, log])
}

/// Takes an edited text for granted.
pub fn accept(one: &Wanted, author: &Author) -> Script {
    let id = one.migration.id.as_str();
    let log = attempt(Some(id), None, author);
    Script::entries(vec![
        Entry::Accept {
            id: id.into(),
            checksum: one.checksum.clone(),
            up: store_up(one),
        },
        log,
    ])
}

/// A row of the log.
pub fn attempt(id: Option<&str>, error: Option<&Error>, author: &Author) -> Entry {
    Entry::Attempt(Attempt {
        seq: 0,
        at: String::new(),
        run: author.run.clone(),
        action: author.action.clone(),
        id: id.map(String::from),
        outcome: if error.is_some() {
            Outcome::Failed
        } else {
            Outcome::Ok
        },
        code: error.map(|e| e.code().word().into()),
        message: error.map(|e| e.message().into()),
        reason: author.reason.clone(),
        duration_ms: 0,
        actor: author.actor.clone(),
        tool: author.tool.clone(),
    })
}

//! What would run, as data: the answer of `plan` and of dry runs.

use super::SCHEMA_VERSION;
use super::difference::{ChangeDocument, changes};
use super::document::{ErrorDocument, SkippedRow};
use super::lint::{FindingDocument, finding, is_of};
use crate::lint::Finding;
use crate::plan::{Group, Plan, Planned, Start, told};
use crate::spec::Secrecy;
use initium_driver::Place;
use serde::Serialize;

/// What would run.
#[derive(Serialize)]
pub struct PlanDocument {
    schema_version: u32,
    pub(super) verb: String,
    /// Changes whenever something that the plan depends on changes; `apply --plan` compares it.
    pub facts: String,
    pub(super) pending: usize,
    statements: usize,
    pub(super) migrations: Vec<PlannedDocument>,
    /// What is left out because of the order.
    skipped: Vec<SkippedRow>,
    /// Where the plan ends before its end, and why.
    unforeseen: Option<ErrorDocument>,
    #[serde(skip)]
    pub(super) findings: Vec<super::Finding>,
}

#[derive(Serialize)]
pub(super) struct PlannedDocument {
    pub(super) target: String,
    pub(super) id: String,
    pub(super) name: String,
    tags: Vec<String>,
    pub(super) phase: &'static str,
    pub(super) start: &'static str,
    checksum: String,
    condition: Option<String>,
    pub(super) reversible: bool,
    /// Run first: they remove what a dead run left.
    pub(super) clear: Vec<String>,
    /// What the statements do to the schema, where the spec says it as changes.
    changes: Vec<ChangeDocument>,
    pub(super) steps: Vec<StepDocument>,
    /// What the lints have against them.
    findings: Vec<FindingDocument>,
}

#[derive(Serialize)]
pub(super) struct StepDocument {
    pub(super) number: usize,
    pub(super) sql: String,
    pub(super) place: Place,
    /// How many statements it stands for, of which `sql` is the first, and the line of the last.
    pub(super) count: usize,
    pub(super) last_line: Option<u32>,
    /// Number of the transaction within the migration; statements of one number commit together.
    pub(super) transaction: Option<usize>,
    pub(super) lock: Option<&'static str>,
    pub(super) state: &'static str,
    /// What it would do, as far as looking tells.
    preview: Option<PreviewDocument>,
}

#[derive(Serialize)]
struct PreviewDocument {
    keys: u64,
    counted: bool,
    samples: Vec<Sample>,
}

#[derive(Serialize)]
struct Sample {
    before: String,
    after: String,
}

fn preview(one: &Planned, n: usize) -> Option<PreviewDocument> {
    let found = one.previews.get(&n)?;
    let samples = match one.secrecy {
        Secrecy::Open => found.samples.as_slice(),
        Secrecy::Sensitive => &[],
    };
    let sample = |(before, after): &(String, String)| Sample {
        before: before.clone(),
        after: after.clone(),
    };
    Some(PreviewDocument {
        keys: found.keys,
        counted: found.counted,
        samples: samples.iter().map(sample).collect(),
    })
}

impl PlanDocument {
    pub fn new(verb: &str, plan: &Plan) -> PlanDocument {
        PlanDocument {
            schema_version: SCHEMA_VERSION,
            verb: verb.into(),
            facts: facts_hash(plan),
            pending: plan.migrations.len(),
            statements: plan.statements(),
            findings: Vec::new(),
            migrations: plan.all().map(PlannedDocument::from).collect(),
            skipped: plan.skipped.iter().map(SkippedRow::from).collect(),
            unforeseen: plan
                .unforeseen
                .as_ref()
                .map(|(_, error)| ErrorDocument::from(error)),
        }
    }

    /// The same, with what the lints found in it.
    pub fn judged(mut self, findings: &[Finding]) -> PlanDocument {
        for found in findings {
            let mut migrations = self.migrations.iter_mut();
            let mine = migrations.find(|one| is_of(found, &one.target, &one.id, one.phase));
            if let Some(one) = mine {
                one.findings.push(FindingDocument::from(found));
            }
        }
        self.findings = findings.iter().map(finding).collect();
        self
    }
}

/// One hash over everything a plan would run.
pub fn facts_hash(plan: &Plan) -> String {
    let mut text = String::new();
    for one in plan.all() {
        let place = |s: &String| format!("{s}\u{1f}");
        text += &[&one.target, &one.id, &one.checksum, &one.done.to_string()]
            .map(place)
            .concat();
        if one.start != Start::Pending {
            text += &format!("{:?}\u{1f}", one.start);
        }
        text += &one.fingerprints.iter().map(place).collect::<String>();
        text += &format!("{:?}\u{1e}", one.groups);
    }
    crate::plan::hash(&text)
}

impl From<&Planned> for PlannedDocument {
    fn from(one: &Planned) -> PlannedDocument {
        PlannedDocument {
            target: one.target.clone(),
            id: one.id.clone(),
            name: one.name.clone(),
            tags: one.tags.clone(),
            phase: one.phase.word(),
            start: match one.start {
                Start::Pending => "pending",
                Start::Recheck => "recheck",
                Start::Redeclared => "redeclared",
                Start::Changed => "changed",
                Start::Callback => "callback",
                Start::Rerun => "rerun",
            },
            checksum: one.checksum.clone(),
            condition: one.condition.as_ref().map(|c| c.question.told(one.secrecy)),
            reversible: one.reversible,
            clear: one
                .clear
                .iter()
                .map(|left| told(one.secrecy, &left.text).into())
                .collect(),
            changes: one.difference.as_ref().map(changes).unwrap_or_default(),
            steps: steps(one),
            findings: Vec::new(),
        }
    }
}

fn steps(one: &Planned) -> Vec<StepDocument> {
    one.statements
        .iter()
        .enumerate()
        .map(|(n, statement)| StepDocument {
            number: n + 1,
            sql: told(one.secrecy, &statement.text).into(),
            place: statement.place.clone(),
            count: statement.count(),
            last_line: statement.more.as_ref().map(|more| more.last_line),
            transaction: transaction(one, n),
            lock: statement.lock,
            state: match n < one.done {
                true if one.took.contains(&n) => "found_done",
                true => "done",
                false => "pending",
            },
            preview: preview(one, n),
        })
        .collect()
}

/// Which transaction of the migration holds a statement, from 1; none where it runs on its own.
pub(super) fn transaction(one: &Planned, n: usize) -> Option<usize> {
    let holds = |group: &Group| matches!(group, Group::Together(range) if range.contains(&n));
    one.groups.iter().position(holds).map(|at| at + 1)
}

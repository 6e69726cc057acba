//! What lies between a database and what was declared: as data, and for people.

use super::SCHEMA_VERSION;
use super::clean::{clean, clean_line};
use super::document::ErrorDocument;
use super::findings::{Answer, Document, Finding, Level, of_error};
use super::text::{count, thousands};
use crate::diff::{Back, Difference, Step};
use initium_driver::Error;
use initium_driver::change::{Blocks, Impact, Threat, Work};
use serde::Serialize;
use std::fmt::Write;

/// What lies between two sides, for each target.
#[derive(Serialize)]
pub struct DiffDocument {
    schema_version: u32,
    verb: String,
    outcome: &'static str,
    targets: Vec<DiffTarget>,
    error: Option<ErrorDocument>,
}

#[derive(Serialize)]
pub struct DiffTarget {
    target: String,
    database: String,
    breaking: usize,
    changes: Vec<ChangeDocument>,
    up: Vec<String>,
    /// Absent where there is no way back; `one_way` says why.
    down: Option<Vec<String>>,
    one_way: Option<String>,
    /// What may have been meant as a rename.
    suggestions: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct ChangeDocument {
    what: String,
    breaking: bool,
    loses_data: bool,
    risks: Vec<RiskDocument>,
    lock: Option<&'static str>,
    blocks: &'static str,
    work: &'static str,
    rows: Option<u64>,
    statements: Vec<String>,
}

#[derive(Serialize)]
struct RiskDocument {
    kind: &'static str,
    what: String,
}

impl DiffDocument {
    pub fn new(verb: &str, targets: Vec<DiffTarget>, error: Option<&Error>) -> DiffDocument {
        let same = targets.iter().all(|target| target.changes.is_empty());
        DiffDocument {
            schema_version: SCHEMA_VERSION,
            verb: verb.into(),
            outcome: match (error, same) {
                (Some(_), _) => "failed",
                (None, true) => "nothing",
                (None, false) => "differs",
            },
            targets,
            error: error.map(ErrorDocument::from),
        }
    }
}

impl DiffTarget {
    pub fn new(target: &str, database: &str, difference: &Difference) -> DiffTarget {
        let (down, one_way) = match &difference.down {
            Back::Acts(acts) => (Some(acts.iter().map(|act| act.sql.clone()).collect()), None),
            Back::None(why) => (None, Some(why.clone())),
        };
        DiffTarget {
            target: target.into(),
            database: database.into(),
            breaking: difference.breaking().count(),
            changes: changes(difference),
            up: difference.up.iter().map(|act| act.sql.clone()).collect(),
            down,
            one_way,
            suggestions: difference.suggestions.iter().map(|it| it.told()).collect(),
        }
    }
}

/// Each change and the statements that make it.
pub(super) fn changes(difference: &Difference) -> Vec<ChangeDocument> {
    (0..difference.steps.len())
        .map(|n| change(difference, n))
        .collect()
}

fn change(difference: &Difference, n: usize) -> ChangeDocument {
    let Step {
        what, impact, rows, ..
    } = &difference.steps[n];
    ChangeDocument {
        what: what.clone(),
        breaking: impact.is_breaking(),
        loses_data: impact.loses(),
        risks: impact
            .risks
            .iter()
            .map(|risk| RiskDocument {
                kind: threat(risk.kind),
                what: risk.what.clone(),
            })
            .collect(),
        lock: Some(impact.lock.name).filter(|name| !name.is_empty()),
        blocks: blocks(impact.lock.blocks),
        work: work(impact.work),
        rows: *rows,
        statements: difference.statements(n).map(String::from).collect(),
    }
}

fn threat(kind: Threat) -> &'static str {
    match kind {
        Threat::Loss => "loss",
        Threat::Refusal => "refusal",
        Threat::Clients => "clients",
        Threat::Speed => "speed",
    }
}

fn blocks(blocks: Blocks) -> &'static str {
    match blocks {
        Blocks::Nothing => "nothing",
        Blocks::Changes => "changes",
        Blocks::Writes => "writes",
        Blocks::Everything => "everything",
    }
}

fn work(work: Work) -> &'static str {
    match work {
        Work::None => "none",
        Work::Scan => "scan",
        Work::Build => "build",
        Work::Rewrite => "rewrite",
    }
}

/// Changes, what each means, and the statements.
pub fn difference(target: &str, difference: &Difference) -> String {
    let mut out = String::new();
    let on = match target {
        "default" => String::new(),
        target => format!(" on {target}"),
    };
    if difference.is_empty() {
        return clean(&format!("no changes{on}\n"));
    }
    let breaking = match difference.breaking().count() {
        0 => "none breaking".to_string(),
        n => format!("{n} breaking"),
    };
    let changes = count(difference.steps.len(), "change");
    let _ = writeln!(out, "{changes}{on}, {breaking}");
    for step in &difference.steps {
        step_of(&mut out, step);
    }
    for suggestion in &difference.suggestions {
        let _ = writeln!(out, "note: {}", clean_line(&suggestion.told()));
    }
    let _ = writeln!(out, "\nup:");
    out += &indented(&difference.script());
    match &difference.down {
        Back::Acts(_) => {
            let _ = writeln!(out, "\ndown:");
            out += &indented(&difference.script_down().unwrap_or_default());
        }
        Back::None(why) => {
            let _ = writeln!(out, "\nno way back: {why}");
        }
    }
    clean(&out)
}

/// A change, what it costs and what it risks.
pub(super) fn step_of(out: &mut String, step: &Step) {
    let mark = match step.impact.is_breaking() {
        true => "!",
        false => "-",
    };
    let _ = writeln!(
        out,
        "  {mark} {}{}",
        clean_line(&step.what),
        cost(&step.impact, step.rows)
    );
    for risk in &step.impact.risks {
        let _ = writeln!(
            out,
            "      {}: {}",
            threat(risk.kind),
            clean_line(&risk.what)
        );
    }
}

/// `  (rewrites about 12,000 rows, ACCESS EXCLUSIVE: reads and writes wait)`
fn cost(impact: &Impact, rows: Option<u64>) -> String {
    let rows = match rows {
        Some(rows) => format!("about {} rows", thousands(rows as usize)),
        None => "the table".into(),
    };
    let work = match impact.work {
        Work::None => None,
        Work::Scan => Some(format!("reads {rows}")),
        Work::Build => Some(format!("indexes {rows}")),
        Work::Rewrite => Some(format!("rewrites {rows}")),
    };
    let waits = match impact.lock.blocks {
        Blocks::Nothing | Blocks::Changes => None,
        Blocks::Writes => Some("writes wait"),
        Blocks::Everything => Some("reads and writes wait"),
    };
    let lock = waits.map(|waits| match impact.lock.name {
        "" => waits.to_string(),
        name => format!("{name}: {waits}"),
    });
    let all: Vec<_> = work.into_iter().chain(lock).collect();
    match all.is_empty() {
        true => String::new(),
        false => format!("  ({})", all.join(", ")),
    }
}

fn indented(script: &str) -> String {
    let lines = script.lines().map(|line| match line {
        "" => "\n".to_string(),
        line => format!("  {line}\n"),
    });
    lines.collect()
}

impl Document for DiffDocument {
    fn answer(&self) -> Answer {
        let mut findings = Vec::new();
        if let Some(error) = &self.error {
            of_error(error, &mut findings);
        }
        for target in &self.targets {
            for change in &target.changes {
                let (code, level) = match change.breaking {
                    true => ("breaking-change", Level::Warning),
                    false => ("drift", Level::Notice),
                };
                let mut finding = Finding::new(code, level, &change.what);
                for risk in &change.risks {
                    finding = finding.more(&risk.what);
                }
                finding.target = Some(clean_line(&target.target));
                findings.push(finding);
            }
        }
        Answer {
            verb: self.verb.clone(),
            outcome: self.outcome,
            findings,
            ..Answer::default()
        }
    }
}

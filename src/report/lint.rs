//! What the lints found, as text, as a document, and as findings of continuous integration.

use super::SCHEMA_VERSION;
use super::clean::{clean, clean_line};
use super::document::ErrorDocument;
use super::findings::{Answer, Document, Level, Mark, Row, of_error};
use super::text::{count, located};
use crate::lint::{Finding, RULES, Rule};
use crate::plan::{Plan, Planned};
use crate::spec::{DEFAULT_TARGET, Severity};
use initium_driver::sorted;
use initium_driver::{Error, Place};
use serde::Serialize;
use std::fmt::Write;

/// What `lint` answers with.
#[derive(Serialize)]
pub struct LintDocument {
    schema_version: u32,
    verb: String,
    outcome: &'static str,
    /// How much was looked at.
    migrations: usize,
    statements: usize,
    findings: Vec<FindingDocument>,
    error: Option<ErrorDocument>,
    #[serde(skip)]
    rows: Vec<Row>,
    #[serde(skip)]
    told: Vec<super::Finding>,
}

#[derive(Serialize)]
pub(super) struct FindingDocument {
    rule: &'static str,
    severity: &'static str,
    message: String,
    help: &'static str,
    /// Scripts that do the same without the trouble, each a migration of its own.
    rewrite: Vec<String>,
    place: Place,
    target: String,
    migration: String,
    phase: &'static str,
    /// From 1; none where a comment is meant.
    statement: Option<usize>,
}

impl From<&Finding> for FindingDocument {
    fn from(found: &Finding) -> FindingDocument {
        FindingDocument {
            rule: found.rule.id,
            severity: found.severity.word(),
            message: found.message.clone(),
            help: found.rule.instead,
            rewrite: found.rewrite.clone(),
            place: found.place.clone(),
            target: found.target.clone(),
            migration: found.migration.clone(),
            phase: found.phase.word(),
            statement: found.statement.map(|n| n + 1),
        }
    }
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    pub migrations: usize,
    pub statements: usize,
}

impl LintDocument {
    /// `plan` is what was looked at; `error` what is made of the findings.
    pub fn new(plan: &Plan, findings: &[Finding], error: Option<&Error>) -> LintDocument {
        let row = |one: &Planned| {
            let worst = of_migration(findings, one);
            let worst = worst.iter().map(|found| found.severity).max();
            Row {
                target: clean_line(&one.target),
                id: clean_line(&one.id),
                name: clean_line(&one.name),
                state: worst.map_or("clean", Severity::word),
                mark: Mark::Done,
                duration_ms: None,
                reason: None,
            }
        };
        LintDocument {
            schema_version: SCHEMA_VERSION,
            verb: "lint".into(),
            outcome: match error {
                None => "done",
                Some(_) => "failed",
            },
            migrations: plan.migrations.len(),
            statements: plan.statements(),
            findings: findings.iter().map(FindingDocument::from).collect(),
            error: error.map(ErrorDocument::from),
            rows: plan.migrations.iter().map(row).collect(),
            told: findings.iter().map(finding).collect(),
        }
    }
}

impl Document for LintDocument {
    fn answer(&self) -> Answer {
        let mut findings = self.told.clone();
        sorted::by_key(&mut findings, |found| found.level);
        // That there are findings is told by the findings.
        let other = self.error.as_ref().filter(|_| findings.is_empty());
        if let Some(error) = other {
            of_error(error, &mut findings);
        }
        Answer {
            verb: self.verb.clone(),
            outcome: self.outcome,
            rows: self.rows.clone(),
            findings,
            ..Answer::default()
        }
    }
}

/// As continuous integration shows it.
pub(super) fn finding(found: &Finding) -> super::Finding {
    let level = match found.severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
        Severity::Notice | Severity::Off => Level::Notice,
    };
    let shown = super::Finding::new(found.rule.id, level, &found.message)
        .place(&found.place)
        .of(Some(&found.migration), Some(&found.target))
        .more(&format!("help: {}", found.rule.instead));
    match rewritten(found) {
        text if text.is_empty() => shown,
        text => shown.more(&format!("safe form:\n{text}")),
    }
}

pub(super) fn is_of(found: &Finding, target: &str, id: &str, phase: &str) -> bool {
    found.target == target && found.migration == id && found.phase.word() == phase
}

pub(super) fn of_migration<'f>(findings: &'f [Finding], one: &Planned) -> Vec<&'f Finding> {
    let mine = |found: &&Finding| is_of(found, &one.target, &one.id, one.phase.word());
    findings.iter().filter(mine).collect()
}

/// `warning[rename-table]: what asks for users fails from here on`
pub(super) fn headline(found: &Finding) -> String {
    let (word, id) = (found.severity.word(), found.rule.id);
    format!("{word}[{id}]: {}", clean_line(&found.message))
}

/// The safe form as one text.
fn rewritten(found: &Finding) -> String {
    found.rewrite.join("\n-- in a migration behind it:\n")
}

/// Everything that was found, as for errors.
pub fn lint(looked: Looked, findings: &[Finding]) -> String {
    let mut out = String::new();
    for found in findings {
        let _ = writeln!(out, "{}", headline(found));
        let mut about = format!("migration {}", found.migration);
        if let Some(n) = found.statement {
            about = format!("statement {}, {about}", n + 1);
        }
        if found.target != DEFAULT_TARGET {
            let _ = write!(about, ", target {}", found.target);
        }
        located(&mut out, &found.place, &about, found.excerpt.as_deref());
        let _ = writeln!(out, "  why: {}", found.rule.why);
        let _ = writeln!(out, "  help: {}", found.rule.instead);
        let text = rewritten(found);
        if !text.is_empty() {
            let _ = writeln!(out, "  safe form:\n    {}", text.replace('\n', "\n    "));
        }
    }
    let statements = count(looked.statements, "statement");
    let migrations = count(looked.migrations, "migration");
    let _ = match findings.len() {
        0 => writeln!(out, "nothing found in {statements} of {migrations}"),
        n => writeln!(
            out,
            "{} in {statements} of {migrations}: {}",
            count(n, "finding"),
            counts(findings)
        ),
    };
    clean(&out)
}

/// `1 error, 2 warnings`
fn counts(findings: &[Finding]) -> String {
    let of = |severity: Severity| {
        findings
            .iter()
            .filter(|one| one.severity == severity)
            .count()
    };
    let worst = [Severity::Error, Severity::Warning, Severity::Notice];
    let counted = worst
        .into_iter()
        .map(|severity| (of(severity), severity.word()));
    let said: Vec<_> = counted
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| count(n, word))
        .collect();
    said.join(", ")
}

fn databases(rule: &Rule) -> String {
    let words: Vec<_> = rule.databases.iter().map(|tongue| tongue.word()).collect();
    words.join(", ")
}

/// The table of rules.
pub fn listed() -> String {
    let width = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for rule in RULES {
        let _ = writeln!(
            out,
            "{:<width$}  {:<7}  {}",
            rule.id,
            rule.severity.word(),
            rule.title
        );
    }
    let _ = writeln!(out, "{}", count(RULES.len(), "rule"));
    out
}

/// One rule, as its page says it.
pub fn explained(rule: &Rule) -> String {
    let mut out = format!(
        "{}: {}\n\n{}\n\nInstead: {}\n\nseverity: {}\ndatabases: {}\n",
        rule.id,
        rule.title,
        rule.why,
        rule.instead,
        rule.severity.word(),
        databases(rule),
    );
    if !rule.others.is_empty() {
        let _ = writeln!(out, "elsewhere: {}", rule.others.join(", "));
    }
    let _ = writeln!(
        out,
        "allow it for one statement: -- initium:allow {} reason",
        rule.id
    );
    out
}

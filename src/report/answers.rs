//! Each document as findings and results. Says what stands in the document and nothing besides.

use super::clean::{clean, clean_line};
use super::connection::ConnectionDocument;
use super::document::{
    CheckDocument, ErrorDocument, HistoryDocument, ReportDocument, StatusDocument, StatusRow,
};
use super::export::ExportDocument;
use super::findings::{Answer, Document, Finding, Level, Mark, Row, Sheet, of_error};
use super::import::ImportDocument;
use super::planned::{PlanDocument, PlannedDocument};
use super::remarks::{of_plan, strongest};
use super::unlock::UnlockDocument;

fn errors(error: Option<&ErrorDocument>) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(error) = error {
        of_error(error, &mut found);
    }
    found
}

impl Document for ReportDocument {
    fn answer(&self) -> Answer {
        let rows = self.migrations.iter().map(|done| Row {
            target: clean_line(&done.target),
            id: clean_line(&done.id),
            name: clean_line(&done.name),
            state: done.outcome,
            mark: match done.outcome {
                "failed" => Mark::Failed,
                "not_applicable" => Mark::Skipped,
                _ => Mark::Done,
            },
            duration_ms: Some(done.duration_ms),
            reason: {
                let keys = done.keys.as_ref().map(|keys| &keys.shown);
                done.reason.as_ref().or(keys).map(|text| clean_line(text))
            },
        });
        Answer {
            verb: self.verb.clone(),
            outcome: self.outcome,
            rows: rows.collect(),
            findings: errors(self.error.as_ref()),
            ..Answer::default()
        }
    }
}

impl Document for PlanDocument {
    fn answer(&self) -> Answer {
        let rows = self.migrations.iter().map(|one| Row {
            target: clean_line(&one.target),
            id: clean_line(&one.id),
            name: clean_line(&one.name),
            state: "pending",
            mark: Mark::Pending,
            duration_ms: None,
            reason: None,
        });
        Answer {
            verb: self.verb.clone(),
            outcome: match self.pending {
                0 => "nothing",
                _ => "pending",
            },
            pending: Some(self.pending),
            plan: self.migrations.iter().map(sheet).collect(),
            rows: rows.collect(),
            findings: of_plan(self)
                .into_iter()
                .chain(self.findings.iter().cloned())
                .collect(),
        }
    }
}

fn sheet(one: &PlannedDocument) -> Sheet {
    let mut numbers: Vec<_> = one.steps.iter().map(|step| step.transaction).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let groups = numbers.iter().flatten().count();
    let sql = one.clear.iter().chain(
        one.steps
            .iter()
            .filter(|step| step.state == "pending")
            .map(|step| &step.sql),
    );
    Sheet {
        target: clean_line(&one.target),
        id: clean_line(&one.id),
        name: clean_line(&one.name),
        phase: one.phase,
        transaction: match (groups, numbers.contains(&None)) {
            (0, _) => "none".into(),
            (1, false) => "one".into(),
            (n, false) => n.to_string(),
            (n, true) => format!("{n}, and statements on their own"),
        },
        lock: strongest(one).map(|(_, lock)| lock),
        statements: one
            .steps
            .iter()
            .filter(|step| step.state == "pending")
            .map(|step| step.count)
            .sum(),
        sql: sql.map(|text| clean(text)).collect(),
    }
}

impl Document for StatusDocument {
    fn answer(&self) -> Answer {
        let mut answer = Answer {
            verb: self.verb.clone(),
            ..Answer::default()
        };
        let mut pending = 0;
        for target in &self.targets {
            pending += target.pending;
            for row in &target.migrations {
                answer.rows.push(status_row(&target.target, row));
                answer.findings.extend(trouble(&target.target, row));
            }
        }
        answer.pending = Some(pending);
        answer.outcome = match pending {
            0 => "up_to_date",
            _ => "pending",
        };
        answer
    }
}

fn status_row(target: &str, row: &StatusRow) -> Row {
    Row {
        target: clean_line(target),
        id: clean_line(&row.id),
        name: clean_line(&row.name),
        state: row.state,
        mark: match row.state {
            "pending" => Mark::Pending,
            "not_applicable" => Mark::Skipped,
            _ => Mark::Done,
        },
        duration_ms: row.duration_ms,
        reason: row.reason.as_deref().map(clean_line),
    }
}

/// `status` answers 0 whatever it finds, so these are warnings, under the code with which the verb
/// that minds them ends.
fn trouble(target: &str, row: &StatusRow) -> Option<Finding> {
    let (code, message) = match row.trouble? {
        "edited" => ("checksum-changed", "was edited after it was applied"),
        "unknown" => (
            "database-ahead",
            "is in the database, and the spec does not know it",
        ),
        "undecided" => (
            "step-undecided",
            "has a statement of which nobody knows whether it took effect",
        ),
        _ => (
            "status-half-applied",
            "is applied in part; apply goes on where it stopped",
        ),
    };
    let message = format!("'{}' {message}", row.id);
    Some(Finding::new(code, Level::Warning, &message).of(Some(&row.id), Some(target)))
}

impl Document for CheckDocument {
    fn answer(&self) -> Answer {
        let rows = self.pending.iter().map(|row| Row {
            target: clean_line(&row.target),
            id: clean_line(&row.id),
            name: String::new(),
            state: "pending",
            // To be pending is what the gate says no to.
            mark: Mark::Failed,
            duration_ms: None,
            reason: None,
        });
        Answer {
            verb: self.verb.clone(),
            outcome: self.outcome,
            pending: Some(self.pending.len()),
            rows: rows.collect(),
            findings: errors(self.error.as_ref()),
            ..Answer::default()
        }
    }
}

impl Document for ConnectionDocument {
    fn answer(&self) -> Answer {
        let failed = self.connections.iter().filter_map(|one| one.error.as_ref());
        let findings: Vec<_> = failed.flat_map(|error| errors(Some(error))).collect();
        Answer {
            verb: self.verb.into(),
            outcome: match findings.is_empty() {
                true => "done",
                false => "failed",
            },
            findings,
            ..Answer::default()
        }
    }
}

/// The log is about what was; a run of today neither failed nor passed because of it.
impl Document for HistoryDocument {
    fn answer(&self) -> Answer {
        told(&self.verb)
    }
}

impl Document for ImportDocument {
    fn answer(&self) -> Answer {
        let row = |target: &str, one: &super::import::Version| Row {
            target: clean_line(target),
            id: clean_line(one.id.as_deref().unwrap_or_default()),
            name: String::new(),
            state: one.becomes,
            mark: match one.becomes {
                "refused" => Mark::Failed,
                "pending" => Mark::Pending,
                "left_out" => Mark::Skipped,
                _ => Mark::Done,
            },
            duration_ms: None,
            reason: None,
        };
        let rows = self
            .targets
            .iter()
            .flat_map(|it| it.versions.iter().map(|one| row(&it.target, one)));
        Answer {
            verb: self.verb.clone(),
            outcome: self.outcome,
            rows: rows.collect(),
            findings: errors(self.error.as_ref()),
            ..Answer::default()
        }
    }
}

impl Document for ExportDocument {
    fn answer(&self) -> Answer {
        told(&self.verb)
    }
}

impl Document for UnlockDocument {
    fn answer(&self) -> Answer {
        told(&self.verb)
    }
}

fn told(verb: &str) -> Answer {
    Answer {
        verb: verb.into(),
        outcome: "done",
        ..Answer::default()
    }
}

//! What `--format json` prints: one document per command, described by `schema/output.schema.json`.

use super::SCHEMA_VERSION;
use crate::plan::{Half, Known, Skipped, Status};
use crate::run::{Done, Gate, Outcome, Report};
use initium_driver::{Attempt, Error, Place};
use serde::Serialize;

/// An error, as data.
#[derive(Serialize)]
pub struct ErrorDocument {
    pub(super) code: &'static str,
    exit: i32,
    pub(super) message: String,
    pub(super) help: Option<String>,
    pub(super) place: Option<Place>,
    excerpt: Option<String>,
    pub(super) migration: Option<String>,
    pub(super) target: Option<String>,
    pub(super) statement: Option<Position>,
    pub(super) server: ServerDocument,
    edits: Option<String>,
    pub(super) also: Vec<ErrorDocument>,
}

#[derive(Serialize)]
pub(super) struct Position {
    pub(super) number: usize,
    pub(super) of: usize,
}

#[derive(Serialize)]
pub(super) struct ServerDocument {
    pub(super) sqlstate: Option<String>,
    pub(super) detail: Option<String>,
    pub(super) hint: Option<String>,
}

impl From<&Error> for ErrorDocument {
    fn from(error: &Error) -> ErrorDocument {
        let (spot, server) = (error.spot(), error.server_said());
        ErrorDocument {
            code: error.code().word(),
            exit: error.exit(),
            message: error.message().into(),
            help: error.help_text().map(String::from),
            place: spot.place.clone(),
            excerpt: spot.excerpt.clone(),
            migration: spot.migration.clone(),
            target: spot.target.clone(),
            statement: spot.statement.map(|(number, of)| Position { number, of }),
            server: ServerDocument {
                sqlstate: server.state.clone(),
                detail: server.detail.clone(),
                hint: server.hint.clone(),
            },
            edits: error.edited().map(String::from),
            also: error.others().iter().map(ErrorDocument::from).collect(),
        }
    }
}

/// What a writing verb did; also the document of any verb that fails before it has one of its own.
#[derive(Serialize)]
pub struct ReportDocument {
    schema_version: u32,
    pub(super) verb: String,
    pub(super) outcome: &'static str,
    pub(super) migrations: Vec<DoneDocument>,
    pub(super) error: Option<ErrorDocument>,
}

#[derive(Serialize)]
pub(super) struct DoneDocument {
    pub(super) target: String,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) outcome: &'static str,
    pub(super) duration_ms: u64,
    statements: usize,
    pub(super) reason: Option<String>,
    pub(super) keys: Option<KeysDocument>,
}

/// What came of the keys that statements worked through.
#[derive(Serialize)]
pub(super) struct KeysDocument {
    processed: u64,
    skipped: u64,
    failed: u64,
    #[serde(skip)]
    pub(super) shown: String,
}

impl ReportDocument {
    pub fn new(verb: &str, report: &Report, error: Option<&Error>) -> ReportDocument {
        ReportDocument {
            schema_version: SCHEMA_VERSION,
            verb: verb.into(),
            outcome: match error {
                Some(_) => "failed",
                None if report.done.is_empty() => "nothing",
                None => "done",
            },
            migrations: report.done.iter().map(DoneDocument::from).collect(),
            error: error.map(ErrorDocument::from),
        }
    }
}

impl From<&Done> for DoneDocument {
    fn from(done: &Done) -> DoneDocument {
        DoneDocument {
            target: done.target.clone(),
            id: done.id.clone(),
            name: done.name.clone(),
            outcome: word(done.outcome),
            duration_ms: done.duration.as_millis() as u64,
            statements: done.statements,
            reason: done.reason.clone(),
            keys: done.keys.as_ref().map(|keys| KeysDocument {
                processed: keys.processed,
                skipped: keys.skipped,
                failed: keys.failed,
                shown: super::keys(keys).trim_matches([' ', '(', ')']).into(),
            }),
        }
    }
}

/// The outcome as JSON and logs spell it.
pub(super) fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Applied | Outcome::Empty => "applied",
        Outcome::Rerun => "rerun",
        Outcome::NotApplicable => "not_applicable",
        Outcome::RolledBack => "rolled_back",
        Outcome::Verified => "verified",
        Outcome::CleanedUp => "cleaned_up",
        Outcome::Adopted => "adopted",
        Outcome::Called => "called",
        Outcome::Repaired => "repaired",
        Outcome::Added => "added",
        Outcome::Failed => "failed",
    }
}

/// Every migration of every target.
#[derive(Serialize)]
pub struct StatusDocument {
    schema_version: u32,
    pub(super) verb: String,
    pub targets: Vec<TargetStatus>,
}

#[derive(Serialize)]
pub struct TargetStatus {
    pub target: String,
    pub server: String,
    pub applied: usize,
    pub pending: usize,
    pub migrations: Vec<StatusRow>,
}

#[derive(Serialize)]
pub struct StatusRow {
    pub id: String,
    pub name: String,
    pub tags: Vec<String>,
    pub state: &'static str,
    /// What is wrong with it: `edited`, `unknown`, `half_applied`, `undecided`.
    pub trouble: Option<&'static str>,
    pub reason: Option<String>,
    pub applied_at: Option<String>,
    pub duration_ms: Option<u64>,
    pub run: Option<String>,
}

impl StatusDocument {
    pub fn new(targets: Vec<TargetStatus>) -> StatusDocument {
        StatusDocument {
            schema_version: SCHEMA_VERSION,
            verb: "status".into(),
            targets,
        }
    }
}

impl TargetStatus {
    pub fn new(target: &str, server: &str, statuses: &[Status]) -> TargetStatus {
        let migrations: Vec<_> = statuses.iter().map(StatusRow::from).collect();
        let pending = migrations
            .iter()
            .filter(|row| row.state == "pending")
            .count();
        TargetStatus {
            target: target.into(),
            server: server.into(),
            applied: migrations.len() - pending,
            pending,
            migrations,
        }
    }
}

impl From<&Status<'_>> for StatusRow {
    fn from(status: &Status) -> StatusRow {
        StatusRow {
            id: status.id.into(),
            name: status.name.into(),
            tags: status.tags.to_vec(),
            state: status.record.map_or("pending", |r| r.state.word()),
            trouble: match status.known {
                Known::Edited => Some("edited"),
                Known::Unknown => Some("unknown"),
                Known::Same => status.half.map(|half| match half {
                    Half::Applied => "half_applied",
                    Half::Undecided => "undecided",
                }),
            },
            reason: status.record.and_then(|r| r.reason.clone()),
            applied_at: status.record.map(|r| r.applied_at.clone()),
            duration_ms: status.record.map(|r| r.duration_ms),
            run: status.record.map(|r| r.run.clone()),
        }
    }
}

/// The gate's answer.
#[derive(Serialize)]
pub struct CheckDocument {
    schema_version: u32,
    pub(super) verb: String,
    pub(super) outcome: &'static str,
    applied: usize,
    pub(super) pending: Vec<PendingRow>,
    /// What is left out because of the order.
    skipped: Vec<SkippedRow>,
    /// Where something is pending.
    targets: Vec<PendingTarget>,
    pub(super) error: Option<ErrorDocument>,
}

#[derive(Serialize)]
struct PendingTarget {
    target: String,
    database: &'static str,
    pending: usize,
}

#[derive(Serialize)]
pub(super) struct PendingRow {
    pub(super) target: String,
    pub(super) id: String,
}

#[derive(Serialize)]
pub(super) struct SkippedRow {
    target: String,
    id: String,
    /// The applied one before which it stands.
    behind: String,
}

impl From<&Skipped> for SkippedRow {
    fn from(one: &Skipped) -> SkippedRow {
        SkippedRow {
            target: one.target.clone(),
            id: one.id.clone(),
            behind: one.behind.clone(),
        }
    }
}

impl CheckDocument {
    pub fn new(verb: &str, gate: &Gate, error: Option<&Error>) -> CheckDocument {
        CheckDocument {
            schema_version: SCHEMA_VERSION,
            verb: verb.into(),
            outcome: if error.is_some() {
                "pending"
            } else {
                "up_to_date"
            },
            applied: gate.applied,
            pending: gate
                .pending
                .iter()
                .map(|(target, id)| PendingRow {
                    target: target.clone(),
                    id: id.clone(),
                })
                .collect(),
            skipped: gate.skipped.iter().map(SkippedRow::from).collect(),
            targets: {
                let counts = gate.counts().into_iter();
                let row = |(target, database, pending): (&str, _, _)| PendingTarget {
                    target: target.into(),
                    database,
                    pending,
                };
                counts.map(row).collect()
            },
            error: error.map(ErrorDocument::from),
        }
    }
}

/// The log.
#[derive(Serialize)]
pub struct HistoryDocument {
    schema_version: u32,
    pub(super) verb: String,
    pub attempts: Vec<AttemptRow>,
}

#[derive(Serialize)]
pub struct AttemptRow {
    pub target: String,
    #[serde(flatten)]
    pub attempt: Attempt,
}

impl HistoryDocument {
    pub fn new(attempts: Vec<AttemptRow>) -> HistoryDocument {
        HistoryDocument {
            schema_version: SCHEMA_VERSION,
            verb: "history".into(),
            attempts,
        }
    }
}

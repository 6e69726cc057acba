//! Ledger entries as words for the script that writes them, and what is read back. Pure.

use initium_driver::ledger::{
    Attempt, Outcome, Phase, Record, State, Step, StepState, Stored, fingerprint,
};
use initium_driver::{Code, Entry, Error, Result};
use serde::{Deserialize, Serialize};

/// A record as it is kept; the stored scripts have a place of their own.
#[derive(Serialize, Deserialize)]
struct Row {
    seq: u64,
    name: String,
    checksum: String,
    digest: u64,
    state: String,
    reason: Option<String>,
    statements: u64,
    duration_ms: u64,
    applied_at: String,
    run: String,
    tool: String,
}

/// Format 1 had no `up`.
#[derive(Serialize, Deserialize)]
struct Scripts {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    up: Option<String>,
    down: Option<String>,
    cleanup: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct StepRow {
    state: String,
    checksum: String,
    head: String,
    catalog: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Log {
    at: String,
    run: String,
    action: String,
    id: Option<String>,
    outcome: String,
    code: Option<String>,
    message: Option<String>,
    reason: Option<String>,
    duration_ms: u64,
    actor: String,
    tool: String,
}

/// When it is, by the server's clock, and how long this script took until now.
#[derive(Clone, Debug)]
pub struct Now {
    pub at: String,
    pub elapsed_ms: u64,
}

/// The field of a step's mark: another text of the same statement has another one.
pub fn mark(step: &Step) -> String {
    let print = fingerprint(&step.id, &step.checksum);
    format!(
        "{}/{}/{print:010x}/{}",
        step.phase.word(),
        step.number,
        step.id
    )
}

fn field(step: &Step) -> String {
    format!("{}/{}/{}", step.phase.word(), step.number, step.id)
}

/// One entry, its name first.
pub fn words(entry: &Entry, now: &Now) -> Vec<String> {
    let word = |name: &str, rest: Vec<String>| {
        let mut words = vec![name.to_string()];
        words.extend(rest);
        words
    };
    match entry {
        Entry::Record(record) => word("record", recorded(record, now)),
        Entry::State { id, state } => word("state", vec![id.clone(), state.word().into()]),
        Entry::Accept { id, checksum, up } => word(
            "accept",
            vec![
                id.clone(),
                checksum.clone(),
                fingerprint(id, checksum).to_string(),
                up.clone().unwrap_or_default(),
            ],
        ),
        Entry::Forget { id } => word("forget", vec![id.clone()]),
        Entry::Step(step) => word("step", vec![field(step), step_row(step)]),
        Entry::Intent { step, .. } => word("intent", vec![field(step), step_row(step), mark(step)]),
        Entry::Unstep { id, phase, number } => word(
            "unstep",
            vec![phase.word().into(), number.to_string(), id.clone()],
        ),
        Entry::ClearSteps { id, phase } => word("clear", vec![phase.word().into(), id.clone()]),
        Entry::Attempt(attempt) => word("attempt", vec![logged(attempt, now)]),
    }
}

fn json(value: &impl Serialize) -> String {
    // Texts and numbers alone: nothing of it can fail.
    serde_json::to_string(value).unwrap_or_default()
}

fn recorded(record: &Record, now: &Now) -> Vec<String> {
    let digest = fingerprint(&record.id, &record.checksum);
    let row = Row {
        seq: record.seq,
        name: record.name.clone(),
        checksum: record.checksum.clone(),
        digest,
        state: record.state.word().into(),
        reason: record.reason.clone(),
        statements: record.statements,
        duration_ms: record.duration_ms + now.elapsed_ms,
        applied_at: now.at.clone(),
        run: record.run.clone(),
        tool: record.tool.clone(),
    };
    let stored = match (&record.up, &record.down, &record.cleanup) {
        (None, None, None) => String::new(),
        (up, down, cleanup) => json(&Scripts {
            up: up.clone(),
            down: down.clone(),
            cleanup: cleanup.clone(),
        }),
    };
    vec![record.id.clone(), json(&row), stored, digest.to_string()]
}

fn step_row(step: &Step) -> String {
    json(&StepRow {
        state: step.state.word().into(),
        checksum: step.checksum.clone(),
        head: step.head.clone(),
        catalog: step.catalog.clone(),
    })
}

fn logged(attempt: &Attempt, now: &Now) -> String {
    json(&Log {
        at: now.at.clone(),
        run: attempt.run.clone(),
        action: attempt.action.clone(),
        id: attempt.id.clone(),
        outcome: attempt.outcome.word().into(),
        code: attempt.code.clone(),
        message: attempt.message.clone(),
        reason: attempt.reason.clone(),
        duration_ms: attempt.duration_ms + now.elapsed_ms,
        actor: attempt.actor.clone(),
        tool: attempt.tool.clone(),
    })
}

fn parsed<T: for<'a> Deserialize<'a>>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| unknown(&error.to_string()))
}

fn unknown(what: &str) -> Error {
    Error::new(
        Code::LedgerNewer,
        format!("the ledger holds what this tool does not know: {what}"),
    )
    .help("a newer initium wrote it; use that version or a later one")
}

fn known<T>(what: &str, word: &str, found: Option<T>) -> Result<T> {
    found.ok_or_else(|| unknown(&format!("the {what} '{word}'")))
}

pub fn record(id: &str, text: &str) -> Result<Record> {
    let row: Row = parsed(text)?;
    Ok(Record {
        id: id.into(),
        seq: row.seq,
        name: row.name,
        checksum: row.checksum,
        state: known("state", &row.state, State::parse(&row.state))?,
        reason: row.reason,
        statements: row.statements,
        duration_ms: row.duration_ms,
        applied_at: row.applied_at,
        run: row.run,
        tool: row.tool,
        up: None,
        down: None,
        cleanup: None,
    })
}

pub fn stored(text: &str) -> Result<Stored> {
    let Scripts { up, down, cleanup } = parsed(text)?;
    Ok(Stored { up, down, cleanup })
}

pub fn step(field: &str, text: &str) -> Result<Step> {
    let row: StepRow = parsed(text)?;
    let mut parts = field.splitn(3, '/');
    let (Some(phase), Some(number), Some(id)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(unknown("a step without a name"));
    };
    Ok(Step {
        id: id.into(),
        phase: known("phase", phase, Phase::parse(phase))?,
        number: known("number", number, number.parse().ok())?,
        state: known("state", &row.state, StepState::parse(&row.state))?,
        checksum: row.checksum,
        head: row.head,
        catalog: row.catalog,
    })
}

pub fn attempt(seq: u64, text: &str) -> Result<Attempt> {
    let log: Log = parsed(text)?;
    Ok(Attempt {
        seq,
        at: log.at,
        run: log.run,
        action: log.action,
        id: log.id,
        outcome: known("outcome", &log.outcome, Outcome::parse(&log.outcome))?,
        code: log.code,
        message: log.message,
        reason: log.reason,
        duration_ms: log.duration_ms,
        actor: log.actor,
        tool: log.tool,
    })
}

/// Milliseconds since 1970 as RFC 3339 in UTC.
pub fn time(millis: u64) -> String {
    let (seconds, millis) = (millis / 1000, millis % 1000);
    let (days, rest) = (seconds / 86400, seconds % 86400);
    // Howard Hinnant's civil_from_days, for days after 1970.
    let z = days + 719_468;
    let (era, day_of_era) = (z / 146_097, z % 146_097);
    let year = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, later) = match month {
        0..=9 => (month + 3, 0),
        _ => (month - 9, 1),
    };
    let year = year + era * 400 + later;
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{millis:03}Z",
        rest / 3600,
        rest / 60 % 60,
        rest % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        for (millis, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_735_689_599_999, "2024-12-31T23:59:59.999Z"),
            (4_107_542_400_001, "2100-03-01T00:00:00.001Z"),
        ] {
            assert_eq!(time(millis), expected);
        }
    }

    #[test]
    fn another_text_of_a_statement_has_another_mark() {
        let of = |checksum: &str| Step::new("a/b", Phase::Up, 3, checksum.into(), "SET a 1");
        assert_ne!(mark(&of("v1:a")), mark(&of("v1:b")));
        assert!(mark(&of("v1:a")).starts_with("up/3/"));
        assert!(mark(&of("v1:a")).ends_with("/a/b"));
        let read = step(&field(&of("v1:a")), &step_row(&of("v1:a"))).expect("a step");
        assert_eq!(read, of("v1:a"));
    }
}

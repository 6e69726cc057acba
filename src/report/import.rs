//! The answer of `import`: what another tool's ledger says beside what becomes of it in ours.

use super::document::ErrorDocument;
use super::{SCHEMA_VERSION, clean, clean_line};
use crate::plan::{Fate, Matched};
use crate::run::Taken;
use initium_driver::Error;
use serde::Serialize;
use std::fmt::Write;

#[derive(Serialize)]
pub struct ImportDocument {
    schema_version: u32,
    pub(super) verb: String,
    pub(super) outcome: &'static str,
    pub(super) targets: Vec<Target>,
    pub(super) error: Option<ErrorDocument>,
}

#[derive(Serialize)]
pub(super) struct Target {
    pub(super) target: String,
    from: &'static str,
    ledger: String,
    pub(super) versions: Vec<Version>,
}

#[derive(Serialize)]
pub(super) struct Version {
    version: String,
    title: String,
    state: Option<&'static str>,
    at: Option<String>,
    pub(super) id: Option<String>,
    checksum: Option<&'static str>,
    pub(super) becomes: &'static str,
}

impl ImportDocument {
    pub fn new(all: &[Taken], outcome: &'static str, error: Option<&Error>) -> ImportDocument {
        let outcome = match error {
            Some(_) => "failed",
            None => outcome,
        };
        ImportDocument {
            schema_version: SCHEMA_VERSION,
            verb: "import".into(),
            outcome,
            targets: all.iter().map(Target::from).collect(),
            error: error.map(ErrorDocument::from),
        }
    }
}

impl From<&Taken> for Target {
    fn from(taken: &Taken) -> Target {
        Target {
            target: taken.target.clone(),
            from: taken.from.tool.word(),
            ledger: taken.from.table.to_string(),
            versions: taken.mapping.lines.iter().map(Version::from).collect(),
        }
    }
}

impl From<&Matched> for Version {
    fn from(one: &Matched) -> Version {
        Version {
            version: one.version.clone(),
            title: one.title.clone(),
            state: one.standing.map(|standing| standing.word()),
            at: one.at.clone(),
            id: one.id.clone(),
            checksum: one.sum.map(|sum| sum.word()),
            becomes: one.fate.word(),
        }
    }
}

/// One line for each version: theirs, and what becomes of it here.
pub fn imported(all: &[Taken]) -> String {
    let mut out = String::new();
    for taken in all {
        let Taken {
            target,
            from,
            mapping,
        } = taken;
        let _ = writeln!(
            out,
            "target {target}, ledger of {} ({})",
            from.tool.word(),
            from.table
        );
        let rows: Vec<[String; 5]> = mapping.lines.iter().map(cells).collect();
        let width = |n: usize| {
            let widths = rows.iter().map(|row| row[n].chars().count());
            widths.max().unwrap_or_default()
        };
        let widths = [width(0), width(1), width(2), width(3)];
        for row in &rows {
            let mut line = String::from(" ");
            for (cell, width) in row.iter().zip(widths.iter().chain(&[0])) {
                let _ = write!(line, " {cell:<width$} ");
            }
            let _ = writeln!(out, "{}", clean_line(line.trim_end()));
        }
        let count = |fate| mapping.lines.iter().filter(|one| one.fate == fate).count();
        let told = [
            (mapping.takings.len(), "to record"),
            (count(Fate::Pending), "pending"),
            (count(Fate::LeftOut), "left out"),
            (mapping.errors.len(), "refused"),
        ];
        let told = told
            .iter()
            .filter(|(count, word)| *count > 0 || *word == "to record");
        let told: Vec<_> = told
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        let _ = writeln!(out, "{}", told.join(", "));
    }
    clean(&out)
}

fn cells(one: &Matched) -> [String; 5] {
    let version = match one.version.is_empty() {
        true => one.title.clone(),
        false => one.version.clone(),
    };
    let state = one.standing.map_or("-", |standing| standing.word());
    let sum = one.sum.map_or("-", |sum| sum.word()).replace('_', " ");
    let id = one.id.clone().unwrap_or_else(|| "(no file)".into());
    let becomes = one.fate.word().replace('_', " ");
    [
        version,
        state.into(),
        format!("-> {id}"),
        becomes,
        match sum.as_str() {
            "-" | "not kept" => String::new(),
            sum => format!("(checksum {sum})"),
        },
    ]
}

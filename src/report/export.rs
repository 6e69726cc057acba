//! The answer of `export`: what another tool's ledger was given.

use super::{SCHEMA_VERSION, clean};
use crate::run::Given;
use serde::Serialize;
use std::fmt::Write;

#[derive(Serialize)]
pub struct ExportDocument {
    schema_version: u32,
    pub(super) verb: String,
    outcome: &'static str,
    targets: Vec<Target>,
}

#[derive(Serialize)]
struct Target {
    target: String,
    to: &'static str,
    ledger: String,
    statements: Vec<String>,
    #[serde(skip)]
    rows: usize,
}

impl ExportDocument {
    pub fn new(all: &[Given], outcome: &'static str) -> ExportDocument {
        let target = |one: &Given| Target {
            target: one.target.clone(),
            to: one.tool.word(),
            ledger: one.table.to_string(),
            statements: one.statements().cloned().collect(),
            rows: one.written.rows.len(),
        };
        ExportDocument {
            schema_version: SCHEMA_VERSION,
            verb: "export".into(),
            outcome,
            targets: all.iter().map(target).collect(),
        }
    }

    /// What would be written as statements, so that it can be run as it is; what was written in words.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for one in &self.targets {
            let Target {
                target,
                to,
                ledger,
                rows,
                ..
            } = one;
            match self.outcome {
                "preview" => {
                    let _ = writeln!(out, "-- target {target}: {ledger} of {to}");
                    for statement in &one.statements {
                        let _ = writeln!(out, "{statement};");
                    }
                }
                _ if one.statements.is_empty() => {
                    let _ = writeln!(out, "{target}: {ledger} of {to} says so already");
                }
                _ => {
                    let word = if *rows == 1 { "row" } else { "rows" };
                    let _ = writeln!(out, "{target}: {rows} {word} into {ledger} of {to}");
                }
            }
        }
        clean(&out)
    }
}

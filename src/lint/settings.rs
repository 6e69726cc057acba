//! Which rules are looked for, how much each matters, and in which migrations. Made of the spec and
//! of what a command line says; what neither knows is refused.

use super::rules::RULES;
use crate::spec::{Severity, Spec, distance};
use initium_driver::ddl::SCHEMAS;
use initium_driver::{Code, Error, Result};
use std::collections::BTreeSet;

#[derive(Clone, Debug)]
pub struct Settings {
    /// Beside `RULES`.
    severities: Vec<Severity>,
    /// Migrations that are not judged.
    skipped: BTreeSet<String>,
}

impl Settings {
    /// `only` names rules, if not all are meant; `since` the first migration that is judged.
    pub fn new(spec: &Spec, only: &[String], since: Option<&str>) -> Result<Settings> {
        if !SCHEMAS {
            return Ok(Settings {
                severities: Vec::new(),
                skipped: BTreeSet::new(),
            });
        }
        let mut severities: Vec<_> = RULES.iter().map(|rule| rule.severity).collect();
        for said in &spec.lint.rules {
            let (id, severity) = &said.what;
            let at = position(id)
                .ok_or_else(|| unknown(id, "'rules' of 'lint'").place(said.place.clone()))?;
            severities[at] = *severity;
        }
        if !only.is_empty() {
            let mut chosen = BTreeSet::new();
            for id in only {
                chosen.insert(position(id).ok_or_else(|| unknown(id, "--rule"))?);
            }
            for (at, severity) in severities.iter_mut().enumerate() {
                *severity = match (chosen.contains(&at), *severity) {
                    (false, _) => Severity::Off,
                    // Who names a rule wants to hear it.
                    (true, Severity::Off) => Severity::Notice,
                    (true, severity) => severity,
                };
            }
        }
        let since = since.or(spec.lint.since.as_ref().map(|said| said.what.as_str()));
        let older = spec.migrations.iter().map(|one| &one.id);
        let skipped = match since {
            None => BTreeSet::new(),
            Some(since) => older.take_while(|id| *id != since).cloned().collect(),
        };
        Ok(Settings {
            severities,
            skipped,
        })
    }

    pub fn severity(&self, rule: usize) -> Severity {
        self.severities.get(rule).copied().unwrap_or(Severity::Off)
    }

    pub fn skips(&self, migration: &str) -> bool {
        self.skipped.contains(migration)
    }
}

fn position(id: &str) -> Option<usize> {
    RULES.iter().position(|rule| rule.id == id)
}

/// The error for a rule that is none, with the nearest one.
pub fn unknown(id: &str, at: &str) -> Error {
    let error = Error::new(Code::SettingInvalid, format!("unknown rule '{id}' in {at}"));
    let near = RULES
        .iter()
        .map(|rule| rule.id)
        .min_by_key(|known| distance(id, known));
    match near.filter(|near| distance(id, near) * 3 <= id.len() + 3) {
        Some(near) => error.help(format!("did you mean '{near}'?")),
        None => error.help("see `initium migrate lint --list`"),
    }
}

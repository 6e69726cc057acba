//! How the verbs come to findings: what is known of the servers, asked or assumed, and when a finding
//! stops a run.

use super::arguments::Common;
use super::values::{LIMITS, listed};
use crate::connect;
use crate::lint::{Finding, Ground, Settings, Version, lint};
use crate::plan::Plan;
use crate::run::{Connection, grounds};
use crate::spec::{Severity, Spec, Target};
use initium_driver::sql::ddl::Tongue;
use initium_driver::{Code, Dialect, Error, Result};
use std::collections::BTreeMap;

/// The findings of a plan, as the servers are.
pub fn online(
    plan: &Plan,
    spec: &Spec,
    connections: &mut [Connection],
    settings: &Settings,
) -> Vec<Finding> {
    // Nobody is asked about nothing.
    match plan.is_empty() {
        true => Vec::new(),
        false => lint(plan, spec, &grounds(connections), settings),
    }
}

/// What is assumed of the servers: the oldest version, or what the line says of them.
pub fn offline(
    targets: &[Target],
    common: &Common,
    versions: &[String],
) -> Result<BTreeMap<String, Ground>> {
    let said = versions.iter().map(|text| version(text));
    let said = said.collect::<Result<Vec<_>>>()?;
    let mut grounds = BTreeMap::new();
    for target in targets {
        let Some(tongue) = Tongue::of(dialect(target, common)?.names()[0]) else {
            continue;
        };
        let mut ground = Ground::oldest(tongue);
        for (of, version) in &said {
            if of.is_none_or(|of| of == tongue) {
                ground.version = *version;
            }
        }
        grounds.insert(target.name.clone(), ground);
    }
    Ok(grounds)
}

/// `16`, or `mysql=8.4` where a spec is for several kinds.
fn version(text: &str) -> Result<(Option<Tongue>, Version)> {
    let (of, number) = match text.split_once('=') {
        Some((kind, number)) => (Some(kind), number),
        None => (None, text),
    };
    let tongue = of.map(|kind| Tongue::of(kind).ok_or(()));
    match (tongue.transpose(), Version::parse(number)) {
        (Ok(tongue), Some(version)) if number.starts_with(|c: char| c.is_ascii_digit()) => {
            Ok((tongue, version))
        }
        _ => Err(
            Error::new(Code::SettingInvalid, "--server-version is no version").help(
                "for instance 16, or mysql=8.4 where the spec is for several kinds of database",
            ),
        ),
    }
}

/// How a target spells things, as far as the spec and the line say what it is.
pub fn dialect(target: &Target, common: &Common) -> Result<Box<dyn Dialect>> {
    let said = target.database.as_deref().or(common.database.as_deref());
    let database = said.ok_or_else(|| {
        Error::new(Code::ConnectionMissing, format!("target '{}' does not say what kind of database it is", target.name))
            .help("use --database postgres, mysql, mariadb, sqlite or redis, or say `database:` in the spec")
    })?;
    connect::dialect(database)
}

/// The limit that a flag or the spec sets; none where nothing stops a run.
pub fn limit(flag: &str, word: Option<&str>) -> Result<Option<Severity>> {
    let said = word.map(|word| {
        Severity::limit(word).ok_or_else(|| {
            Error::new(Code::SettingInvalid, format!("{flag} is no severity")).help(listed(LIMITS))
        })
    });
    said.transpose()
}

/// The error where a finding is worse than the limit.
pub fn stop(code: Code, limit: Severity, findings: &[Finding]) -> Result<()> {
    let worse: Vec<_> = findings
        .iter()
        .filter(|found| found.severity > limit)
        .collect();
    let Some(first) = worse.first() else {
        return Ok(());
    };
    let all = match worse.len() {
        1 => String::new(),
        n => format!(" (and {} more)", n - 1),
    };
    let message = format!("{}: {}{all}", first.rule.id, first.message);
    let mut error = Error::new(code, message)
        .help(format!(
            "{}; or allow it right before the statement: -- initium:allow {} reason",
            first.rule.instead, first.rule.id
        ))
        .migration(&first.migration)
        .target(&first.target)
        .place(first.place.clone());
    if let Some(excerpt) = &first.excerpt {
        error = error.excerpt(excerpt);
    }
    Err(error)
}

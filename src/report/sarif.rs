//! Findings as SARIF 2.1.0, for code scanning and editors.

use super::clean::json;
use super::findings::{Answer, Finding, Level};
use super::fingerprint::fingerprints;
use super::folders::{Folders, Spot};
use serde_json::{Map, Value, json as value};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const DOCS: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs");

pub fn sarif(answer: &Answer, folders: &Folders) -> String {
    let mut rules: Vec<&Finding> = Vec::new();
    for finding in &answer.findings {
        if !rules.iter().any(|rule| rule.code == finding.code) {
            rules.push(finding);
        }
    }
    let prints = fingerprints(&answer.findings, folders);
    let results: Vec<_> = answer
        .findings
        .iter()
        .zip(&prints)
        .map(|(finding, print)| result(finding, print, &rules, folders))
        .collect();
    json(&value!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "initium",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.iter().map(|rule| rule_of(rule)).collect::<Vec<_>>(),
            }},
            // Of two runs with one id the later replaces the earlier: those of plan and of verify stay apart.
            "automationDetails": { "id": format!("initium/{}/", answer.verb) },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })) + "\n"
}

fn rule_of(rule: &Finding) -> Value {
    let words = match crate::lint::rule(rule.code) {
        Some(known) => known.title.to_string(),
        None => rule.code.replace('-', " "),
    };
    let page = page(rule.code);
    value!({
        "id": rule.code,
        "shortDescription": { "text": words },
        "help": { "text": format!("{words}: see {page}") },
        "helpUri": page,
        "defaultConfiguration": { "level": level(rule.level) },
    })
}

/// An error's code has a page of its own, a rule an entry.
fn page(code: &str) -> String {
    let is_error = initium_driver::Code::ALL
        .iter()
        .any(|known| known.word() == code);
    match (is_error, crate::lint::rule(code)) {
        (true, _) => format!("{DOCS}/errors/{code}.md"),
        (_, Some(_)) => format!("{DOCS}/lints/{code}.md"),
        (_, None) => format!("{DOCS}/ci.md#{code}"),
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Notice => "note",
    }
}

fn result(finding: &Finding, print: &str, rules: &[&Finding], folders: &Folders) -> Value {
    let index = rules.iter().position(|rule| rule.code == finding.code);
    let mut location = Map::new();
    if let Some(spot) = folders.nearest(finding) {
        location.insert("physicalLocation".into(), physical(&spot));
    }
    if let Some(migration) = &finding.migration {
        let target = finding
            .target
            .as_deref()
            .unwrap_or(crate::spec::DEFAULT_TARGET);
        let whole = format!("{target}/{migration}");
        location.insert(
            "logicalLocations".into(),
            value!([{ "name": migration, "fullyQualifiedName": whole, "kind": "member" }]),
        );
    }
    let locations = match location.is_empty() {
        true => vec![],
        false => vec![Value::Object(location)],
    };
    value!({
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": level(finding.level),
        "message": { "text": folders.text(finding) },
        "locations": locations,
        "partialFingerprints": { "initium/v1": print },
    })
}

fn physical(spot: &Spot) -> Value {
    let mut region = Map::new();
    region.insert("startLine".into(), spot.line.into());
    if let Some(column) = spot.column {
        region.insert("startColumn".into(), column.into());
    }
    if let Some(line) = spot.last_line {
        region.insert("endLine".into(), line.into());
    }
    value!({
        "artifactLocation": { "uri": uri(&spot.path), "uriBaseId": "%SRCROOT%" },
        "region": region,
    })
}

/// A path as a relative reference: what is no letter of a URI is percent-encoded.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b if b.is_ascii_alphanumeric() || b"-._~/".contains(&b) => out.push(b as char),
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_relative_reference() {
        assert_eq!(uri("db/a b#1?.sql"), "db/a%20b%231%3F.sql");
        assert_eq!(uri("c:/ü.sql"), "c%3A/%C3%BC.sql", "no scheme");
    }

    #[test]
    fn every_rule_leads_to_a_page_that_is_there() {
        assert!(page("pending").ends_with("/docs/errors/pending.md"));
        assert!(page("plan-lock").ends_with("/docs/ci.md#plan-lock"));
    }
}

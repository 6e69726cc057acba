//! Findings as GitLab's code quality report: a JSON array, one object for each.

use super::clean::json;
use super::findings::{Answer, Level};
use super::fingerprint::fingerprints;
use super::folders::Folders;
use serde_json::{Value, json as value};

/// GitLab drops what has no path; this is the repository itself.
const NOWHERE: &str = ".";

pub fn gitlab(answer: &Answer, folders: &Folders) -> String {
    let prints = fingerprints(&answer.findings, folders);
    let one = |(finding, print): (&super::findings::Finding, &String)| {
        let spot = folders.nearest(finding);
        value!({
            "description": folders.text(finding),
            "check_name": finding.code,
            "fingerprint": print,
            "severity": match finding.level {
                Level::Error => "critical",
                Level::Warning => "minor",
                Level::Notice => "info",
            },
            "location": {
                "path": spot.as_ref().map_or(NOWHERE, |spot| &spot.path),
                "lines": {
                    "begin": spot.as_ref().map_or(1, |spot| spot.line),
                    "end": spot.as_ref().map_or(1, |spot| spot.last_line.unwrap_or(spot.line)),
                },
            },
        })
    };
    let all: Vec<Value> = answer.findings.iter().zip(&prints).map(one).collect();
    json(&all) + "\n"
}

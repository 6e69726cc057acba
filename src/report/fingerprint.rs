//! What a finding is known by from one run to the next: what it says and whose it is, never the line,
//! so that one which moved is not a new one.

use super::findings::Finding;
use super::folders::Folders;
use std::collections::BTreeMap;

/// One for each finding, all different.
pub(super) fn fingerprints(findings: &[Finding], folders: &Folders) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut one = |finding: &Finding| {
        let text = identity(finding, folders);
        // Equal ones are told apart by their order.
        let n = seen.entry(text.clone()).or_default();
        *n += 1;
        let hash = crate::plan::hash(&format!("{text}\u{1e}{n}"));
        hash.rsplit(':').next().unwrap_or(&hash).to_string()
    };
    findings.iter().map(&mut one).collect()
}

fn identity(finding: &Finding, folders: &Folders) -> String {
    let path = folders.nearest(finding).map(|spot| spot.path);
    let parts = [
        Some(finding.code),
        path.as_deref(),
        finding.migration.as_deref(),
        finding.target.as_deref(),
    ];
    let mut text = String::new();
    for part in parts {
        text += part.unwrap_or("");
        text.push('\u{1f}');
    }
    // A message may hold a line, a duration or a process.
    text.extend(finding.message.chars().map(|c| match c {
        c if c.is_ascii_digit() => '0',
        c => c,
    }));
    text
}

#[cfg(test)]
mod tests {
    use super::super::findings::Level;
    use super::*;
    use initium_driver::Place;

    fn at(message: &str, line: u32) -> Finding {
        Finding::new("spec-invalid", Level::Error, message).place(&Place {
            file: "a.yaml".into(),
            line,
            column: 1,
        })
    }

    #[test]
    fn a_finding_that_moved_is_the_same_and_equal_ones_are_two() {
        let folders = Folders {
            roots: vec!["/repo".into()],
            here: "/repo".into(),
            spec: None,
        };
        let of = |findings: &[Finding]| fingerprints(findings, &folders);
        let first = of(&[at("see line 3", 3)]);
        assert_eq!(first[0].len(), 64, "{first:?}");
        assert_eq!(first, of(&[at("see line 9", 9)]));
        assert_ne!(first, of(&[at("see row 3", 3)]));
        let twice = of(&[at("see line 3", 3), at("see line 4", 4)]);
        assert_eq!(twice[0], first[0]);
        assert_ne!(twice[0], twice[1]);
    }
}

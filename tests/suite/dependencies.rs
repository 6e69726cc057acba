//! What comes in with the dependencies. (Catches a package that the list of what is in a binary leaves
//! out or names twice, and rules that are not held.)

use super::support::{Folder, root};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Output};

/// `None` where Python is not there or too old to read TOML.
fn supply(arguments: &[&str]) -> Option<Output> {
    let able = Command::new("python3")
        .args(["-c", "import tomllib"])
        .output();
    if !able.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: tests/supply needs Python 3.11");
        return None;
    }
    let command = root().join("tests/supply");
    let output = Command::new("python3")
        .arg(command)
        .args(arguments)
        .env("CARGO_NET_OFFLINE", "true")
        .output();
    Some(output.unwrap())
}

fn sbom(flags: &[&str]) -> Option<String> {
    let output = supply(&[&["--sbom", "-"], flags].concat())?;
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(String::from_utf8(output.stdout).unwrap())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

/// Name and version of what cargo builds in.
fn tree(flags: &[&str]) -> BTreeSet<(String, String)> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "-p",
            "initium",
            "-e",
            "normal",
            "--prefix",
            "none",
            "--offline",
        ])
        .args(flags)
        .current_dir(root())
        .output()
        .unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let words = lines
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>());
    words
        .map(|words| (words[0].into(), words[1][1..].into()))
        .collect()
}

/// `name version` to its checksum.
fn locked() -> BTreeMap<(String, String), String> {
    let text = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let field = |part: &str, name: &str| {
        let line = part
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name} = \"")));
        line.map(|line| line.trim_end_matches('"').to_string())
    };
    let packages = text.split("[[package]]\n").skip(1);
    packages
        .filter_map(|part| {
            Some((
                (field(part, "name")?, field(part, "version")?),
                field(part, "checksum")?,
            ))
        })
        .collect()
}

#[test]
fn the_list_of_a_binary_has_every_package_of_it_exactly_once() {
    for flags in [
        &[][..],
        &["--no-default-features", "--features", "sqlite"],
        &["--no-default-features", "--features", "redis,tls"],
        &["--no-default-features"],
    ] {
        let Some(listed) = sbom(flags) else { return };
        assert_eq!(
            sbom(flags).as_ref(),
            Some(&listed),
            "the same build has the same list"
        );
        let here = root().display().to_string();
        assert!(!listed.contains(&here) && !listed.contains("/home/") && !listed.contains("file:"));
        let document: Value = serde_json::from_str(&listed).unwrap();
        assert_eq!(
            (&document["bomFormat"], &document["specVersion"]),
            (&"CycloneDX".into(), &"1.6".into())
        );
        assert_eq!(document["version"], 1);
        assert!(text(&document["serialNumber"]).starts_with("urn:uuid:"));
        let main = &document["metadata"]["component"];
        assert_eq!(
            (&main["type"], &main["name"]),
            (&"application".into(), &"initium".into())
        );

        let components = document["components"].as_array().unwrap();
        let all: Vec<&Value> = components.iter().chain([main]).collect();
        let sums = locked();
        let mut found = BTreeSet::new();
        let mut refs = BTreeSet::new();
        for one in &all {
            let key = (
                text(&one["name"]).to_string(),
                text(&one["version"]).to_string(),
            );
            assert!(refs.insert(text(&one["bom-ref"])), "{key:?} twice");
            let licence = &one["licenses"][0];
            assert!(
                licence["expression"].is_string() || licence["license"]["id"].is_string(),
                "{one}"
            );
            if text(&one["purl"]).starts_with("pkg:generic/") {
                continue;
            }
            assert_eq!(text(&one["purl"]), format!("pkg:cargo/{}@{}", key.0, key.1));
            let sum = one["hashes"][0]["content"].as_str().map(String::from);
            assert_eq!(sum, sums.get(&key).cloned(), "{key:?}");
            found.insert(key);
        }
        assert_eq!(found, tree(flags), "{flags:?}");
        let sqlite = refs
            .iter()
            .any(|name| name.starts_with("pkg:generic/sqlite@3."));
        assert_eq!(
            sqlite,
            found.iter().any(|(name, _)| name == "libsqlite3-sys"),
            "{flags:?}"
        );

        // The graph: a line for each, and all that is used is listed and reached.
        let edges = document["dependencies"].as_array().unwrap();
        assert_eq!(
            edges
                .iter()
                .map(|e| text(&e["ref"]))
                .collect::<BTreeSet<_>>(),
            refs
        );
        assert_eq!(edges.len(), refs.len());
        let mut reached = BTreeSet::from([text(&main["bom-ref"])]);
        let mut next: Vec<&str> = reached.iter().copied().collect();
        while let Some(one) = next.pop() {
            let edge = edges.iter().find(|e| e["ref"] == one).unwrap();
            for used in edge["dependsOn"].as_array().unwrap() {
                if reached.insert(text(used)) {
                    next.push(text(used));
                }
            }
        }
        assert_eq!(reached, refs, "{flags:?}");
    }
}

#[test]
fn a_licence_a_banned_crate_and_a_strange_source_are_found() {
    let rules = std::fs::read_to_string(root().join("deny.toml")).unwrap();
    let folder = Folder::new();
    let index = "https://github.com/rust-lang/crates.io-index";
    for (what, from, to) in [
        ("", "", ""),
        (
            "has the licence (MIT OR Apache-2.0) AND Unicode-3.0",
            "\"Unicode-3.0\",",
            "",
        ),
        ("sha2 0.10", "crate = \"openssl-sys\"", "crate = \"sha2\""),
        ("comes from registry+", index, "https://example.org/index"),
    ] {
        assert!(rules.contains(from), "{from}");
        let path = folder.write("rules.toml", &rules.replace(from, to));
        let Some(output) = supply(&["--rules", &path]) else {
            return;
        };
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.success(), what.is_empty(), "{said}");
        assert!(said.contains(what), "{said}");
    }
}

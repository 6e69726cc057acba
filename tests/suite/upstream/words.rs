//! 41 and 42: what the pages and examples say can be typed. (Catches a verb or flag that a page names and
//! the program does not have, and an example that starts an application nobody migrated for.)

use crate::support::{initium, root};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn pages(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        match path.is_dir() {
            true if !["target", ".git"].contains(&name) => pages(&path, out),
            false
                if [".md", ".yaml", ".yml", ".sh", ".service"]
                    .iter()
                    .any(|end| name.ends_with(end)) =>
            {
                out.push(path)
            }
            false if ["Dockerfile", "Procfile"].contains(&name) => out.push(path),
            _ => {}
        }
    }
}

fn all() -> Vec<PathBuf> {
    let mut out = vec![root().join("README.md"), root().join("action.yml")];
    pages(&root().join("docs"), &mut out);
    pages(&root().join("examples"), &mut out);
    out
}

/// The flags of a verb, as its help shows them.
fn flags(help: &str) -> BTreeSet<String> {
    let words = help
        .lines()
        .filter_map(|line| line.trim_start().split(' ').next());
    words
        .filter(|word| word.starts_with("--"))
        .map(String::from)
        .collect()
}

fn verbs() -> BTreeMap<String, BTreeSet<String>> {
    let help = initium(&["migrate", "--help"]).exits(0).out;
    let lines = help.lines().skip_while(|line| *line != "verbs:").skip(1);
    let mut verbs = BTreeMap::new();
    for line in lines.map_while(|line| line.strip_prefix("  ")) {
        let verb = line.split(' ').next().unwrap();
        let mut known = flags(&initium(&["migrate", verb, "--help"]).exits(0).out);
        known.insert("--help".into());
        let also = line
            .split_once("(also: ")
            .and_then(|(_, rest)| rest.strip_suffix(')'));
        for name in also.into_iter().chain([verb]) {
            verbs.insert(name.to_string(), known.clone());
        }
    }
    verbs
}

/// The words of a command of ours that begins behind this place, up to where it ends.
fn command(rest: &str) -> Vec<&str> {
    let end = rest.find(['`', '|', '#', ';', '\n', '>', ')', '"', '\\', '<', '&', '{']);
    let line = &rest[..end.unwrap_or(rest.len())];
    let words = line.split_whitespace();
    // Behind `--` it is another program's.
    words.take_while(|word| *word != "--").collect()
}

#[test]
fn every_verb_and_flag_that_a_page_names_exists() {
    let verbs = verbs();
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for path in all() {
        let text = std::fs::read_to_string(&path).unwrap();
        for (at, mark) in text.match_indices("initium migrate ") {
            let words = command(&text[at + mark.len()..]);
            let Some(verb) = words
                .iter()
                .find(|w| w.chars().all(|c| c.is_ascii_lowercase()))
            else {
                continue;
            };
            seen += 1;
            // "initium migrate help", and what another tool calls its verb.
            let Some(known) = verbs.get(*verb) else {
                if *verb != "help" {
                    wrong.push(format!("{path:?}: there is no verb {verb}"));
                }
                continue;
            };
            for word in words.iter().filter(|word| word.starts_with("--")) {
                let flag = word
                    .split('=')
                    .next()
                    .unwrap()
                    .trim_end_matches([',', '.', ':']);
                if !known.contains(flag) {
                    wrong.push(format!("{path:?}: {verb} has no {flag}"));
                }
            }
        }
    }
    assert!(seen > 100, "{seen}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Flags of other tools that our pages speak of.
const OTHERS: &[&str] = &[
    "--all",
    "--locked",
    "--nocapture",
    "--config",
    "--remap-path-prefix",
    "--icf",
    "--version",
    "--atomic",
    "--set-file",
    "--hex-blob",
    "--set-gtid-purged",
    // What stands for any flag.
    "--flag",
];

#[test]
fn every_flag_in_backticks_is_ours_or_known_of_another_tool() {
    let ours: BTreeSet<String> = verbs().into_values().flatten().collect();
    let mut wrong = Vec::new();
    // Half of what those pages say is another tool's; their commands are run by `tests/switching`.
    let switching = root().join("docs/switching");
    for path in all()
        .iter()
        .filter(|path| path.extension().is_some_and(|e| e == "md") && !path.starts_with(&switching))
    {
        let text = std::fs::read_to_string(path).unwrap();
        for line in text.lines() {
            for code in line
                .split('`')
                .skip(1)
                .step_by(2)
                .filter(|code| code.starts_with("--"))
            {
                let flag = code.split([' ', '=', ',']).next().unwrap();
                let elsewhere = OTHERS.contains(&flag);
                if flag != "--" && !ours.contains(flag) && !elsewhere {
                    wrong.push(format!("{path:?}: {flag}"));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "a flag of another tool belongs into OTHERS:\n{}",
        wrong.join("\n")
    );
}

/// 41.
#[test]
fn no_example_starts_an_application_that_nobody_migrated_for() {
    let mut found = 0;
    for path in all()
        .iter()
        .filter(|path| path.starts_with(root().join("examples")))
    {
        let text = std::fs::read_to_string(path).unwrap();
        let starts = [
            "kind: Deployment",
            "\nservices:",
            "\nweb: ",
            "ExecStart=/usr/local/bin/shop",
            "\nCMD [\"echo",
        ];
        if !starts.iter().any(|start| text.contains(start)) {
            continue;
        }
        found += 1;
        let gates = [
            "migrate, apply",
            "migrate, wait",
            "migrate apply",
            "migrate wait",
            "\"migrate\", \"wait\"",
            "initContainers",
        ];
        assert!(gates.iter().any(|gate| text.contains(gate)), "{path:?}");
    }
    assert!(found >= 5, "{found}");
}

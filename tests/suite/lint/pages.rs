//! The pages of the rules are made of the rules and of their cases. (Catches a page that says what no
//! longer is, and a rule without one.)

use super::{Case, cases_of, rules};
use crate::support::root;
use initium::lint::{About, RULES, Rule};
use std::fmt::Write;

const MADE: &str = "<!-- made by INITIUM_TEST_UPDATE=1 cargo test --test suite lint::pages -->\n";

fn databases(rule: &Rule) -> String {
    let words: Vec<_> = rule.databases.iter().map(|tongue| tongue.word()).collect();
    words.join(", ")
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars
        .next()
        .map(|c| c.to_uppercase().to_string())
        .unwrap_or_default();
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}

/// At most 120 characters a line, as all pages have them.
fn wrapped(text: &str) -> String {
    let mut out = String::new();
    let mut width = 0;
    for word in text.split(' ') {
        if width > 0 && width + 1 + word.chars().count() > 120 {
            out.push('\n');
            width = 0;
        } else if width > 0 {
            out.push(' ');
            width += 1;
        }
        out += word;
        width += word.chars().count();
    }
    out
}

/// Statements on a line each; a `;` in a string stays where it is.
fn sql(case: &Case) -> String {
    case.sql().replace("; ", ";\n")
}

fn condition(case: &Case) -> String {
    let mut said = Vec::new();
    if case.said["on"].is_array() {
        said.push(case.on.join(", "));
    }
    if let Some(version) = case.text("version") {
        said.push(format!("as of version {version}"));
    }
    if let Some("none") = case.text("transaction") {
        said.push("`transaction: none`".into());
    }
    if case.text("phase").is_some() {
        said.push("in `cleanup`".into());
    }
    said.join(", ")
}

fn example(out: &mut String, title: &str, case: &Case) {
    let condition = condition(case);
    let more = if condition.is_empty() {
        condition
    } else {
        format!(" ({condition})")
    };
    let _ = writeln!(out, "{title}{more}:\n\n```sql\n{}\n```\n", sql(case));
}

fn page(rule: &'static Rule) -> String {
    let mut out = format!("# {}\n\n{MADE}\n", rule.id);
    let _ = writeln!(out, "{}\n", wrapped(&sentence(rule.title)));
    let _ = writeln!(
        out,
        "Severity: {}. Databases: {}.\n",
        rule.severity.word(),
        databases(rule)
    );
    let _ = writeln!(out, "## Problem\n\n{}\n", wrapped(&sentence(rule.why)));
    let told = rules().any(|one| one.id == rule.id);
    let cases = if told { cases_of(rule) } else { Vec::new() };
    if let Some(case) = cases.iter().find(|case| case.fires) {
        example(&mut out, "Found", case);
    }
    let _ = writeln!(out, "## Solution\n\n{}\n", wrapped(&sentence(rule.instead)));
    let safe = cases.iter().filter(|case| case.fires);
    let safe = safe
        .flat_map(|case| case.find(&case.on[0]))
        .find(|found| !found.rewrite.is_empty());
    if let Some(found) = safe {
        let text = found.rewrite.join("\n-- in a migration behind it:\n");
        let _ = writeln!(
            out,
            "The safe form of the first such statement:\n\n```sql\n{text}\n```\n"
        );
    }
    if let Some(case) = cases.iter().find(|case| !case.fires) {
        example(&mut out, "Not found", case);
    }
    if told {
        let _ = writeln!(
            out,
            "## Allow it\n\n```sql\n-- initium:allow {} why it is right here\n```\n\n\
             right before the statement; or for a whole spec `lint: {{rules: {{{}: off}}}}`.\n",
            rule.id, rule.id
        );
    }
    if !rule.others.is_empty() {
        let _ = writeln!(
            out,
            "## Elsewhere\n\n{}\n",
            wrapped(&rule.others.join(", "))
        );
    }
    out.trim_end().to_string() + "\n"
}

fn index() -> String {
    let mut out = format!("# Lints\n\n{MADE}\n");
    out += &wrapped(
        "`initium migrate lint` reads each statement before it runs and says what it would do to others, to data and to itself. How it is used: [the guide](../migrations.md#lints).",
    );
    let _ = writeln!(out, "\n\n{} rules.\n", RULES.len());
    for about in About::ALL {
        let _ = writeln!(
            out,
            "## {}\n\n| rule | finds | severity | databases |\n|---|---|---|---|",
            about.title()
        );
        for rule in RULES.iter().filter(|rule| rule.about == about) {
            let id = rule.id;
            let _ = writeln!(
                out,
                "| [{id}]({id}.md) | {} | {} | {} |",
                rule.title,
                rule.severity.word(),
                databases(rule)
            );
        }
        out.push('\n');
    }
    out += "## What other tools call them\n\n| elsewhere | here |\n|---|---|\n";
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for rule in RULES {
        pairs.extend(rule.others.iter().map(|other| (*other, rule.id)));
    }
    pairs.sort_unstable();
    for (other, id) in pairs {
        let _ = writeln!(out, "| `{other}` | [{id}]({id}.md) |");
    }
    out
}

#[test]
fn the_pages_are_what_the_rules_and_their_cases_say() {
    let folder = root().join("docs/lints");
    let update = std::env::var("INITIUM_TEST_UPDATE").as_deref() == Ok("1");
    let mut pages = vec![("README.md".to_string(), index())];
    pages.extend(
        RULES
            .iter()
            .map(|rule| (format!("{}.md", rule.id), page(rule))),
    );
    if update {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in &pages {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
    let mut known: Vec<_> = pages.iter().map(|(name, _)| name.clone()).collect();
    for (name, text) in &pages {
        let found = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(
            found == *text,
            "docs/lints/{name}: INITIUM_TEST_UPDATE=1 cargo test --test suite lint::pages writes it anew"
        );
    }
    let mut there: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|one| one.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort();
    known.sort();
    assert_eq!(there, known);
}

#[test]
fn a_rule_says_what_it_finds_in_words_of_the_house() {
    for rule in RULES {
        for text in [rule.title, rule.why, rule.instead] {
            assert!(
                !text.contains('\u{2014}') && text.len() > 3,
                "{}: {text}",
                rule.id
            );
        }
        assert!(rule.why.ends_with('.'), "{}", rule.id);
        assert!(
            !rule.title.ends_with('.') && !rule.instead.ends_with('.'),
            "{}",
            rule.id
        );
        let twice = RULES.iter().filter(|one| one.id == rule.id).count();
        assert_eq!(twice, 1, "{}", rule.id);
    }
}

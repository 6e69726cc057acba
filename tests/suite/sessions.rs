//! The command lines of the documentation are run and their output compared, so that it cannot lie.
//! A block marked ```console holds `$ command` lines, each followed by what it prints; `...` stands
//! for anything, and `? 3` after a command for its exit status. A block with a first line
//! `# file: NAME` or `-- file: NAME` is written to the session's folder first.

use super::support::{Folder, root};
use std::process::Command;

fn pages() -> Vec<String> {
    let mut all = vec!["README.md".to_string()];
    for entry in std::fs::read_dir(root().join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".md") {
            all.push(format!("docs/{name}"));
        }
    }
    all.sort();
    all
}

/// Blocks as (line of the page, language, text).
fn blocks(page: &str) -> Vec<(usize, String, String)> {
    let mut all = Vec::new();
    let mut open: Option<(usize, String, String)> = None;
    for (n, line) in page.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => open = Some((n + 1, language.trim().into(), String::new())),
            (Some(_), Some(_)) => all.extend(open.take()),
            (Some(block), None) => {
                block.2.push_str(line);
                block.2.push('\n');
            }
            (None, None) => {}
        }
    }
    all
}

struct Step {
    command: String,
    status: i32,
    output: String,
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step {
                command: command.into(),
                status: 0,
                output: String::new(),
            });
        } else if let Some(step) = steps.last_mut() {
            match line.strip_prefix("? ") {
                Some(status) => step.status = status.parse().unwrap(),
                None => step.output += &format!("{line}\n"),
            }
        }
    }
    steps
}

/// Whether a text is as the page says, `...` standing for anything.
fn alike(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split("...");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<_> = parts.collect();
    for (n, part) in parts.iter().enumerate() {
        let last = n + 1 == parts.len();
        match if last {
            rest.rfind(part)
        } else {
            rest.find(part)
        } {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.is_empty()
}

fn run(folder: &Folder, step: &Step) -> (i32, String) {
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_initium"))
        .parent()
        .unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", &format!("{} 2>&1", step.command)])
        .current_dir(folder.root())
        .env("PATH", path)
        .env("USER", "me")
        .env("HOSTNAME", "here")
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    (
        output.status.code().unwrap_or(-1),
        String::from_utf8(output.stdout).unwrap(),
    )
}

#[test]
fn every_session_of_the_documentation_prints_what_it_says() {
    let mut commands = 0;
    let mut wrong = Vec::new();
    for page in pages() {
        let text = std::fs::read_to_string(root().join(&page)).unwrap();
        let folder = Folder::new();
        // Sessions may use the repository's own examples.
        std::os::unix::fs::symlink(root().join("examples"), folder.root().join("examples"))
            .unwrap();
        std::os::unix::fs::symlink(root().join("schema"), folder.root().join("schema")).unwrap();
        for (line, language, block) in blocks(&text) {
            let named = block.strip_prefix("# file: ");
            if let Some(rest) = named.or(block.strip_prefix("-- file: ")) {
                let (name, _) = rest.split_once('\n').unwrap();
                folder.write(name, &block);
            }
            if language != "console" {
                continue;
            }
            for step in steps(&block) {
                commands += 1;
                let (status, output) = run(&folder, &step);
                if status != step.status || !alike(&step.output, &output) {
                    wrong.push(format!(
                        "{page}:{line}: $ {}\nexpected status {}:\n{}\nfound status {status}:\n{output}",
                        step.command, step.status, step.output
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n---\n"));
    assert!(
        commands >= 10,
        "only {commands} commands in the documentation"
    );
}

#[test]
fn every_link_of_the_documentation_leads_somewhere() {
    let mut all = pages();
    for folder in ["docs/errors", "drivers"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap().flatten() {
            let name = entry.file_name().into_string().unwrap();
            if name.ends_with(".md") {
                all.push(format!("{folder}/{name}"));
            }
        }
    }
    for page in all {
        let path = root().join(&page);
        let text = std::fs::read_to_string(&path).unwrap();
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let file = link.split('#').next().unwrap();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            assert!(
                path.parent().unwrap().join(file).exists(),
                "{page} links to {link}"
            );
        }
    }
}

/// `suite crash::a_killed_run_...`, `postgres pooler::*`, and `.._on_mariadb` behind its sibling.
#[test]
fn every_test_that_the_page_on_reliability_names_is_there() {
    let page = std::fs::read_to_string(root().join("docs/reliability.md")).unwrap();
    let mut seen = 0;
    for named in page.split('`').skip(1).step_by(2) {
        let Some((place, name)) = named.split_once("::") else {
            continue;
        };
        let (suite, module) = place.split_once(' ').unwrap_or(("", place));
        let file = match suite {
            "suite" | "faults" | "corpora" => format!("tests/{suite}/{module}.rs"),
            "api" => format!("drivers/api/src/{module}.rs"),
            "postgres" | "mysql" | "sqlite" | "redis" => {
                format!("drivers/{suite}/tests/{module}.rs")
            }
            _ => continue,
        };
        let text = std::fs::read_to_string(root().join(&file));
        let text = text.unwrap_or_else(|_| panic!("`{named}`: there is no {file}"));
        let there = name == "*" || text.contains(&format!("fn {name}("));
        assert!(there, "`{named}`: {file} has no such test");
        seen += 1;
    }
    assert!(seen > 40, "{seen}");
}

//! Completions and man pages in the shells and readers they are for. `tests/pages/run` installs these.
//! (Catches a completion that only looks like one, a page that a reader complains of.)

use super::support::{Folder, root};
use std::process::{Command, Output};

fn written() -> Folder {
    let folder = Folder::new();
    for page in initium::cli::pages::pages("2026-01-01") {
        folder.write(&page.path, &page.text);
    }
    folder.write("specs/shop plan.yaml", "version: 1\n");
    folder.write("specs/other.yaml", "version: 1\n");
    folder.write("secrets/url", "sqlite:x.db\n");
    folder
}

/// Whether a program is here; with `PAGES=required` it has to be.
fn has(program: &str) -> bool {
    let there = Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .output()
        .is_ok_and(|found| found.status.success());
    let required = std::env::var("PAGES").is_ok_and(|word| word == "required");
    assert!(there || !required, "{program} is not here");
    if !there {
        eprintln!("SKIPPED: {program} is not here; tests/pages/run installs it");
    }
    there
}

fn ran(folder: &Folder, program: &str, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .current_dir(folder.root())
        .env("LC_ALL", "C.UTF-8")
        .env("HOME", folder.root())
        .output()
        .unwrap()
}

/// What a shell offers for each line of `tests/pages/lines`, against what stands behind it.
fn completes(shell: &str, arguments: &[&str]) {
    if !has(shell) {
        return;
    }
    let folder = written();
    let lines = std::fs::read_to_string(root().join("tests/pages/lines")).unwrap();
    let mut tried = 0;
    for case in lines.lines().filter(|line| line.contains('|')) {
        let (line, wanted) = case.rsplit_once('|').unwrap();
        let line = line.strip_suffix(' ').unwrap();
        let driver = root().join(format!("tests/pages/{shell}"));
        let words = [arguments, &[driver.to_str().unwrap(), line]].concat();
        let out = ran(&folder, shell, &words);
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success() && said.is_empty(), "{line}: {said}");
        let text = String::from_utf8_lossy(&out.stdout);
        // Some write a slash behind a folder at once, some when it is taken.
        let offered: Vec<_> = text.lines().map(|l| l.trim_end_matches('/')).collect();
        for word in wanted.split(", ").map(str::trim).filter(|w| !w.is_empty()) {
            match word.strip_prefix('!') {
                Some("") => assert!(offered.is_empty(), "{shell}: {line}: {offered:?}"),
                Some(word) => assert!(!offered.contains(&word), "{shell}: {line}: {offered:?}"),
                None => assert!(
                    offered.contains(&word),
                    "{shell}: {line}: {word} of {offered:?}"
                ),
            }
        }
        tried += 1;
    }
    assert!(tried > 20, "{tried} lines");
}

#[test]
fn bash_completes() {
    completes("bash", &["--norc"]);
}

#[test]
fn zsh_completes() {
    completes("zsh", &["-f"]);
}

#[test]
fn fish_completes() {
    completes("fish", &["--no-config"]);
}

#[test]
fn readers_of_man_pages_have_nothing_to_say() {
    let folder = written();
    let readers: &[(&str, &[&str])] = &[
        ("mandoc", &["-T", "lint", "-W", "warning"]),
        ("man", &["--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"]),
    ];
    for (reader, arguments) in readers {
        if !has(reader) {
            continue;
        }
        for page in std::fs::read_dir(folder.root().join("man")).unwrap() {
            let path = page.unwrap().path();
            let out = ran(
                &folder,
                reader,
                &[arguments, &[path.to_str().unwrap()][..]].concat(),
            );
            let said = String::from_utf8_lossy(&out.stderr).into_owned();
            let lint = if *reader == "mandoc" {
                String::from_utf8_lossy(&out.stdout)
            } else {
                "".into()
            };
            assert!(out.status.success(), "{}: {said}{lint}", path.display());
            assert!(
                said.is_empty() && lint.is_empty(),
                "{}: {said}{lint}",
                path.display()
            );
        }
    }
}

#[test]
fn a_flag_is_copied_from_a_page_with_its_dashes() {
    if !has("mandoc") {
        return;
    }
    let folder = written();
    let page = folder.path("man/initium-migrate-apply.1");
    let out = ran(&folder, "mandoc", &["-T", "utf8", &page]);
    let text = String::from_utf8_lossy(&out.stdout);
    // Bold is a letter, a step back, and the letter again.
    let mut plain = String::new();
    for c in text.chars() {
        if c == '\u{8}' {
            plain.pop();
        } else {
            plain.push(c);
        }
    }
    for line in [
        "initium migrate apply --spec plan.yaml --tx-mode all",
        "--tx-mode each|all|none",
        "130, 143",
    ] {
        assert!(plain.contains(line), "{line} is not in\n{plain}");
    }
}

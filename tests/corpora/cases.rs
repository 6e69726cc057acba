//! Every case: a script, and beside it what it falls into. A case that the splitter does not meet
//! yet stands in `known.txt` with the reason, and has to leave it when it does.

use super::corpus::{files, no_byte_is_lost};
use super::targets::DATABASES;
use initium::connect::dialect;
use initium_driver::{Code, Source};
use std::fs;
use std::path::{Path, PathBuf};

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpora")
}

/// `postgres/dollar-body` and its path, of every script.
pub fn all() -> Vec<(String, PathBuf)> {
    let scripts = DATABASES
        .iter()
        .flat_map(|database| files(&root().join(database)));
    let scripts = scripts.filter(|path| path.extension().is_some_and(|e| e == "sql"));
    scripts
        .map(|path| {
            let name = path
                .strip_prefix(root())
                .expect("below it")
                .with_extension("");
            (name.display().to_string(), path)
        })
        .collect()
}

/// `name` to the reason why it is not met.
fn known() -> Vec<(String, String)> {
    let text = fs::read_to_string(root().join("known.txt")).expect("the list");
    let lines = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    let split = |line: &str| {
        let (name, reason) = line.split_once(": ").expect("a name and a reason");
        (name.to_string(), reason.to_string())
    };
    lines.map(split).collect()
}

/// What a script falls into, in the words of an `.expect` file.
fn told(database: &str, text: &str) -> String {
    match dialect(database)
        .expect("in this build")
        .split(&Source::file("a.sql", text))
    {
        Ok(found) => {
            no_byte_is_lost(database, text, &found).expect("no byte is lost");
            let lines = found.iter().map(|statement| {
                let place = &statement.place;
                format!("{}:{} {}\n", place.line, place.column, statement.head())
            });
            lines.collect()
        }
        Err(error) => {
            let place = error.spot().place.as_ref().expect("a place");
            let code = match error.code() {
                Code::ScriptUnfinished => "script-unfinished",
                Code::NotSupported => "not-supported",
                _ => "something else",
            };
            format!("refused {code} {}:{}\n", place.line, place.column)
        }
    }
}

#[test]
fn every_script_falls_into_what_stands_beside_it() {
    let (mut wrong, known) = (Vec::new(), known());
    for (name, path) in all() {
        let text = fs::read_to_string(&path).expect("a script");
        let expected = fs::read_to_string(path.with_extension("expect")).expect("what it expects");
        let expected: String = expected
            .split_inclusive('\n')
            .filter(|line| !line.starts_with('#'))
            .collect();
        let database = name.split('/').next().expect("a folder");
        let found = std::panic::catch_unwind(|| told(database, &text));
        let met = found.as_ref().is_ok_and(|found| *found == expected);
        match (met, known.iter().find(|(known, _)| *known == name)) {
            (true, Some((_, reason))) => {
                wrong.push(format!("{name} is met, take it off the list: {reason}"))
            }
            (false, None) => wrong.push(format!(
                "{name}:\n{}expected:\n{expected}",
                found.unwrap_or_default()
            )),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_is_on_the_list_that_is_no_case() {
    let names: Vec<_> = all().into_iter().map(|(name, _)| name).collect();
    for (name, _) in known() {
        assert!(names.contains(&name), "{name}");
    }
}

//! `new`: adds a migration to a spec, or begins a spec.

use super::arguments::{Common, Words};
use super::output::Output;
use crate::report::ReportDocument;
use crate::run::{Done, Outcome, Report};
use crate::spec::{DEFAULT_TARGET, Input, load, slug};
use argh::{ArgsInfo, FromArgs};
use initium_driver::{Code, Error, Result};
use std::fs;
use std::path::Path;
use std::time::Duration;

/// add a migration to a spec
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct New {
    /// what it does, in words; its id is made of them
    #[argh(positional)]
    name: String,
}

const BEGINNING: &str = "version: 1\n";

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    match work(common, words) {
        Ok((path, done)) => {
            let report = Report { done: vec![done] };
            let text = || format!("added '{}' to {path}\n", report.done[0].name);
            output.show(&ReportDocument::new("new", &report, None), text);
            0
        }
        Err(error) => output.fail("new", &error),
    }
}

fn work(common: &Common, words: &Words) -> Result<(String, Done)> {
    let New { name } = words.parse("new")?;
    let path = match common.spec.as_slice() {
        [path] if path != "-" => path,
        [] => "migrations.yaml",
        _ => {
            return Err(Error::new(
                Code::Usage,
                "new writes one spec; give one --spec",
            ));
        }
    };
    if path.ends_with(".json") {
        return Err(Error::new(Code::NotSupported, "new writes YAML only")
            .help("add the migration to the JSON by hand"));
    }
    let mut text = if Path::new(path).exists() {
        load(&[Input::File(path.into())])?;
        fs::read_to_string(path).map_err(|e| unwritten(path, &e))?
    } else {
        let database = common
            .database
            .as_ref()
            .map(|d| format!("database: {d}\n"))
            .unwrap_or_default();
        format!("{BEGINNING}{database}migrations:\n")
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text += &block(&name, indentation(&text));
    // What would not be read back is not written.
    let temporary = format!("{path}.initium-new.yaml");
    fs::write(&temporary, &text).map_err(|e| unwritten(path, &e))?;
    let read = load(&[Input::File(temporary.clone().into())]);
    let moved = match read {
        Ok(_) => fs::rename(&temporary, path).map_err(|e| unwritten(path, &e)),
        Err(error) => Err(Error::new(
            error.code(),
            format!("cannot add to '{path}': {}", error.message()),
        )
        .help("`migrations:` must be the last key of the file; add it by hand")),
    };
    let _ = fs::remove_file(&temporary);
    moved?;
    let done = Done {
        target: DEFAULT_TARGET.into(),
        id: slug(&name),
        name,
        outcome: Outcome::Added,
        duration: Duration::ZERO,
        statements: 0,
        reason: None,
        keys: None,
    };
    Ok((path.to_string(), done))
}

fn unwritten(path: &str, error: &std::io::Error) -> Error {
    Error::new(
        Code::FileUnreadable,
        format!("cannot write '{path}': {error}"),
    )
}

/// How the list in this file is indented.
fn indentation(text: &str) -> usize {
    let item = text
        .lines()
        .skip_while(|l| !l.starts_with("migrations:"))
        .find(|l| l.trim_start().starts_with("- "));
    item.map_or(2, |line| line.len() - line.trim_start().len())
}

fn block(name: &str, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let quoted = serde_json::to_string(name).unwrap_or_default();
    let plain = name
        .chars()
        .all(|c| c.is_alphanumeric() || " _-.".contains(c))
        && name.starts_with(|c: char| c.is_alphabetic())
        && !["true", "false", "null", "yes", "no", "on", "off"]
            .contains(&name.to_lowercase().as_str());
    let name = if plain { name.trim() } else { &quoted };
    format!(
        "{pad}- name: {name}\n{pad}  up: |\n{pad}    -- SQL here\n{pad}  down: |\n{pad}    -- what undoes it\n"
    )
}

//! `new`: adds a migration to a spec, or begins a spec.

use super::arguments::{Common, Words, plain};
use super::folder;
use super::output::Output;
use crate::report::ReportDocument;
use crate::run::{Done, Outcome, Report};
use crate::spec::{DEFAULT_TARGET, Input, Spec, load, slug};
use argh::{ArgsInfo, FromArgs};
use initium_driver::{Code, Error, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// add a migration to a spec
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct New {
    /// what it does, in words; its id is made of them
    #[argh(positional)]
    name: String,
}

const BEGINNING: &str = "version: 1\n";

/// What is known of the scripts of a migration.
pub struct Body {
    pub up: String,
    /// Absent where there is no way back.
    pub down: Option<String>,
}

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    let answer = words
        .parse("new")
        .and_then(|New { name }| add(common, &name, None, output));
    match answer {
        Ok(status) => status,
        Err(error) => output.fail("new", &error),
    }
}

/// Adds a migration and tells it.
pub fn add(common: &Common, name: &str, body: Option<&Body>, output: &Output) -> Result<i32> {
    if !common.dir.is_empty() {
        return in_folder(common, name, body, output);
    }
    let (path, done) = work(common, name, body)?;
    let report = Report { done: vec![done] };
    let text = || format!("added '{}' to {path}\n", report.done[0].name);
    output.show(&ReportDocument::new("new", &report, None), text);
    Ok(0)
}

/// The next file of a folder, as the folder's others are.
fn in_folder(common: &Common, name: &str, body: Option<&Body>, output: &Output) -> Result<i32> {
    let opened = folder::open(common)?;
    let ended = |text: &str| format!("{}\n", text.trim_end());
    let (up, down) = match body {
        None => ("-- SQL here\n".into(), "-- what undoes it\n".into()),
        Some(body) => (
            ended(&body.up),
            body.down.as_deref().map(ended).unwrap_or_default(),
        ),
    };
    let paths = folder::add(&opened, name, &up, &down)?;
    let done = |path: &PathBuf| Done {
        target: DEFAULT_TARGET.into(),
        id: path.display().to_string(),
        name: name.into(),
        outcome: Outcome::Added,
        duration: Duration::ZERO,
        statements: 0,
        reason: None,
        keys: None,
    };
    let report = Report {
        done: paths.iter().map(done).collect(),
    };
    let text = || {
        let lines = paths
            .iter()
            .map(|path| format!("wrote {}\n", path.display()));
        lines.collect()
    };
    output.show(&ReportDocument::new("new", &report, None), text);
    Ok(0)
}

fn work(common: &Common, name: &str, body: Option<&Body>) -> Result<(String, Done)> {
    let name = name.to_string();
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
    let mut text = String::new();
    let mut aim = Aim {
        named: common.target.clone(),
        database: common.database.clone(),
    };
    if Path::new(path).exists() {
        aim.at(&load(&[Input::File(path.into())])?)?;
        text = fs::read_to_string(path).map_err(|e| unwritten(path, &e))?;
    } else {
        text += BEGINNING;
        if let Some(database) = &aim.database {
            text += &format!("database: {database}\n");
        }
        text += "migrations:\n";
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    if !text.lines().any(|line| line.starts_with("migrations:")) {
        text += "migrations:\n";
    }
    text += &block(&name, &aim, indentation(&text), body);
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
        target: match aim.named.as_slice() {
            [] => DEFAULT_TARGET.into(),
            named => named.join(", "),
        },
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

/// What the migration acts on.
struct Aim {
    /// The targets that it has to name.
    named: Vec<String>,
    database: Option<String>,
}

impl Aim {
    /// Looks for it in the spec that is there.
    fn at(&mut self, spec: &Spec) -> Result<()> {
        if self.named.is_empty() && spec.targets.len() > 1 {
            let known: Vec<_> = spec.targets.iter().map(|one| one.name.as_str()).collect();
            return Err(
                Error::new(Code::Usage, "the spec has several targets").help(format!(
                    "say which of them the migration acts on: `--target {}`",
                    known.join("` or `--target ")
                )),
            );
        }
        let unknown = |name: &&String| !spec.targets.iter().any(|one| one.name == **name);
        if let Some(name) = self.named.iter().find(unknown) {
            let message = format!("unknown target '{}'", plain(name));
            return Err(Error::new(Code::UnknownTarget, message)
                .help("--target names a target of the spec"));
        }
        let one = match self.named.as_slice() {
            [] => spec.targets.first(),
            [name] => spec.targets.iter().find(|target| target.name == *name),
            // What is written for several is SQL, as far as one can know.
            _ => None,
        };
        let known = one.and_then(|target| target.database.clone());
        self.database = known.or(self.database.take());
        Ok(())
    }
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

/// A migration that stands for others, as it stands in a spec.
pub fn standing(name: &str, replaces: &[String], body: &Body) -> String {
    let aim = Aim {
        named: Vec::new(),
        database: None,
    };
    let text = block(name, &aim, 2, Some(body));
    let replaced = format!("\n    replaces: [{}]\n", replaces.join(", "));
    text.replacen('\n', &replaced, 1)
}

fn block(name: &str, aim: &Aim, indent: usize, body: Option<&Body>) -> String {
    let pad = " ".repeat(indent);
    let quoted = serde_json::to_string(name).unwrap_or_default();
    let plain = name
        .chars()
        .all(|c| c.is_alphanumeric() || " _-.".contains(c))
        && name.starts_with(|c: char| c.is_alphabetic())
        && !["true", "false", "null", "yes", "no", "on", "off"]
            .contains(&name.to_lowercase().as_str());
    let name = if plain { name.trim() } else { &quoted };
    let target = match aim.named.as_slice() {
        [] => String::new(),
        [one] => format!("{pad}  target: {one}\n"),
        named => format!("{pad}  target: [{}]\n", named.join(", ")),
    };
    let (up, down) = match aim.database.as_deref() {
        Some("redis") => ("# commands here, one on each line", "# what undoes it"),
        _ => ("-- SQL here", "-- what undoes it"),
    };
    let script = |key: &str, text: &str| {
        let lines = text.lines().map(|line| match line {
            "" => "\n".to_string(),
            line => format!("{pad}    {line}\n"),
        });
        format!("{pad}  {key}: |\n{}", lines.collect::<String>())
    };
    let (up, down) = match body {
        None => (script("up", up), script("down", down)),
        Some(body) => {
            let down = body.down.as_deref().map(|text| script("down", text));
            (script("up", &body.up), down.unwrap_or_default())
        }
    };
    format!("{pad}- name: {name}\n{target}{up}{down}")
}

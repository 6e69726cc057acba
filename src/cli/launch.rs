//! The program behind `--`: once the gate is open, this process becomes it. Same process, same
//! environment and folder, same standard input and output; nothing of ours stays open. Must never
//! start a second process, and never show the program's arguments: they are not ours.

use super::interrupt;
use super::verb::Verb;
use argh::Optionality;
use initium_driver::{Code, Error, Result};
use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Between the words of this program and those of the other.
pub const MARK: &str = "--";

#[derive(Debug)]
pub struct Launch {
    name: OsString,
    arguments: Vec<OsString>,
}

/// Whether a verb hands over to a program.
pub fn is_for(verb: &Verb) -> bool {
    (verb.info)()
        .positionals
        .iter()
        .any(|place| matches!(place.optionality, Optionality::Greedy))
}

/// The words that are ours.
pub fn ours<'a>(words: &'a [&'a str]) -> &'a [&'a str] {
    let end = words.iter().position(|word| *word == MARK);
    &words[..end.unwrap_or(words.len())]
}

/// What is to be started, where the line says so. Looked for at once: after minutes of waiting it
/// would be late to hear of a slip of the pen.
pub fn of(verb: &Verb, words: &[&str]) -> Result<Option<Launch>> {
    if !is_for(verb) || !words.contains(&MARK) {
        return Ok(None);
    }
    // From the system: what is not UTF-8 goes on as it came.
    let count = words.len() - ours(words).len() - 1;
    let mut all: Vec<_> = std::env::args_os().collect();
    let mut behind = all.split_off(all.len().saturating_sub(count)).into_iter();
    let Some(name) = behind.next() else {
        return Err(
            Error::new(Code::Usage, "no program stands behind `--`").help(format!(
                "initium migrate {} -- program arguments",
                verb.name
            )),
        );
    };
    look(&name)?;
    Ok(Some(Launch {
        name,
        arguments: behind.collect(),
    }))
}

/// A word that stands alone is no program: who forgot `--` would lose the program's flags to us.
pub fn refuse_bare(verb: &str, program: &[String]) -> Result<()> {
    match program.first() {
        None => Ok(()),
        Some(word) => Err(Error::new(
            Code::Usage,
            format!("unrecognized argument: {}", shown(word.as_ref())),
        )
        .help(format!(
            "a program stands behind `--`: initium migrate {verb} -- program arguments"
        ))),
    }
}

impl Launch {
    /// Becomes the program. Comes back only with the reason why not.
    pub fn start(&self) -> Error {
        if let Some(signal) = interrupt::signal() {
            return Error::new(
                Code::Interrupted,
                format!("stopped by signal {signal} before the program was started"),
            )
            .help("nothing is pending; start it again")
            .signal(signal);
        }
        let error = Command::new(&self.name).args(&self.arguments).exec();
        match error.kind() {
            ErrorKind::NotFound => missing(&self.name),
            _ => refused(&self.name, &error.to_string()),
        }
    }
}

/// What the system will say at the end, as far as it can be known now.
fn look(name: &OsStr) -> Result<()> {
    if name.is_empty() {
        return Err(missing(name));
    }
    if Path::new(name).components().count() > 1 || name.as_encoded_bytes().contains(&b'/') {
        return judge(name, Path::new(name));
    }
    // Without a PATH the system has one of its own.
    let Some(path) = std::env::var_os("PATH") else {
        return Ok(());
    };
    let found: Vec<PathBuf> = std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .filter(|path| path.is_file())
        .collect();
    let fits = found.iter().any(|path| judge(name, path).is_ok());
    match found.first() {
        None => Err(missing(name)),
        Some(first) if !fits => judge(name, first),
        Some(_) => Ok(()),
    }
}

fn judge(name: &OsStr, path: &Path) -> Result<()> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Err(missing(name)),
        Err(error) => Err(refused(name, &error.to_string())),
        Ok(about) if about.is_dir() => Err(refused(name, "it is a folder")),
        Ok(about) if about.permissions().mode() & 0o111 == 0 => {
            Err(refused(name, "nobody may execute it"))
        }
        Ok(_) => Ok(()),
    }
}

fn missing(name: &OsStr) -> Error {
    Error::new(
        Code::ProgramMissing,
        format!("there is no program '{}'", shown(name)),
    )
    .help("is its folder in PATH, and the interpreter of its first line there? the gate was not at fault")
}

fn refused(name: &OsStr, why: &str) -> Error {
    Error::new(
        Code::ProgramRefused,
        format!("the program '{}' cannot be started: {why}", shown(name)),
    )
    .help("chmod +x? built for this machine? a script begins with a line such as #!/bin/sh")
}

/// A name as a message may show it: who leaves out the program puts a URL there.
fn shown(name: &OsStr) -> String {
    let text = name.to_string_lossy();
    match text.contains("://") || text.contains('@') || text.len() > 200 {
        true => "(not shown)".into(),
        false => text.into_owned(),
    }
}

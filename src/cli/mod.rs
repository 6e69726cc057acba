//! Arguments to calls, one file per verb. Only this room and `main.rs` read the environment, print
//! and decide the exit status.

mod apply;
mod arguments;
mod baseline;
mod check;
mod cleanup;
mod common;
mod connect;
mod connection;
mod diff;
mod duration;
mod export;
mod flags;
mod folder;
mod hash;
mod help;
mod history;
mod import;
mod inspect;
mod internal;
mod interrupt;
mod judge;
mod launch;
mod lint;
mod logging;
mod many;
mod new;
mod output;
pub mod pages;
mod pipeline;
mod plan;
mod rebase;
mod repair;
mod rollback;
mod schema;
mod session;
mod squash;
mod status;
#[cfg(test)]
mod tests;
mod unlock;
mod values;
mod verb;
mod verify;
mod wait;

pub use internal::tell_panics;

use arguments::{Common, Flags, Words, parse};
use initium_driver::{Code, Error};
use output::Output;
use verb::{VERBS, Verb};

/// Runs the command line (without the program's name) and returns the exit status.
pub fn main(arguments: Vec<String>) -> i32 {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // What stands behind `--` may be another program's.
    let ours = launch::ours(&words);
    tell_panics(ours);
    let output = Output::of(ours);
    match dispatch(&words, &output) {
        Ok(status) => status,
        Err(error) => output.fail("initium", &error),
    }
}

fn dispatch(words: &[&str], output: &Output) -> Result<i32, Error> {
    match words {
        ["-V" | "--version" | "version", ..] | ["migrate", "-V" | "--version" | "version", ..] => {
            output.print(&version());
            Ok(0)
        }
        [] => {
            output.print(&help::top());
            Ok(Code::Usage.exit() as i32)
        }
        ["-h" | "--help" | "help"] => {
            output.print(&help::top());
            Ok(0)
        }
        ["help", "migrate"] | ["migrate", "-h" | "--help" | "help"] => {
            output.print(&help::migrate());
            Ok(0)
        }
        ["migrate"] => {
            output.print(&help::migrate());
            Ok(Code::Usage.exit() as i32)
        }
        ["help", "migrate", verb, ..] | ["migrate", "help", verb, ..] => {
            output.print(&help::verb(find(verb)?));
            Ok(0)
        }
        ["migrate", rest @ ..] => {
            let (verb, rest) = arguments::verb_first(rest)?;
            run(find(verb)?, &rest, output)
        }
        [word, ..] => Err(unknown_command(word)),
    }
}

fn run(verb: &'static Verb, rest: &[&str], output: &Output) -> Result<i32, Error> {
    let ended = rest
        .iter()
        .position(|word| *word == "--")
        .unwrap_or(rest.len());
    if rest[..ended]
        .iter()
        .any(|word| matches!(*word, "-h" | "--help"))
        || rest.first() == Some(&"help")
    {
        output.print(&help::verb(verb));
        return Ok(0);
    }
    let own = match launch::is_for(verb) {
        true => launch::ours(rest),
        false => rest,
    };
    let (common, own) = match arguments::split(verb, own).and_then(|(common, own)| {
        let mut flags: Flags = parse(verb.name, &common)?;
        let drawn = verb
            .forms
            .iter()
            .find(|word| flags.format.as_deref() == Some(word));
        if drawn.is_some() {
            flags.format = None;
        }
        let mut common = Common::from(flags);
        common.drawn = drawn.copied();
        Ok((common, own))
    }) {
        Ok(found) => found,
        Err(error) => return Ok(output.fail(verb.name, &error)),
    };
    let answer = output.settle(&common, verb.forms).and_then(|output| {
        logging::begin(&common)?;
        let Some(launch) = launch::of(verb, rest)? else {
            interrupt::listen();
            return Ok(many::run(verb, common, &Words(own), &output));
        };
        interrupt::listen_as_found();
        let output = output.beside_a_program();
        Ok(match many::run(verb, common, &Words(own), &output) {
            0 => output.fail(verb.name, &launch.start()),
            status => status,
        })
    });
    match answer {
        Ok(status) => Ok(status),
        Err(error) => Ok(output.fail(verb.name, &error)),
    }
}

fn find(word: &str) -> Result<&'static Verb, Error> {
    VERBS
        .iter()
        .find(|verb| verb.name == word || verb.alias == Some(word))
        .ok_or_else(|| unknown_command(word))
}

/// What other tools call our verbs.
const ELSEWHERE: &[(&[&str], &str)] = &[
    (&["up", "run", "update", "deploy", "execute"], "apply"),
    (&["down", "undo", "revert", "downgrade", "back"], "rollback"),
    (&["create", "generate", "add"], "new"),
    (&["info", "show", "pending"], "status"),
    (&["validate"], "check"),
    (&["analyze", "advise"], "lint"),
    (&["log"], "history"),
    (&["stamp", "adopt"], "baseline"),
    (&["force", "resolve", "fix"], "repair"),
    (&["preview"], "plan"),
];

fn unknown_command(word: &str) -> Error {
    let names: Vec<_> = VERBS
        .iter()
        .flat_map(|v| std::iter::once(v.name).chain(v.alias))
        .collect();
    let error = Error::new(
        Code::Usage,
        format!("unknown command '{}'", arguments::plain(word)),
    );
    if let Some((_, ours)) = ELSEWHERE.iter().find(|(theirs, _)| theirs.contains(&word)) {
        return error.help(format!("here it is `initium migrate {ours}`"));
    }
    match arguments::nearest(word, &names) {
        Some("migrate") | None => {
            error.help("commands: initium migrate <verb>; see `initium help`")
        }
        Some(verb) => error.help(format!("did you mean `initium migrate {verb}`?")),
    }
}

/// Version, commit and drivers.
fn version() -> String {
    let commit = option_env!("INITIUM_COMMIT").unwrap_or("unknown");
    let drivers = crate::connect::databases();
    let drivers = if drivers.is_empty() {
        "none".into()
    } else {
        drivers.join(", ")
    };
    format!(
        "initium {} (commit {commit}; drivers: {drivers})\n",
        env!("CARGO_PKG_VERSION")
    )
}

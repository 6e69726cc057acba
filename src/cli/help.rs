//! Help at every level, from the same table that parses.

use super::arguments::{Common, variable};
use super::launch;
use super::verb::{VERBS, Verb};
use argh::{FlagInfo, FlagInfoKind, Optionality};
use initium_driver::Exit;
use std::fmt::Write;

pub fn top() -> String {
    format!(
        "initium: database migrations, exactly once, proven\n\n\
         usage: initium migrate <verb> [flags]\n\n{}\n\
         initium migrate <verb> --help    flags of a verb\n\
         initium --version                version, commit and drivers\n",
        verbs()
    )
}

pub fn migrate() -> String {
    let exits: Vec<_> = EXITS
        .iter()
        .map(|(status, means)| format!("{status} {means}"))
        .collect();
    format!(
        "usage: initium migrate <verb> [flags]\n\n{}\n\
         Every flag has a variable: --lock-wait is INITIUM_LOCK_WAIT. A flag beats its variable.\n\n\
         {}\n",
        verbs(),
        wrap(&format!("exit codes: {}", exits.join(", ")), 78).join("\n")
    )
}

/// What the exit status says. A signal gives 128 and its number, as shells count.
pub const EXITS: &[(u8, &str)] = &[
    (Exit::Done as u8, "done"),
    (Exit::Failed as u8, "a migration failed"),
    (Exit::Usage as u8, "usage or settings"),
    (Exit::No as u8, "the answer is no"),
    (Exit::Human as u8, "needs a human"),
    (Exit::Unavailable as u8, "unavailable"),
    (Exit::Locked as u8, "another run holds the lock"),
    (
        Exit::NotStarted as u8,
        "the program behind -- cannot be started",
    ),
    (Exit::NotFound as u8, "there is no such program"),
];

fn verbs() -> String {
    let mut out = String::from("verbs:\n");
    for verb in VERBS {
        let alias = verb
            .alias
            .map(|a| format!(" (also: {a})"))
            .unwrap_or_default();
        let _ = writeln!(out, "  {:<10} {}{alias}", verb.name, verb.about);
    }
    out
}

pub fn verb(verb: &Verb) -> String {
    let info = (verb.info)();
    let mut out = format!("{}\n\nusage: initium migrate {}", verb.about, verb.name);
    for positional in info.positionals {
        let name = positional.name;
        let _ = match positional.optionality {
            Optionality::Required => write!(out, " <{name}>"),
            Optionality::Greedy => continue,
            _ => write!(out, " [{name}]"),
        };
    }
    out += " [flags]";
    out += if launch::is_for(verb) {
        " [-- program [arguments]]\n"
    } else {
        "\n"
    };
    for positional in info.positionals {
        let _ = writeln!(
            out,
            "\n  {:<28} {}",
            positional.name, positional.description
        );
    }
    let own: Vec<_> = info.flags.iter().filter(|f| f.long != "--help").collect();
    if !own.is_empty() {
        out += "\nflags:\n";
        own.iter().for_each(|flag| describe(&mut out, flag));
    }
    out += "\nflags of every verb:\n";
    let common = Common::get_args_info();
    common
        .flags
        .iter()
        .filter(|f| f.long != "--help")
        .for_each(|flag| describe(&mut out, flag));
    out += "\nEach flag also has a variable, for instance ";
    let _ = writeln!(out, "{}.", variable("--spec"));
    out
}

fn describe(out: &mut String, flag: &FlagInfo) {
    let shown = match flag.kind {
        FlagInfoKind::Option { arg_name } => format!("{} <{arg_name}>", flag.long),
        FlagInfoKind::Switch => flag.long.to_string(),
    };
    let mut lines = wrap(flag.description, 68).into_iter();
    let _ = writeln!(out, "  {shown:<28} {}", lines.next().unwrap_or_default());
    for line in lines {
        let _ = writeln!(out, "  {:<28} {line}", "");
    }
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.into()),
        }
    }
    lines
}

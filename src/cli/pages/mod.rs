//! Completions and man pages, made from the table that parses. `examples/pages.rs` writes them when a
//! release is built. Must never be called by the program: what it does not call, it does not carry.

mod bash;
mod fish;
mod man;
mod roff;
mod told;
mod zsh;

#[cfg(test)]
mod tests;

use super::arguments::Common;
use super::values;
use super::verb::{VERBS, Verb};
use argh::{FlagInfo, FlagInfoKind, Optionality};

/// A file of a release.
pub struct Page {
    /// Its place in the folder of a release.
    pub path: String,
    pub text: String,
}

/// All of them. The date stands on the man pages: that of the commit, so that two builds are the same.
pub fn pages(date: &str) -> Vec<Page> {
    let completion = |name: &str, text: String| Page {
        path: format!("completions/{name}"),
        text,
    };
    let mut all = vec![
        completion("initium.bash", bash::script()),
        completion("_initium", zsh::script()),
        completion("initium.fish", fish::script()),
    ];
    all.extend(man::pages(date));
    all
}

/// The shells' word list of the first place.
const COMMANDS: &[(&str, &str)] = &[
    ("migrate", "database migrations"),
    ("help", "what there is"),
];

/// A flag of one verb, or of all.
struct Flag {
    long: &'static str,
    about: &'static str,
    takes: Takes,
    repeats: bool,
}

/// What may stand behind a flag.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Takes {
    Nothing,
    Words(&'static [&'static str]),
    File,
    Folder,
    /// Something without a list; the word is what help calls it.
    Other(&'static str),
}

impl Flag {
    fn of(info: &FlagInfo<'static>) -> Flag {
        let takes = match (&info.kind, values::of_flag(info.long)) {
            (FlagInfoKind::Switch, _) => Takes::Nothing,
            (_, Some(words)) => Takes::Words(words),
            (FlagInfoKind::Option { arg_name: "file" }, _) => Takes::File,
            (FlagInfoKind::Option { arg_name: "folder" }, _) => Takes::Folder,
            (FlagInfoKind::Option { arg_name }, _) => Takes::Other(arg_name),
        };
        Flag {
            long: info.long,
            about: info.description,
            takes,
            repeats: matches!(info.optionality, Optionality::Repeating),
        }
    }

    /// Without the dashes.
    fn name(&self) -> &'static str {
        self.long.trim_start_matches('-')
    }

    /// What its value is called.
    fn value(&self) -> Option<String> {
        match self.takes {
            Takes::Nothing => None,
            Takes::Words(words) => Some(words.join("|")),
            Takes::File => Some("file".into()),
            Takes::Folder => Some("folder".into()),
            Takes::Other(word) => Some(word.into()),
        }
    }

    /// As much of the first sentence as a line of a menu holds.
    fn brief(&self) -> &'static str {
        let until = |text: &'static str, ends: &[char]| {
            let end = text.find(ends).unwrap_or(text.len());
            text[..end].trim_end()
        };
        let first = until(self.about, &['(', ';', ':']);
        match first.len() {
            0..=80 => first,
            _ => until(first, &[',']),
        }
    }
}

fn flags_of(infos: &'static [FlagInfo<'static>]) -> Vec<Flag> {
    let ours = infos.iter().filter(|flag| flag.long != "--help");
    ours.map(Flag::of).collect()
}

fn common() -> Vec<Flag> {
    flags_of(Common::get_args_info().flags)
}

fn own(verb: &Verb) -> Vec<Flag> {
    flags_of((verb.info)().flags)
}

/// Every flag there is, once.
fn every() -> Vec<Flag> {
    let mut all = common();
    for flag in VERBS.iter().flat_map(own) {
        if !all.iter().any(|known| known.long == flag.long) {
            all.push(flag);
        }
    }
    all
}

/// Of a verb all names.
fn names(verb: &Verb) -> Vec<&'static str> {
    std::iter::once(verb.name).chain(verb.alias).collect()
}

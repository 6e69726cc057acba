//! (Catches a verb or flag that a completion or a page leaves out, a list of values that the parser does
//! not know, an example that is a usage error.)
#![allow(clippy::unwrap_used)]

use super::super::arguments::{Common, Flags, parse, split, variable};
use super::super::launch;
use super::super::values::{self, listed};
use super::super::verb::VERBS;
use super::super::{help, logging, output};
use super::told::{TOLD, VARIABLES, command};
use super::{Takes, common, every, own, pages};
use crate::plan::TxMode;
use initium_driver::Error;

fn text_of(path: &str) -> String {
    let found = pages("2026-01-01").into_iter().find(|p| p.path == path);
    found.unwrap().text
}

fn common_with(flag: &str, word: &str) -> Common {
    let flags: Flags = parse("apply", &[flag.to_string(), word.to_string()]).unwrap();
    flags.into()
}

/// What the parser says to a word that stands in no list.
fn refusal(flag: &str, word: &str) -> Option<Error> {
    let common = common_with(flag, word);
    match flag {
        "--format" => output::Output::of(&[]).settle(&common, &[]).err(),
        "--log-format" | "--log-level" => logging::begin(&common).err(),
        _ => None,
    }
}

#[test]
fn the_parser_takes_each_listed_word_and_names_the_list_to_another() {
    for flag in ["--format", "--log-format", "--log-level"] {
        let words = values::of_flag(flag).unwrap();
        for word in words {
            assert!(refusal(flag, word).is_none(), "{flag} {word}");
        }
        let error = refusal(flag, "nonsense").unwrap();
        let help = error.help_text().unwrap();
        let named: Vec<_> = help
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !["", "one", "of", "or"].contains(word))
            .collect();
        assert_eq!(named, *words, "{flag}: {help}");
    }
    assert!(values::TX_MODES.iter().all(|w| TxMode::parse(w).is_some()));
}

#[test]
fn a_list_is_all_that_a_driver_of_this_build_is_called() {
    for database in crate::connect::databases() {
        assert!(crate::spec::DATABASES.contains(&database), "{database}");
    }
}

#[test]
fn help_names_the_words_of_a_list() {
    let about = |flag: &str| every().into_iter().find(|f| f.long == flag).unwrap().about;
    for flag in ["--database", "--format", "--log-format", "--log-level"] {
        let (about, words) = (about(flag), values::of_flag(flag).unwrap());
        let listed = [listed(words), words.join(", ")];
        assert!(listed.iter().any(|l| about.contains(l)), "{flag}: {about}");
    }
    for (verb, words) in [("repair", values::REPAIRS), ("schema", values::SCHEMAS)] {
        let verb = VERBS.iter().find(|v| v.name == verb).unwrap();
        let place = &(verb.info)().positionals[0];
        for word in words {
            assert!(place.description.contains(word), "{word}");
        }
    }
}

#[test]
fn a_flag_takes_the_same_in_every_verb() {
    for flag in VERBS.iter().flat_map(own) {
        let known = every().into_iter().find(|f| f.long == flag.long).unwrap();
        // Where there is no list a menu offers nothing, whatever help calls it.
        let other = |takes: &Takes| matches!(takes, Takes::Other(_));
        let same = other(&flag.takes) && other(&known.takes);
        assert!(same || flag.takes == known.takes, "{}", flag.long);
    }
    // One of them is another verb's own flag with the same name, and zsh would offer it twice.
    for flag in VERBS.iter().flat_map(own) {
        assert!(
            !common().iter().any(|c| c.long == flag.long),
            "{}",
            flag.long
        );
    }
}

#[test]
fn the_shells_know_each_verb_and_each_flag() {
    for (shell, dashes) in [
        ("initium.bash", "--"),
        ("_initium", "--"),
        ("initium.fish", "-l "),
    ] {
        let text = text_of(&format!("completions/{shell}"));
        let words: Vec<_> = text
            .split(|c: char| !(c.is_ascii_alphanumeric() || "-_ ".contains(c)))
            .collect();
        for verb in VERBS {
            let known = words.iter().any(|w| w.split(' ').any(|w| w == verb.name));
            assert!(known, "{shell}: {}", verb.name);
        }
        for flag in every() {
            let name = format!("{dashes}{}", flag.name());
            let known = text.match_indices(&name).any(|(at, _)| {
                !text[at + name.len()..]
                    .starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-')
            });
            assert!(known, "{shell}: {}", flag.long);
        }
    }
}

#[test]
fn each_verb_has_a_page_with_its_flags_and_what_every_page_has() {
    let written = |word: &str| super::roff::literal(word);
    for verb in VERBS {
        let page = text_of(&format!("man/initium-migrate-{}.1", verb.name));
        for flag in own(verb) {
            assert!(
                page.contains(&format!(".TP\n\\fB{}", written(flag.long))),
                "{}",
                verb.name
            );
        }
        for flag in common() {
            assert!(page.contains(&written(flag.long)), "{}", verb.name);
        }
        for section in [
            "EXIT STATUS",
            "ENVIRONMENT",
            "FILES",
            "EXAMPLES",
            "SEE ALSO",
        ] {
            assert!(page.contains(&format!(".SH {section}\n")), "{}", verb.name);
        }
        assert!(page.contains("initium migrate"), "{}", verb.name);
    }
    let all = text_of("man/initium-migrate.1");
    for flag in common() {
        assert!(
            all.contains(&format!(".TP\n\\fB{}", written(flag.long))),
            "{}",
            flag.long
        );
    }
    for verb in VERBS {
        assert!(all.contains(&format!(".BR initium\\-migrate\\-{} (1)", verb.name)));
    }
    for (status, means) in help::EXITS {
        assert!(
            help::migrate()
                .replace('\n', " ")
                .contains(&format!("{status} {means}"))
        );
    }
}

#[test]
fn no_verb_is_without_a_word_and_no_word_without_a_verb() {
    let told: Vec<_> = TOLD.iter().map(|told| told.verb).collect();
    let verbs: Vec<_> = VERBS.iter().map(|verb| verb.name).collect();
    for verb in &verbs {
        assert!(
            told.contains(verb),
            "{verb}: write what the man page says in told.rs"
        );
    }
    assert_eq!(told.len(), verbs.len());
    assert!(
        VARIABLES
            .iter()
            .any(|(name, _)| *name == variable("--<flag>"))
    );
}

#[test]
fn each_example_is_a_line_that_parses() {
    for told in TOLD {
        assert!(!told.examples.is_empty(), "{}", told.verb);
        for (_, line) in told.examples {
            let line = command(line);
            let words = shell_words(&line);
            let verb = VERBS.iter().find(|v| v.name == words[2]).unwrap();
            assert_eq!(verb.name, told.verb, "{line}");
            let rest: Vec<_> = words[3..].iter().map(String::as_str).collect();
            let (shared, mine) = split(verb, &rest).unwrap();
            parse::<Flags>(verb.name, &shared).unwrap();
            // A program behind `--` may be left out.
            let places = (verb.info)().positionals.len() - usize::from(launch::is_for(verb));
            assert!(
                mine.iter().filter(|w| !w.starts_with('-')).count() >= places.min(1),
                "{line}"
            );
        }
    }
}

fn shell_words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    parts
        .flat_map(|(at, part)| match at % 2 {
            1 => vec![part.to_string()],
            _ => part.split_whitespace().map(String::from).collect(),
        })
        .collect()
}

#[test]
fn nothing_is_longer_than_a_menu_shows() {
    for flag in every() {
        let brief = flag.brief();
        assert!(
            !brief.is_empty() && brief.len() <= 80,
            "{}: {brief}",
            flag.long
        );
        assert!(flag.takes != Takes::Words(&[]), "{}", flag.long);
    }
}

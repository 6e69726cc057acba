//! The command line around argh: `--flag=value`, flags of all verbs anywhere on the line, an
//! `INITIUM_<FLAG>` variable for each flag, and the nearest word for a misspelt one. argh alone
//! does none of these, and exits 1 where ours is 2.

pub use super::common::Common;
pub use super::flags::Flags;

use super::verb::Verb;
use argh::{ArgsInfo, CommandInfoWithArgs, FlagInfo, FlagInfoKind, FromArgs, Optionality};
use initium_driver::{Code, Error, Result};

/// A verb's own words, ready for argh.
pub struct Words(pub Vec<String>);

impl Words {
    /// Whether a flag is among them.
    pub fn has(&self, flag: &str) -> bool {
        self.flags().any(|word| word == flag)
    }

    /// The value behind a flag.
    pub fn value(&self, flag: &str) -> Option<&str> {
        let mut words = self.flags().skip_while(|word| *word != flag);
        words.nth(1)
    }

    fn flags(&self) -> impl Iterator<Item = &str> {
        let words = self.0.iter().map(String::as_str);
        words.take_while(|word| *word != "--")
    }

    pub fn parse<T: FromArgs>(&self, verb: &str) -> Result<T> {
        parse(verb, &self.0)
    }
}

pub fn parse<T: FromArgs>(verb: &str, words: &[String]) -> Result<T> {
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    T::from_args(&["initium", "migrate", verb], &words).map_err(|exit| {
        let text = said(&exit.output);
        let from = words
            .iter()
            .filter(|word| word.starts_with("--") && exit.output.contains(&format!("'{word}'")))
            .map(|word| variable(word))
            .find(|name| std::env::var(name).is_ok());
        Error::new(Code::Usage, lower(&text)).help(match from {
            Some(name) => format!("the variable {name} is set; is it meant for initium?"),
            None => format!("see `initium migrate {verb} --help`"),
        })
    })
}

/// What argh says, without the values that it quotes.
fn said(output: &str) -> String {
    let text = output.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((_, word)) = text.split_once("nrecognized argument: ") {
        return format!("unrecognized argument: {}", plain(word));
    }
    match text.split_once(" with value ") {
        // A number that is none: `Error parsing option '--port' with value 'x': invalid digit`.
        Some((option, rest)) => match rest.rsplit_once(": ") {
            Some((_, why)) => format!("{option}: {why}"),
            None => option.into(),
        },
        None => text,
    }
}

/// A word of the command line as a message may show it. Who does not know our flags types what other
/// tools take there: a URL, or `-p` with the password behind it.
pub fn plain(word: &str) -> &str {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    match word.as_bytes() {
        [b'-', letter, _, ..] if *letter != b'-' => word.get(..2).unwrap_or("-"),
        _ if word.len() <= 40 && word.chars().all(harmless) => word,
        _ => "(not shown)",
    }
}

/// A URL with a login in a place that is not for it would stand in the message about it.
fn refuse_logins(words: &[String]) -> Result<()> {
    let login = |word: &str| {
        let rest = word.split_once("://")?.1;
        rest.rsplit_once('@')?.0.contains(':').then_some(())
    };
    let place = |at: usize| at > 0 && words[at - 1] == "--url";
    match (0..words.len()).find(|at| login(&words[*at]).is_some() && !place(*at)) {
        None => Ok(()),
        Some(at) => {
            let flag = at.checked_sub(1).map_or("", |n| words[n].as_str());
            let whose = match flag.starts_with("--") {
                true => format!("{flag} holds a URL with a password"),
                false => "a URL with a password stands on the command line".into(),
            };
            Err(Error::new(Code::Usage, whose)
                .help("everybody can see a command line; put the URL into DATABASE_URL or a file"))
        }
    }
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}

/// The flags of every verb and the flags of this one, each with its value, variables included.
pub fn split(verb: &Verb, words: &[&str]) -> Result<(Vec<String>, Vec<String>)> {
    let (shared, mine) = (Flags::get_args_info(), (verb.info)());
    let (mut common, mut own) = (Vec::new(), Vec::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if *word == "--" {
            own.push("--".to_string());
            own.extend(words.by_ref().map(|w| w.to_string()));
            break;
        }
        if !word.starts_with('-') || word.parse::<f64>().is_ok() || *word == "-" {
            own.push(word.to_string());
            continue;
        }
        let (flag, value) = match word.split_once('=') {
            Some((flag, value)) => (flag, Some(value)),
            None => (*word, None),
        };
        let (list, info) = match (find(&shared, flag), find(&mine, flag)) {
            (Some(info), _) => (&mut common, info),
            (_, Some(info)) => (&mut own, info),
            _ => return Err(unknown(verb, flag, &shared, &mine)),
        };
        list.push(flag.to_string());
        match (takes_value(info), value) {
            (true, Some(value)) => list.push(value.to_string()),
            (true, None) => match words.next() {
                Some(value) => list.push(value.to_string()),
                None => return Err(Error::new(Code::Usage, format!("{flag} needs a value"))),
            },
            (false, Some(_)) => {
                return Err(Error::new(Code::Usage, format!("{flag} takes no value")));
            }
            (false, None) => {}
        }
    }
    from_variables(&shared, &mut common)?;
    let ended = own.iter().position(|w| w == "--").unwrap_or(own.len());
    let mut flags: Vec<_> = own.drain(..ended).collect();
    from_variables(&mine, &mut flags)?;
    flags.append(&mut own);
    refuse_logins(&common)?;
    refuse_logins(&flags)?;
    Ok((common, flags))
}

/// The verb and the other words, where flags of every verb may come before it.
pub fn verb_first<'a>(words: &[&'a str]) -> Result<(&'a str, Vec<&'a str>)> {
    let shared = Flags::get_args_info();
    let mut at = 0;
    while let Some(word) = words.get(at).filter(|word| word.starts_with('-')) {
        let value = find(&shared, word).is_some_and(takes_value);
        at += if value { 2 } else { 1 };
    }
    match words.get(at) {
        Some(verb) => Ok((verb, [&words[..at], &words[at + 1..]].concat())),
        None => {
            Err(Error::new(Code::Usage, "no verb is given").help("see `initium migrate --help`"))
        }
    }
}

fn find<'a>(info: &'a CommandInfoWithArgs, flag: &str) -> Option<&'a FlagInfo<'a>> {
    info.flags
        .iter()
        .find(|f| f.long == flag && f.long != "--help")
}

fn takes_value(info: &FlagInfo) -> bool {
    matches!(info.kind, FlagInfoKind::Option { .. })
}

/// The variable of a flag.
pub fn variable(flag: &str) -> String {
    format!(
        "INITIUM_{}",
        flag.trim_start_matches('-')
            .replace('-', "_")
            .to_uppercase()
    )
}

/// Kubernetes gives every pod a variable `INITIUM_PORT=tcp://...` where a Service is called initium.
fn is_service_link(value: &str) -> bool {
    value.starts_with("tcp://") || value.starts_with("udp://")
}

/// A flag that is not given may stand in its variable.
fn from_variables(info: &CommandInfoWithArgs, words: &mut Vec<String>) -> Result<()> {
    for flag in info.flags.iter().filter(|f| f.long != "--help") {
        let name = variable(flag.long);
        let value = match std::env::var(&name) {
            Ok(value)
                if !value.is_empty()
                    && !is_service_link(&value)
                    && !words.iter().any(|w| w == flag.long) =>
            {
                value
            }
            _ => continue,
        };
        if takes_value(flag) {
            let many = matches!(flag.optionality, Optionality::Repeating);
            let values: Vec<_> = if many {
                value.split(',').collect()
            } else {
                vec![value.as_str()]
            };
            for value in values {
                words.extend([flag.long.to_string(), value.to_string()]);
            }
            continue;
        }
        match value.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => words.push(flag.long.to_string()),
            "0" | "false" | "no" | "off" => {}
            _ => {
                return Err(Error::new(
                    Code::SettingInvalid,
                    format!("{name} should be true or false"),
                )
                .help(format!("it stands for {}", flag.long)));
            }
        }
    }
    Ok(())
}

fn unknown(
    verb: &Verb,
    flag: &str,
    shared: &CommandInfoWithArgs,
    mine: &CommandInfoWithArgs,
) -> Error {
    let error = Error::new(
        Code::Usage,
        format!("unknown flag '{}' for {}", plain(flag), verb.name),
    );
    if flag.starts_with("--pass") || (flag.starts_with("-p") && !flag.starts_with("--")) {
        return error.help("a password on the command line is seen by everybody; use --password-file or --password-env");
    }
    let flags: Vec<_> = shared
        .flags
        .iter()
        .chain(mine.flags)
        .map(|f| f.long)
        .collect();
    match nearest(flag, &flags) {
        Some(near) => error.help(format!("did you mean {near}?")),
        None => error.help(format!("see `initium migrate {} --help`", verb.name)),
    }
}

/// The word that was probably meant.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let (distance, near) = known
        .iter()
        .map(|k| (crate::spec::distance(word, k), *k))
        .min()?;
    // Of a long word the distance is not known, and the largest number there is.
    (distance.saturating_mul(3) <= word.len() + 3).then_some(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_page_is_near_no_word() {
        assert_eq!(nearest(&"apply ".repeat(20), &["apply"]), None);
        assert_eq!(nearest("aply", &["apply", "plan"]), Some("apply"));
    }

    #[test]
    fn what_may_be_a_password_is_not_repeated() {
        for (word, told) in [
            ("aply", "aply"),
            ("--spek", "--spek"),
            ("-phunter2", "-p"),
            ("-p", "-p"),
            ("u:hunter2@h", "(not shown)"),
        ] {
            assert_eq!(plain(word), told);
        }
    }
}

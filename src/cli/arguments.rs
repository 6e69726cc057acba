//! The command line around argh: `--flag=value`, flags of all verbs anywhere on the line, an
//! `INITIUM_<FLAG>` variable for each flag, and the nearest word for a misspelt one. argh alone
//! does none of these, and exits 1 where ours is 2.

pub use super::common::Common;

use super::verb::Verb;
use argh::{ArgsInfo, CommandInfoWithArgs, FlagInfo, FlagInfoKind, FromArgs, Optionality};
use initium_driver::{Code, Error, Result};

/// Settings of every verb.
#[derive(FromArgs, ArgsInfo, Clone, Debug, Default)]
pub struct Flags {
    /// plan of migrations, YAML or JSON, `-` for standard input; may be repeated
    #[argh(option, arg_name = "file")]
    pub spec: Vec<String>,
    /// value of a variable that the spec declares; never a secret; may be repeated
    #[argh(option, arg_name = "name=value")]
    pub var: Vec<String>,
    /// work on this target only; may be repeated
    #[argh(option, arg_name = "name")]
    pub target: Vec<String>,
    /// run on each database of this list, YAML or JSON, one after the other
    #[argh(option, arg_name = "file")]
    pub targets: Option<String>,
    /// share the databases of a list out among this many processes
    #[argh(option, arg_name = "n")]
    pub shard_count: Option<u32>,
    /// which of them this one is, from 0 (default: JOB_COMPLETION_INDEX)
    #[argh(option, arg_name = "n")]
    pub shard_index: Option<u32>,
    /// go on past this many failed databases of a list, or all (default: 0, stop at the first)
    #[argh(option, arg_name = "n|all")]
    pub max_failures: Option<String>,
    /// connection URL without a password
    #[argh(option, arg_name = "url")]
    pub url: Option<String>,
    /// name of the variable that holds the URL, or with _FILE behind it the path of a file that
    /// holds it (default: DATABASE_URL)
    #[argh(option, arg_name = "name")]
    pub url_env: Option<String>,
    /// kind of database, where no URL says it: postgres, mysql, mariadb, sqlite, redis
    #[argh(option, arg_name = "kind")]
    pub database: Option<String>,
    /// server, instead of a URL
    #[argh(option, arg_name = "host")]
    pub host: Option<String>,
    /// port
    #[argh(option, arg_name = "port")]
    pub port: Option<u16>,
    /// user
    #[argh(option, arg_name = "user")]
    pub user: Option<String>,
    /// name of the variable that holds the password
    #[argh(option, arg_name = "name")]
    pub password_env: Option<String>,
    /// file that holds the password
    #[argh(option, arg_name = "file")]
    pub password_file: Option<String>,
    /// database name, or the file of a SQLite database
    #[argh(option, arg_name = "name")]
    pub name: Option<String>,
    /// folder of a mounted secret, one file for each key
    #[argh(option, arg_name = "folder")]
    pub secret_dir: Option<String>,
    /// name of a Service Binding below SERVICE_BINDING_ROOT
    #[argh(option, arg_name = "name")]
    pub binding: Option<String>,
    /// which key of the secret holds host, port, user, password, name, url or ca: user=role; may
    /// be repeated
    #[argh(option, arg_name = "part=key")]
    pub secret_key: Vec<String>,
    /// connection option, key=value; may be repeated
    #[argh(option, arg_name = "key=value")]
    pub option: Vec<String>,
    /// name of the variable with the URL of an empty database, in which SQL is built to be compared
    #[argh(option, arg_name = "name")]
    pub scratch_url_env: Option<String>,
    /// ledger table, maybe with a schema (default: initium_migrate)
    #[argh(option, arg_name = "table")]
    pub table: Option<String>,
    /// what the names of the ledger's keys begin with, in Redis
    #[argh(option, arg_name = "text")]
    pub prefix: Option<String>,
    /// how long a server that is not up yet is waited for (default: 10s)
    #[argh(option, arg_name = "time")]
    pub connect_timeout: Option<String>,
    /// how long another run is waited for (default: 5m)
    #[argh(option, arg_name = "time")]
    pub lock_wait: Option<String>,
    /// how long a running statement may go on after SIGTERM or SIGINT (default: 20s)
    #[argh(option, arg_name = "time")]
    pub grace: Option<String>,
    /// how long a statement waits for a lock before it is tried again (default: 500ms)
    #[argh(option, arg_name = "time")]
    pub lock_timeout: Option<String>,
    /// how long a statement may run (default: 0, no limit)
    #[argh(option, arg_name = "time")]
    pub statement_timeout: Option<String>,
    /// text, json, github, sarif, junit or gitlab, on standard output (default: text)
    #[argh(option, arg_name = "form")]
    pub format: Option<String>,
    /// where the kubelet reads why a container ended (default: /dev/termination-log)
    #[argh(option, arg_name = "file")]
    pub termination_log: Option<String>,
    /// text or json, on standard error (default: text)
    #[argh(option, arg_name = "form")]
    pub log_format: Option<String>,
    /// off, error, warn, info, debug or trace (default: info)
    #[argh(option, arg_name = "level")]
    pub log_level: Option<String>,
}

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

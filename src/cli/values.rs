//! The words that a flag or a place of the line takes, where they can be listed: one table for what the
//! parser answers to another word, and for the completions. Must never say what a word means.

use crate::report::Form;

pub const FORMS: &[&str] = &FORM_WORDS;
const FORM_WORDS: [&str; Form::ALL.len()] = {
    let mut words = [""; Form::ALL.len()];
    let mut n = 0;
    while n < words.len() {
        words[n] = Form::ALL[n].word();
        n += 1;
    }
    words
};
pub const LOG_FORMS: &[&str] = &["text", "json"];
pub const LOG_LEVELS: &[&str] = &["off", "error", "warn", "info", "debug", "trace"];
pub const TX_MODES: &[&str] = &["each", "all", "none"];
pub const ORDERS: &[&str] = &["linear", "skip", "any"];
pub const SCHEMAS: &[&str] = &["migration", "targets", "schema", "output"];
pub const POLICIES: &[&str] = &["block", "warn", "expand"];
/// From the best to the worst.
pub const LIMITS: &[&str] = &["none", "notice", "warning", "error"];
pub const REPAIRS: &[&str] = &["accept", "done", "retry"];

/// The values of a flag; of most there is no list.
pub fn of_flag(flag: &str) -> Option<&'static [&'static str]> {
    Some(match flag {
        "--database" => crate::spec::DATABASES,
        "--format" => FORMS,
        "--log-format" => LOG_FORMS,
        "--log-level" => LOG_LEVELS,
        "--on-breaking-change" => POLICIES,
        "--source-format" => crate::source::Format::WORDS,
        "--order" => ORDERS,
        "--tx-mode" => TX_MODES,
        "--max-severity" | "--fail-on" => LIMITS,
        _ => return None,
    })
}

/// The words of a verb's first place.
pub fn of_verb(verb: &str) -> Option<&'static [&'static str]> {
    match verb {
        "repair" => Some(REPAIRS),
        "schema" => Some(SCHEMAS),
        _ => None,
    }
}

/// As a message lists them: `each, all or none`.
pub fn listed(words: &[&str]) -> String {
    match words {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

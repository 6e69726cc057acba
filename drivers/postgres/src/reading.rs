//! How strings are read behind a statement that changes it. What cannot be known without running the
//! script is refused, never guessed. Pure.

use crate::grammar::RULES;
use initium_driver::sql::lexer::{Kind, tokens};
use initium_driver::sql::reading::Reading;
use initium_driver::sql::split;

const SETTING: &str = "standard_conforming_strings";

/// The reading behind this statement, where it is another one.
pub fn follow(text: &str, words: &[String], reading: &Reading) -> Result<Option<Reading>, String> {
    let word = |n: usize| words.get(n).map_or("", String::as_str);
    let backslashes = match (word(0), word(1)) {
        // The session goes back to what the connection was told: on.
        ("RESET", "ALL") => false,
        ("RESET", name) if name.eq_ignore_ascii_case(SETTING) => return Err(unknown()),
        ("SET", _) if names(words) => match value(text, reading).as_deref() {
            Some("on" | "true" | "yes" | "1") => false,
            Some("off" | "false" | "no" | "0") => true,
            _ => return Err(unknown()),
        },
        ("SELECT" | "DO" | "ALTER" | "CREATE", _) => {
            let lower = text.to_ascii_lowercase();
            let sets = word(0) == "SELECT" && lower.contains("set_config");
            return match sets && lower.contains(SETTING) {
                true => Err(unknown()),
                false => Ok(None),
            };
        }
        _ => return Ok(None),
    };
    if reading.rules.backslashes == backslashes {
        return Ok(None);
    }
    let mut next = reading.clone();
    next.rules.backslashes = backslashes;
    Ok(Some(next))
}

/// Whether this statement may change how the next one is read.
pub fn turns(text: &str) -> bool {
    let words = split::words(text.get(..200).unwrap_or(text), &RULES);
    match words.first().map(String::as_str) {
        Some("SET") => names(&words),
        Some("RESET") => true,
        _ => false,
    }
}

/// `SET [SESSION | LOCAL] name`
fn names(words: &[String]) -> bool {
    let mut words = words.iter().skip(1).map(String::as_str);
    let first = words.next().unwrap_or_default();
    let name = match first {
        "SESSION" | "LOCAL" => words.next().unwrap_or_default(),
        first => first,
    };
    name.eq_ignore_ascii_case(SETTING)
}

fn unknown() -> String {
    format!(
        "{SETTING} decides how the rest of the script is to be read: set it to on or off with SET"
    )
}

/// What stands behind `TO` or `=`.
fn value(text: &str, reading: &Reading) -> Option<String> {
    let tokens = tokens(text, &reading.rules).ok()?;
    let mut counted = tokens
        .iter()
        .filter(|t| !matches!(t.kind, Kind::Blank | Kind::Comment));
    let last = &text[counted.next_back()?.range.clone()];
    Some(last.trim_matches('\'').to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use crate::dialect::Postgres;
    use initium_driver::{Dialect, Source};

    fn split(text: &str) -> Option<Vec<String>> {
        let found = Postgres::OLDEST.split(&Source::file("a.sql", text)).ok()?;
        Some(found.into_iter().map(|s| s.text).collect())
    }

    #[test]
    fn strings_are_read_as_the_script_sets_them() {
        for off in [
            "SET standard_conforming_strings = off",
            "set session Standard_Conforming_Strings to 'off'",
            "SET LOCAL standard_conforming_strings TO false",
        ] {
            let text = format!(
                "{off}; SELECT 'a\\';b'; SET standard_conforming_strings = on; SELECT 'a\\'; x"
            );
            let found = split(&text).expect(&text);
            assert_eq!(
                found[1..],
                [
                    "SELECT 'a\\';b'",
                    "SET standard_conforming_strings = on",
                    "SELECT 'a\\'",
                    "x"
                ]
            );
        }
        let reset = "SET standard_conforming_strings = off; RESET ALL; SELECT 'a\\'; x";
        assert_eq!(split(reset).expect("reset").len(), 4);
    }

    #[test]
    fn a_value_that_only_the_server_knows_is_refused() {
        for text in [
            "SET standard_conforming_strings TO DEFAULT",
            "RESET standard_conforming_strings",
            "SELECT set_config('standard_conforming_strings', 'off', false)",
        ] {
            assert_eq!(split(text), None, "{text}");
        }
        let dump = "SET standard_conforming_strings = on; SELECT pg_catalog.set_config('search_path', '', false)";
        assert!(split(dump).is_some());
    }
}

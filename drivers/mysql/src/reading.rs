//! How quotes and backslashes are read behind a statement that sets sql_mode. A value is known where
//! it is a literal, or a variable that was given one; what cannot be known is refused. Pure.

use initium_driver::sql::lexer::{Kind, Rules, tokens};
use initium_driver::sql::reading::Reading;

/// Modes under which a script is read otherwise, and that are not followed: they bring another
/// language with them.
const OTHERS: &[&str] = &["ORACLE", "MSSQL", "DB2", "MAXDB", "POSTGRESQL"];
/// And those that are.
const FOLLOWED: &[&str] = &["NO_BACKSLASH_ESCAPES", "ANSI"];

/// The reading behind a SET, where it is another one; `begin` is how the session began.
pub fn follow(
    text: &str,
    words: &[String],
    reading: &Reading,
    begin: &Rules,
) -> Result<Option<Reading>, String> {
    if !text.to_ascii_uppercase().contains("SQL_MODE") && !text.contains('@') {
        return Ok(None);
    }
    if words.get(1).is_some_and(|word| word == "STATEMENT") {
        return match named(text) && words.iter().any(|word| word == "SQL_MODE") {
            true => Err(unknown()),
            false => Ok(None),
        };
    }
    let mut next = reading.clone();
    for (name, value) in assignments(text, reading) {
        match name.strip_prefix('@') {
            Some(variable) if !variable.starts_with('@') => {
                match worth(&value, &next, begin) {
                    Ok(Some(rules)) => next.kept.insert(variable.into(), rules),
                    _ => next.kept.remove(variable),
                };
            }
            _ if is_mode(&name) => {
                if let Some(rules) = worth(&value, &next, begin)? {
                    next.rules = rules;
                }
            }
            _ => {}
        }
    }
    Ok((next != *reading).then_some(next))
}

/// The session's own, whatever way it is named.
fn is_mode(name: &str) -> bool {
    let name = name.trim_start_matches('@');
    let name = ["session.", "local.", "session ", "local "]
        .iter()
        .find_map(|scope| name.strip_prefix(scope))
        .unwrap_or(name);
    name == "sql_mode"
}

/// `a = 1, @b := 2`, in small letters, without what does not count.
fn assignments(text: &str, reading: &Reading) -> Vec<(String, Vec<String>)> {
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    let (mut name, mut value): (String, Option<Vec<String>>) = Default::default();
    let mut depth = 0;
    let tokens = tokens(text, &reading.rules).unwrap_or_default();
    let counted = tokens
        .iter()
        .filter(|t| !matches!(t.kind, Kind::Blank | Kind::Comment));
    for token in counted.skip(1) {
        let word = &text[token.range.clone()];
        match (word, &mut value) {
            ("(", _) => depth += 1,
            (")", _) => depth -= 1,
            (",", Some(found)) if depth == 0 => {
                all.push((std::mem::take(&mut name), std::mem::take(found)));
                value = None;
                continue;
            }
            (":", None) => continue,
            ("=", None) => {
                value = Some(Vec::new());
                continue;
            }
            _ => {}
        }
        match &mut value {
            Some(value) => value.push(word.into()),
            None => {
                let word = word.trim_matches('`').to_ascii_lowercase();
                let joined = name.is_empty() || name.ends_with(['@', '.']) || word == ".";
                if !joined {
                    name.push(' ');
                }
                name.push_str(&word);
            }
        }
    }
    all.extend(value.map(|value| (name, value)));
    all
}

/// How a script is read under this value; none: as it was.
fn worth(value: &[String], now: &Reading, begin: &Rules) -> Result<Option<Rules>, String> {
    let joined = value.concat().to_ascii_lowercase();
    let whole = joined.trim_end_matches(';');
    if let Some(variable) = whole.strip_prefix('@')
        && !variable.starts_with('@')
        && !variable.contains(['(', '@', ','])
    {
        return match now.kept.get(variable) {
            Some(rules) => Ok(Some(*rules)),
            // Kept before this script: the session's own.
            None => Ok(Some(*begin)),
        };
    }
    if whole.starts_with("@@global.") || whole == "default" {
        return Ok(Some(*begin));
    }
    if let ["@", "@", ..] = value.iter().map(String::as_str).collect::<Vec<_>>()[..]
        && is_mode(whole)
    {
        return Ok(Some(now.rules));
    }
    if let [literal] = value
        && let Some(list) = literal
            .strip_prefix(['\'', '"'])
            .and_then(|rest| rest.strip_suffix(['\'', '"']))
    {
        return of(list, begin).map(Some);
    }
    if value.len() == 1 && whole.bytes().all(|b| b.is_ascii_digit()) {
        return match whole {
            "0" => of("", begin).map(Some),
            _ => Err(unknown()),
        };
    }
    // Computed. Taking a mode out names it too.
    let plain = now.rules == *begin && begin.backslashes && begin.name_backslashes;
    match named(whole) && !(whole.starts_with("replace(") && plain) {
        true => Err(unknown()),
        false if plain => Ok(None),
        false => Err(unknown()),
    }
}

/// Whether a text names a mode that changes the reading.
fn named(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    OTHERS
        .iter()
        .chain(FOLLOWED)
        .any(|mode| upper.contains(mode))
}

fn of(list: &str, begin: &Rules) -> Result<Rules, String> {
    let mut rules = Rules {
        backslashes: true,
        name_backslashes: true,
        ..*begin
    };
    for mode in list.split(',') {
        match mode.trim().to_ascii_uppercase().as_str() {
            "NO_BACKSLASH_ESCAPES" => (rules.backslashes, rules.name_backslashes) = (false, false),
            "ANSI" | "ANSI_QUOTES" => rules.name_backslashes = false,
            mode if OTHERS.contains(&mode) => {
                return Err(format!("sql_mode {mode} is another language than this one"));
            }
            _ => {}
        }
    }
    Ok(rules)
}

fn unknown() -> String {
    "sql_mode decides how the rest of the script is to be read: set it to a text, not to what is computed"
        .into()
}

#[cfg(test)]
mod tests {
    use crate::dialect::{Family, MySql};
    use initium_driver::{Dialect, Source};

    fn split(text: &str) -> Option<Vec<String>> {
        let dialect = MySql::offline(Family::MariaDb);
        let found = dialect.split(&Source::file("a.sql", text)).ok()?;
        Some(found.into_iter().map(|s| s.text).collect())
    }

    #[test]
    fn quotes_are_read_as_the_script_sets_them() {
        for set in [
            "SET sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES'",
            "set @@session.sql_mode := \"no_backslash_escapes\"",
            "SET @a = 1, SESSION sql_mode = 'NO_BACKSLASH_ESCAPES', @b = 2",
            "/*!40101 SET SQL_MODE='NO_BACKSLASH_ESCAPES' */",
            "SET @m = 'NO_BACKSLASH_ESCAPES'; SET sql_mode = @m",
        ] {
            let text = format!("{set}; SELECT 'a\\'; SET sql_mode = ''; SELECT 'a\\';'");
            let found = split(&text).expect(&text);
            assert_eq!(found[found.len() - 3], "SELECT 'a\\'", "{text}");
            assert_eq!(found[found.len() - 1], "SELECT 'a\\';'", "{text}");
        }
        let ansi = "SET sql_mode = 'ANSI_QUOTES'; SELECT \"a\\\"; SELECT 'a\\';'";
        assert_eq!(
            split(ansi).expect("ansi")[1..],
            ["SELECT \"a\\\"", "SELECT 'a\\';'"]
        );
    }

    #[test]
    fn a_mode_that_a_variable_keeps_comes_back() {
        let text = "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_BACKSLASH_ESCAPES' */; \
             SELECT 'a\\'; /*!40101 SET SQL_MODE=@OLD_SQL_MODE */; SELECT 'a\\';'";
        assert_eq!(split(text).expect("kept").len(), 4);
    }

    #[test]
    fn what_only_the_server_knows_is_refused() {
        for text in [
            "SET sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')",
            "SET sql_mode = 'ORACLE'",
            "SET sql_mode = 4",
            "SET STATEMENT sql_mode = 'ANSI_QUOTES' FOR SELECT \"a\"",
            "SET sql_mode = 'ANSI'; SET sql_mode = REPLACE(@@sql_mode, 'ANSI', '')",
        ] {
            assert_eq!(split(text), None, "{text}");
        }
        for text in [
            "SET sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')",
            "SET sql_mode = REPLACE(@@sql_mode, 'ANSI_QUOTES', '')",
            "SET GLOBAL sql_mode = 'ANSI_QUOTES'",
            "SET sql_mode = DEFAULT",
            "SET SQL_MODE=@OLD_SQL_MODE",
        ] {
            assert!(split(text).is_some(), "{text}");
        }
    }
}

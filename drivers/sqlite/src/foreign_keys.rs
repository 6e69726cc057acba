//! `PRAGMA foreign_keys = OFF` in a migration that rebuilds a table. Inside a transaction SQLite
//! ignores it in silence, and DROP TABLE then deletes the children by cascade. Outside, it would be
//! forgotten when a half-done migration goes on over a new connection. So it is done here, around
//! the transaction of the whole script, and whoever turned the watch off is checked before COMMIT.

use crate::dialect::RULES;
use crate::session::SqliteSession;
use crate::words::literal;
use initium_driver::driver::Part;
use initium_driver::sql::lexer::{Kind, tokens};
use initium_driver::{Code, Error, Result};
use std::collections::BTreeSet;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Watch {
    On,
    Off,
}

/// Runs `work` with foreign keys as the script asks; afterwards they are as they were.
pub fn as_asked(
    session: &mut SqliteSession,
    parts: &[Part],
    work: impl FnOnce(&mut SqliteSession) -> Result<()>,
) -> Result<()> {
    let (Some(asked), now) = (asked(parts), current(session)?) else {
        return work(session);
    };
    set(session, asked)?;
    let answer = work(session);
    set(session, now).and(answer)
}

/// Runs `work`; where the script turned the watch off, no reference may dangle that did not before.
pub fn unbroken(
    session: &mut SqliteSession,
    parts: &[Part],
    work: impl FnOnce(&mut SqliteSession) -> Result<()>,
) -> Result<()> {
    if asked(parts) != Some(Watch::Off) {
        return work(session);
    }
    let before = dangling(session)?;
    work(session)?;
    let after = dangling(session)?;
    match after.difference(&before).next() {
        None => Ok(()),
        Some(what) => Err(Error::new(
            Code::StatementFailed,
            format!("foreign keys are broken: {what}"),
        )
        .help("the script turned foreign_keys off and left references behind; nothing was kept")),
    }
}

/// What is wrong with the references of each table: those that lead nowhere, and a table whose keys
/// fit no key of the other one, which SQLite refuses to check.
fn dangling(session: &mut SqliteSession) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let children = session.rows(
        "SELECT name FROM main.sqlite_schema m WHERE type = 'table' \
         AND EXISTS (SELECT 1 FROM pragma_foreign_key_list(m.name, 'main'))",
    )?;
    for child in children.rows.iter().flatten().flatten() {
        let question = format!(
            "SELECT rowid, parent FROM pragma_foreign_key_check({})",
            literal(child)
        );
        let told = session.each(&question, |row| {
            let cell = |n: usize| row[n].as_deref().unwrap_or("?");
            found.insert(format!("{child}, row {}, refers to {}", cell(0), cell(1)));
            Ok(())
        });
        match told {
            Err(error) if error.message().starts_with("foreign key mismatch") => {
                found.insert(error.message().to_string());
            }
            told => told?,
        }
    }
    Ok(found)
}

fn current(session: &mut SqliteSession) -> Result<Watch> {
    let rows = session.rows("PRAGMA foreign_keys")?;
    Ok(match rows.first() {
        Some("0") => Watch::Off,
        _ => Watch::On,
    })
}

fn set(session: &mut SqliteSession, watch: Watch) -> Result<()> {
    session.say(match watch {
        Watch::On => "PRAGMA foreign_keys = ON",
        Watch::Off => "PRAGMA foreign_keys = OFF",
    })
}

/// What the first such pragma of the script says.
fn asked(parts: &[Part]) -> Option<Watch> {
    let mut statements = parts.iter().flat_map(|part| &part.statements);
    statements.find_map(|statement| asks(&statement.text))
}

fn asks(text: &str) -> Option<Watch> {
    let tokens = tokens(text, &RULES).ok()?;
    let mut words = tokens
        .iter()
        .filter(|t| !matches!(t.kind, Kind::Blank | Kind::Comment))
        .map(|t| text[t.range.clone()].to_ascii_lowercase());
    (words.next()?.trim_start_matches('\u{feff}') == "pragma").then_some(())?;
    // PRAGMA [schema.]foreign_keys = value, or foreign_keys(value)
    let words: Vec<_> = words.collect();
    let at = words.iter().take(3).position(|w| w == "foreign_keys")?;
    let value = words.get(at + 2)?.trim_matches(['\'', '"', '`', '[', ']']);
    let on = match value.parse::<i64>() {
        Ok(number) => number != 0,
        Err(_) => matches!(value, "on" | "yes" | "true" | "full" | "extra"),
    };
    Some(if on { Watch::On } else { Watch::Off })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pragma_is_known_however_it_is_written() {
        for text in [
            "PRAGMA foreign_keys=OFF",
            "pragma main.foreign_keys = 0",
            "PRAGMA /* x */ Foreign_Keys(no)",
            "PRAGMA foreign_keys = 'off'",
        ] {
            assert_eq!(asks(text), Some(Watch::Off), "{text}");
        }
        assert_eq!(asks("PRAGMA foreign_keys = ON"), Some(Watch::On));
        for text in [
            "PRAGMA foreign_keys",
            "PRAGMA foreign_key_check",
            "PRAGMA defer_foreign_keys = ON",
            "SELECT 'pragma foreign_keys = off'",
        ] {
            assert_eq!(asks(text), None, "{text}");
        }
    }
}

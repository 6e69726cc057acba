//! Rows that a script loses without saying so. DROP TABLE deletes the rows of the table first, and
//! with them, by ON DELETE CASCADE, those of its children; SET NULL empties their references. Who
//! rebuilds a table means neither, and no check of SQLite's finds it, because nothing dangles.

use crate::dialect::RULES;
use crate::session::SqliteSession;
use crate::words::{literal, quote};
use initium_driver::driver::Part;
use initium_driver::sql::lexer::{Kind, tokens};
use initium_driver::{Code, Error, Result};

/// A column that refers to a table that the script drops.
#[derive(Debug, PartialEq, Eq)]
struct Reference {
    child: String,
    column: String,
    parent: String,
    count: u64,
}

/// Runs `work`; no child of a dropped table may have fewer references than before, unless the
/// script names the child itself where it deletes.
pub fn kept(
    session: &mut SqliteSession,
    parts: &[Part],
    work: impl FnOnce(&mut SqliteSession) -> Result<()>,
) -> Result<()> {
    let (dropped, touched) = named(parts);
    if dropped.is_empty() {
        return work(session);
    }
    let mut before = Vec::new();
    for reference in references(session)? {
        let about =
            |names: &[String], name: &str| names.iter().any(|one| one.eq_ignore_ascii_case(name));
        if about(&dropped, &reference.parent) && !about(&touched, &reference.child) {
            before.push(reference);
        }
    }
    for one in &mut before {
        one.count = count(session, one)?;
    }
    work(session)?;
    for one in &before {
        let left = count(session, one)?;
        if left < one.count {
            return Err(lost(one, one.count - left));
        }
    }
    Ok(())
}

fn lost(one: &Reference, n: u64) -> Error {
    let rows = if n == 1 { "row" } else { "rows" };
    Error::new(
        Code::StatementFailed,
        format!(
            "DROP TABLE {} took {n} {rows} of {} along ({} refers to it); nothing was kept",
            one.parent, one.child, one.column
        ),
    )
    .help(
        "to rebuild a table begin the script with `PRAGMA foreign_keys = OFF`, which is set around \
         the transaction; if the rows are to go, delete them in the script",
    )
}

fn references(session: &SqliteSession) -> Result<Vec<Reference>> {
    let rows = session.rows(
        "SELECT m.name, k.\"from\", k.\"table\" FROM sqlite_schema m, \
         pragma_foreign_key_list(m.name) k WHERE m.type = 'table'",
    )?;
    let cell = |row: &[Option<String>], n: usize| row[n].clone().unwrap_or_default();
    let reference = |row: &Vec<_>| Reference {
        child: cell(row, 0),
        column: cell(row, 1),
        parent: cell(row, 2),
        count: 0,
    };
    Ok(rows.rows.iter().map(reference).collect())
}

/// How many rows refer to something. Where table or column are gone only the script itself can have
/// taken them away.
fn count(session: &SqliteSession, one: &Reference) -> Result<u64> {
    let there = session.rows(&format!(
        "SELECT count(*) FROM pragma_table_info({}) WHERE name = {} COLLATE NOCASE",
        literal(&one.child),
        literal(&one.column)
    ))?;
    if there.first() == Some("0") {
        return Ok(u64::MAX);
    }
    let (child, column) = (quote(&one.child), quote(&one.column));
    let rows = session.rows(&format!("SELECT count({column}) FROM {child}"))?;
    Ok(rows.first().and_then(|n| n.parse().ok()).unwrap_or(0))
}

/// The tables a script drops, and those it names where it deletes, updates or alters.
fn named(parts: &[Part]) -> (Vec<String>, Vec<String>) {
    let (mut dropped, mut touched) = (Vec::new(), Vec::new());
    for statement in parts.iter().flat_map(|part| &part.statements) {
        let words = words(&statement.text);
        let is = |n: usize, word: &str| words.get(n).is_some_and(|w| w.eq_ignore_ascii_case(word));
        let at = match () {
            () if is(0, "drop") && is(1, "table") && is(2, "if") => 4,
            () if is(0, "drop") && is(1, "table") => 2,
            () if is(0, "alter") || is(0, "delete") => 2,
            () if is(0, "update") && is(1, "or") => 3,
            () if is(0, "update") => 1,
            () => continue,
        };
        // schema.name
        let at = if is(at + 1, ".") { at + 2 } else { at };
        let Some(name) = words.get(at) else { continue };
        if is(0, "drop") {
            dropped.push(name.clone());
        }
        touched.push(name.clone());
    }
    (dropped, touched)
}

/// The first words of a statement, names without their quotes.
fn words(text: &str) -> Vec<String> {
    let Ok(tokens) = tokens(text, &RULES) else {
        return Vec::new();
    };
    let blank = |kind| matches!(kind, Kind::Blank | Kind::Comment);
    let words = tokens.into_iter().filter(|t| !blank(t.kind)).take(8);
    let bare = |c: char| matches!(c, '"' | '`' | '[' | ']' | '\'' | '\u{feff}');
    words
        .map(|t| text[t.range].trim_matches(bare).to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_name_is_known_without_its_quotes() {
        assert_eq!(
            words("DROP TABLE main.[a b]"),
            ["DROP", "TABLE", "main", ".", "a b"]
        );
        assert_eq!(words("/* x */ update \"t\" set a = 1")[1], "t");
    }
}

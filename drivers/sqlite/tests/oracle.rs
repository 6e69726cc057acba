//! The splitter against `sqlite3_prepare` on SQLite's own test suite: what its scripts hand to
//! SQLite is handed to both.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[path = "../../../tests/corpora/corpus.rs"]
mod corpus;
mod tcl;

use corpus::fetched;
use initium_driver::{Dialect, Source};
use initium_sqlite::SqliteDialect;
use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::{Batch, Connection};
use tcl::scripts;

/// Which files are cut differently, and why. What does no longer differ must be taken off.
const EXPLAINED: &[(&str, &str)] = &[];

/// The statements up to the first that SQLite does not take, and whether that is all.
fn by_sqlite(connection: &Connection, text: &str) -> (Vec<String>, bool) {
    let mut found = Vec::new();
    let mut batch = Batch::new(connection, text);
    loop {
        match batch.next() {
            Ok(None) => return (found, true),
            Err(_) => return (found, false),
            Ok(Some(mut statement)) => {
                let text = statement.expanded_sql().unwrap_or_default();
                let head = text
                    .trim_start()
                    .get(..6)
                    .unwrap_or_default()
                    .to_lowercase();
                found.push(text);
                // Where it ends is known; only what later statements need is run.
                if ["create", "alter "].contains(&head.as_str()) {
                    let mut rows = statement.raw_query();
                    while let Ok(Some(_)) = rows.next() {}
                }
            }
        }
    }
}

/// How ours differ, and how many were compared.
fn compare(connection: &Connection, text: &str) -> Result<usize, String> {
    let split = |text: &str| SqliteDialect.split(&Source::file("a.sql", text));
    let (theirs, whole) = by_sqlite(connection, text);
    let ours = match split(text) {
        Ok(ours) => ours,
        Err(_) if !whole => return Ok(0),
        Err(error) => return Err(format!("{error} in {text:?}")),
    };
    corpus::no_byte_is_lost("sqlite", text, &ours)?;
    if ours.len() < theirs.len() || whole && ours.len() != theirs.len() {
        return Err(format!(
            "{} against {} of {text:?}",
            ours.len(),
            theirs.len()
        ));
    }
    for (ours, theirs) in ours.iter().zip(&theirs) {
        // A parameter has become NULL there.
        let same = text.contains(['?', ':', '$', '@', '#'])
            || theirs
                .trim_end_matches(';')
                .trim_end()
                .ends_with(&ours.text)
            || split(theirs).is_ok_and(|found| found.len() == 1 && found[0].text == ours.text);
        if !same {
            return Err(format!("{:?} against {theirs:?}", ours.text));
        }
    }
    Ok(theirs.len())
}

#[test]
fn sqlite_cuts_its_own_test_suite_as_we_do() {
    let (mut count, mut blocks, mut wrong) = (0, 0, Vec::new());
    for path in fetched("sqlite") {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let name = path.to_string_lossy();
        let mut connection = Connection::open_in_memory().unwrap();
        // Some of its scripts never end.
        let mut turns = 0;
        connection
            .progress_handler(
                1000,
                Some(move || {
                    turns += 1;
                    turns > 200
                }),
            )
            .unwrap();
        let mut difference = None;
        for script in scripts(&text) {
            match compare(&connection, script) {
                Ok(compared) => count += compared,
                Err(what) => difference = difference.or(Some(what)),
            }
            blocks += 1;
        }
        let explained = EXPLAINED.iter().find(|(end, _)| name.ends_with(end));
        match (difference, explained) {
            (Some(difference), None) => wrong.push(format!("{name}: {difference}")),
            (None, Some((_, reason))) => {
                wrong.push(format!(
                    "{name} does not differ any more: take off {reason:?}"
                ));
            }
            _ => {}
        }
    }
    eprintln!("{blocks} scripts, {count} statements");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! Expressions in SQLite, which keeps what was written: so SQLite itself says what is the same. What
//! counts as the same must give the same for every row, and what does not must be told apart.

#![allow(clippy::unwrap_used)]

use initium_driver::sql::expression::{Within, form, same};
use initium_sqlite::FLAVOUR;
use rusqlite::Connection;
use std::collections::BTreeMap;

const SAME: &str = include_str!("expressions/same.txt");
const DIFFERENT: &str = include_str!("expressions/different.txt");

fn blocks(table: &str) -> Vec<Vec<&str>> {
    table
        .split("\n\n")
        .map(|block| {
            let lines = block
                .lines()
                .filter(|l| !l.is_empty() && !l.starts_with("# "));
            lines.collect()
        })
        .collect()
}

/// A table in which every column is of every kind somewhere.
fn rows() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch(
            "CREATE TABLE t (a INTEGER, b INTEGER, n NUMERIC, f REAL, x TEXT, v VARCHAR(9), j TEXT, \"a b\" INTEGER)",
        )
        .unwrap();
    let values = [
        "NULL", "0", "1", "2", "-1", "1.5", "''", "'a'", "'A'", "'1'", "'a%b'", "x'61'",
    ];
    for one in values {
        for other in values {
            connection
                .execute_batch(&format!(
                    "INSERT INTO t VALUES ({one}, {other}, {one}, {other}, {one}, {other}, '{{\"a\": 1}}', {one})"
                ))
                .unwrap();
        }
    }
    connection
}

/// What it gives for every row.
fn answers(connection: &Connection, text: &str) -> Vec<String> {
    let query = format!("SELECT quote(({text})) FROM t ORDER BY rowid");
    let mut statement = connection
        .prepare(&query)
        .unwrap_or_else(|e| panic!("{text}: {e}"));
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn what_means_the_same_is_the_same() {
    let connection = rows();
    let within = Within::default();
    for block in blocks(SAME) {
        let Some((first, rest)) = block.split_first() else {
            continue;
        };
        for other in rest {
            let forms = [first, other].map(|text| form(text, &FLAVOUR, &within));
            assert!(
                same(first, other, &FLAVOUR, &within),
                "{first}\n{other}\n{forms:?}"
            );
            assert_eq!(
                answers(&connection, first),
                answers(&connection, other),
                "{first}\n{other}"
            );
        }
    }
}

#[test]
fn what_gives_something_else_is_not_the_same() {
    let connection = rows();
    let within = Within::default();
    let mut forms: BTreeMap<String, (&str, Vec<String>)> = BTreeMap::new();
    for text in SAME.lines().chain(DIFFERENT.lines()) {
        if text.is_empty() || text.starts_with("# ") {
            continue;
        }
        let found = answers(&connection, text);
        let form = form(text, &FLAVOUR, &within);
        let known = forms.entry(form).or_insert((text, found.clone()));
        assert_eq!(known.1, found, "{text}\n{}", known.0);
    }
    for block in blocks(DIFFERENT) {
        for (n, one) in block.iter().enumerate() {
            for other in &block[n + 1..] {
                assert!(!same(one, other, &FLAVOUR, &within), "{one}\n{other}");
            }
        }
    }
}

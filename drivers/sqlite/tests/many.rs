//! A schema of a thousand tables: it is read in a moment and in little room, and written in linear time.
#![allow(clippy::print_stderr)]

mod changing;
mod folder;

use changing::{Place, acts, impacts};
use initium_driver::Catalog;
use std::fmt::Write;
use std::time::{Duration, Instant};

fn thousand() -> String {
    let mut sql = String::new();
    for n in 0..1000 {
        let columns: Vec<_> = (0..18)
            .map(|c| format!("column_{c} VARCHAR({c}0) NOT NULL DEFAULT '{c}'"))
            .collect();
        let _ = write!(
            sql,
            "CREATE TABLE table_{n} (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES table_{} (id), {}, \
             CONSTRAINT c_{n} CHECK (column_1 <> column_2)); CREATE INDEX index_{n} ON table_{n} (column_3, lower(column_4));",
            n / 2,
            columns.join(", ")
        );
    }
    sql
}

/// Kilobytes that this process holds now, where the system says so.
fn held() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let words = line.and_then(|line| line.split_whitespace().nth(1));
    words.and_then(|word| word.parse().ok()).unwrap_or(0)
}

#[test]
fn a_thousand_tables_are_told_written_and_changed() {
    let mut place = Place::memory(&thousand());
    let before = held();
    let start = Instant::now();
    let one = place.driver.introspect().expect("a catalog");
    let read = start.elapsed();
    let other = place.driver.introspect().expect("a catalog");
    let two = held() - before;
    assert_eq!((one.tables.len(), one.tables[0].columns.len()), (1000, 20));
    let start = Instant::now();
    let made = acts(&Catalog::default(), &one).expect("acts").len();
    let written = start.elapsed();
    let mut changed = other;
    for table in &mut changed.tables {
        table.columns[5].default = None;
    }
    let start = Instant::now();
    let anew = acts(&one, &changed).expect("acts").len();
    let all = impacts(&one, &changed).len();
    let rebuilt = start.elapsed();
    eprintln!("read {read:?}, two of them hold {two} kB, written {written:?}, changed {rebuilt:?}");
    assert_eq!((made, all), (2000, 1000));
    assert!(anew > 7000, "{anew}");
    // Debug builds on a busy machine; what grows with the square takes minutes.
    assert!(read + written + rebuilt < Duration::from_secs(60));
    assert!(two < 48 * 1024, "{two} kB");
}

//! The ledger comes into being once, beside whatever is there.

use super::Bench;
use super::bench::{TABLE, alone, create, open_table, reader, ready, record, take, write};
use crate::ledger::{Digest, Entry};

pub fn preparing_twice_changes_nothing(bench: &dyn Bench) {
    let mut driver = ready(bench);
    write(&mut *driver, vec![Entry::Record(record("a", 1))]);
    driver.prepare_ledger().expect("the same ledger");
    driver.unlock().expect("an unlock");
    let mut other = ready(bench);
    other.prepare_ledger().expect("the same ledger");
    assert_eq!(other.history().expect("a history").records.len(), 1);
}

pub fn the_ledger_is_hidden_from_introspection(bench: &dyn Bench) {
    let mut driver = ready(bench);
    assert_eq!(driver.introspect().expect("a catalog").tables, []);
    if !driver.dialect().capabilities().catalog {
        // What a driver without one can say of what is there.
        assert!(driver.is_empty().expect("an answer"));
        return;
    }
    alone(&mut *driver, &create(bench, "seen"));
    let catalog = reader(bench).introspect().expect("a catalog");
    let names: Vec<_> = catalog
        .tables
        .iter()
        .map(|t| t.name.name.as_str())
        .collect();
    assert_eq!(names, ["seen"]);
}

pub fn two_ledgers_live_side_by_side(bench: &dyn Bench) {
    let mut first = ready(bench);
    write(&mut *first, vec![Entry::Record(record("a", 1))]);
    let mut second = open_table(bench, "another_ledger");
    assert_eq!(second.digest().expect("an answer"), None);
    take(&mut *second);
    second.prepare_ledger().expect("a ledger");
    let empty = Some(Digest::default());
    assert_eq!(second.digest().expect("a digest"), empty);
    write(&mut *second, vec![Entry::Record(record("a", 1))]);
    write(&mut *second, vec![Entry::Record(record("b", 2))]);
    let mut third = open_table(bench, TABLE);
    assert_eq!(third.history().expect("a history").records.len(), 1);
}

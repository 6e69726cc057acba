//! Reading where nothing is, and where somebody else wrote.

use super::bench::{open, open_table, reader, ready, record, take, write};
use super::{Bench, Sql};
use crate::ledger::{Entry, History};

pub fn a_database_without_a_ledger_is_empty(bench: &dyn Bench) {
    let mut driver = reader(bench);
    assert_eq!(driver.digest().expect("an answer"), None);
    assert_eq!(driver.history().expect("an answer"), History::default());
    assert_eq!(driver.attempts(10).expect("an answer"), []);
    assert_eq!(
        driver.stored("x").expect("an answer"),
        crate::ledger::Stored::default()
    );
    assert_eq!(driver.digest().expect("the same answer"), None);
    assert!(!driver.server().is_empty());
}

pub fn reading_creates_nothing(bench: &dyn Bench) {
    let mut driver = open(bench);
    driver.digest().expect("an answer");
    driver.history().expect("an answer");
    driver.attempts(10).expect("an answer");
    driver.introspect().expect("an answer");
    drop(driver);
    // A connection with another ledger would see the tables of this one.
    let mut other = open_table(bench, "another_ledger");
    assert_eq!(other.introspect().expect("a catalog").tables, []);
    if bench.sql() == Sql::Commands {
        assert!(other.is_empty().expect("an answer"));
    }
}

pub fn a_second_connection_reads_what_the_first_wrote(bench: &dyn Bench) {
    let mut first = ready(bench);
    write(&mut *first, vec![Entry::Record(record("one", 1))]);
    let mut second = reader(bench);
    assert_eq!(second.digest().expect("a digest").map(|d| d.count), Some(1));
    assert_eq!(second.history().expect("a history").records.len(), 1);
}

pub fn a_reader_that_waits_sees_the_ledger_appear(bench: &dyn Bench) {
    // The file of a database may not be there before somebody wrote.
    let mut first = open(bench);
    let mut waiting = reader(bench);
    assert_eq!(waiting.digest().expect("an answer"), None);
    assert_eq!(waiting.history().expect("an answer"), History::default());
    take(&mut *first);
    first.prepare_ledger().expect("a ledger");
    write(&mut *first, vec![Entry::Record(record("one", 1))]);
    let digest = waiting.digest().expect("an answer");
    assert_eq!(digest.map(|d| d.count), Some(1));
    assert_eq!(waiting.history().expect("a history").records.len(), 1);
}

pub fn who_waited_for_the_lock_finds_the_ledger_of_the_other(bench: &dyn Bench) {
    let mut late = open(bench);
    assert_eq!(late.digest().expect("an answer"), None);
    assert_eq!(late.history().expect("an answer"), History::default());
    let mut early = ready(bench);
    write(&mut *early, vec![Entry::Record(record("one", 1))]);
    early.unlock().expect("an unlock");
    take(&mut *late);
    late.prepare_ledger().expect("the ledger of the other");
    assert_eq!(late.history().expect("a history").records.len(), 1);
}

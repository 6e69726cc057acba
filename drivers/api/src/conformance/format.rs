//! Ledgers of other versions, made by hand, in SQL or in commands.

use super::bench::{TABLE, alone, open, open_table, reader, ready, record, take, write};
use super::{Bench, Sql};
use crate::driver::Driver;
use crate::error::Code;
use crate::ledger::{Digest, Entry, FORMAT, Record, State, Stored};

/// What the previews created, with two records.
fn format_0(bench: &dyn Bench) {
    let mut driver = open(bench);
    alone(
        &mut *driver,
        &format!(
            "CREATE TABLE {TABLE} (id varchar(100) NOT NULL PRIMARY KEY, seq integer NOT NULL, \
             name varchar(100) NOT NULL, checksum varchar(100) NOT NULL, state varchar(50) NOT NULL, \
             applied_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP); \
             INSERT INTO {TABLE} (id, seq, name, checksum, state) \
             VALUES ('b', 2, 'second', 'v1:bb', 'applied'); \
             INSERT INTO {TABLE} (id, seq, name, checksum, state) \
             VALUES ('it''s', 1, 'first', 'v1:aa', 'verified')"
        ),
    );
}

pub fn a_ledger_of_format_0_is_read_without_writing(bench: &dyn Bench) {
    if bench.sql() != Sql::Spoken {
        return;
    }
    format_0(bench);
    let mut outside = open_table(bench, "another_ledger");
    let before = outside.introspect().expect("a catalog");
    let mut driver = reader(bench);
    assert_eq!(driver.digest().expect("an answer"), None);
    let history = driver.history().expect("a history");
    let seen: Vec<_> = history
        .records
        .iter()
        .map(|r| (r.id.as_str(), r.checksum.as_str(), r.state))
        .collect();
    assert_eq!(
        seen,
        [
            ("it's", "v1:aa", State::Verified),
            ("b", "v1:bb", State::Applied)
        ]
    );
    assert_eq!(driver.attempts(5).expect("an answer"), []);
    assert_eq!(driver.stored("b").expect("an answer"), Stored::default());
    assert_eq!(outside.introspect().expect("a catalog"), before);
}

pub fn a_ledger_of_format_0_is_upgraded(bench: &dyn Bench) {
    if bench.sql() != Sql::Spoken {
        return;
    }
    format_0(bench);
    let mut driver = open(bench);
    driver.history().expect("a history");
    take(&mut *driver);
    driver.prepare_ledger().expect("an upgrade");
    let mut digest = Digest::default();
    digest.add("it's", "v1:aa");
    digest.add("b", "v1:bb");
    assert_eq!(driver.digest().expect("a digest"), Some(digest));
    write(&mut *driver, vec![Entry::Record(record("c", 3))]);
    let history = reader(bench).history().expect("a history");
    let ids: Vec<_> = history.records.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(ids, ["it's", "b", "c"]);
    driver.prepare_ledger().expect("nothing to upgrade");
}

/// One record, with what undoes it, as format 1 kept it.
fn format_1(bench: &dyn Bench) {
    let mut driver = ready(bench);
    let written = Record {
        down: Some("it's".into()),
        ..record("a", 1)
    };
    write(&mut *driver, vec![Entry::Record(written)]);
    let older = match bench.sql() {
        Sql::Spoken => {
            format!("ALTER TABLE {TABLE} DROP COLUMN up_sql; UPDATE {TABLE}_meta SET format = 1")
        }
        Sql::Commands => format!("HSET {{{TABLE}}}:meta format 1"),
        _ => return,
    };
    alone(&mut *driver, &older);
    driver.unlock().expect("an unlock");
}

fn undone_by(down: &str) -> Stored {
    Stored {
        down: Some(down.into()),
        ..Stored::default()
    }
}

pub fn a_ledger_of_format_1_is_read_without_writing(bench: &dyn Bench) {
    format_1(bench);
    let mut driver = reader(bench);
    let mut digest = Digest::default();
    let one = record("a", 1);
    digest.add(&one.id, &one.checksum);
    assert_eq!(driver.digest().expect("an answer"), Some(digest));
    assert_eq!(driver.stored("a").expect("an answer"), undone_by("it's"));
    let mut driver = reader(bench);
    assert_eq!(driver.stored("a").expect("an answer"), undone_by("it's"));
    assert_eq!(driver.history().expect("an answer").records.len(), 1);
    assert_eq!(driver.attempts(5).expect("an answer"), []);
    assert_eq!(driver.stored("b").expect("an answer"), Stored::default());
}

pub fn a_ledger_of_format_1_is_upgraded(bench: &dyn Bench) {
    for known in [Knows::Nothing, Knows::Digest, Knows::History] {
        format_1(bench);
        let mut driver = open(bench);
        known.ask(&mut *driver);
        take(&mut *driver);
        driver.prepare_ledger().expect("an upgrade");
        let written = Record {
            up: Some("what it said".into()),
            ..record("b", 2)
        };
        write(&mut *driver, vec![Entry::Record(written)]);
        driver.unlock().expect("an unlock");
        for mut other in [driver, reader(bench)] {
            assert_eq!(other.stored("a").expect("an answer"), undone_by("it's"));
            let stored = other.stored("b").expect("an answer");
            assert_eq!(stored.up.as_deref(), Some("what it said"));
            assert_eq!(other.history().expect("a history").records.len(), 2);
        }
        let mut driver = open(bench);
        take(&mut *driver);
        driver.prepare_ledger().expect("nothing to upgrade");
        let ids = ["a".to_string(), "b".to_string()];
        let gone = ids.map(|id| Entry::Forget { id });
        write(&mut *driver, gone.to_vec());
        driver.unlock().expect("an unlock");
    }
}

/// What a connection found out before it upgrades.
#[derive(Clone, Copy)]
enum Knows {
    Nothing,
    Digest,
    History,
}

impl Knows {
    fn ask(self, driver: &mut dyn Driver) {
        match self {
            Knows::Nothing => {}
            Knows::Digest => drop(driver.digest().expect("a digest")),
            Knows::History => drop(driver.history().expect("a history")),
        }
    }
}

pub fn an_upgrade_that_died_in_the_middle_goes_on(bench: &dyn Bench) {
    if bench.sql() != Sql::Spoken {
        return;
    }
    let mut driver = ready(bench);
    alone(&mut *driver, &format!("UPDATE {TABLE}_meta SET format = 1"));
    driver.unlock().expect("an unlock");
    let mut driver = open(bench);
    take(&mut *driver);
    driver.prepare_ledger().expect("the rest of an upgrade");
    let newer = format!("SELECT format FROM {TABLE}_meta");
    let answer = driver.query(&newer).expect("an answer");
    assert_eq!(answer.first(), Some(FORMAT.to_string().as_str()));
}

pub fn a_newer_ledger_is_refused(bench: &dyn Bench) {
    if bench.sql() != Sql::Spoken {
        return;
    }
    let mut driver = ready(bench);
    write(&mut *driver, vec![Entry::Record(record("a", 1))]);
    alone(
        &mut *driver,
        &format!("UPDATE {TABLE}_meta SET format = 99"),
    );
    drop(driver);
    let digest = reader(bench).digest().expect_err("a newer ledger");
    assert_eq!(digest.code(), Code::LedgerNewer, "{digest}");
    let history = reader(bench).history().expect_err("a newer ledger");
    assert_eq!(history.code(), Code::LedgerNewer, "{history}");
    let prepared = open(bench).prepare_ledger().expect_err("a newer ledger");
    assert_eq!(prepared.code(), Code::LedgerNewer, "{prepared}");
}

pub fn a_table_that_is_no_ledger_is_refused(bench: &dyn Bench) {
    if bench.sql() != Sql::Spoken {
        return;
    }
    let mut driver = open(bench);
    alone(&mut *driver, &format!("CREATE TABLE {TABLE} (n integer)"));
    drop(driver);
    let refused = reader(bench).history().expect_err("no ledger");
    assert!(refused.message().contains(TABLE), "{refused}");
    let mut driver = open(bench);
    take(&mut *driver);
    driver.prepare_ledger().expect_err("no ledger");
    let mut outside = open_table(bench, "another_ledger");
    assert_eq!(outside.introspect().expect("a catalog").tables.len(), 1);
}

pub fn a_newer_ledger_of_keys_is_refused(bench: &dyn Bench) {
    if bench.sql() != Sql::Commands {
        return;
    }
    let mut driver = ready(bench);
    write(&mut *driver, vec![Entry::Record(record("a", 1))]);
    alone(&mut *driver, &format!("HSET {{{TABLE}}}:meta format 99"));
    drop(driver);
    let digest = reader(bench).digest().expect_err("a newer ledger");
    assert_eq!(digest.code(), Code::LedgerNewer, "{digest}");
    let history = reader(bench).history().expect_err("a newer ledger");
    assert_eq!(history.code(), Code::LedgerNewer, "{history}");
    let log = reader(bench).attempts(1).expect_err("a newer ledger");
    assert_eq!(log.code(), Code::LedgerNewer, "{log}");
    let mut driver = open(bench);
    take(&mut *driver);
    let prepared = driver.prepare_ledger().expect_err("a newer ledger");
    assert_eq!(prepared.code(), Code::LedgerNewer, "{prepared}");
}

pub fn keys_that_are_no_ledger_are_refused(bench: &dyn Bench) {
    if bench.sql() != Sql::Commands {
        return;
    }
    for key in ["records", "steps", "meta", "log", "scripts", "marks"] {
        let mut driver = ready(bench);
        let text = format!("SET {{other}}:{key} x\nSET {{another_ledger}}:{key} x");
        alone(&mut *driver, &text);
        let mut another = open_table(bench, "another_ledger");
        take(&mut *another);
        let refused = another.prepare_ledger().expect_err("no ledger");
        assert_eq!(refused.code(), Code::LedgerDenied, "{key}: {refused}");
        assert!(refused.message().contains("another_ledger"), "{refused}");
        alone(&mut *driver, &format!("DEL {{another_ledger}}:{key}"));
        driver.unlock().expect("an unlock");
    }
    let mut driver = ready(bench);
    alone(&mut *driver, "SET {another_ledger}:records x");
    let mut another = open_table(bench, "another_ledger");
    let history = another.history().expect_err("no ledger");
    assert_eq!(history.code(), Code::LedgerDenied, "{history}");
}

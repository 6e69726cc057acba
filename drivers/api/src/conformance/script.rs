//! Scripts: statements and the entries that prove them, all or nothing.

use super::Bench;
use super::bench::{
    alone, attempt, bad, count, create, exists, failing, insert, part, reader, ready, record,
    select, split, together, transactions, write,
};
use crate::driver::{Driver, Script};
use crate::error::Code;
use crate::ledger::{Entry, Phase, Step, StepState};

fn recorded(driver: &mut dyn Driver) -> Vec<String> {
    let history = driver.history().expect("a history");
    history.records.iter().map(|r| r.id.clone()).collect()
}

pub fn statements_and_record_are_committed_together(bench: &dyn Bench) {
    let mut driver = ready(bench);
    if !transactions(&*driver) {
        return;
    }
    alone(&mut *driver, &create(bench, "t"));
    let first = part(
        &*driver,
        &[insert(bench, "t"), insert(bench, "t")],
        vec![
            Entry::Record(record("a", 1)),
            Entry::Attempt(attempt("apply")),
        ],
    );
    let second = part(
        &*driver,
        &[insert(bench, "t")],
        vec![Entry::Record(record("b", 2))],
    );
    driver
        .execute(&Script::Together(vec![first, second]))
        .expect("a good script");
    let mut other = reader(bench);
    assert_eq!(count(bench, &mut *other, "t"), 3);
    assert_eq!(recorded(&mut *other), ["a", "b"]);
    assert_eq!(other.attempts(10).expect("the log").len(), 1);
}

pub fn a_failed_script_leaves_no_record(bench: &dyn Bench) {
    let mut driver = ready(bench);
    let first = part(&*driver, &[], vec![Entry::Record(record("a", 1))]);
    let second = part(&*driver, &[bad(bench)], vec![Entry::Record(record("b", 2))]);
    let script = Script::Together(vec![first, second]);
    driver.execute(&script).expect_err("a bad statement");
    assert_eq!(recorded(&mut *driver), [""; 0]);
    assert_eq!(recorded(&mut *reader(bench)), [""; 0]);
}

pub fn a_failed_script_leaves_no_table(bench: &dyn Bench) {
    let mut driver = ready(bench);
    if !driver.dialect().capabilities().transactional_ddl {
        return;
    }
    let script = Script::Together(vec![
        part(&*driver, &[create(bench, "t")], vec![]),
        part(&*driver, &[create(bench, "u"), bad(bench)], vec![]),
    ]);
    driver.execute(&script).expect_err("a bad statement");
    assert!(!exists(&mut *driver, "t"));
    assert!(!exists(&mut *driver, "u"));
    let script = Script::Together(vec![part(&*driver, &[create(bench, "t")], vec![])]);
    driver.execute(&script).expect("a table after all");
    assert!(exists(&mut *reader(bench), "t"));
}

pub fn a_failed_script_leaves_no_row(bench: &dyn Bench) {
    let mut driver = ready(bench);
    if !transactions(&*driver) {
        return;
    }
    alone(&mut *driver, &create(bench, "t"));
    let texts = [insert(bench, "t"), insert(bench, "t"), bad(bench)];
    together(&mut *driver, &texts, vec![]).expect_err("a bad statement");
    assert_eq!(count(bench, &mut *driver, "t"), 0);
}

pub fn the_error_says_which_statement_failed(bench: &dyn Bench) {
    let mut driver = ready(bench);
    if !transactions(&*driver) {
        return;
    }
    alone(&mut *driver, &create(bench, "t"));
    let first = part(&*driver, &[insert(bench, "t")], vec![]);
    let texts = [insert(bench, "t"), insert(bench, "t"), bad(bench)];
    let second = part(&*driver, &texts, vec![]);
    let length = second.statements[2].text.len();
    let error = driver
        .execute(&Script::Together(vec![first, second]))
        .expect_err("a bad statement");
    assert_eq!(error.code(), Code::StatementFailed, "{error}");
    assert!(!error.message().is_empty());
    let at = error.failed_at().expect("which statement");
    assert_eq!((at.part, at.statement), (1, 2));
    assert!(at.offset.is_none_or(|offset| offset <= length), "{at:?}");
}

pub fn a_failed_entry_takes_the_statements_with_it(bench: &dyn Bench) {
    let mut driver = ready(bench);
    if !transactions(&*driver) {
        return;
    }
    alone(&mut *driver, &create(bench, "t"));
    write(&mut *driver, vec![Entry::Record(record("a", 1))]);
    let twice = vec![Entry::Record(record("a", 2))];
    together(&mut *driver, &[insert(bench, "t")], twice).expect_err("two records of one id");
    assert_eq!(count(bench, &mut *driver, "t"), 0);
    assert_eq!(recorded(&mut *driver), ["a"]);
}

pub fn after_a_failure_the_connection_still_works(bench: &dyn Bench) {
    let mut driver = ready(bench);
    alone(&mut *driver, &create(bench, "t"));
    failing(bench, &mut *driver);
    let entries = vec![Entry::Record(record("a", 1))];
    if transactions(&*driver) {
        let texts = [insert(bench, "t"), bad(bench)];
        together(&mut *driver, &texts, vec![]).expect_err("a bad statement");
        together(&mut *driver, &[insert(bench, "t")], entries).expect("a good script");
    } else {
        alone(&mut *driver, &insert(bench, "t"));
        write(&mut *driver, entries);
    }
    assert_eq!(count(bench, &mut *driver, "t"), 1);
    assert_eq!(recorded(&mut *driver), ["a"]);
}

fn step(number: u64) -> Step {
    Step::new("m", Phase::Up, number, "v1:x".into(), "a statement")
}

fn alone_with_steps(driver: &dyn Driver, text: &str) -> Script {
    Script::Alone {
        before: vec![Entry::Step(step(1))],
        statement: Box::new(split(driver, text).remove(0)),
        after: vec![Entry::Step(step(1).done()), Entry::Step(step(2))],
    }
}

fn states(driver: &mut dyn Driver) -> Vec<StepState> {
    let history = driver.history().expect("a history");
    history.steps.iter().map(|s| s.state).collect()
}

pub fn a_statement_alone_runs_between_its_entries(bench: &dyn Bench) {
    let mut driver = ready(bench);
    if driver.dialect().capabilities().catalog {
        let script = alone_with_steps(&*driver, &create(bench, "t"));
        driver.execute(&script).expect("a good statement");
        assert!(exists(&mut *driver, "t"));
    } else {
        let script = alone_with_steps(&*driver, &insert(bench, "t"));
        driver.execute(&script).expect("a good statement");
        assert_eq!(count(bench, &mut *driver, "t"), 1);
    }
    let seen = states(&mut *reader(bench));
    assert_eq!(seen, [StepState::Done, StepState::Intent]);
}

pub fn a_statement_alone_that_fails_keeps_what_was_before_it(bench: &dyn Bench) {
    let mut driver = ready(bench);
    let script = alone_with_steps(&*driver, &bad(bench));
    let error = driver.execute(&script).expect_err("a bad statement");
    assert_eq!(error.code(), Code::StatementFailed, "{error}");
    let at = error.failed_at().expect("which statement");
    assert_eq!((at.part, at.statement), (0, 0));
    assert_eq!(states(&mut *reader(bench)), [StepState::Intent]);
}

pub fn a_script_of_entries_alone_is_written(bench: &dyn Bench) {
    let mut driver = ready(bench);
    write(
        &mut *driver,
        vec![
            Entry::Record(record("a", 1)),
            Entry::Step(step(1)),
            Entry::Attempt(attempt("apply")),
            Entry::ClearSteps {
                id: "m".into(),
                phase: Phase::Up,
            },
        ],
    );
    assert_eq!(recorded(&mut *reader(bench)), ["a"]);
    assert_eq!(states(&mut *driver), []);
    // Nothing at all is fine too.
    driver.execute(&Script::Together(vec![])).expect("nothing");
    write(&mut *driver, vec![]);
}

pub fn rows_of_a_script_are_read_and_dropped(bench: &dyn Bench) {
    let mut driver = ready(bench);
    alone(&mut *driver, &create(bench, "t"));
    let texts = [
        insert(bench, "t"),
        insert(bench, "t"),
        select(bench, "t"),
        insert(bench, "t"),
    ];
    match transactions(&*driver) {
        true => {
            let entries = vec![Entry::Record(record("a", 1))];
            together(&mut *driver, &texts, entries).expect("a good script");
        }
        false => texts.iter().for_each(|text| alone(&mut *driver, text)),
    }
    alone(&mut *driver, &select(bench, "t"));
    assert_eq!(count(bench, &mut *driver, "t"), 3);
}

pub fn statements_are_refused_together_where_there_is_no_transaction(bench: &dyn Bench) {
    let mut driver = ready(bench);
    if transactions(&*driver) {
        return;
    }
    let entries = vec![Entry::Record(record("a", 1))];
    let refused = together(&mut *driver, &[insert(bench, "t")], entries);
    assert_eq!(
        refused.expect_err("no transaction").code(),
        Code::NotSupported
    );
    assert_eq!(count(bench, &mut *driver, "t"), 0);
    assert_eq!(recorded(&mut *driver), [""; 0]);
}

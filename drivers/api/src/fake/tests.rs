//! The fake keeps the contract, in both flavours, and says what was asked of it.

use super::{Cut, Fake, Flavour};
use crate::conformance::{Bench, Sql};
use crate::driver::{Access, Driver, Limits, Part, Run, Script, Verdict};
use crate::error::{Code, Result};
use crate::ledger::{Entry, Phase, Step};
use crate::source::Source;

struct Bank(Fake);

impl Bench for Bank {
    fn open(&self, run: &Run) -> Result<Box<dyn Driver>> {
        self.0.open(run)
    }
    fn sql(&self) -> Sql {
        Sql::NotSpoken
    }
}

mod transactional {
    use super::*;
    crate::conformance!(|| Some(Box::new(Bank(Fake::new(Flavour::Transactional)))));
}

mod implicit {
    use super::*;
    crate::conformance!(|| Some(Box::new(Bank(Fake::new(Flavour::Implicit)))));
}

fn connect(fake: &Fake) -> Box<dyn Driver> {
    fake.open(&Run {
        id: "run-1".into(),
        table: "ledger".into(),
        prefix: String::new(),
        limits: Limits::default(),
        access: Access::Write,
        pulse: Default::default(),
    })
    .expect("a connection")
}

fn script(driver: &dyn Driver, text: &str) -> Script {
    let statements = driver.dialect().split(&Source::file("a", text));
    Script::Together(vec![Part {
        statements: statements.expect("lines"),
        entries: vec![],
    }])
}

#[test]
fn events_are_told_in_order() {
    let fake = Fake::default();
    let mut driver = connect(&fake);
    driver.try_lock().unwrap();
    let good = script(&*driver, "create t\ninsert t; insert t");
    driver.execute(&good).unwrap();
    driver.unlock().unwrap();
    drop(driver);
    let expected =
        "open, lock, begin, run create t, run insert t, run insert t, commit, unlock, close";
    assert_eq!(fake.events().join(", "), expected);
    assert_eq!(fake.table("t"), Some(2));
}

#[test]
fn a_cut_before_the_commit_leaves_nothing_and_one_after_it_everything() {
    for (cut, rows) in [(Cut::Before, Some(0)), (Cut::After, Some(1))] {
        let fake = Fake::default();
        fake.world().kept.tables.insert("t".into(), 0);
        let mut driver = connect(&fake);
        driver.try_lock().unwrap();
        fake.cut(3, cut);
        let good = script(&*driver, "insert t");
        let error = driver.execute(&good).expect_err("a cut");
        assert_eq!(error.code(), Code::ConnectionLost);
        assert_eq!(fake.table("t"), rows, "{cut:?}");
        driver.history().expect_err("a connection that is gone");
        assert!(fake.world().locks.is_empty());
    }
}

#[test]
fn a_schema_change_commits_what_is_open_where_it_is_not_transactional() {
    for (flavour, rows) in [(Flavour::Transactional, 0), (Flavour::Implicit, 1)] {
        let fake = Fake::new(flavour);
        fake.world().kept.tables.insert("t".into(), 0);
        let mut driver = connect(&fake);
        let bad = script(&*driver, "insert t\ncreate u\ninsert t\nfail");
        driver.execute(&bad).expect_err("a bad line");
        assert_eq!(fake.table("t"), Some(rows), "{flavour:?}");
    }
}

#[test]
fn busy_ends_after_its_number_of_tries() {
    let fake = Fake::default();
    let mut driver = connect(&fake);
    let busy = script(&*driver, "busy 2");
    for _ in 0..2 {
        let error = driver.execute(&busy).expect_err("no lock");
        assert_eq!(error.code(), Code::LockTimeout);
    }
    driver.execute(&busy).expect("a lock at last");
}

#[test]
fn the_verdict_tells_a_schema_change_that_took_effect_from_one_that_did_not() {
    let statement = |driver: &dyn Driver, text: &str| {
        let statements = driver.dialect().split(&Source::file("a", text));
        statements.expect("a line").remove(0)
    };
    for (line, ran) in [
        ("create t", true),
        ("create t", false),
        ("drop old", true),
        ("drop old", false),
    ] {
        let fake = Fake::new(Flavour::Implicit);
        fake.world().kept.tables.insert("old".into(), 0);
        let mut driver = connect(&fake);
        driver.prepare_ledger().unwrap();
        let statement = statement(&*driver, line);
        let step = Step::new("m", Phase::Up, 1, "v1:0".into(), line);
        let intent = Entry::Intent {
            step,
            statement: Box::new(statement.clone()),
        };
        driver.execute(&Script::entries(vec![intent])).unwrap();
        if ran {
            let bare = script(&*driver, line);
            driver.execute(&bare).unwrap();
        }
        let step = driver.history().unwrap().steps.remove(0);
        let expected = match ran {
            true => Verdict::With,
            false => Verdict::Without { clear: vec![] },
        };
        assert_eq!(
            driver.verdict(&step, &statement).unwrap(),
            expected,
            "{line}"
        );
    }
    let mut driver = connect(&Fake::new(Flavour::Implicit));
    let insert = statement(&*driver, "alone insert t");
    let step = Step::new("m", Phase::Up, 1, "v1:0".into(), "alone insert t");
    let verdict = driver.verdict(&step, &insert).unwrap();
    assert!(matches!(verdict, Verdict::Invisible(_)), "{verdict:?}");
}

//! What the engine asks of a driver, and in which order; with a driver in memory. (Catches a plan
//! made before the lock, a lock that is kept, a report that is lost, a write where none may be.)

use initium::plan::{Author, Plan, Rules, TxMode};
use initium::run::{
    By, Connection, Context, Event, Outcome, Outcomes, Patience, Stop, apply, rollback,
};
use initium::spec::{Input, Spec, load};
use initium_driver::driver::Access;
use initium_driver::fake::{Cut, Fake, Flavour};
use initium_driver::{Code, Limits, Result, Run};
use std::time::Duration;

pub fn spec(text: &str) -> Spec {
    load(&[Input::Stdin(
        format!("version: 1\nmigrations:\n{text}").into_bytes(),
    )])
    .unwrap()
}

pub fn connections(fake: &Fake) -> Vec<Connection> {
    let run = Run {
        id: "run".into(),
        table: "initium_migrate".into(),
        prefix: String::new(),
        limits: Limits::default(),
        access: Access::Write,
        pulse: Default::default(),
    };
    vec![Connection {
        scratch: None,
        target: "default".into(),
        address: String::new(),
        driver: fake.open(&run).unwrap(),
        reopen: {
            let fake = fake.clone();
            Box::new(move || fake.open(&run))
        },
    }]
}

/// The last event, when the connection has been closed.
fn last(fake: &Fake) -> String {
    fake.events()
        .into_iter()
        .rev()
        .find(|event| event != "close")
        .unwrap_or_default()
}

pub fn with<T>(stop: Option<Stop>, work: impl FnOnce(&mut Context) -> T) -> (T, Vec<String>) {
    with_stop(&|| stop, work)
}

pub fn with_stop<T>(
    stop: &dyn Fn() -> Option<Stop>,
    work: impl FnOnce(&mut Context) -> T,
) -> (T, Vec<String>) {
    let mut told = Vec::new();
    let mut tell = |event: &Event| {
        told.push(match event {
            Event::Skipped(one) => format!("skipped {}", one.id),
            Event::Waiting { .. } => "waiting".to_string(),
            Event::Breaking { what, .. } => format!("breaking {what}"),
            Event::Started { id, .. } => format!("started {id}"),
            Event::Retrying { id, .. } => format!("retrying {id}"),
            Event::Proven { id, by, .. } => match by {
                By::Us => format!("proven {id}"),
                By::AnotherRun => format!("met {id}"),
            },
            Event::Progress { id, progress, .. } => format!("{} of {id}", progress.seen()),
            Event::Resuming { id, .. } => format!("resuming {id}"),
            Event::Finished { done } => format!("{:?} {}", done.outcome, done.id),
        });
    };
    let author = Author {
        run: "run".into(),
        action: "apply".into(),
        actor: "me@here".into(),
        tool: "initium".into(),
        reason: None,
    };
    let mut context = Context {
        author,
        lock_wait: Duration::from_millis(300),
        variable: &|_| None,
        stop,
        tell: &mut tell,
    };
    let answer = work(&mut context);
    (answer, told)
}

fn agree(_: &Plan) -> Result<()> {
    Ok(())
}

pub fn applied(fake: &Fake, spec: &Spec, rules: &Rules) -> (Outcomes, Vec<String>) {
    with(None, |context| {
        apply(spec, &mut connections(fake), rules, context, &mut agree)
    })
}

pub fn codes(outcomes: &Outcomes) -> Option<Code> {
    outcomes.as_ref().err().map(|failure| failure.error.code())
}

const TWO: &str = "  - {name: a, up: create t}\n  - {name: b, up: insert t}\n";

#[test]
fn the_plan_is_made_under_the_lock_and_the_lock_is_freed_last() {
    let fake = Fake::new(Flavour::Transactional);
    let (outcomes, told) = applied(&fake, &spec(TWO), &Rules::default());
    assert_eq!(outcomes.unwrap().done.len(), 2);
    assert_eq!(told, ["started a", "Applied a", "started b", "Applied b"]);
    let events = fake.events();
    let at = |what: &str| {
        events
            .iter()
            .position(|e| e.starts_with(what))
            .unwrap_or_else(|| panic!("{what}: {events:?}"))
    };
    assert!(at("digest") < at("lock"));
    assert!(at("lock") < at("history"));
    assert!(at("history") < at("run create t"));
    assert_eq!(
        events[events.len() - 2..],
        ["unlock", "close"],
        "{events:?}"
    );
}

#[test]
fn where_nothing_is_pending_no_lock_is_taken() {
    let fake = Fake::new(Flavour::Transactional);
    let spec = spec(TWO);
    let _ = applied(&fake, &spec, &Rules::default());
    fake.events();
    let (outcomes, told) = applied(&fake, &spec, &Rules::default());
    assert!(outcomes.unwrap().done.is_empty() && told.is_empty());
    let events = fake.events();
    assert!(
        !events
            .iter()
            .any(|e| e.starts_with("lock") || e.starts_with("history")),
        "{events:?}"
    );
}

#[test]
fn a_failure_frees_the_lock_and_carries_what_was_done() {
    let fake = Fake::new(Flavour::Transactional);
    let three =
        "  - {name: a, up: create t}\n  - {name: b, up: fail}\n  - {name: c, up: insert t}\n";
    let (outcomes, told) = applied(&fake, &spec(three), &Rules::default());
    let failure = outcomes.unwrap_err();
    assert_eq!(failure.error.code(), Code::StatementFailed);
    let done: Vec<_> = failure
        .report
        .done
        .iter()
        .map(|d| (d.id.as_str(), d.outcome))
        .collect();
    assert_eq!(done, [("a", Outcome::Applied), ("b", Outcome::Failed)]);
    assert!(!told.contains(&"started c".to_string()));
    assert_eq!(last(&fake), "unlock");
    assert_eq!(fake.table("t"), Some(0));
}

#[test]
fn a_busy_statement_is_tried_again() {
    let fake = Fake::new(Flavour::Transactional);
    let (outcomes, told) = applied(
        &fake,
        &spec("  - {name: a, up: busy 1}\n"),
        &Rules::default(),
    );
    assert!(outcomes.is_ok());
    assert_eq!(told, ["started a", "retrying a", "Applied a"]);
    let (outcomes, _) = applied(
        &fake,
        &spec("  - {name: a, up: busy 1}\n  - {name: b, up: busy}\n"),
        &Rules::default(),
    );
    assert_eq!(codes(&outcomes), Some(Code::LockTimeout));
}

#[test]
fn a_signal_stops_before_the_next_migration_and_frees_the_lock() {
    let fake = Fake::new(Flavour::Transactional);
    let spec = spec(TWO);
    let (outcomes, _) = with(
        Some(Stop {
            signal: 15,
            patience: Patience::Left,
        }),
        |context| {
            apply(
                &spec,
                &mut connections(&fake),
                &Rules::default(),
                context,
                &mut agree,
            )
        },
    );
    assert_eq!(codes(&outcomes), Some(Code::Interrupted));
    assert_eq!(last(&fake), "unlock");
    assert_eq!(fake.table("t"), None);
}

#[test]
fn one_transaction_holds_a_release_or_nothing() {
    let all = Rules {
        tx_mode: TxMode::All,
        ..Rules::default()
    };
    let fake = Fake::new(Flavour::Transactional);
    let bad = "  - {name: a, up: create t}\n  - {name: b, up: fail}\n";
    let (outcomes, _) = applied(&fake, &spec(bad), &all);
    let failure = outcomes.unwrap_err();
    assert_eq!(failure.error.spot().migration.as_deref(), Some("b"));
    assert_eq!(fake.table("t"), None);
    let (outcomes, _) = applied(&fake, &spec(TWO), &all);
    assert_eq!(outcomes.unwrap().done.len(), 2);
    let (outcomes, _) = applied(&Fake::new(Flavour::Implicit), &spec(TWO), &all);
    assert_eq!(codes(&outcomes), Some(Code::NotSupported));
}

#[test]
fn a_failed_list_goes_on_at_the_statement_that_failed() {
    let fake = Fake::new(Flavour::Implicit);
    let broken = "  - {name: a, up: \"create t; create u; fail; create v\"}\n";
    let (outcomes, _) = applied(&fake, &spec(broken), &Rules::default());
    let failure = outcomes.unwrap_err();
    assert_eq!(failure.error.spot().statement, Some((3, 4)));
    let mended = "  - {name: a, up: \"create t; create u; insert t; create v\"}\n";
    let (outcomes, _) = applied(&fake, &spec(mended), &Rules::default());
    assert_eq!(outcomes.unwrap().done[0].statements, 2);
    assert_eq!(fake.table("t"), Some(1));
    assert_eq!(fake.table("v"), Some(0));
}

#[test]
fn an_edit_of_what_already_ran_is_refused() {
    let fake = Fake::new(Flavour::Implicit);
    let _ = applied(
        &fake,
        &spec("  - {name: a, up: \"create t; fail\"}\n"),
        &Rules::default(),
    );
    let (outcomes, _) = applied(
        &fake,
        &spec("  - {name: a, up: \"create other; ok\"}\n"),
        &Rules::default(),
    );
    assert_eq!(codes(&outcomes), Some(Code::StepChanged));
}

/// Every event at which the connection may be cut, one after the other.
#[test]
fn a_cut_connection_leaves_nothing_half_done_and_the_next_run_ends_it() {
    let text = "  - {name: a, up: \"create t; insert t\"}\n  - {name: b, up: \"insert t\", down: delete t}\n";
    let spec = spec(text);
    let mut cuts = 0;
    for (n, cut) in (1..40).flat_map(|n| [(n, Cut::Before), (n, Cut::After)]) {
        let fake = Fake::new(Flavour::Transactional);
        let mut connections = connections(&fake);
        fake.cut(n, cut);
        let (outcomes, _) = with(None, |context| {
            apply(
                &spec,
                &mut connections,
                &Rules::default(),
                context,
                &mut agree,
            )
        });
        drop(connections);
        if outcomes.is_ok() {
            // After the last commit nothing can be lost, and after the last event nothing is cut.
            continue;
        }
        cuts += 1;
        assert_eq!(codes(&outcomes), Some(Code::ConnectionLost), "at {n}");
        let (outcomes, _) = applied(&fake, &spec, &Rules::default());
        assert!(outcomes.is_ok(), "at {n}: {:?}", outcomes.err());
        assert_eq!(fake.table("t"), Some(2), "at {n}: {:?}", fake.events());
    }
    assert!(cuts > 5, "only {cuts} places were cut");
}

#[test]
fn a_rollback_goes_from_the_newest_to_the_oldest() {
    let fake = Fake::new(Flavour::Transactional);
    let spec = spec(
        "  - {name: a, up: create t, down: drop t}\n  - {name: b, up: create u, down: drop u}\n",
    );
    let _ = applied(&fake, &spec, &Rules::default());
    let until = initium::plan::Until::Steps(2);
    let (outcomes, told) = with(None, |context| {
        rollback(&spec, &mut connections(&fake), &until, context, &mut agree)
    });
    assert_eq!(outcomes.unwrap().done.len(), 2);
    assert_eq!(
        told,
        ["started b", "RolledBack b", "started a", "RolledBack a"]
    );
    assert_eq!((fake.table("t"), fake.table("u")), (None, None));
}

#[test]
fn without_a_transaction_a_statement_still_commits_with_its_ledger_row() {
    let one = "  - {name: a, transaction: none, up: \"insert t; alone insert t; insert t\"}\n";
    for cut in [Cut::Before, Cut::After] {
        for n in 1..60 {
            let fake = Fake::new(Flavour::Transactional);
            let _ = applied(
                &fake,
                &spec("  - {name: z, up: create t}\n"),
                &Rules::default(),
            );
            let spec = spec(&format!("  - {{name: z, up: create t}}\n{one}"));
            let mut connections = connections(&fake);
            fake.cut(n, cut);
            let rules = Rules::default();
            let (outcomes, _) = with(None, |context| {
                apply(&spec, &mut connections, &rules, context, &mut agree)
            });
            drop(connections);
            if outcomes.is_ok() {
                assert_eq!(fake.table("t"), Some(3), "at {n}");
                continue;
            }
            let (outcomes, _) = applied(&fake, &spec, &rules);
            match codes(&outcomes) {
                None => assert_eq!(fake.table("t"), Some(3), "at {n}"),
                // Only of the one that no transaction holds.
                Some(code) => {
                    assert_eq!(code, Code::StepUndecided, "at {n}");
                    let spot = outcomes.unwrap_err().error.spot().statement;
                    assert_eq!(spot, Some((2, 3)), "at {n}");
                }
            }
        }
    }
}

//! Statements that work through many keys, and databases without transactions. (Catches a step that
//! begins anew instead of going on, a count that is lost, a lost lock that is written over, a command
//! that runs twice.)

use super::order::{applied, codes, connections, spec, with};
use initium::plan::{Plan, Recheck, Rules, Until};
use initium::run::{Outcome, Outcomes, Patience, Stop, apply, cleanup, rollback, verify};
use initium_driver::driver::Progress;
use initium_driver::fake::{Cut, Fake, Flavour};
use initium_driver::{Code, Result, State};

fn agree(_: &Plan) -> Result<()> {
    Ok(())
}

fn run(fake: &Fake, text: &str) -> (Outcomes, Vec<String>) {
    applied(fake, &spec(text), &Rules::default())
}

/// The fake with a key, so that it is not empty.
fn plain() -> Fake {
    let fake = Fake::new(Flavour::Plain);
    fake.world().kept.tables.insert("other".into(), 1);
    fake
}

fn keys(processed: u64, skipped: u64, failed: u64) -> (u64, u64, u64) {
    (processed, skipped, failed)
}

fn counted(progress: &Option<Progress>) -> (u64, u64, u64) {
    let progress = progress.expect("keys");
    keys(progress.processed, progress.skipped, progress.failed)
}

/// What the newest row of the log says.
fn newest(fake: &Fake) -> (Option<String>, Option<String>) {
    let world = fake.world();
    let rows = &world.kept.ledgers["initium_migrate"].attempts;
    let last = rows.last().expect("a row");
    (last.code.clone(), last.message.clone())
}

#[test]
fn what_came_of_the_keys_is_told_and_kept() {
    let fake = plain();
    fake.world().kept.tables.insert("t".into(), 1);
    let two = "  - {name: a, up: \"bulk t 5; insert t; bulk u 3\"}\n";
    let (outcomes, told) = run(&fake, two);
    let report = outcomes.unwrap();
    assert_eq!(counted(&report.done[0].keys), keys(7, 1, 0));
    assert_eq!((fake.table("t"), fake.table("u")), (Some(6), Some(3)));
    assert_eq!(newest(&fake), (None, Some("processed 7, skipped 1".into())));
    let steps = ["1 of a", "3 of a", "5 of a", "0 of a", "2 of a", "3 of a"];
    assert_eq!(told[1..7], steps, "{told:?}");
}

#[test]
fn a_key_that_failed_fails_the_migration_with_its_counts() {
    let fake = plain();
    let (outcomes, _) = run(&fake, "  - {name: a, up: bulk t 5 bad 2}\n");
    let failure = outcomes.unwrap_err();
    assert_eq!(failure.error.code(), Code::KeysFailed);
    assert_eq!(failure.report.done[0].outcome, Outcome::Failed);
    assert_eq!(counted(&failure.report.done[0].keys), keys(5, 0, 2));
    let (code, message) = newest(&fake);
    assert_eq!(code.as_deref(), Some("keys-failed"));
    assert!(message.unwrap().contains("2 of 7"));
    // Mended, which for such a step means edited.
    let (outcomes, _) = run(&fake, "  - {name: a, up: bulk t 6}\n");
    assert_eq!(counted(&outcomes.unwrap().done[0].keys), keys(1, 5, 0));
}

/// Every event at which the connection may be cut, one after the other.
#[test]
fn a_cut_connection_is_gone_on_with_under_a_new_lock() {
    let text = "  - {name: a, up: \"insert other; bulk t 9; insert other; bulk u 4\"}\n";
    let spec = spec(text);
    let (mut resumed, mut failed) = (0, 0);
    for (n, cut) in (1..70).flat_map(|n| [(n, Cut::Before), (n, Cut::After)]) {
        let fake = plain();
        let mut connections = connections(&fake);
        fake.cut(n, cut);
        let (outcomes, told) = with(None, |context| {
            apply(
                &spec,
                &mut connections,
                &Rules::default(),
                context,
                &mut agree,
            )
        });
        drop(connections);
        resumed += told.iter().filter(|e| e.starts_with("resuming")).count();
        if let Err(failure) = outcomes {
            failed += 1;
            assert_eq!(failure.error.code(), Code::ConnectionLost, "at {n}");
            let (outcomes, _) = applied(&fake, &spec, &Rules::default());
            assert!(outcomes.is_ok(), "at {n}: {:?}", outcomes.err());
        }
        let found = ["other", "t", "u"].map(|name| fake.table(name));
        assert_eq!(found, [Some(3), Some(9), Some(4)], "at {n} {cut:?}");
        assert!(fake.world().locks.is_empty(), "at {n}");
    }
    assert!(resumed > 10 && failed > 5, "{resumed} {failed}");
}

#[test]
fn a_cut_rollback_or_cleanup_goes_on_too() {
    let text =
        "  - {name: a, up: insert other, down: bulk t 9, cleanup: bulk u 9, verify: \"true\"}\n";
    let spec = spec(text);
    let mut resumed = 0;
    for n in 1..40 {
        for undo in [true, false] {
            let fake = plain();
            applied(&fake, &spec, &Rules::default()).0.unwrap();
            let (answer, _) = with(None, |c| verify(&spec, &mut connections(&fake), c));
            answer.unwrap();
            // The runs of a test have one name, and these rows are of others.
            for book in fake.world().kept.ledgers.values_mut() {
                book.attempts.clear();
            }
            let work = |cut: usize| {
                let mut connections = connections(&fake);
                fake.cut(cut, Cut::Before);
                with(None, |context| match undo {
                    true => {
                        let until = Until::Steps(1);
                        rollback(&spec, &mut connections, &until, context, &mut agree)
                    }
                    false => cleanup(&spec, &mut connections, &|_| true, context, &mut agree),
                })
            };
            let (outcomes, told) = work(n);
            resumed += told.iter().filter(|e| e.starts_with("resuming")).count();
            if let Err(failure) = outcomes {
                assert_eq!(failure.error.code(), Code::ConnectionLost, "at {n}");
                let (outcomes, _) = work(1000);
                assert!(outcomes.is_ok(), "at {n}: {:?}", outcomes.err());
            }
            let table = if undo { "t" } else { "u" };
            assert_eq!(fake.table(table), Some(9), "at {n}");
        }
    }
    assert!(resumed > 5, "{resumed}");
}

#[test]
fn a_signal_stops_between_two_batches_and_the_next_run_goes_on_there() {
    let fake = plain();
    let text = "  - {name: a, up: bulk t 9}\n";
    let spec = spec(text);
    let rows = || fake.table("t").unwrap_or(0);
    let stop = || {
        (rows() >= 4).then_some(Stop {
            signal: 15,
            patience: Patience::Left,
        })
    };
    let mut connections = connections(&fake);
    let (outcomes, _) = super::order::with_stop(&stop, |context| {
        apply(
            &spec,
            &mut connections,
            &Rules::default(),
            context,
            &mut agree,
        )
    });
    drop(connections);
    let failure = outcomes.unwrap_err();
    assert_eq!(failure.error.exit(), 143);
    assert_eq!(counted(&failure.report.done[0].keys), keys(4, 0, 0));
    assert_eq!(fake.table("t"), Some(4));
    assert!(fake.world().locks.is_empty());
    assert_eq!(newest(&fake).0.as_deref(), Some("interrupted"));
    let (outcomes, _) = run(&fake, text);
    assert_eq!(counted(&outcomes.unwrap().done[0].keys), keys(5, 4, 0));
}

#[test]
fn a_lost_lock_stops_the_run_before_anything_more_is_written() {
    let fake = plain();
    let text = "  - {name: a, up: insert other}\n  - {name: b, up: \"steal; insert other\"}\n  \
                - {name: c, up: insert other}\n";
    let (outcomes, told) = run(&fake, text);
    let failure = outcomes.unwrap_err();
    assert_eq!(failure.error.code(), Code::LeaseLost);
    assert_eq!(failure.error.exit(), 6);
    let done: Vec<_> = failure.report.done.iter().map(|d| d.outcome).collect();
    assert_eq!(done, [Outcome::Applied, Outcome::Failed]);
    assert!(!told.contains(&"started c".to_string()));
    assert_eq!(fake.table("other"), Some(2));
    let events = fake.events();
    assert!(!events.iter().any(|e| e == "unlock"), "{events:?}");
    let world = fake.world();
    let rows = &world.kept.ledgers["initium_migrate"].attempts;
    assert_eq!(rows.len(), 1, "only of the one before");
    assert_eq!(world.locks.len(), 1, "the other run still has it");
}

#[test]
fn a_command_runs_once_whatever_event_is_the_last_one_of_a_run() {
    let text =
        "  - {name: a, up: \"insert other; insert other\", down: \"delete other; insert other\"}\n";
    let spec = spec(text);
    let mut failed = 0;
    for (n, cut) in (1..40).flat_map(|n| [(n, Cut::Before), (n, Cut::After)]) {
        let fake = plain();
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
        if outcomes.is_err() {
            failed += 1;
            let (outcomes, _) = applied(&fake, &spec, &Rules::default());
            assert_eq!(codes(&outcomes), None, "at {n}");
        }
        assert_eq!(fake.table("other"), Some(3), "at {n} {cut:?}");
    }
    assert!(failed > 5, "{failed}");
}

#[test]
fn where_there_is_nothing_to_move_a_move_is_recorded_without_running() {
    let fake = Fake::new(Flavour::Plain);
    let text = "  - {name: a, up: bulk t 5}\n  - {name: b, up: \"insert other; bulk t 5\"}\n  \
                - {name: c, up: bulk t 7}\n";
    fake.world().kept.tables.insert("other".into(), 0);
    let (outcomes, _) = run(&fake, text);
    let report = outcomes.unwrap();
    let done: Vec<_> = report
        .done
        .iter()
        .map(|d| (d.outcome, d.reason.as_deref()))
        .collect();
    let expected = [
        (Outcome::Empty, Some("empty")),
        // It does more than move, and behind it something is there.
        (Outcome::Applied, None),
        (Outcome::Applied, None),
    ];
    assert_eq!(done, expected);
    assert_eq!(fake.table("t"), Some(7));
    let world = fake.world();
    let record = &world.kept.ledgers["initium_migrate"].records[0];
    assert_eq!(record.reason.as_deref(), Some("empty"));
    assert_eq!(record.state, initium_driver::State::Applied);
}

#[test]
fn a_sql_database_is_never_empty_in_this_sense() {
    let fake = Fake::new(Flavour::Transactional);
    let (outcomes, _) = run(&fake, "  - {name: a, up: bulk t 5}\n");
    assert_eq!(outcomes.unwrap().done[0].outcome, Outcome::Applied);
    assert_eq!(fake.table("t"), Some(5));
}

#[test]
fn a_step_for_redis_is_refused_elsewhere_with_its_place() {
    let step =
        "  - name: a\n    up: |\n      ok\n    down: |\n      initium.delete {\"match\":\"x\"}\n";
    let (outcomes, _) = run(&Fake::new(Flavour::Transactional), step);
    let error = outcomes.unwrap_err().error;
    assert_eq!(error.code(), Code::ScriptMissing);
    let place = error.spot().place.clone().expect("a place");
    assert_eq!((place.line, place.column), (7, 7));
    assert!(error.help_text().unwrap().contains("Redis"), "{error:?}");
    // The fake does not know it, but that is another story.
    let (outcomes, _) = run(&plain(), step);
    assert_eq!(codes(&outcomes), None);
}

fn rules(recheck: Recheck, rerun: &[&str]) -> Rules {
    Rules {
        recheck,
        rerun: rerun.iter().map(|id| id.to_string()).collect(),
        ..Rules::default()
    }
}

/// Ids and states, in the order of application.
fn states(fake: &Fake) -> Vec<(String, State)> {
    let history = fake.world().kept.ledgers["initium_migrate"].history();
    let records = history.records.iter();
    records.map(|r| (r.id.clone(), r.state)).collect()
}

#[test]
fn what_did_not_apply_is_asked_again_where_somebody_wants_it() {
    for flavour in [Flavour::Transactional, Flavour::Plain] {
        let fake = Fake::new(flavour);
        fake.world().kept.tables.insert("t".into(), 1);
        let text = "  - {name: a, up: insert t, when: rows flag}\n  - {name: b, up: insert t}\n";
        let spec = spec(text);
        fake.world().kept.tables.insert("flag".into(), 0);
        applied(&fake, &spec, &Rules::default()).0.unwrap();
        let again = rules(Recheck::Ask, &[]);
        // It still does not, and stays what it was.
        let done = applied(&fake, &spec, &again).0.unwrap().done;
        assert_eq!(done[0].outcome, Outcome::NotApplicable);
        fake.world().kept.tables.insert("flag".into(), 1);
        assert!(
            applied(&fake, &spec, &Rules::default())
                .0
                .unwrap()
                .done
                .is_empty()
        );
        let done = applied(&fake, &spec, &again).0.unwrap().done;
        assert_eq!((done.len(), done[0].outcome), (1, Outcome::Applied));
        let (a, b) = (("a".into(), State::Applied), ("b".into(), State::Applied));
        assert_eq!(
            states(&fake),
            [b, a],
            "what was applied last is undone first"
        );
        assert_eq!(fake.table("t"), Some(3));
        assert!(applied(&fake, &spec, &again).0.unwrap().done.is_empty());
    }
}

#[test]
fn an_applied_migration_runs_once_more_and_its_record_stays() {
    let fake = plain();
    let spec = spec("  - {name: a, up: bulk t 5}\n  - {name: b, up: insert other}\n");
    applied(&fake, &spec, &Rules::default()).0.unwrap();
    let before = fake.world().kept.ledgers["initium_migrate"].records.clone();
    // Somebody wrote behind it.
    fake.world().kept.tables.insert("t".into(), 3);
    let again = rules(Recheck::Skip, &["a"]);
    let done = applied(&fake, &spec, &again).0.unwrap().done;
    assert_eq!((done.len(), done[0].outcome), (1, Outcome::Rerun));
    assert_eq!(counted(&done[0].keys), keys(2, 3, 0));
    {
        let world = fake.world();
        let book = &world.kept.ledgers["initium_migrate"];
        assert_eq!(book.records, before);
        assert!(book.steps.is_empty());
        assert_eq!(
            book.attempts.last().map(|row| row.action.as_str()),
            Some("rerun")
        );
    }
    let refused = rules(Recheck::Skip, &["b"]);
    let error = applied(&fake, &spec, &refused).0.unwrap_err().error;
    assert_eq!(error.code(), Code::NotSupported);
    assert!(error.help_text().unwrap().contains("idempotent: true"));
    assert_eq!(fake.table("other"), Some(2), "it did not run");
}

#[test]
fn what_says_that_it_does_no_harm_twice_may_run_twice() {
    let fake = Fake::new(Flavour::Transactional);
    fake.world().kept.tables.insert("t".into(), 0);
    let spec = spec("  - {name: a, up: insert t, idempotent: true}\n");
    applied(&fake, &spec, &Rules::default()).0.unwrap();
    let again = rules(Recheck::Skip, &["a"]);
    for n in 2..4 {
        applied(&fake, &spec, &again).0.unwrap();
        assert_eq!(fake.table("t"), Some(n));
    }
}

/// Every event at which the connection may be cut while an applied migration runs once more.
#[test]
fn a_cut_while_it_runs_once_more_ends_in_one_row_of_the_log() {
    let spec = spec("  - {name: a, up: bulk t 5, down: ok}\n");
    for (n, cut) in (1..40).flat_map(|n| [(n, Cut::Before), (n, Cut::After)]) {
        let fake = plain();
        applied(&fake, &spec, &Rules::default()).0.unwrap();
        fake.world().kept.tables.insert("t".into(), 0);
        let again = rules(Recheck::Skip, &["a"]);
        let mut connections = connections(&fake);
        fake.cut(n, cut);
        let (outcomes, _) = with(None, |context| {
            apply(&spec, &mut connections, &again, context, &mut agree)
        });
        drop(connections);
        fake.cut(10_000, cut);
        let world = fake.world();
        let book = &world.kept.ledgers["initium_migrate"];
        let reruns = book
            .attempts
            .iter()
            .filter(|row| row.action == "rerun")
            .count();
        match outcomes {
            Ok(report) => {
                assert_eq!(report.done.len(), 1, "at {n} {cut:?}");
                assert_eq!((reruns, world.kept.tables["t"]), (1, 5), "at {n} {cut:?}");
            }
            Err(failure) => assert_eq!(failure.error.code(), Code::ConnectionLost),
        }
    }
}

#[test]
fn a_plan_shows_what_a_step_would_do_and_never_speaks_of_transactions_where_there_are_none() {
    let fake = plain();
    let spec = spec("  - {name: a, up: \"bulk t 12000; insert other\"}\n");
    let mut connections = connections(&fake);
    let histories = initium::run::histories(&spec, &mut connections).unwrap();
    let plan = initium::run::plan(&spec, &mut connections, &histories, &Rules::default()).unwrap();
    fake.events();
    let plan = initium::run::foresee(plan, &mut connections).unwrap();
    assert_eq!(fake.events(), ["preview t"]);
    let text = initium::report::plan(&plan, &[]);
    let expected = "up a\n  -- on its own\n  bulk t 12000\n  -- about 12,000 keys: t:1 -> t:2\n  insert other\n";
    assert!(text.starts_with(expected), "{text}");
    assert!(!text.contains("transaction"), "{text}");
    let json = initium::report::json(&initium::report::PlanDocument::new("plan", &plan));
    assert!(json.contains("\"keys\": 12000"), "{json}");
    // The gate asks nothing of the kind.
    initium::run::gate(&spec, &mut connections, &Rules::default()).unwrap();
    let events = fake.events();
    assert!(
        !events.iter().any(|e| e.starts_with("preview")),
        "{events:?}"
    );
}

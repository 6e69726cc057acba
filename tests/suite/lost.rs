//! A connection that is lost in the middle. (Catches a run that calls a committed migration failed,
//! one that sends a migration twice, and one that goes on without having looked.)

use super::order::{applied, codes, connections, spec, with};
use initium::plan::{Plan, Rules, TxMode, Until};
use initium::run::{Outcome, apply, rollback};
use initium_driver::Code;
use initium_driver::fake::{Cut, Fake, Flavour};

const THREE: &str = "  - {name: a, up: \"create t; insert t\", down: drop t}\n  \
     - {name: b, up: insert t, down: insert t}\n  - {name: c, up: insert t, down: insert t}\n";

/// Cuts after the n-th event, for every n; what came of each.
fn every_cut(cut: Cut, rules: &Rules) -> Vec<(usize, Fake, initium::run::Outcomes, Vec<String>)> {
    let spec = spec(THREE);
    let mut all = Vec::new();
    for n in 1..80 {
        let fake = Fake::new(Flavour::Transactional);
        let mut connections = connections(&fake);
        fake.cut(n, cut);
        let mut agree = |_: &Plan| Ok(());
        let (outcomes, told) = with(None, |context| {
            apply(&spec, &mut connections, rules, context, &mut agree)
        });
        drop(connections);
        all.push((n, fake, outcomes, told));
    }
    all
}

#[test]
fn what_was_committed_is_proven_and_the_run_goes_on() {
    let all = Rules {
        tx_mode: TxMode::All,
        ..Rules::default()
    };
    for (rules, proofs) in [(Rules::default(), 3), (all, 1)] {
        let mut proven = 0;
        for (n, fake, outcomes, told) in every_cut(Cut::After, &rules) {
            let saw = told
                .iter()
                .filter(|event| event.starts_with("proven"))
                .count();
            proven += saw;
            match outcomes {
                Ok(report) => {
                    let applied = report
                        .done
                        .iter()
                        .all(|one| one.outcome == Outcome::Applied);
                    assert!(applied && report.done.len() == 3, "at {n}: {report:?}");
                    assert_eq!(fake.table("t"), Some(3), "at {n}");
                }
                Err(failure) => {
                    assert_eq!(failure.error.code(), Code::ConnectionLost, "at {n}");
                    assert_eq!(saw, 0, "at {n}");
                }
            }
        }
        assert_eq!(proven, proofs);
    }
}

#[test]
fn what_was_not_committed_is_not_sent_again_in_the_same_run() {
    let mut looked = 0;
    for (n, fake, outcomes, told) in every_cut(Cut::Before, &Rules::default()) {
        let Err(failure) = outcomes else { continue };
        assert_eq!(failure.error.code(), Code::ConnectionLost, "at {n}");
        assert!(
            !told.iter().any(|event| event.starts_with("proven")),
            "at {n}"
        );
        let help = failure.error.help_text().unwrap_or_default();
        if help.contains("was not committed") {
            looked += 1;
            let last = failure.report.done.last().map(|one| one.outcome);
            assert_eq!(last, Some(Outcome::Failed), "at {n}");
        }
        let (outcomes, _) = applied(&fake, &spec(THREE), &Rules::default());
        assert!(outcomes.is_ok(), "at {n}: {:?}", codes(&outcomes));
        assert_eq!(fake.table("t"), Some(3), "at {n}");
    }
    assert!(looked > 5, "only {looked} losses were looked into");
}

#[test]
fn a_rollback_whose_answer_was_lost_is_not_taken_for_a_failure() {
    let spec = spec(THREE);
    let mut proven = 0;
    for n in 1..40 {
        let fake = Fake::new(Flavour::Transactional);
        let _ = applied(&fake, &spec, &Rules::default());
        let mut connections = connections(&fake);
        fake.cut(n, Cut::After);
        let mut agree = |_: &Plan| Ok(());
        let (outcomes, told) = with(None, |context| {
            context.author.action = "rollback".into();
            rollback(
                &spec,
                &mut connections,
                &Until::Steps(1),
                context,
                &mut agree,
            )
        });
        if told.iter().any(|event| event.starts_with("proven")) {
            proven += 1;
            assert!(outcomes.is_ok(), "at {n}");
        }
        if outcomes.is_ok() {
            // `down` of c adds a row to those of the three `up`.
            assert_eq!(fake.table("t"), Some(4), "at {n}");
        }
    }
    assert_eq!(proven, 1);
}

/// What opens one more connection.
fn again(
    fake: &Fake,
) -> Box<dyn FnMut() -> initium_driver::Result<Box<dyn initium_driver::Driver>>> {
    connections(fake).remove(0).reopen
}

#[test]
fn what_another_run_did_meanwhile_is_not_told_as_ours() {
    let mut met = 0;
    for n in 1..80 {
        let fake = Fake::new(Flavour::Transactional);
        let mut ours = connections(&fake);
        let (between, mut first) = (fake.clone(), again(&fake));
        ours[0].reopen = Box::new(move || {
            let mut theirs = connections(&between);
            let (outcomes, _) = with(None, |context| {
                context.author.run = "other".into();
                let mut agree = |_: &Plan| Ok(());
                apply(
                    &spec(THREE),
                    &mut theirs,
                    &Rules::default(),
                    context,
                    &mut agree,
                )
            });
            assert!(outcomes.is_ok());
            first()
        });
        fake.cut(n, Cut::Before);
        let mut agree = |_: &Plan| Ok(());
        let (outcomes, told) = with(None, |context| {
            apply(
                &spec(THREE),
                &mut ours,
                &Rules::default(),
                context,
                &mut agree,
            )
        });
        drop(ours);
        let proven = told.iter().any(|event| event.starts_with("proven"));
        assert!(!proven, "at {n}: {told:?}");
        met += told.iter().filter(|event| event.starts_with("met")).count();
        if outcomes.is_ok() {
            assert_eq!(fake.table("t"), Some(3), "at {n}");
        }
    }
    assert!(met > 5, "met {met} times");
}

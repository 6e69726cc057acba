//! Steps: what remembers a statement that no transaction holds.

use super::Bench;
use super::bench::{reader, ready, write};
use crate::driver::Driver;
use crate::ledger::{Entry, Phase, Step, StepState};

fn step(phase: Phase, number: u64) -> Step {
    Step::new(
        "m'1",
        phase,
        number,
        "v1:'\\".into(),
        "SELECT 'it''s' \\ \n 1",
    )
}

/// Phase, number, state of every step there is.
fn steps(driver: &mut dyn Driver) -> Vec<(Phase, u64, StepState)> {
    let history = driver.history().expect("a history");
    let seen = |s: &Step| (s.phase, s.number, s.state);
    history.steps.iter().map(seen).collect()
}

pub fn a_step_goes_from_intent_to_done(bench: &dyn Bench) {
    let mut driver = ready(bench);
    let intent = step(Phase::Up, 1);
    write(&mut *driver, vec![Entry::Step(intent.clone())]);
    let read = reader(bench).history().expect("a history").steps;
    assert_eq!(read, std::slice::from_ref(&intent));
    write(&mut *driver, vec![Entry::Step(intent.clone().done())]);
    let read = reader(bench).history().expect("a history").steps;
    assert_eq!(read, [intent.done()]);
}

pub fn done_and_the_next_intent_travel_together(bench: &dyn Bench) {
    let mut driver = ready(bench);
    write(&mut *driver, vec![Entry::Step(step(Phase::Up, 9))]);
    write(
        &mut *driver,
        vec![
            Entry::Step(step(Phase::Up, 9).done()),
            Entry::Step(step(Phase::Up, 10)),
        ],
    );
    assert_eq!(
        steps(&mut *driver),
        [
            (Phase::Up, 9, StepState::Done),
            (Phase::Up, 10, StepState::Intent)
        ]
    );
}

pub fn a_half_undone_migration_is_not_digested(bench: &dyn Bench) {
    let mut driver = ready(bench);
    write(&mut *driver, vec![Entry::Step(step(Phase::Up, 1))]);
    assert!(driver.digest().expect("a digest").is_some());
    write(&mut *driver, vec![Entry::Step(step(Phase::Down, 1).done())]);
    assert_eq!(driver.digest().expect("a digest"), None);
    assert_eq!(reader(bench).digest().expect("a digest"), None);
}

pub fn an_unstep_takes_one_step_back(bench: &dyn Bench) {
    let mut driver = ready(bench);
    for phase in [Phase::Up, Phase::Cleanup] {
        for number in [1, 2] {
            write(&mut *driver, vec![Entry::Step(step(phase, number))]);
        }
    }
    let entry = Entry::Unstep {
        id: "m'1".into(),
        phase: Phase::Up,
        number: 2,
    };
    write(&mut *driver, vec![entry]);
    let mut left = steps(&mut *driver);
    left.sort_by_key(|(phase, number, _)| (phase.word(), *number));
    assert_eq!(
        left,
        [
            (Phase::Cleanup, 1, StepState::Intent),
            (Phase::Cleanup, 2, StepState::Intent),
            (Phase::Up, 1, StepState::Intent)
        ]
    );
}

pub fn clearing_takes_the_steps_of_one_list(bench: &dyn Bench) {
    let mut driver = ready(bench);
    let mut entries = Vec::new();
    for number in [1, 2] {
        entries.push(Entry::Step(step(Phase::Up, number).done()));
        entries.push(Entry::Step(step(Phase::Down, number)));
    }
    write(&mut *driver, entries);
    let entry = Entry::ClearSteps {
        id: "m'1".into(),
        phase: Phase::Up,
    };
    write(&mut *driver, vec![entry]);
    assert_eq!(
        steps(&mut *driver),
        [
            (Phase::Down, 1, StepState::Intent),
            (Phase::Down, 2, StepState::Intent)
        ]
    );
}

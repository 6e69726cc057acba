//! Plan and run over the fake, with a seed that decides everything: the spec, who else runs in
//! between, which connection breaks where, whose session is ended. (Catches a schedule in which a
//! statement takes effect twice or never, a lock stays, or a run cannot go on.)
//!
//! One thread: another runner is a whole run between two calls of the first one's driver, up to
//! three deep. `FAULTS_SEED=n` repeats the schedule that a failure names.

mod between;
mod schedule;
mod work;

use crate::drill::{Chance, amount, said};
use initium_driver::fake::Flavour;
use schedule::{Schedule, Seen, Verb};
use std::sync::Arc;
use std::time::Instant;
use work::{Work, works};

/// Of each flavour; all together are 100,000.
const APPLYING: usize = 38_000;
const UNDOING: usize = 12_000;

fn simulate(flavour: Flavour, verbs: &[Verb], wanted: usize) {
    let mut all = Seen::default();
    let start = Instant::now();
    if let Ok(seed) = std::env::var("FAULTS_SEED") {
        let seed = seed.parse().expect("FAULTS_SEED is a number");
        Schedule::new(&chosen(&works(flavour), seed), flavour, seed).play(verbs, &mut all);
        return;
    }
    let works = works(flavour);
    let first = crate::drill::seed();
    let schedules = amount(wanted, 10 * wanted);
    for n in 0..schedules {
        let seed = first.wrapping_add(n as u64);
        Schedule::new(&chosen(&works, seed), flavour, seed).play(verbs, &mut all);
    }
    let spent = start.elapsed();
    said(
        "simulation",
        &format!("{flavour:?} {verbs:?}").to_lowercase(),
        &format!(
            "{schedules} schedules in {:.1} s, {} runs, {} connections lost, {} locks held by others, \
             {} rows settled by a person, seeds from {first}",
            spent.as_secs_f64(),
            all.runs,
            all.lost,
            all.held,
            all.settled
        ),
    );
    assert!(all.lost > schedules / 10, "chance does too little: {all:?}");
    assert!(all.held > schedules / 10, "chance does too little: {all:?}");
}

fn chosen(works: &[Arc<Work>], seed: u64) -> Arc<Work> {
    let mut chance = Chance(seed.rotate_left(32));
    Arc::clone(&works[chance.below(works.len())])
}

#[test]
fn every_schedule_of_apply_ends_as_an_undisturbed_run_where_ddl_is_transactional() {
    simulate(Flavour::Transactional, &[Verb::Apply], APPLYING);
}

#[test]
fn every_schedule_of_apply_ends_as_an_undisturbed_run_where_ddl_commits_by_itself() {
    simulate(Flavour::Implicit, &[Verb::Apply], APPLYING);
}

#[test]
fn every_schedule_of_rollback_ends_as_an_undisturbed_run_where_ddl_is_transactional() {
    let verbs = [Verb::Apply, Verb::Rollback];
    simulate(Flavour::Transactional, &verbs, UNDOING);
}

#[test]
fn every_schedule_of_rollback_ends_as_an_undisturbed_run_where_ddl_commits_by_itself() {
    let verbs = [Verb::Apply, Verb::Rollback];
    simulate(Flavour::Implicit, &verbs, UNDOING);
}

//! What a plan alone shows that somebody should know before it runs: locks, statements outside of a
//! transaction, no way back, what a dead run left. A finding here stops nothing. Each has a stable
//! name and an entry in `docs/ci.md`; a lint with judgement has a room of its own.

use super::findings::{Finding, Level};
use super::planned::{PlanDocument, PlannedDocument, StepDocument};

/// Locks, from the weakest to the strongest, in the words of the servers.
const LOCKS: &[&str] = &[
    "SHARED",
    "ACCESS SHARE",
    "ROW SHARE",
    "ROW EXCLUSIVE",
    "row locks",
    "RESERVED",
    "SHARE UPDATE EXCLUSIVE",
    // From here on others cannot write.
    "SHARE",
    "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE",
    "exclusive metadata lock",
    "table locks",
    "ACCESS EXCLUSIVE",
    "global read lock",
];

/// The first that keeps others from writing.
const KEEPS_WRITERS_OUT: &str = "SHARE";

/// While it is held, nobody reads either, or nobody writes anywhere.
const KEEPS_ALL_OUT: &[&str] = &["ACCESS EXCLUSIVE", "global read lock"];

/// A word that is not in the list is stronger than all that are.
fn rank(lock: &str) -> usize {
    let at = LOCKS.iter().position(|known| *known == lock);
    at.unwrap_or(LOCKS.len())
}

/// The statement that takes the strongest lock of those still to run.
pub(super) fn strongest(one: &PlannedDocument) -> Option<(&StepDocument, &'static str)> {
    let locks = to_run(one).filter_map(|step| Some((step, step.lock?)));
    // Of equal ones the first.
    locks.reduce(|best, next| {
        if rank(next.1) > rank(best.1) {
            next
        } else {
            best
        }
    })
}

fn to_run(one: &PlannedDocument) -> impl Iterator<Item = &StepDocument> {
    one.steps.iter().filter(|step| step.state == "pending")
}

pub(super) fn of_plan(plan: &PlanDocument) -> Vec<Finding> {
    let mut found = Vec::new();
    for one in &plan.migrations {
        let mut add = |finding: Finding, step: Option<&StepDocument>| {
            let finding = finding.of(Some(&one.id), Some(&one.target));
            found.push(match step.or(one.steps.first()) {
                None => finding,
                Some(step) => finding.place(&step.place).last_line(step.last_line),
            });
        };
        if !one.clear.is_empty() {
            let message = "a run died here; what it left is removed first";
            add(
                Finding::new("plan-left-over", Level::Warning, message),
                to_run(one).next(),
            );
        }
        if let Some(step) = to_run(one).next().filter(|step| step.number > 1) {
            let n = step.number - 1;
            let message = format!(
                "goes on behind {}, which took effect in an earlier run",
                super::count(n, "statement")
            );
            add(
                Finding::new("plan-resumed", Level::Notice, &message),
                Some(step),
            );
        }
        if let Some((step, lock)) =
            strongest(one).filter(|(_, lock)| rank(lock) >= rank(KEEPS_WRITERS_OUT))
        {
            add(lock_finding(lock), Some(step));
        }
        let alone: Vec<_> = to_run(one)
            .filter(|step| step.transaction.is_none())
            .collect();
        if let Some(first) = alone.first() {
            let what = super::count(alone.len(), "statement");
            let verb = if alone.len() == 1 { "runs" } else { "run" };
            let message = format!(
                "{what} {verb} outside of a transaction: what took effect stays if a later one fails"
            );
            add(
                Finding::new("plan-not-transactional", Level::Notice, &message),
                Some(first),
            );
        }
        if one.phase == "up" && !one.reversible {
            let message = "there is no `down`: a rollback stops here";
            add(
                Finding::new("plan-irreversible", Level::Notice, message),
                None,
            );
        }
    }
    found
}

fn lock_finding(lock: &str) -> Finding {
    let (level, message) = match KEEPS_ALL_OUT.contains(&lock) {
        true => (
            Level::Warning,
            format!("takes the lock {lock}: while it is held, nobody else gets at what it is on"),
        ),
        false => (
            Level::Notice,
            format!("takes the lock {lock}: while it is held, others cannot write"),
        ),
    };
    Finding::new("plan-lock", level, &message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stronger_lock_has_a_higher_rank_and_an_unknown_one_the_highest() {
        for (weak, strong) in [
            ("ROW EXCLUSIVE", "SHARE"),
            ("SHARE", "ACCESS EXCLUSIVE"),
            ("RESERVED", "EXCLUSIVE"),
            ("row locks", "exclusive metadata lock"),
            ("ACCESS EXCLUSIVE", "a lock of tomorrow"),
        ] {
            assert!(rank(weak) < rank(strong), "{weak} {strong}");
        }
        assert_eq!(lock_finding("SHARE").level, Level::Notice);
        assert_eq!(lock_finding("ACCESS EXCLUSIVE").level, Level::Warning);
    }
}

//! Statements that were made of changes: what those mean is known from the catalog, which says more than
//! the words of a statement. What the words alone let one fear is no finding then.

use super::rule::{About, Rule};
use crate::diff::Step;
use crate::plan::Planned;
use initium_driver::change::{Threat, Work};

/// A change of so many statements is a table that is built anew: none of them means anything alone.
const ANEW: usize = 3;

pub fn is_known_better(planned: &Planned, at: usize, rule: &Rule) -> bool {
    let (Some(difference), Some(statement)) = (&planned.difference, planned.statements.get(at))
    else {
        return false;
    };
    let mut acts = difference.up.iter();
    let Some(act) = acts.find(|act| act.sql.trim() == statement.text.trim()) else {
        return false;
    };
    let steps: Vec<&Step> = act
        .changes
        .iter()
        .filter_map(|n| difference.steps.get(*n))
        .collect();
    let any = |is: &dyn Fn(&Step) -> bool| steps.iter().any(|step| is(step));
    let threat = |kind| any(&|step| step.impact.risks.iter().any(|risk| risk.kind == kind));
    if steps.is_empty() {
        return false;
    }
    match rule.about {
        About::Wait => !any(&|step| step.impact.work != Work::None),
        About::Loss => !threat(Threat::Loss),
        About::Break => !threat(Threat::Clients),
        About::Fail | About::Design => act.changes.iter().any(|n| {
            let mine = difference.up.iter().filter(|act| act.changes.contains(n));
            mine.count() >= ANEW
        }),
        About::Lint => false,
    }
}

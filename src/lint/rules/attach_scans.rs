//! ATTACH PARTITION of a table that is there.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "attach-scans",
    title: "a partition is read from end to end when it is attached",
    severity: Severity::Warning,
    about: About::Wait,
    databases: POSTGRES,
    why: "ATTACH PARTITION reads the whole partition under ACCESS EXCLUSIVE on it, to see that each row belongs there; it also builds every index that the partition lacks. Nobody gets at its rows meanwhile.",
    instead: "give it a CHECK constraint with the bounds first (NOT VALID, then VALIDATE), and its indexes; then nothing is read",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let What::Attach { partition } = &sight.act.what else {
        return;
    };
    let of_it = |act: &ddl::Act| {
        act.table
            .as_ref()
            .is_some_and(|table| table.meets(partition))
    };
    let checked = sight.before().any(|act| match &act.what {
        What::Validate { .. } => of_it(act),
        What::AddConstraint(one) => of_it(act) && one.rule == ddl::Rule::Check && !one.not_valid,
        _ => false,
    });
    if !sight.script.is_new(partition, sight.at) && !checked {
        out.push(sight.found(format!(
            "nobody gets at {partition} while all of it is read"
        )));
    }
}

//! A default of zeros for a date.

use crate::lint::rule::{About, FAMILY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;

pub static RULE: Rule = Rule {
    id: "zero-date",
    title: "a default that is no date",
    severity: Severity::Warning,
    about: About::Design,
    databases: FAMILY,
    why: "'0000-00-00' is no date: a strict server refuses it, and many clients cannot read it.",
    instead: "NULL, or a default that is a date",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    for (range, column) in sight.columns() {
        if column
            .default
            .is_some_and(|value| value.contains("0000-00-00"))
        {
            out.push(
                sight
                    .found(format!("the default of {} is no date", column.name))
                    .at(&range),
            );
        }
    }
}

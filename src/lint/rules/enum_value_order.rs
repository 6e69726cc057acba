//! ADD VALUE without a place.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{Spot, What};

pub static RULE: Rule = Rule {
    id: "enum-value-order",
    title: "a new enum value has no place in the order",
    severity: Severity::Notice,
    about: About::Design,
    databases: POSTGRES,
    why: "Values of an enum are ordered. One without BEFORE or AFTER comes last, which ORDER BY and comparisons show.",
    instead: "say BEFORE or AFTER",
    others: &["squawk:require-enum-value-ordering"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let What::AddValue {
        kind,
        value,
        spot: Spot::Unsaid,
    } = &sight.act.what
    {
        out.push(sight.found(format!("'{value}' comes last in the order of {kind}")));
    }
}

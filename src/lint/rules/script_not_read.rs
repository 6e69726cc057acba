//! A script that is too long to be held.

use crate::lint::rule::{About, EVERY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;

pub static RULE: Rule = Rule {
    id: "script-not-read",
    title: "a script is too long to be looked at",
    severity: Severity::Notice,
    about: About::Lint,
    databases: EVERY,
    why: "A script that is too long to be held is read in windows, and of statements that commit together only the first is looked at.",
    instead: "keep changes of the schema in a script of their own, beside the rows",
    others: &[],
    check,
};

/// Found where the statements are counted.
fn check(_: &Sight, _: &mut Vec<Found>) {}

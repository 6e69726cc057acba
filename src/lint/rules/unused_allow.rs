//! A marker that allows nothing.

use crate::lint::rule::{About, EVERY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;

pub static RULE: Rule = Rule {
    id: "unused-allow",
    title: "a comment allows what nobody does",
    severity: Severity::Warning,
    about: About::Lint,
    databases: EVERY,
    why: "A comment that names no rule, gives no reason or is left over hides what it seems to show: the next change of the statement would be allowed unseen.",
    instead: "take it out, or say `-- initium:allow RULE reason` right before the statement",
    others: &["squawk:unused-ignore"],
    check,
};

/// Found where the comments are read: no statement does it.
fn check(_: &Sight, _: &mut Vec<Found>) {}

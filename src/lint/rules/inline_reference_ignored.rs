//! REFERENCES behind a column, on a server that only reads it.

use crate::lint::rule::{About, FAMILY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;

pub static RULE: Rule = Rule {
    id: "inline-reference-ignored",
    title: "a foreign key behind a column is not made",
    severity: Severity::Warning,
    about: About::Fail,
    databases: FAMILY,
    why: "MySQL before 9.0 reads REFERENCES behind a column and makes no foreign key, without a word.",
    instead: "say FOREIGN KEY (column) REFERENCES ... as a constraint of the table",
    others: &["atlas:MY102"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if sight.heeds_references() {
        return;
    }
    for (range, column) in sight.columns() {
        if column.references.is_some() {
            out.push(
                sight
                    .found(format!("no foreign key is made of {}", column.name))
                    .at(&range),
            );
        }
    }
}

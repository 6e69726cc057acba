//! A constraint that was there is dropped.

use crate::lint::rule::{About, Found, Rule, SERVERS};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "drop-constraint",
    title: "a constraint no longer protects the data",
    severity: Severity::Notice,
    about: About::Loss,
    databases: SERVERS,
    why: "From here on rows come in that the constraint would have refused, and it cannot be added again before they are found.",
    instead: "make sure that something else checks it now; `down` has to find the rows that came in",
    others: &["atlas:CD101"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let (What::DropConstraint { rule, name }, Some(table)) = (&sight.act.what, sight.old_table())
    else {
        return;
    };
    // One that stood in for another way to say the same.
    let replaced = sight.acts().len() > 1
        || *rule == Some(ddl::Rule::Primary)
        || sight.before().any(|act| match &act.what {
            What::AddConstraint(_) | What::SetNotNull { .. } | What::Validate { .. } => {
                act.table.as_ref().is_some_and(|one| one.meets(table))
            }
            _ => false,
        });
    if let (false, Some(name)) = (replaced, name) {
        out.push(sight.found(format!("{table} takes rows that {name} refused")));
    }
}

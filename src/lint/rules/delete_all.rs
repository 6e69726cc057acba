//! DELETE without WHERE.

use crate::lint::rule::{About, EVERY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "delete-all",
    title: "a DELETE without a condition deletes all rows",
    severity: Severity::Error,
    about: About::Loss,
    databases: EVERY,
    why: "Every row is deleted, one by one: mostly a condition was forgotten. Others wait for the rows meanwhile.",
    instead: "say WHERE; if all rows are meant, say WHERE true",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let (What::Delete { filter: false }, Some(table)) = (&sight.act.what, sight.old_table())
        && sight.is_up()
    {
        let found = sight.found(format!("all rows of {table} are deleted"));
        out.push(found.rewrite(sight.all_rows()));
    }
}

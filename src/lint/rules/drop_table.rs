//! A table that was there is dropped.

use crate::lint::rule::{About, EVERY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "drop-table",
    title: "a table is dropped with its rows",
    severity: Severity::Error,
    about: About::Loss,
    databases: EVERY,
    why: "The rows are gone, a rollback brings back an empty table at best, and the application that still runs fails.",
    instead: "put it into `cleanup`, which runs later and only when the migration is verified",
    others: &["atlas:DS102", "squawk:ban-drop-table"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let (What::DropTable { .. }, Some(table)) = (&sight.act.what, sight.old_table())
        && sight.is_up()
    {
        out.push(sight.found(format!(
            "the rows of {table} are gone, and what uses it fails"
        )));
    }
}

//! UPDATE without WHERE.

use crate::lint::rule::{About, EVERY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "update-all",
    title: "an UPDATE without a condition changes all rows",
    severity: Severity::Warning,
    about: About::Loss,
    databases: EVERY,
    why: "Every row is written in one transaction: others wait for the rows, the table grows, replicas fall behind. Sometimes a condition was forgotten.",
    instead: "say WHERE, and do it in batches where there are many rows; if all rows are meant, say WHERE true",
    others: &["strong_migrations:execute"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let (What::Update { filter: false }, Some(table)) = (&sight.act.what, sight.old_table()) {
        let found = sight.found(format!(
            "all rows of {table} are written in one transaction"
        ));
        out.push(found.rewrite(sight.all_rows()));
    }
}

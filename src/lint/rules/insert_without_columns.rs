//! INSERT that names no columns.

use crate::lint::rule::{About, EVERY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "insert-without-columns",
    title: "an INSERT does not say into which columns",
    severity: Severity::Notice,
    about: About::Design,
    databases: EVERY,
    why: "It depends on the order of the columns: after another column is added it fails, or writes into the wrong one.",
    instead: "name the columns",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let (What::Insert { columns: false, .. }, Some(table)) = (&sight.act.what, sight.old_table())
    {
        out.push(sight.found(format!("depends on the order of the columns of {table}")));
    }
}

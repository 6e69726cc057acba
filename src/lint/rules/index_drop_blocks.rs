//! DROP INDEX without CONCURRENTLY.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "index-drop-blocks",
    title: "an index is dropped under a lock that nobody gets past",
    severity: Severity::Warning,
    about: About::Wait,
    databases: POSTGRES,
    why: "DROP INDEX takes the lock ACCESS EXCLUSIVE on the table: it waits for every query that runs, and every query behind it waits too.",
    instead: "say CONCURRENTLY; it runs outside of a transaction, and the engine sees to that",
    others: &[
        "atlas:PG102",
        "squawk:require-concurrent-index-deletion",
        "strong_migrations:remove_index",
    ],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let What::DropIndex {
        index,
        concurrently: false,
    } = &sight.act.what
    else {
        return;
    };
    if !sight.makes_index(index) {
        let found = sight.found(format!(
            "nobody gets at the table of {index} while it is dropped"
        ));
        out.push(found.rewrite(sight.with(&["INDEX"], "CONCURRENTLY")));
    }
}

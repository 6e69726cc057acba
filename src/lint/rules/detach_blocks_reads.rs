//! DETACH PARTITION without CONCURRENTLY.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "detach-blocks-reads",
    title: "a partition is detached under a lock that nobody gets past",
    severity: Severity::Warning,
    about: About::Wait,
    databases: POSTGRES,
    why: "DETACH PARTITION takes the lock ACCESS EXCLUSIVE on the whole table: it waits for every query that runs, and every query behind it waits too.",
    instead: "say CONCURRENTLY; it runs outside of a transaction, and the engine sees to that",
    others: &["squawk:require-concurrent-partition-detach"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let What::Detach {
        partition,
        concurrently: false,
    } = &sight.act.what
        && let Some(table) = sight.old_table()
    {
        let found = sight.found(format!(
            "nobody gets at {table} while {partition} is detached"
        ));
        let end = sight.act.range.end;
        out.push(found.rewrite([sight.edited(&(end..end), " CONCURRENTLY")]));
    }
}

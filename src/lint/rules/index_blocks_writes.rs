//! CREATE INDEX without CONCURRENTLY.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "index-blocks-writes",
    title: "an index is built while nobody can write",
    severity: Severity::Error,
    about: About::Wait,
    databases: POSTGRES,
    why: "CREATE INDEX takes the lock SHARE: nobody writes to the table until the index is built, which takes minutes on a large table.",
    instead: "say CONCURRENTLY; it runs outside of a transaction, and the engine sees to that",
    others: &[
        "atlas:PG101",
        "squawk:require-concurrent-index-creation",
        "strong_migrations:add_index",
    ],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let (What::CreateIndex(index), Some(table)) = (&sight.act.what, sight.old_table()) else {
        return;
    };
    // On a partitioned table it is refused; there ONLY and one index for each partition is the way.
    if !index.concurrently && !index.only {
        let found = sight.found(format!(
            "nobody can write to {table} until the index is built"
        ));
        out.push(found.rewrite(sight.with(&["INDEX"], "CONCURRENTLY")));
    }
}

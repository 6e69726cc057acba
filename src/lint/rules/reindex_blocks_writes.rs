//! REINDEX without CONCURRENTLY.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "reindex-blocks-writes",
    title: "an index is built again while nobody can write",
    severity: Severity::Error,
    about: About::Wait,
    databases: POSTGRES,
    why: "REINDEX takes the lock SHARE on the table and ACCESS EXCLUSIVE on the index: nobody writes, and queries that want the index wait.",
    instead: "say CONCURRENTLY; it runs outside of a transaction, and the engine sees to that",
    others: &["squawk:require-concurrent-reindex"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let What::Upkeep {
        word: "REINDEX",
        concurrently: false,
        ..
    } = sight.act.what
    else {
        return;
    };
    let found = sight.found("nobody can write to the table until the index is built again");
    let kinds = ["INDEX", "TABLE", "SCHEMA", "DATABASE"];
    out.push(
        found.rewrite(
            kinds
                .iter()
                .find_map(|kind| sight.with(&[kind], "CONCURRENTLY")),
        ),
    );
}

//! CONCURRENTLY within a transaction that the script begins itself.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "concurrently-in-transaction",
    title: "CONCURRENTLY stands in a transaction of the script",
    severity: Severity::Error,
    about: About::Fail,
    databases: POSTGRES,
    why: "The server refuses CONCURRENTLY, VACUUM and their like inside a transaction.",
    instead: "take BEGIN and COMMIT out: the engine runs such a statement on its own and all others in a transaction",
    others: &[
        "atlas:PG103",
        "squawk:ban-concurrent-index-creation-in-transaction",
    ],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let alone = match &sight.act.what {
        What::CreateIndex(index) => index.concurrently,
        What::DropIndex { concurrently, .. } | What::Detach { concurrently, .. } => *concurrently,
        What::Upkeep {
            word, concurrently, ..
        } => *word == "VACUUM" || (*word == "REINDEX" && *concurrently),
        _ => false,
    };
    if alone && sight.script.is_begun(sight.at) {
        out.push(
            sight.found("the server refuses this inside the transaction that the script began"),
        );
    }
}

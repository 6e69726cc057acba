//! CREATE INDEX CONCURRENTLY IF NOT EXISTS.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "maybe-invalid-index",
    title: "IF NOT EXISTS keeps an index that was never finished",
    severity: Severity::Warning,
    about: About::Fail,
    databases: POSTGRES,
    why: "A build with CONCURRENTLY that fails leaves an invalid index. IF NOT EXISTS finds its name and is content, so queries are slow and a unique index does not hold.",
    instead: "leave IF NOT EXISTS out: the engine knows what it built, and removes what a dead run left",
    others: &[
        "squawk:prefer-robust-stmts",
        "strong_migrations:add_index_corruption",
    ],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let What::CreateIndex(index) = &sight.act.what
        && index.concurrently
        && index.if_not_exists
    {
        let found = sight.found("an index of this name that was never finished would be kept");
        let words = ddl::find(sight.text(), sight.ground.tongue, &["IF", "NOT", "EXISTS"]);
        out.push(found.rewrite(words.map(|range| sight.edited(&range, ""))));
    }
}

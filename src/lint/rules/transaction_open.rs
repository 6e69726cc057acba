//! BEGIN without an end.

use crate::lint::rule::{About, EVERY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl;
use initium_driver::sql::ddl::{Transaction, What};

pub static RULE: Rule = Rule {
    id: "transaction-open",
    title: "a transaction is begun and never ended",
    severity: Severity::Error,
    about: About::Fail,
    databases: EVERY,
    why: "What stands behind the last BEGIN is undone when the connection ends.",
    instead: "take BEGIN out: the engine puts a transaction around a migration; or say COMMIT",
    others: &["squawk:ban-uncommitted-transaction"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let ends =
        |act: &ddl::Act| matches!(act.what, What::Transaction(what) if what != Transaction::Begin);
    if sight.act.what == What::Transaction(Transaction::Begin)
        && !sight.script.is_begun(sight.at)
        && !sight.behind().any(ends)
    {
        out.push(sight.found("this transaction is never committed"));
    }
}

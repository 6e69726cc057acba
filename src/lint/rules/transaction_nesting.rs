//! BEGIN within a transaction, COMMIT outside of one.

use crate::lint::rule::{About, EVERY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{Transaction, What};

pub static RULE: Rule = Rule {
    id: "transaction-nesting",
    title: "a transaction begins within another one",
    severity: Severity::Warning,
    about: About::Fail,
    databases: EVERY,
    why: "There is no transaction within a transaction: a second BEGIN does nothing, fails, or (MySQL, MariaDB) commits the first, and a COMMIT without a BEGIN ends nothing.",
    instead: "take BEGIN and COMMIT out: the engine puts a transaction around a migration",
    others: &["squawk:transaction-nesting"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let open = sight.script.is_begun(sight.at);
    let ended = sight.before().find_map(|act| match act.what {
        What::Transaction(what) => Some(what == Transaction::Begin),
        _ => None,
    });
    match sight.act.what {
        What::Transaction(Transaction::Begin) if open => {
            out.push(sight.found("a transaction is open already"));
        }
        What::Transaction(Transaction::Commit | Transaction::Rollback) if ended != Some(true) => {
            out.push(sight.found("no transaction of this script is open"));
        }
        _ => {}
    }
}

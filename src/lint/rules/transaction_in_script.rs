//! BEGIN in a script that runs without a transaction around it.

use crate::lint::rule::{About, Found, Rule, TRANSACTIONAL};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{Tongue, Transaction, What};

pub static RULE: Rule = Rule {
    id: "transaction-in-script",
    title: "a BEGIN that holds nothing together",
    severity: Severity::Warning,
    about: About::Fail,
    databases: TRANSACTIONAL,
    why: "With `transaction: none` each statement is recorded when it is done. In PostgreSQL the record is committed, and with it the transaction that the script began: if a later statement fails, what stands before it stays. In SQLite a transaction that is open behind a statement is refused.",
    instead: "take BEGIN and COMMIT out, and `transaction: none` too: the engine puts a transaction around a migration, and runs on its own what cannot be in one",
    others: &[
        "atlas:PG103",
        "squawk:transaction-nesting",
        "squawk:ban-uncommitted-transaction",
        "squawk:ban-concurrent-index-creation-in-transaction",
    ],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if sight.act.what == What::Transaction(Transaction::Begin) {
        out.push(match sight.is(Tongue::Sqlite) {
            true => sight
                .found("a transaction that is left open behind a statement is refused")
                .severity(Severity::Error),
            false => sight.found("the statements behind it are committed one by one"),
        });
    }
}

//! LOCK TABLE, and LOCK=SHARED or EXCLUSIVE.

use crate::lint::rule::{About, Found, Rule, SERVERS};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "lock-asked",
    title: "a lock is asked for that keeps others out",
    severity: Severity::Warning,
    about: About::Wait,
    databases: SERVERS,
    why: "The lock is held until the statement or the transaction is over, however little it does; who comes in the meantime waits.",
    instead: "leave it out: each statement takes the lock that it needs",
    others: &["strong_migrations:lock_option"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let Some(table) = sight.old_table() else {
        return;
    };
    let message = match sight.act.what {
        What::Lock(word) => match word.to_ascii_uppercase().as_str() {
            "SHARED" => format!("nobody can write to {table}: LOCK=SHARED says so"),
            "EXCLUSIVE" => format!("nobody gets at {table}: LOCK=EXCLUSIVE says so"),
            _ => return,
        },
        What::Upkeep { word: "LOCK", .. } => {
            format!("{table} is locked for others by a statement of its own")
        }
        _ => return,
    };
    out.push(sight.found(message));
}

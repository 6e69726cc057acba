//! Rows of a table are changed in the transaction that locked it.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::lint::sight::locks_all;
use crate::spec::Severity;
use initium_driver::sql::ddl;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "backfill-beside-lock",
    title: "rows are changed while a lock of the same transaction keeps others out",
    severity: Severity::Warning,
    about: About::Wait,
    databases: POSTGRES,
    why: "A lock is held until its transaction ends. Behind an ALTER TABLE nobody reads the table until every row is changed.",
    instead: "put the change of rows into a migration of its own, in batches where there are many",
    others: &["squawk:adding-required-field", "strong_migrations:execute"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let rows = match sight.act.what {
        What::Update { .. } | What::Delete { .. } => true,
        What::Insert { selects, .. } => selects,
        _ => false,
    };
    let Some(table) = sight.old_table().filter(|_| rows) else {
        return;
    };
    let of_it = |act: &&ddl::Act| act.table.as_ref().is_some_and(|one| one.meets(table));
    if sight.beside().filter(of_it).any(|act| locks_all(&act.what)) {
        out.push(sight.found(format!("nobody gets at {table} while its rows are changed: it is locked since an earlier statement")));
    }
}

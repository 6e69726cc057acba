//! A column that was there is dropped.

use crate::lint::rule::{About, EVERY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "drop-column",
    title: "a column is dropped with its values",
    severity: Severity::Error,
    about: About::Loss,
    databases: EVERY,
    why: "The values are gone, a rollback brings back an empty column at best, and the application that still runs fails, for it may name the column in every query.",
    instead: "release a version that does not use it first, and drop it in `cleanup`, which runs later and only when the migration is verified",
    others: &[
        "atlas:DS103",
        "squawk:ban-drop-column",
        "strong_migrations:remove_column",
    ],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let (What::DropColumn { column }, Some(table)) = (&sight.act.what, sight.old_table())
        && sight.is_up()
    {
        out.push(sight.found(format!(
            "the values of {table}.{column} are gone, and what uses it fails"
        )));
    }
}

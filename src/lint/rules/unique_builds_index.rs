//! A unique constraint on a table that is there, without an index to make it of.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "unique-builds-index",
    title: "a unique constraint builds its index while others wait",
    severity: Severity::Error,
    about: About::Wait,
    databases: POSTGRES,
    why: "The index is built under ACCESS EXCLUSIVE: nobody reads or writes the table until it is done.",
    instead: "build a unique index CONCURRENTLY, then add the constraint USING INDEX",
    others: &[
        "atlas:PG105",
        "squawk:disallowed-unique-constraint",
        "strong_migrations:add_unique_constraint",
    ],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let Some(table) = sight.old_table() else {
        return;
    };
    let message = format!("nobody gets at {table} until the index of the constraint is built");
    match &sight.act.what {
        What::AddConstraint(one) if one.rule == ddl::Rule::Unique && !one.using_index => {
            out.push(
                sight
                    .found(message)
                    .rewrite(sight.by_index(table, one, "UNIQUE", "key")),
            );
        }
        What::AddColumn(column) if column.unique => out.push(sight.found(message)),
        _ => {}
    }
}

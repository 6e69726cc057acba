//! A primary key on a table that is there, without an index to make it of.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "primary-key-builds-index",
    title: "a primary key builds its index while others wait",
    severity: Severity::Error,
    about: About::Wait,
    databases: POSTGRES,
    why: "The index is built, and every row is looked at for NULL, under ACCESS EXCLUSIVE: nobody reads or writes the table until it is done.",
    instead: "make the columns NOT NULL in safe steps, build a unique index CONCURRENTLY, then add the primary key USING INDEX",
    others: &[
        "atlas:PG104",
        "atlas:PG304",
        "squawk:adding-serial-primary-key-field",
    ],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let Some(table) = sight.old_table() else {
        return;
    };
    let message = format!("nobody gets at {table} until the index of the primary key is built");
    match &sight.act.what {
        What::AddConstraint(one) if one.rule == ddl::Rule::Primary && !one.using_index => {
            let found = sight.found(message);
            out.push(found.rewrite(sight.by_index(table, one, "PRIMARY KEY", "pkey")));
        }
        What::AddColumn(column) if column.primary => out.push(sight.found(message)),
        _ => {}
    }
}

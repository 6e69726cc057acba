//! A new column that numbers itself, on a table that is there.

use crate::lint::rule::{About, Found, Rule, SERVERS};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{Tongue, What};

pub static RULE: Rule = Rule {
    id: "counter-rewrites",
    title: "a new column that numbers itself writes the table anew",
    severity: Severity::Error,
    about: About::Wait,
    databases: SERVERS,
    why: "Every row gets a number. PostgreSQL writes the table anew under ACCESS EXCLUSIVE, MySQL and MariaDB let nobody write meanwhile.",
    instead: "add a plain column, give it a sequence or identity afterwards, and fill old rows in batches",
    others: &[
        "squawk:adding-serial-primary-key-field",
        "strong_migrations:add_column_auto_incrementing",
    ],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let (What::AddColumn(column), Some(table)) = (&sight.act.what, sight.old_table()) else {
        return;
    };
    if column.counts || column.is_serial() {
        let who = match sight.is(Tongue::Postgres) {
            true => "nobody gets at",
            false => "nobody can write to",
        };
        out.push(sight.found(format!("{who} {table} while every row gets a number")));
    }
}

//! A foreign key on a table that is there, which is checked at once.

use crate::lint::rule::{About, Found, Rule, SERVERS};
use crate::lint::sight::Sight;
use crate::lint::sight::is_off;
use crate::spec::Severity;
use initium_driver::sql::ddl;
use initium_driver::sql::ddl::{Name, Tongue, What};

pub static RULE: Rule = Rule {
    id: "foreign-key-blocks-writes",
    title: "a foreign key is checked while nobody can write",
    severity: Severity::Error,
    about: About::Wait,
    databases: SERVERS,
    why: "PostgreSQL locks both tables against writes (SHARE ROW EXCLUSIVE) while it reads every row. MySQL and MariaDB copy the whole table, and nobody writes to it meanwhile.",
    instead: "in PostgreSQL add it NOT VALID, and VALIDATE it in a migration behind; in MySQL and MariaDB do it when few write, or SET foreign_key_checks = 0 before if the rows are known to be right",
    others: &[
        "atlas:PG306",
        "squawk:adding-foreign-key-constraint",
        "squawk:constraint-missing-not-valid",
        "strong_migrations:add_foreign_key",
        "strong_migrations:add_foreign_key_mysql",
        "strong_migrations:add_reference",
    ],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let Some(table) = sight.old_table() else {
        return;
    };
    match &sight.act.what {
        What::AddConstraint(one) if one.rule == ddl::Rule::Foreign && !one.not_valid => {
            if !sight.is(Tongue::Postgres) {
                mysql(sight, table, out);
                return;
            }
            let target = one.target.as_ref().map(|target| &target.table);
            let message = match target {
                Some(target) => {
                    format!(
                        "nobody can write to {table} and {target} until every row of {table} is checked"
                    )
                }
                None => format!("nobody can write to {table} until every row is checked"),
            };
            out.push(
                sight
                    .found(message)
                    .rewrite(sight.validated_later(table, one)),
            );
        }
        // A new column is NULL in every row: there is nothing to check.
        What::AddColumn(column) if column.references.is_some() => {
            if sight.is(Tongue::Postgres) && column.default.is_some() {
                let message = format!("nobody can write to {table} until every row is checked");
                out.push(sight.found(message));
            } else if !sight.is(Tongue::Postgres) && sight.heeds_references() {
                mysql(sight, table, out);
            }
        }
        _ => {}
    }
}

fn mysql(sight: &Sight, table: &Name, out: &mut Vec<Found>) {
    let unchecked = sight.last_set("foreign_key_checks").is_some_and(is_off);
    if !unchecked && !sight.is_guarded() {
        let message =
            format!("nobody can write to {table} while it is copied to add a foreign key");
        out.push(sight.found(message));
    }
}

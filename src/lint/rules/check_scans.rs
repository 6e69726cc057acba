//! A check constraint on a table that is there, which is checked at once.

use crate::lint::rule::{About, Found, Rule, SERVERS};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl;
use initium_driver::sql::ddl::{Tongue, What};

pub static RULE: Rule = Rule {
    id: "check-scans",
    title: "a check constraint is checked while others wait",
    severity: Severity::Error,
    about: About::Wait,
    databases: SERVERS,
    why: "PostgreSQL reads every row under ACCESS EXCLUSIVE: nobody reads or writes the table meanwhile. MySQL and MariaDB copy the whole table, and nobody writes to it.",
    instead: "in PostgreSQL add it NOT VALID, and VALIDATE it in a migration behind; in MySQL add it NOT ENFORCED, or when few write",
    others: &[
        "atlas:PG305",
        "squawk:constraint-missing-not-valid",
        "strong_migrations:add_check_constraint",
        "strong_migrations:add_check_constraint_mysql",
    ],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let (What::AddConstraint(one), Some(table)) = (&sight.act.what, sight.old_table()) else {
        return;
    };
    let mine = matches!(one.rule, ddl::Rule::Check | ddl::Rule::NotNull);
    if !mine || one.not_valid {
        return;
    }
    if sight.is(Tongue::Postgres) {
        let message = format!("nobody gets at {table} until every row is checked");
        out.push(
            sight
                .found(message)
                .rewrite(sight.validated_later(table, one)),
        );
    } else if !sight.is_guarded()
        && ddl::find(sight.text(), sight.ground.tongue, &["NOT", "ENFORCED"]).is_none()
    {
        let message = format!("nobody can write to {table} while it is copied to add a check");
        out.push(sight.found(message));
    }
}

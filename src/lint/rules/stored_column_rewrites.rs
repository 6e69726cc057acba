//! A new stored generated column on a table that is there.

use crate::lint::rule::{About, Found, Rule, SERVERS};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{Generated, Tongue, What};

pub static RULE: Rule = Rule {
    id: "stored-column-rewrites",
    title: "a new stored column writes the table anew",
    severity: Severity::Error,
    about: About::Wait,
    databases: SERVERS,
    why: "The value of a stored generated column is worked out for every row: PostgreSQL writes the table anew under ACCESS EXCLUSIVE, MySQL and MariaDB copy it while nobody writes.",
    instead: "make it VIRTUAL where the server can, or a plain column that a trigger keeps and that is filled in batches",
    others: &["strong_migrations:add_column_generated_stored"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let (What::AddColumn(column), Some(table)) = (&sight.act.what, sight.old_table()) else {
        return;
    };
    // Before PostgreSQL 18 there is no other kind.
    let stored = column.generated == Some(Generated::Stored);
    if !stored || column.counts {
        return;
    }
    let message = match sight.is(Tongue::Postgres) {
        true => format!(
            "nobody gets at {table} while {} is worked out for every row",
            column.name
        ),
        false => format!(
            "nobody can write to {table} while it is copied to store {}",
            column.name
        ),
    };
    if sight.is(Tongue::Postgres) || !sight.is_guarded() {
        out.push(sight.found(message));
    }
}

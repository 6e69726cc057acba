//! A column of a table that is there gets another type.

use crate::lint::rule::{About, Found, Rule, SERVERS};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{What, base, length};

pub static RULE: Rule = Rule {
    id: "type-change-rewrites",
    title: "a change of type writes the table anew",
    severity: Severity::Error,
    about: About::Wait,
    databases: SERVERS,
    why: "Most changes of type write every row and every index anew: in PostgreSQL under ACCESS EXCLUSIVE, in MySQL and MariaDB as a copy to which nobody writes. The application that runs also meets another type at once.",
    instead: "add a column of the new type, fill it in batches, and drop the old one in `cleanup`; in MySQL say ALGORITHM=INPLACE, LOCK=NONE where the change is a small one, and the server refuses rather than copies",
    others: &[
        "atlas:PG301",
        "squawk:changing-column-type",
        "strong_migrations:change_column",
        "strong_migrations:change_column_with_not_null",
        "strong_migrations:change_column_null_mysql",
        "strong_migrations:change_column_constraint",
    ],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let Some(table) = sight.old_table() else {
        return;
    };
    match &sight.act.what {
        What::AlterType { column, to, using } => {
            let free = using.is_none() && is_wide(to);
            let found = match free {
                true => sight
                    .found(format!(
                        "{table}.{column} is written anew unless it is a varchar now"
                    ))
                    .severity(Severity::Notice),
                false => sight.found(format!(
                    "nobody gets at {table} while it is written anew for another type of {column}"
                )),
            };
            out.push(found);
        }
        What::Redefine { column, .. } if !sight.is_guarded() => {
            let message = format!(
                "nobody can write to {table} if it has to be copied for the new definition of {}",
                column.name
            );
            let found = sight.found(message);
            let end = sight.act.range.end;
            out.push(match sight.acts().len() {
                1 => found.rewrite([sight.edited(&(end..end), ", ALGORITHM=INPLACE, LOCK=NONE")]),
                _ => found,
            });
        }
        _ => {}
    }
}

/// What any varchar becomes without a row being touched.
fn is_wide(to: &str) -> bool {
    matches!(base(to).as_str(), "text" | "varchar" | "character varying") && length(to).is_none()
}

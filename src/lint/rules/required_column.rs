//! A new column that must have a value, and has none for the rows that are there.

use crate::lint::rule::{About, EVERY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "required-column",
    title: "a new column is NOT NULL and has no default",
    severity: Severity::Error,
    about: About::Fail,
    databases: EVERY,
    why: "PostgreSQL refuses it where the table has a row, SQLite always. MySQL and MariaDB fill in 0 or an empty text without a word. The application that runs does not know the column, so its INSERT fails.",
    instead: "give it a default; or add it without NOT NULL, fill it, and set NOT NULL in a migration behind",
    others: &[
        "atlas:MF103",
        "atlas:MY101",
        "atlas:LT101",
        "squawk:adding-required-field",
        "squawk:adding-not-nullable-field",
    ],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let (What::AddColumn(column), Some(table)) = (&sight.act.what, sight.old_table()) else {
        return;
    };
    let filled = column.counts || column.is_serial() || column.generated.is_some();
    let no_default = column
        .default
        .is_none_or(|value| value.eq_ignore_ascii_case("null"));
    if column.not_null && no_default && !filled {
        let name = &column.name;
        out.push(sight.found(match sight.ground.tongue.is_mysql() {
            true => format!(
                "rows of {table} get a {name} that nobody chose, and an INSERT without it fails"
            ),
            false => format!("{table} has no value for {name} in the rows that are there"),
        }));
    }
}

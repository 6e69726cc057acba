//! SET NOT NULL without a check that already proves it.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{Name, What};

pub static RULE: Rule = Rule {
    id: "not-null-scans",
    title: "every row is read for NULL while others wait",
    severity: Severity::Error,
    about: About::Wait,
    databases: POSTGRES,
    why: "SET NOT NULL reads every row under ACCESS EXCLUSIVE: nobody reads or writes the table meanwhile. It fails if one row has NULL.",
    instead: "add CHECK (column IS NOT NULL) NOT VALID; in a migration behind VALIDATE it, SET NOT NULL (which then reads nothing), and drop the check",
    others: &[
        "atlas:PG303",
        "atlas:MF104",
        "squawk:adding-not-nullable-field",
        "strong_migrations:change_column_null",
        "strong_migrations:change_column_null_postgresql",
    ],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let (What::SetNotNull { column }, Some(table)) = (&sight.act.what, sight.old_table()) else {
        return;
    };
    // Of a check that an earlier migration added only the name is seen here.
    let proven = sight.before().any(|act| match &act.what {
        What::Validate { .. } => act.table.as_ref().is_some_and(|one| one.meets(table)),
        _ => false,
    });
    if proven {
        return;
    }
    let found = sight.found(format!(
        "nobody gets at {table} until every row is read for NULL in {column}"
    ));
    out.push(match sight.acts().len() {
        1 => found.rewrite(rewrite(sight, table, column)),
        _ => found,
    });
}

fn rewrite(sight: &Sight, table: &Name, column: &str) -> [String; 2] {
    let check = sight.quoted(&format!("{}_{column}_is_set", table.name));
    let (table, column) = (sight.path(table), sight.quoted(column));
    [
        format!(
            "ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID;"
        ),
        format!(
            "ALTER TABLE {table} VALIDATE CONSTRAINT {check};\n\
             ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;\n\
             ALTER TABLE {table} DROP CONSTRAINT {check};"
        ),
    ]
}

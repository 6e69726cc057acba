//! DROP PRIMARY KEY without a new one in the same statement.

use crate::lint::rule::{About, FAMILY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "primary-key-drop-copies",
    title: "without its primary key a table is copied",
    severity: Severity::Error,
    about: About::Wait,
    databases: FAMILY,
    why: "A table of InnoDB is ordered by its primary key. To drop it copies the whole table, and nobody writes to it meanwhile; replication of rows becomes slow without a key.",
    instead: "say the new primary key in the same statement: DROP PRIMARY KEY, ADD PRIMARY KEY (...)",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let What::DropConstraint {
        rule: Some(ddl::Rule::Primary),
        ..
    } = sight.act.what
    else {
        return;
    };
    let adds = |act: &ddl::Act| match &act.what {
        What::AddConstraint(one) => one.rule == ddl::Rule::Primary,
        What::AddColumn(column) => column.primary,
        _ => false,
    };
    if let Some(table) = sight.old_table()
        && !sight.acts().iter().any(adds)
        && !sight.is_guarded()
    {
        out.push(sight.found(format!("nobody can write to {table} while it is copied")));
    }
}

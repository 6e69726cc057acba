//! A column at another place than the end, before the server can do that at once.

use crate::lint::rule::{About, Found, MYSQL, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{Spot, What};

pub static RULE: Rule = Rule {
    id: "column-order-rebuilds",
    title: "a column in front of others builds the table again",
    severity: Severity::Notice,
    about: About::Wait,
    databases: MYSQL,
    why: "Before MySQL 8.0.29 only a column at the end is added at once; FIRST and AFTER build the table again beside those who work, which takes long and takes room.",
    instead: "add the column at the end: queries name their columns",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let What::AddColumn(column) = &sight.act.what
        && column.spot != Spot::Unsaid
        && sight.is_before([8, 0, 29])
        && let Some(table) = sight.old_table()
    {
        out.push(sight.found(format!(
            "{table} is built again to have {} in its place",
            column.name
        )));
    }
}

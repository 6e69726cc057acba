//! DROP PARTITION.

use crate::lint::rule::{About, FAMILY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "drop-partition",
    title: "a partition is dropped with its rows",
    severity: Severity::Error,
    about: About::Loss,
    databases: FAMILY,
    why: "The rows of the partition are gone, and the server cannot undo it.",
    instead: "put it into `cleanup`, or exchange the partition with a table of its own and keep that for a while",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let (What::DropPartition, Some(table)) = (&sight.act.what, sight.old_table())
        && sight.is_up()
    {
        out.push(sight.found(format!("the rows of a partition of {table} are gone")));
    }
}

//! Partitions of a table that is there are arranged anew.

use crate::lint::rule::{About, FAMILY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "partition-copies",
    title: "other partitions copy the table",
    severity: Severity::Error,
    about: About::Wait,
    databases: FAMILY,
    why: "PARTITION BY, REMOVE PARTITIONING, COALESCE and REORGANIZE move rows from file to file, and nobody writes to the table meanwhile.",
    instead: "make a new table with the partitions and move the rows in batches, or do it when few write",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let What::Partition(word) = sight.act.what
        && let Some(table) = sight.old_table()
        && ["PARTITION", "REMOVE", "COALESCE", "REORGANIZE"]
            .contains(&word.to_ascii_uppercase().as_str())
        && !sight.is_guarded()
    {
        out.push(sight.found(format!(
            "nobody can write to {table} while its rows are moved"
        )));
    }
}

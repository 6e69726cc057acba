//! An exclusion constraint on a table that is there.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "exclusion-builds-index",
    title: "an exclusion constraint builds its index while others wait",
    severity: Severity::Error,
    about: About::Wait,
    databases: POSTGRES,
    why: "The index is built under ACCESS EXCLUSIVE: nobody reads or writes the table until it is done, and there is no way to do it beside them.",
    instead: "add it when nobody works, or to a new table into which the rows are moved",
    others: &["strong_migrations:add_exclusion_constraint"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let (What::AddConstraint(one), Some(table)) = (&sight.act.what, sight.old_table())
        && one.rule == ddl::Rule::Exclude
    {
        out.push(sight.found(format!(
            "nobody gets at {table} until the index of the constraint is built"
        )));
    }
}

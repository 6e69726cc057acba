//! TRUNCATE of a table that was there.

use crate::lint::rule::{About, Found, Rule, SERVERS};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "truncate-table",
    title: "all rows of a table are deleted",
    severity: Severity::Error,
    about: About::Loss,
    databases: SERVERS,
    why: "TRUNCATE deletes every row under a lock that keeps everybody out, and with CASCADE the rows of other tables too. MySQL and MariaDB cannot undo it.",
    instead: "delete what is no longer needed by a condition, in batches; or put it into `cleanup`",
    others: &["squawk:ban-truncate-cascade"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let (What::Truncate { cascade }, Some(table)) = (&sight.act.what, sight.old_table())
        && sight.is_up()
    {
        let more = if *cascade {
            ", and of tables that refer to it,"
        } else {
            ""
        };
        out.push(sight.found(format!("all rows of {table}{more} are gone")));
    }
}

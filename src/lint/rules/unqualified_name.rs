//! A new table without its schema.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "unqualified-name",
    title: "where a table is made depends on the search path",
    severity: Severity::Off,
    about: About::Design,
    databases: POSTGRES,
    why: "Without a schema the table is made in the first one of the search path, which another role or another server may have otherwise.",
    instead: "say the schema: public.users",
    others: &["squawk:require-table-schema"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let (What::CreateTable(table), Some(name)) = (&sight.act.what, &sight.act.table)
        && name.schema.is_none()
        && !table.temporary
    {
        out.push(sight.found(format!("the search path says where {name} is made")));
    }
}

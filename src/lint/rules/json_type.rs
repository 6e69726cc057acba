//! json in PostgreSQL.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::base;

pub static RULE: Rule = Rule {
    id: "json-type",
    title: "json cannot be compared",
    severity: Severity::Warning,
    about: About::Design,
    databases: POSTGRES,
    why: "The type json has no equality: SELECT DISTINCT, GROUP BY and UNION over a table that has such a column fail.",
    instead: "jsonb, which compares, can be indexed, and is read faster",
    others: &["strong_migrations:add_column_json"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    for (_, column) in sight.columns() {
        if base(column.data_type) == "json" {
            let found = sight
                .found(format!("{} cannot be compared", column.name))
                .at(&column.type_at);
            out.push(found.rewrite([sight.edited(&column.type_at, "jsonb")]));
        }
    }
}

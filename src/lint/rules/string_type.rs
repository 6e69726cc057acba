//! A type that SQLite takes for a number.

use crate::lint::rule::{About, Found, Rule, SQLITE};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::base;

pub static RULE: Rule = Rule {
    id: "string-type",
    title: "SQLite takes this type for a number",
    severity: Severity::Warning,
    about: About::Design,
    databases: SQLITE,
    why: "A type without CHAR, CLOB or TEXT in its name is numeric: '007' in a column of the type STRING becomes 7.",
    instead: "TEXT",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    for (_, column) in sight.columns() {
        let name = base(column.data_type);
        if ["string", "str", "uuid", "json", "enum", "email", "url"].contains(&name.as_str()) {
            let found = sight
                .found(format!("'007' in {} becomes 7", column.name))
                .at(&column.type_at);
            out.push(found.rewrite([sight.edited(&column.type_at, "TEXT")]));
        }
    }
}

//! INT PRIMARY KEY in SQLite.

use crate::lint::rule::{About, Found, Rule, SQLITE};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::base;

pub static RULE: Rule = Rule {
    id: "int-primary-key",
    title: "INT PRIMARY KEY is not the row's number",
    severity: Severity::Notice,
    about: About::Design,
    databases: SQLITE,
    why: "Only INTEGER PRIMARY KEY is the row id itself. INT and BIGINT make an index beside it, take no number by themselves, and may be NULL.",
    instead: "INTEGER PRIMARY KEY",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let key = sight.primary_key();
    for (_, column) in sight.columns() {
        let whole = ["int", "bigint", "smallint", "int unsigned", "mediumint"];
        if key == [column.name.as_str()] && whole.contains(&base(column.data_type).as_str()) {
            let found = sight
                .found(format!("{} is not the row id", column.name))
                .at(&column.type_at);
            out.push(found.rewrite([sight.edited(&column.type_at, "INTEGER")]));
        }
    }
}

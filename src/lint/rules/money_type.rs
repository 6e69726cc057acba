//! money in PostgreSQL.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::base;

pub static RULE: Rule = Rule {
    id: "money-type",
    title: "money depends on a setting of the server",
    severity: Severity::Notice,
    about: About::Design,
    databases: POSTGRES,
    why: "What a money value means depends on lc_monetary: another setting, another currency and other places behind the point.",
    instead: "numeric, with the currency beside it",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    for (_, column) in sight.columns() {
        if base(column.data_type) == "money" {
            let found = sight
                .found(format!("{} depends on lc_monetary", column.name))
                .at(&column.type_at);
            out.push(found.rewrite([sight.edited(&column.type_at, "numeric(19,2)")]));
        }
    }
}

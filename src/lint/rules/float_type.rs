//! float and double in MySQL.

use crate::lint::rule::{About, FAMILY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::base;

pub static RULE: Rule = Rule {
    id: "float-type",
    title: "a number is kept by approximation",
    severity: Severity::Off,
    about: About::Design,
    databases: FAMILY,
    why: "float and double keep the nearest binary fraction: sums of money are wrong by a little, and = finds nothing.",
    instead: "decimal",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    for (_, column) in sight.columns() {
        let name = base(column.data_type);
        if ["float", "double", "real"]
            .iter()
            .any(|word| name.starts_with(word))
        {
            out.push(
                sight
                    .found(format!("{} is kept by approximation", column.name))
                    .at(&column.type_at),
            );
        }
    }
}

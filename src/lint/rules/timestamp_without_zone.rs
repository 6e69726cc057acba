//! timestamp without time zone.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{base, length};

pub static RULE: Rule = Rule {
    id: "timestamp-without-zone",
    title: "a time does not say in which zone it is",
    severity: Severity::Notice,
    about: About::Design,
    databases: POSTGRES,
    why: "A timestamp without a zone is a wall clock: two sessions with another TimeZone mean another moment by it.",
    instead: "timestamptz, which takes the same room and keeps the moment",
    others: &["squawk:prefer-timestamp-tz"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    for (_, column) in sight.columns() {
        if matches!(
            base(column.data_type).as_str(),
            "timestamp" | "timestamp without time zone"
        ) {
            let found = sight
                .found(format!("{} is a wall clock", column.name))
                .at(&column.type_at);
            let wide = match length(column.data_type) {
                Some(digits) => format!("timestamptz({digits})"),
                None => "timestamptz".into(),
            };
            out.push(found.rewrite([sight.edited(&column.type_at, &wide)]));
        }
    }
}

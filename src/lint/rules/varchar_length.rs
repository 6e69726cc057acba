//! varchar with a length.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{base, length};

pub static RULE: Rule = Rule {
    id: "varchar-length",
    title: "a text has a length that will have to grow",
    severity: Severity::Off,
    about: About::Design,
    databases: POSTGRES,
    why: "To lengthen it later is a change of type, to shorten it reads every row; text is as fast and takes no more room.",
    instead: "text, with a CHECK on the length where there is a reason for one",
    others: &["squawk:prefer-text-field"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    for (_, column) in sight.columns() {
        let name = base(column.data_type);
        if matches!(name.as_str(), "varchar" | "character varying")
            && let Some(length) = length(column.data_type)
        {
            let found = sight
                .found(format!("{} ends at {length} characters", column.name))
                .at(&column.type_at);
            out.push(found.rewrite([sight.edited(&column.type_at, "text")]));
        }
    }
}

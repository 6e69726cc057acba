//! char(n).

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{base, length};

pub static RULE: Rule = Rule {
    id: "char-type",
    title: "char(n) fills up with blanks",
    severity: Severity::Notice,
    about: About::Design,
    databases: POSTGRES,
    why: "A char is filled with blanks up to its length, which count in some comparisons and not in others; it is no faster than text.",
    instead: "text",
    others: &["squawk:ban-char-field"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    for (_, column) in sight.columns() {
        let name = base(column.data_type);
        if matches!(name.as_str(), "char" | "character" | "bpchar")
            && length(column.data_type) != Some(1)
        {
            let found = sight
                .found(format!("{} is filled with blanks", column.name))
                .at(&column.type_at);
            out.push(found.rewrite([sight.edited(&column.type_at, "text")]));
        }
    }
}

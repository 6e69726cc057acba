//! int(11).

use crate::lint::rule::{About, Found, MYSQL, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{base, length};

pub static RULE: Rule = Rule {
    id: "display-width",
    title: "the width behind an integer type does nothing",
    severity: Severity::Notice,
    about: About::Design,
    databases: MYSQL,
    why: "The number behind int says how wide it is shown, not how large it may be; MySQL has given it up since 8.0.17 and warns.",
    instead: "leave it out, but for tinyint(1)",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    for (_, column) in sight.columns() {
        let words = base(column.data_type);
        let word = words.split(' ').next().unwrap_or_default();
        let whole = [
            "int",
            "integer",
            "bigint",
            "smallint",
            "mediumint",
            "tinyint",
        ]
        .contains(&word);
        let boolean = word == "tinyint" && length(column.data_type) == Some(1);
        if whole && length(column.data_type).is_some() && !boolean && !words.contains("zerofill") {
            let found = sight
                .found(format!("the width of {} does nothing", column.name))
                .at(&column.type_at);
            out.push(found.rewrite([sight.edited(&column.type_at, &words)]));
        }
    }
}

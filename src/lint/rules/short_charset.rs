//! utf8 of three bytes.

use crate::lint::rule::{About, FAMILY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "short-charset",
    title: "utf8 in MySQL has no room for every character",
    severity: Severity::Warning,
    about: About::Design,
    databases: FAMILY,
    why: "utf8 and utf8mb3 end at three bytes: an emoji and many names cannot be written. MySQL is going to take it away.",
    instead: "utf8mb4",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let mut found: Vec<(std::ops::Range<usize>, &str)> = sight
        .columns()
        .into_iter()
        .filter_map(|(range, column)| Some((range, column.charset?)))
        .collect();
    match &sight.act.what {
        What::CreateTable(table) => {
            found.extend(
                table
                    .option(&["CHARSET"])
                    .map(|value| (sight.act.range.clone(), value)),
            );
        }
        What::Option { name, value } if name == "CONVERT" || name == "CHARSET" => {
            found.push((sight.act.range.clone(), value));
        }
        _ => {}
    }
    let short = |value: &str| ["utf8", "utf8mb3"].contains(&value.to_ascii_lowercase().as_str());
    for (range, value) in found.into_iter().filter(|(_, value)| short(value)) {
        let at = value.as_ptr() as usize - sight.text().as_ptr() as usize;
        let found = sight
            .found(format!("{value} has no room for every character"))
            .at(&range);
        out.push(found.rewrite([sight.edited(&(at..at + value.len()), "utf8mb4")]));
    }
}

//! An engine other than InnoDB.

use crate::lint::rule::{About, FAMILY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "engine-without-transactions",
    title: "an engine that keeps no promise of a transaction",
    severity: Severity::Warning,
    about: About::Design,
    databases: FAMILY,
    why: "MyISAM, Aria, MEMORY and CSV have no transactions: what fails half-way stays half done, and a crash may lose rows.",
    instead: "InnoDB",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let value = match &sight.act.what {
        What::CreateTable(table) if !table.temporary => table.option(&["ENGINE", "TYPE"]),
        What::Option { name, value } if name == "ENGINE" => Some(*value),
        _ => None,
    };
    let poor = [
        "myisam",
        "aria",
        "memory",
        "heap",
        "csv",
        "archive",
        "merge",
        "mrg_myisam",
    ];
    if let Some(value) = value.filter(|value| poor.contains(&value.to_ascii_lowercase().as_str())) {
        let at = value.as_ptr() as usize - sight.text().as_ptr() as usize;
        let range = at..at + value.len();
        let found = sight
            .found(format!("{value} has no transactions"))
            .at(&range);
        out.push(found.rewrite([sight.edited(&range, "InnoDB")]));
    }
}

//! An index of more than three columns that is not unique.

use crate::lint::rule::{About, EVERY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "wide-index",
    title: "an index has more than three columns",
    severity: Severity::Notice,
    about: About::Design,
    databases: EVERY,
    why: "Each further column makes the index larger and writing slower, and rarely makes a query faster.",
    instead: "begin with the columns that choose few rows, and measure whether more help",
    others: &["strong_migrations:add_index_columns"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let What::CreateIndex(index) = &sight.act.what
        && index.keys.len() > 3
        && !index.unique
    {
        out.push(sight.found(format!("an index of {} columns", index.keys.len())));
    }
}

//! REFRESH MATERIALIZED VIEW without CONCURRENTLY.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "refresh-blocks-reads",
    title: "a materialized view is filled while nobody can read it",
    severity: Severity::Warning,
    about: About::Wait,
    databases: POSTGRES,
    why: "REFRESH MATERIALIZED VIEW takes the lock ACCESS EXCLUSIVE: nobody reads the view until its query is done.",
    instead: "say CONCURRENTLY; the view needs a unique index for that",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let What::Upkeep {
        word: "REFRESH",
        concurrently: false,
        ..
    } = sight.act.what
    else {
        return;
    };
    if let Some(view) = sight.old_table()
        && !sight.text().to_ascii_uppercase().contains("WITH NO DATA")
    {
        let found = sight.found(format!("nobody can read {view} until it is filled"));
        out.push(found.rewrite(sight.with(&["VIEW"], "CONCURRENTLY")));
    }
}

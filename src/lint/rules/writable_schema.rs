//! PRAGMA writable_schema.

use crate::lint::rule::{About, Found, Rule, SQLITE};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "writable-schema",
    title: "the schema is edited as a text",
    severity: Severity::Error,
    about: About::Fail,
    databases: SQLITE,
    why: "A mistake in sqlite_schema makes the file unreadable, and nothing checks it before.",
    instead: "make a new table, move the rows, and give it the old name",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let What::Pragma { name, value } = &sight.act.what
        && name == "writable_schema"
        && value.is_some_and(|value| !crate::lint::sight::is_off(value))
    {
        out.push(sight.found("a mistake in what follows makes the file unreadable"));
    }
}

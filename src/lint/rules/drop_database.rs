//! A database or a schema is dropped.

use crate::lint::rule::{About, Found, Rule, SERVERS};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{Object, What};

pub static RULE: Rule = Rule {
    id: "drop-database",
    title: "a database or schema is dropped with all that is in it",
    severity: Severity::Error,
    about: About::Loss,
    databases: SERVERS,
    why: "Everything in it is gone, and no `down` brings it back.",
    instead: "drop what is no longer used table by table, in `cleanup`; a database is for a person to drop",
    others: &["atlas:DS101", "squawk:ban-drop-database"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let What::Drop {
        object: Object::Database | Object::Schema,
        name,
        ..
    } = &sight.act.what
    {
        out.push(sight.found(format!("everything in {name} is gone")));
    }
}

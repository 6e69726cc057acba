//! SET foreign_key_checks = 0 and its like.

use crate::lint::rule::{About, Found, Rule, SERVERS};
use crate::lint::sight::Sight;
use crate::lint::sight::is_off;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "unchecked-rows",
    title: "the server is told not to check rows",
    severity: Severity::Warning,
    about: About::Fail,
    databases: SERVERS,
    why: "Rows that break a foreign key or a unique key stay, and the server never looks at them again: a constraint is there and does not hold.",
    instead: "leave it out; if it is there to avoid a copy, count the rows that break the key before and allow it with that as the reason",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let What::Set { name, value } = &sight.act.what else {
        return;
    };
    let off = match name.as_str() {
        "foreign_key_checks" | "unique_checks" | "check_constraint_checks" => is_off(value),
        "session_replication_role" => value.to_ascii_lowercase().contains("replica"),
        _ => false,
    };
    if off {
        out.push(sight.found("rows that break a constraint come in and stay"));
    }
}

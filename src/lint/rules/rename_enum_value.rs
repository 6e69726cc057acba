//! A value of an enum gets another name.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "rename-enum-value",
    title: "a value of an enum gets another name while the old one is in use",
    severity: Severity::Warning,
    about: About::Break,
    databases: POSTGRES,
    why: "The application that runs writes the old value and fails, and does not know the new one that it reads.",
    instead: "add the new value, move the rows, and let the old one be: it cannot be dropped",
    others: &["strong_migrations:rename_enum_value"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let What::RenameValue { kind, from } = &sight.act.what
        && !sight.script.is_new(kind, sight.at)
    {
        out.push(sight.found(format!("what writes '{from}' as {kind} fails from here on")));
    }
}

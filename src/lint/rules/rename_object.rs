//! A schema, type, view or sequence gets another name, or a table another schema.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{Object, What};

pub static RULE: Rule = Rule {
    id: "rename-object",
    title: "a schema, type or view gets another name while the old one is in use",
    severity: Severity::Warning,
    about: About::Break,
    databases: POSTGRES,
    why: "The application that runs asks for the old name until all of it is replaced, and fails.",
    instead: "keep the old name until nothing uses it; for a view make a second one",
    others: &["strong_migrations:rename_schema"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let What::Rename { object, from, to } = &sight.act.what else {
        return;
    };
    let message = match (object, sight.old_table()) {
        (Object::Schema, Some(table)) => {
            format!("what asks for {table} where it was finds it in {to}")
        }
        (Object::Index | Object::Constraint, _) => return,
        (_, _) if sight.script.is_new(from, sight.at) || from.name.is_empty() => return,
        _ => format!("what asks for {from} fails from here on"),
    };
    out.push(sight.found(message));
}

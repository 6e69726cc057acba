//! A column that was there gets another name.

use crate::lint::rule::{About, EVERY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "rename-column",
    title: "a column gets another name while the old one is in use",
    severity: Severity::Warning,
    about: About::Break,
    databases: EVERY,
    why: "The application that runs asks for the old name until all of it is replaced, and fails.",
    instead: "add a column of the new name, keep both alike, and drop the old one in `cleanup`",
    others: &[
        "atlas:BC102",
        "squawk:renaming-column",
        "strong_migrations:rename_column",
    ],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let Some(table) = sight.old_table().filter(|_| sight.is_up()) else {
        return;
    };
    let from = match &sight.act.what {
        What::RenameColumn { from, .. } => from,
        What::Redefine { from, column } if !from.eq_ignore_ascii_case(&column.name) => from,
        _ => return,
    };
    out.push(sight.found(format!("what asks for {table}.{from} fails from here on")));
}

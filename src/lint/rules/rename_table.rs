//! A table that was there gets another name.

use crate::lint::rule::{About, EVERY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{Object, What};

pub static RULE: Rule = Rule {
    id: "rename-table",
    title: "a table gets another name while the old one is in use",
    severity: Severity::Warning,
    about: About::Break,
    databases: EVERY,
    why: "The application that runs asks for the old name until all of it is replaced, and fails.",
    instead: "make a view of the old name in the same migration, and drop it in `cleanup`; or do not rename",
    others: &[
        "atlas:BC101",
        "squawk:renaming-table",
        "strong_migrations:rename_table",
    ],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let (What::RenameTable { to }, Some(from)) = (&sight.act.what, sight.old_table()) else {
        return;
    };
    let kept = sight.behind().any(|act| match &act.what {
        What::Create {
            object: Object::View,
            name,
            ..
        } => name.meets(from),
        _ => false,
    });
    // The second half of an exchange gives the name back.
    let exchanged = sight
        .behind()
        .chain(sight.acts())
        .any(|act| match &act.what {
            What::RenameTable { to } => to.meets(from),
            _ => false,
        });
    let new_takes_over = sight.before().any(|act| match &act.what {
        What::DropTable { .. } => act.table.as_ref().is_some_and(|one| one.meets(to)),
        _ => false,
    });
    if sight.is_up() && !kept && !exchanged && !new_takes_over {
        let found = sight.found(format!("what asks for {from} fails from here on"));
        // SQLite and MySQL know views that can be written through for single tables only, or not at all.
        let view = format!(
            "CREATE VIEW {} AS SELECT * FROM {};",
            sight.path(from),
            sight.path(to)
        );
        out.push(match sight.acts().len() {
            1 => found.rewrite([format!("{};\n{view}", sight.text())]),
            _ => found,
        });
    }
}

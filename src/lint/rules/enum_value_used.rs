//! A new value of an enum is used in the transaction that added it.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{Name, What};

pub static RULE: Rule = Rule {
    id: "enum-value-used",
    title: "a new enum value is used before it is committed",
    severity: Severity::Error,
    about: About::Fail,
    databases: POSTGRES,
    why: "A value that ALTER TYPE added may not be used before its transaction is committed: the server refuses it (55P04).",
    instead: "add the value in a migration of its own in front of this one",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let added = sight.beside().find_map(|act| match &act.what {
        What::AddValue { kind, value, .. } if !is_free(sight, kind) => {
            let literal = format!("'{value}'");
            let at = sight.text().find(&literal)?;
            Some((value, at..at + literal.len()))
        }
        _ => None,
    });
    // Told once for a statement, whatever it does.
    let first = sight
        .acts()
        .first()
        .is_some_and(|act| act.range == sight.act.range);
    if let (Some((value, range)), true) = (added, first)
        && !matches!(
            sight.act.what,
            What::AddValue { .. } | What::RenameValue { .. }
        )
    {
        out.push(
            sight
                .found(format!(
                    "'{value}' was added in this transaction and may not be used in it"
                ))
                .at(&range),
        );
    }
}

/// From PostgreSQL 17 on a type that was made in the same transaction is nobody else's.
fn is_free(sight: &Sight, kind: &Name) -> bool {
    sight.script.is_new(kind, sight.at) && !sight.is_before([17, 0, 0])
}

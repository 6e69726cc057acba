//! VALIDATE in the transaction that added the constraint.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "validate-beside-add",
    title: "a constraint is validated while the lock of its making is held",
    severity: Severity::Error,
    about: About::Wait,
    databases: POSTGRES,
    why: "VALIDATE lets others write, but the lock with which the constraint was added is held until the transaction ends: so nobody writes while every row is read, as if NOT VALID had not been said.",
    instead: "put VALIDATE into a migration of its own behind this one",
    others: &[
        "strong_migrations:validate_check_constraint",
        "strong_migrations:validate_foreign_key",
    ],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let (What::Validate { constraint }, Some(table)) = (&sight.act.what, sight.old_table()) else {
        return;
    };
    let added = sight.beside().any(|act| match &act.what {
        What::AddConstraint(one) => {
            one.name.as_ref() == Some(constraint)
                && act.table.as_ref().is_some_and(|t| t.meets(table))
        }
        _ => false,
    });
    if added {
        let message = format!(
            "{constraint} was added in this transaction: nobody can write to {table} while it is checked"
        );
        out.push(sight.found(message));
    }
}

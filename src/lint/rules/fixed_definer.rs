//! DEFINER = somebody.

use crate::lint::rule::{About, FAMILY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "fixed-definer",
    title: "a view or routine runs as somebody who may not be there",
    severity: Severity::Notice,
    about: About::Design,
    databases: FAMILY,
    why: "With DEFINER it runs with the rights of that account; where the account is missing, in another environment or after a restore, every use fails.",
    instead: "leave DEFINER out, or say SQL SECURITY INVOKER",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let What::Create {
        name,
        definer: true,
        ..
    } = &sight.act.what
    {
        out.push(sight.found(format!("{name} fails where its definer is missing")));
    }
}

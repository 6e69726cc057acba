//! A constraint on a domain.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "domain-check-scans",
    title: "a constraint on a domain is checked in every table that uses it",
    severity: Severity::Warning,
    about: About::Wait,
    databases: POSTGRES,
    why: "A constraint of a domain cannot be changed without all tables that use it being read while their rows are locked, and it is not checked everywhere one would think.",
    instead: "a CHECK on the column says the same and can be added NOT VALID; on a domain that is there add it NOT VALID and validate it behind",
    others: &[
        "squawk:ban-create-domain-with-constraint",
        "squawk:ban-alter-domain-with-add-constraint",
    ],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let What::DomainCheck {
        domain,
        not_valid: false,
    } = &sight.act.what
    else {
        return;
    };
    if sight.script.is_new(domain, sight.at) {
        return;
    }
    let creates = sight
        .text()
        .trim_start()
        .to_ascii_uppercase()
        .starts_with("CREATE");
    out.push(match creates {
        true => sight
            .found(format!(
                "the constraint of {domain} is hard to change once tables use it"
            ))
            .severity(Severity::Notice),
        false => sight.found(format!(
            "every table that uses {domain} is read while its rows are locked"
        )),
    });
}

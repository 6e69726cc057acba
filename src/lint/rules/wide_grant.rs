//! GRANT ALL, GRANT TO PUBLIC, WITH GRANT OPTION.

use crate::lint::rule::{About, Found, Rule, SERVERS};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "wide-grant",
    title: "a right is given to more than need it",
    severity: Severity::Warning,
    about: About::Design,
    databases: SERVERS,
    why: "ALL gives rights that nobody thought of, PUBLIC gives them to every account there will ever be, and GRANT OPTION lets others give them on.",
    instead: "name the rights and the role",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let What::Grant {
        all,
        public,
        onward,
    } = sight.act.what
    else {
        return;
    };
    out.push(match () {
        () if public => sight.found("every account gets this right"),
        () if onward => sight.found("who gets this right may give it on"),
        () if all => sight
            .found("every right is given")
            .severity(Severity::Notice),
        () => return,
    });
}

//! CREATE USER with a password in the text.

use crate::lint::rule::{About, Found, Rule, SERVERS};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "password-in-script",
    title: "a password stands in the script",
    severity: Severity::Warning,
    about: About::Design,
    databases: SERVERS,
    why: "Whoever reads the repository, the plan, the ledger or the log of the server has the password.",
    instead: "make the account elsewhere, without a password here; or mark the migration `sensitive: true` and keep its script in a mounted secret",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if sight.act.what == What::Password {
        out.push(sight.found("whoever reads this script has the password"));
    }
}

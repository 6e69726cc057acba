//! DROP with CASCADE.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "drop-cascade",
    title: "CASCADE drops what the script does not name",
    severity: Severity::Warning,
    about: About::Loss,
    databases: POSTGRES,
    why: "Views, foreign keys and whatever else depends on it are dropped too, silently: more of them in production than on a laptop.",
    instead: "leave CASCADE out; the server then says what depends on it, and the script can name that",
    others: &["squawk:ban-truncate-cascade"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let name = match &sight.act.what {
        What::DropTable { cascade: true } => sight.old_table(),
        What::Drop {
            cascade: true,
            name,
            ..
        } => Some(name),
        _ => None,
    };
    if let Some(name) = name {
        out.push(sight.found(format!("whatever depends on {name} is dropped with it")));
    }
}

//! CONVERT TO CHARACTER SET.

use crate::lint::rule::{About, FAMILY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "charset-copies",
    title: "another character set copies the table",
    severity: Severity::Error,
    about: About::Wait,
    databases: FAMILY,
    why: "CONVERT TO CHARACTER SET writes every text of the table anew: the table is copied, and nobody writes to it meanwhile. Indexes may become too long.",
    instead: "convert with a tool that copies the table online, or when few write; DEFAULT CHARACTER SET alone is for new columns and touches no row",
    others: &["strong_migrations:change_table"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let What::Option { name, value } = &sight.act.what
        && name == "CONVERT"
        && let Some(table) = sight.old_table()
        && !sight.is_guarded()
    {
        out.push(sight.found(format!(
            "nobody can write to {table} while it is copied into {value}"
        )));
    }
}

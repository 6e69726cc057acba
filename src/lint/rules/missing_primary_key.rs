//! A new table without a primary key.

use crate::lint::rule::{About, Found, Rule, SERVERS};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "missing-primary-key",
    title: "a table has no primary key",
    severity: Severity::Warning,
    about: About::Design,
    databases: SERVERS,
    why: "Rows cannot be named one by one: logical replication, InnoDB, batches and change capture need a key.",
    instead: "give it a primary key",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let (What::CreateTable(table), Some(name)) = (&sight.act.what, &sight.act.table) else {
        return;
    };
    let later = sight.behind().any(|act| match &act.what {
        What::AddConstraint(one) => {
            one.rule == ddl::Rule::Primary && act.table.as_ref().is_some_and(|of| of.meets(name))
        }
        _ => false,
    });
    if sight.primary_key().is_empty() && !later && !table.derived && !table.temporary {
        out.push(sight.found(format!("{name} has no primary key")));
    }
}

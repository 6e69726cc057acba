//! A name that is longer than the server keeps.

use crate::lint::rule::{About, Found, Rule, SERVERS};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{Tongue, What};

pub static RULE: Rule = Rule {
    id: "long-identifier",
    title: "a name is longer than the server keeps",
    severity: Severity::Warning,
    about: About::Fail,
    databases: SERVERS,
    why: "PostgreSQL cuts a name after 63 bytes without a word, so two names may become one. MySQL and MariaDB refuse more than 64 characters.",
    instead: "choose a shorter name",
    others: &["squawk:identifier-too-long"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let postgres = sight.is(Tongue::Postgres);
    let is_long = |name: &str| match postgres {
        true => name.len() > 63,
        false => name.chars().count() > 64,
    };
    let mut names: Vec<&str> = sight
        .columns()
        .into_iter()
        .map(|(_, column)| column.name.as_str())
        .collect();
    match &sight.act.what {
        What::CreateTable(table) => {
            names.extend(sight.act.table.iter().map(|name| name.name.as_str()));
            names.extend(
                table
                    .constraints()
                    .filter_map(|(_, one)| one.name.as_deref()),
            );
        }
        What::CreateIndex(index) => names.extend(index.name.as_deref()),
        What::AddConstraint(one) => names.extend(one.name.as_deref()),
        What::RenameTable { to } => names.push(&to.name),
        What::RenameColumn { to, .. } | What::Rename { to, .. } => names.push(to),
        What::Create { name, .. } => names.push(&name.name),
        _ => {}
    }
    for name in names.into_iter().filter(|name| is_long(name)) {
        let found = match postgres {
            true => sight.found(format!("the server keeps 63 bytes of {name}")),
            false => sight
                .found(format!(
                    "the server refuses {name}: 64 characters are the most"
                ))
                .severity(Severity::Error),
        };
        out.push(found);
    }
}

//! A fulltext or spatial index on a table that is there.

use crate::lint::rule::{About, FAMILY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "fulltext-blocks-writes",
    title: "a fulltext or spatial index is built while nobody can write",
    severity: Severity::Error,
    about: About::Wait,
    databases: FAMILY,
    why: "InnoDB builds these indexes with LOCK=SHARED at best: nobody writes to the table until it is done. The first fulltext index rebuilds the table besides.",
    instead: "build it when few write, or with a tool that copies the table online; on a small table allow it",
    others: &["strong_migrations:add_index"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let (What::CreateIndex(index), Some(table)) = (&sight.act.what, sight.old_table())
        && let Some(kind) = index.kind
    {
        let kind = kind.to_ascii_lowercase();
        out.push(sight.found(format!(
            "nobody can write to {table} until the {kind} index is built"
        )));
    }
}

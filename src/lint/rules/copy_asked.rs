//! ALGORITHM=COPY.

use crate::lint::rule::{About, FAMILY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "copy-asked",
    title: "ALGORITHM=COPY copies the table where it need not be",
    severity: Severity::Error,
    about: About::Wait,
    databases: FAMILY,
    why: "A copy writes every row anew, and nobody writes to the table meanwhile, even where the server could do without.",
    instead: "leave ALGORITHM out, or say INPLACE or INSTANT, and the server refuses rather than copies",
    others: &["strong_migrations:copy_algorithm"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let What::Algorithm(word) = sight.act.what
        && word.eq_ignore_ascii_case("COPY")
        && let Some(table) = sight.old_table()
    {
        let found = sight.found(format!("nobody can write to {table} while it is copied"));
        let at = sight.act.range.start;
        let text = &sight.text()[at..];
        let value = text
            .to_ascii_uppercase()
            .find("COPY")
            .map(|from| at + from..at + from + 4);
        out.push(found.rewrite(value.map(|range| sight.edited(&range, "INPLACE"))));
    }
}

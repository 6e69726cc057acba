//! What ALTER TABLE ADD COLUMN of SQLite refuses.

use crate::lint::rule::{About, Found, Rule, SQLITE};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{Generated, What};

pub static RULE: Rule = Rule {
    id: "sqlite-add-column",
    title: "SQLite refuses to add such a column",
    severity: Severity::Error,
    about: About::Fail,
    databases: SQLITE,
    why: "ADD COLUMN takes no PRIMARY KEY and no UNIQUE column, none that is STORED, and, where the table has a row, no default but a constant.",
    instead: "add a plain column and a unique index; or make a new table, move the rows, and give it the old name",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let What::AddColumn(column) = &sight.act.what else {
        return;
    };
    let default = column.default.unwrap_or_default();
    let changing = default.starts_with('(')
        && default
            .trim_matches(|c| "() ".contains(c))
            .parse::<f64>()
            .is_err()
        || ["current_time", "current_date", "current_timestamp"]
            .iter()
            .any(|word| default.eq_ignore_ascii_case(word));
    let why = match () {
        () if column.primary => "PRIMARY KEY",
        () if column.unique => "UNIQUE",
        () if column.generated == Some(Generated::Stored) => "STORED",
        () if changing && sight.old_table().is_some() => "a default that is no constant",
        () => return,
    };
    out.push(sight.found(format!("{} cannot be added: {why}", column.name)));
}

//! DROP NOT NULL.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::What;

pub static RULE: Rule = Rule {
    id: "drop-not-null",
    title: "a column takes NULL from here on",
    severity: Severity::Notice,
    about: About::Loss,
    databases: POSTGRES,
    why: "The application that runs may not expect NULL in what it reads.",
    instead: "release a version that reads NULL first",
    others: &["squawk:ban-drop-not-null"],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    if let (What::DropNotNull { column }, Some(table)) = (&sight.act.what, sight.old_table()) {
        out.push(sight.found(format!("who reads {table}.{column} may meet NULL")));
    }
}

//! A schema that statements build, in a database of its own in memory: it is gone with the answer.

use crate::execute;
use crate::introspect;
use crate::session::SqliteSession;
use initium_driver::sql::ledger::Ledger;
use initium_driver::sql::split::words;
use initium_driver::{Catalog, Code, Error, Result, Statement};

pub fn realise(
    session: &SqliteSession,
    ledger: &Ledger,
    statements: &[Statement],
) -> Result<Catalog> {
    for statement in statements {
        let words = words(&statement.text, &crate::dialect::RULES);
        let is = |n: usize, word: &str| words.get(n).is_some_and(|found| found == word);
        if is(0, "ATTACH") || is(0, "VACUUM") && words.iter().any(|word| word == "INTO") {
            return Err(Error::new(
                Code::NotSupported,
                format!(
                    "{} would write a file while only a schema is looked for",
                    words[0]
                ),
            )
            .help("take it out of what builds the schema")
            .place(statement.place.clone())
            .excerpt(statement.excerpt_of(0)));
        }
    }
    let mut scratch = session.scratch()?;
    // Rows in a dump may come before those they refer to.
    scratch.say("PRAGMA foreign_keys = OFF")?;
    execute::each(&mut scratch, statements)?;
    introspect::catalog(&mut scratch, &ledger.tables())
}

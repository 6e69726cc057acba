//! How PostgreSQL spells things: splitting, changes as statements, types. Pure: planning and
//! goldens need no server, and nothing here may ask one.

use crate::grammar::{PostgresGrammar, RULES};
use crate::words;
use initium_driver::ddl::{Ddl, SCHEMAS};
use initium_driver::driver::{Capabilities, Dialect};
use initium_driver::error::Result;
use initium_driver::long::Slice;
use initium_driver::source::{Source, Statement};
use initium_driver::sql::form::{Sink, normal_form, stream};
use initium_driver::sql::lexer::Rules;
use initium_driver::sql::stretch::{Runs, statements};
use initium_driver::sql::variables::Spelling;

/// Of a server of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Postgres {
    pub major: u16,
}

impl Postgres {
    /// Where nobody says which: what this one can do, all can.
    pub const OLDEST: Postgres = Postgres { major: 14 };
}

impl Spelling for Postgres {
    fn rules(&self) -> &Rules {
        &RULES
    }

    /// On one line, so that the lines behind it stay what they are.
    fn literal(&self, text: &str) -> String {
        let literal = words::literal(text);
        literal.replace('\n', "\\n").replace('\r', "\\r")
    }

    fn name(&self, name: &str) -> String {
        words::quote(name)
    }

    fn moods(&self) -> &'static [&'static str] {
        &[
            "standard_conforming_strings",
            "backslash_quote",
            "client_encoding",
            "set names",
        ]
    }
}

impl Dialect for Postgres {
    fn names(&self) -> &'static [&'static str] {
        &["postgres"]
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            transactional_ddl: true,
            transactions: true,
            catalog: true,
        }
    }

    fn split(&self, source: &Source) -> Result<Vec<Statement>> {
        self.statements(std::slice::from_ref(source), Runs::Parted)
    }

    fn statements(&self, sources: &[Source], runs: Runs) -> Result<Vec<Statement>> {
        statements(&PostgresGrammar, sources, runs)
    }

    fn normal_form(&self, text: &str) -> String {
        normal_form(text, &RULES)
    }

    fn spelling(&self) -> Option<&dyn Spelling> {
        Some(self)
    }

    fn stream_form(&self, slice: &Slice, sink: &mut dyn Sink) -> Result<()> {
        stream(slice, &RULES, sink)
    }

    fn ddl(&self) -> Option<&dyn Ddl> {
        if SCHEMAS { Some(self) } else { None }
    }
}

//! What a rule is, and what it says of a statement. A rule judges; it must never change anything.

use super::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::Tongue;
use std::ops::Range;

/// One thing that is looked for. Its page in `docs/lints` is made of this.
#[derive(Debug)]
pub struct Rule {
    /// For ever: scripts and specs name it.
    pub id: &'static str,
    /// What is found, in a few words.
    pub title: &'static str,
    pub severity: Severity,
    pub about: About,
    pub databases: &'static [Tongue],
    /// What goes wrong.
    pub why: &'static str,
    /// What to do in its place.
    pub instead: &'static str,
    /// What other tools call it: `atlas:PG101`.
    pub others: &'static [&'static str],
    pub check: fn(&Sight, &mut Vec<Found>),
}

/// What kind of trouble a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Others wait, the longer the larger a table is.
    Wait,
    /// Data are lost.
    Loss,
    /// What runs beside the migration stops working.
    Break,
    /// The migration fails, or does not do what it says.
    Fail,
    /// It works, and will be regretted.
    Design,
    /// What is said to the rules themselves.
    Lint,
}

impl About {
    pub const ALL: [About; 6] = [
        About::Wait,
        About::Loss,
        About::Break,
        About::Fail,
        About::Design,
        About::Lint,
    ];

    pub const fn title(self) -> &'static str {
        match self {
            About::Wait => "Others wait",
            About::Loss => "Data are lost",
            About::Break => "What runs stops working",
            About::Fail => "It fails, or does less than it says",
            About::Design => "It will be regretted",
            About::Lint => "About the rules",
        }
    }
}

pub const POSTGRES: &[Tongue] = &[Tongue::Postgres];
pub const MYSQL: &[Tongue] = &[Tongue::MySql];
/// MySQL and MariaDB.
pub const FAMILY: &[Tongue] = &[Tongue::MySql, Tongue::MariaDb];
/// Where changes of the schema are part of a transaction.
pub const TRANSACTIONAL: &[Tongue] = &[Tongue::Postgres, Tongue::Sqlite];
pub const SQLITE: &[Tongue] = &[Tongue::Sqlite];
pub const SERVERS: &[Tongue] = &[Tongue::Postgres, Tongue::MySql, Tongue::MariaDb];
pub const EVERY: &[Tongue] = &Tongue::ALL;

/// What a rule found in a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where in the statement.
    pub range: Range<usize>,
    pub message: String,
    /// Where it matters less, or more, than the rule says.
    pub severity: Option<Severity>,
    /// Scripts that do the same without the trouble, each a migration of its own.
    pub rewrite: Vec<String>,
}

impl Found {
    pub fn at(mut self, range: &Range<usize>) -> Found {
        self.range = range.clone();
        self
    }

    pub fn severity(mut self, severity: Severity) -> Found {
        self.severity = Some(severity);
        self
    }

    pub fn rewrite(mut self, scripts: impl IntoIterator<Item = String>) -> Found {
        self.rewrite = scripts.into_iter().collect();
        self
    }
}

//! The ledgers of other tools: by which table one is known, what is asked of it, and what its rows
//! say. Pure: nothing here opens a connection, and nothing is ever written to a table of others but by
//! [`written`], which makes statements and sends none.

mod crc32;
mod rows;
mod siphash;
mod sums;
mod tables;
#[cfg(test)]
mod tests;
mod tools;
mod writing;

pub use rows::{Row, Standing, read};
pub use sums::{Kept, Sum, sum};
pub use tables::{Table, foreign, list, tables};
pub use tools::{Tool, question};
pub use writing::{Entry, Written, can_write, written};

use initium_driver::sql::name::TableName;

/// Databases that spell these questions alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Postgres,
    MySql,
    Sqlite,
}

impl Kind {
    /// Of a dialect's names, the most exact first; `None` where there are no tables.
    pub fn of(names: &[&str]) -> Option<Kind> {
        match names.first().copied() {
            Some("postgres") => Some(Kind::Postgres),
            Some("mysql" | "mariadb") => Some(Kind::MySql),
            Some("sqlite") => Some(Kind::Sqlite),
            _ => None,
        }
    }

    pub(super) fn quoted(self, name: &str) -> String {
        let sign = match self {
            Kind::MySql => "`",
            Kind::Postgres | Kind::Sqlite => "\"",
        };
        format!("{sign}{}{sign}", name.replace(sign, &sign.repeat(2)))
    }

    /// A text as SQL has it.
    pub(super) fn text(self, text: &str) -> String {
        let text = text.replace('\'', "''");
        match self {
            Kind::MySql => format!("'{}'", text.replace('\\', "\\\\")),
            Kind::Postgres | Kind::Sqlite => format!("'{text}'"),
        }
    }

    pub(super) fn path(self, table: &TableName) -> String {
        match &table.schema {
            Some(schema) => format!("{}.{}", self.quoted(schema), self.quoted(&table.table)),
            None => self.quoted(&table.table),
        }
    }
}

/// A ledger that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    pub tool: Tool,
    pub table: TableName,
}

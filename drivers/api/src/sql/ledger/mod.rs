//! The ledger of a SQL database: its tables, its rows, its upgrades. Written once for all of them;
//! a driver brings the [`Words`] and a [`Session`] that runs texts.

mod layout;
mod read;
mod write;

use super::name::TableName;
use crate::driver::Rows;
use crate::error::{Error, Result};
use crate::source::Statement;

/// How a dialect spells what the ledger needs.
pub trait Words {
    /// A name as the server takes it literally.
    fn quote(&self, name: &str) -> String;
    /// A text as a literal that means exactly itself, whatever the session's settings.
    fn literal(&self, text: &str) -> String;
    /// Type of an id: bytewise comparison, good for a primary key.
    fn key_type(&self) -> &'static str;
    /// Type of a text of any length.
    fn text_type(&self) -> &'static str;
    fn time_type(&self) -> &'static str;
    /// Type and constraint of a key that counts by itself.
    fn counter(&self) -> &'static str;
    fn now(&self) -> &'static str;
    /// A time column as RFC 3339 in UTC.
    fn time(&self, column: &str) -> String;
    /// What follows `INSERT ... VALUES` so that a row of the same key gets the new `state`.
    fn on_duplicate_step(&self) -> &'static str;
    /// What is seen of the objects that a statement can touch, as an expression of one text; `None`
    /// where nothing is asked.
    fn catalog(&self, _statement: &Statement) -> Option<String> {
        None
    }
    /// An expression of the same value that the server refuses to evaluate where this session has
    /// lost its lock, so that a write fails that nobody is protected for any more.
    fn guarded(&self, value: &str) -> String {
        value.into()
    }
    /// What follows the closing parenthesis of CREATE TABLE.
    fn table_options(&self) -> &'static str;
    /// One row `schema, table, column` per column of the tables of these names that the
    /// connection finds (in the given schema, else in the one it works in).
    fn columns_of(&self, schema: Option<&str>, tables: &[String]) -> String;
    /// The schema in which a table is created that no schema is given for, as an expression.
    fn current_schema(&self) -> &'static str;
    /// The schema in which an unqualified table is found, as an expression.
    fn schema_of(&self, table: &str) -> String;
    /// Whether the server says that a table or column is not there.
    fn is_missing(&self, error: &Error) -> bool;
    /// Whether the server says that a right is missing, with the rights to ask for.
    fn is_denied(&self, error: &Error) -> bool;
    /// The statements an administrator runs so that this role has the right.
    fn grants(&self, schema: &str, tables: &[String], right: Right) -> Vec<String>;
}

/// What a role needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// To create the tables, and to use them.
    Create,
    /// To use the tables that are there.
    Use,
}

/// A connection, as the ledger uses it.
pub trait Session {
    fn words(&self) -> &dyn Words;
    /// Answers of several questions, in one round trip where the protocol can.
    fn ask(&mut self, questions: &[String]) -> Result<Vec<Rows>>;
    /// Runs all of it in one transaction, as far as the database can.
    fn commit(&mut self, statements: &[String]) -> Result<()>;
}

/// Whether there is a table, or a view, where names without a schema are looked for.
pub fn has_table(session: &mut dyn Session, name: &str) -> Result<bool> {
    let question = session.words().columns_of(None, &[name.to_string()]);
    let answers = session.ask(&[question])?;
    Ok(answers.iter().any(|rows| !rows.rows.is_empty()))
}

/// What is known of the ledger on this connection.
#[derive(Clone, Debug)]
pub struct Ledger {
    name: TableName,
    /// Where it is, or where it will be created.
    schema: Option<String>,
    format: Format,
    /// Somebody asked for it before, and it was not there.
    absent: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Unknown,
    /// There is no ledger.
    Missing,
    Is(u32),
}

impl Ledger {
    pub fn new(name: TableName) -> Ledger {
        let schema = name.schema.clone();
        Ledger {
            name,
            schema,
            format: Format::Unknown,
            absent: false,
        }
    }

    /// The names of its tables, for introspection to leave out.
    pub fn tables(&self) -> [String; 4] {
        ["", "_meta", "_step", "_log"].map(|suffix| format!("{}{suffix}", self.name.table))
    }

    /// The paths of its tables, quoted.
    pub fn paths(&self, words: &dyn Words) -> [String; 4] {
        ["", "_meta", "_step", "_log"].map(|suffix| self.table(words, suffix))
    }

    /// As it was asked for.
    pub fn name(&self) -> &TableName {
        &self.name
    }

    /// Where it is or will be, as far as it is known.
    pub fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// What the lock is named after: the same for everybody who means this ledger.
    pub fn lock_name(&self, database: &str) -> String {
        format!("initium:{database}:{}", self.name)
    }

    /// Somebody else may have created or upgraded it meanwhile.
    pub fn look_again(&mut self) {
        if self.format == Format::Missing {
            self.format = Format::Unknown;
        }
    }

    fn table(&self, words: &dyn Words, suffix: &str) -> String {
        let table = words.quote(&format!("{}{suffix}", self.name.table));
        match &self.schema {
            Some(schema) => format!("{}.{table}", words.quote(schema)),
            None => table,
        }
    }
}

fn cell(row: &[Option<String>], index: usize) -> Option<&str> {
    row.get(index)?.as_deref()
}

fn number(row: &[Option<String>], index: usize) -> u64 {
    cell(row, index)
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
}

fn text(row: &[Option<String>], index: usize) -> String {
    cell(row, index).unwrap_or_default().to_string()
}

fn optional(row: &[Option<String>], index: usize) -> Option<String> {
    cell(row, index).map(String::from)
}

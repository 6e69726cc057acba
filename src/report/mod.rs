//! Errors, plans and reports as text or JSON. It only shows: nothing is decided here, and only the
//! cli prints what comes out.

mod clean;
mod connection;
mod document;
pub mod many;
mod text;
mod unlock;

pub use clean::{clean, clean_line, json, json_line};
pub use connection::{Asked, ConnectionDocument};
pub use document::{
    AttemptRow, CheckDocument, ErrorDocument, HistoryDocument, PlanDocument, ReportDocument,
    StatusDocument, TargetStatus, facts_hash,
};
pub use many::{Counts, Fate};
pub use text::{count, error as error_text, history, plan, report, status};
pub use unlock::UnlockDocument;

/// The version of every JSON document that is printed.
pub const SCHEMA_VERSION: u32 = 1;

/// `schema/output.schema.json`: what `--format json` prints.
pub fn schema_text() -> &'static str {
    include_str!("../../schema/output.schema.json")
}

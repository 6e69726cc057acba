//! Errors, plans and reports as text, as JSON and in the forms of continuous integration. It only
//! shows: nothing is decided here, and only the cli prints what comes out.

mod answers;
mod clean;
mod connection;
mod difference;
mod document;
mod export;
mod findings;
mod fingerprint;
mod folders;
mod form;
mod github;
mod gitlab;
mod import;
mod junit;
mod keys;
mod lint;
pub mod many;
mod outline;
pub mod picture;
mod planned;
mod remarks;
mod sarif;
mod summary;
mod text;
mod unlock;

pub use clean::{clean, clean_line, escaped, json, json_line};
pub use connection::{Asked, ConnectionDocument};
pub use difference::{DiffDocument, DiffTarget, difference};
pub use document::{
    AttemptRow, CheckDocument, ErrorDocument, HistoryDocument, ReportDocument, StatusDocument,
    TargetStatus,
};
pub use export::ExportDocument;
pub use findings::{Answer, Document, Finding, Level, Mark, Row, Sheet};
pub use folders::{Folders, Spot};
pub use form::Form;
pub use github::{annotations, harmless, outputs};
pub use gitlab::gitlab;
pub use import::{ImportDocument, imported};
pub use junit::junit;
pub use keys::{bar, keys, progress};
pub use lint::{LintDocument, Looked, explained, lint, listed};
pub use many::{Counts, Fate};
pub use outline::outline;
pub use planned::{PlanDocument, facts_hash};
pub use sarif::sarif;
pub use summary::summary;
pub use text::{count, error as error_text, history, left_out, plan, report, status};
pub use unlock::UnlockDocument;

/// The version of every JSON document that is printed.
pub const SCHEMA_VERSION: u32 = 1;

/// `schema/output.schema.json`: what `--format json` prints.
pub fn schema_text() -> &'static str {
    include_str!("../../schema/output.schema.json")
}

//! The contract between the engine and its databases: what every driver speaks and nothing more.
//!
//! Rooms, lowest first: [`error`], [`secret`] and [`source`] (where a text stands) use nothing;
//! [`long`] is a text that is read in windows; [`catalog`] and [`change`] say what a database holds and how two differ, [`ddl`] how a database spells it; [`ledger`] says what is
//! remembered; [`settings`] says how to connect; [`driver`] is the contract itself;
//! [`apart`] joins a database and a ledger that is kept elsewhere;
//! [`hosts`] chooses one of several servers; [`sql`] is what
//! the SQL drivers share, so that an algorithm is written once and only the dialect differs.
//! No clock, no files, no network live here.

#![forbid(unsafe_code)]

pub mod apart;
pub mod catalog;
pub mod change;
pub mod code;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod ddl;
pub mod driver;
pub mod error;
#[cfg(feature = "fake")]
pub mod fake;
pub mod hosts;
pub mod ledger;
pub mod long;

pub mod secret;
pub mod settings;
pub mod sorted;
pub mod source;
pub mod sql;

pub use apart::Apart;
pub use catalog::{Catalog, Column, Index, Name, Table};
pub use change::Change;
pub use ddl::Ddl;
pub use driver::{
    Capabilities, Dialect, Driver, Holder, Limits, Locked, Opener, Part, Preview, Progress, Rows,
    Run, Script, Verdict,
};
pub use error::{Code, Error, Exit, Result};
pub use ledger::{
    Attempt, Digest, Entry, History, Outcome, Phase, Record, State, Step, StepState, Stored,
};
pub use long::{Long, Reopen};
pub use secret::Secret;
pub use settings::{Host, Locality, Mode, Settings, Tls};
pub use source::{Effect, Lines, Place, Source, Statement, Text};
pub use sql::stretch::Stretch;

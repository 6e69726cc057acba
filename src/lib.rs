//! Initium: database migrations, exactly once, proven.
//!
//! The rooms, in order; a room uses only rooms above it, and `tests/architecture.rs` keeps it so.
//!
//! * `initium_driver` (`drivers/api`): the contract; `drivers/*` speak it to one database each.
//! * [`source`]: folders of other tools to what they say, and what their ledgers say. Pure.
//! * [`spec`]: files to a checked `Spec`; the only room that knows YAML, JSON and `schema/`.
//! * [`diff`]: two catalogs to the changes between them. Pure.
//! * [`plan`]: facts to a `Plan`; order, history checks, transactions, undo. Pure.
//! * [`lint`]: plan to findings: what statements would do to others and to data. Pure.
//! * [`run`]: plan and driver to a `Report`; lock, apply, verify, clean up, roll back. The only
//!   room that writes.
//! * [`report`]: events, plans and reports as text or JSON; schemas and diffs as pictures.
//! * [`token`]: passwords that are made at the moment of a login (RDS, Aurora).
//! * [`connect`]: settings to a driver; the only file that knows which drivers were compiled in.
//! * [`cli`]: arguments to calls, one file per verb. Only it and `main.rs` print and exit.
//!
//! ```text
//! files --spec--> Spec ------------+
//! driver.history() --> [Record] ---+--> Facts --plan--> Plan --lint--> [Finding]   (nothing up to here writes)
//!                                                        |
//!                  run(&plan, &mut dyn Driver, tell) --> Report | Failure { report, error }
//! ```

#![forbid(unsafe_code)]

pub mod cli;
pub mod connect;
pub mod diff;
pub mod lint;
pub mod plan;
pub mod report;
pub mod run;
pub mod source;
pub mod spec;
pub mod token;

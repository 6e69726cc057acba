//! The fault harness: runs that are killed, cut, stopped, outnumbered and kept waiting, on every
//! database. Each drill prints one line of figures. `FAULTS=full` makes every drill longer;
//! `docs/reliability.md` says which promise each one stands for.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

#[allow(dead_code)]
#[path = "../suite/support/mod.rs"]
mod support;

mod commit;
mod concurrently;
mod drill;
mod lease;
mod mixed;
mod points;
mod proxy;
mod queue;
mod runners;
mod server;
mod shapes;
mod signals;
mod simulation;
mod sqlite;

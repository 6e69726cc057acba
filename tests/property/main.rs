//! Properties that hold of everything: random expressions and random catalogs, on every database.
//! Each test prints the seed of what it left to chance. `PROPERTY=full` makes every one longer,
//! `PROPERTY_SEED` repeats one.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

#[allow(dead_code)]
#[path = "../suite/support/mod.rs"]
mod support;

#[allow(dead_code)]
#[path = "../cases/stage.rs"]
mod stage;

mod catalogs;
mod chance;
mod edits;
mod expressions;
mod kinds;
mod maker;
mod nonsense;
mod rows;
mod scale;

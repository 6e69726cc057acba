//! TLS against real servers: every way to be wrong has its own code, and none succeeds in silence.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

#[allow(dead_code)]
#[path = "../suite/support/mod.rs"]
mod support;

mod matrix;
mod middle;
mod mitm;
mod mysql;
mod postgres;
#[allow(dead_code)]
mod server;

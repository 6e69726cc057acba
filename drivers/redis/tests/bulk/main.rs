//! Steps that go through many keys, on a real server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::panic
)]

mod bench;
mod cluster;
mod moving;
mod patterns;
mod questions;
mod resuming;
mod texts;
mod values;

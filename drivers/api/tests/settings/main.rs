//! The settings parser, seen from outside: a table of vectors, the same password under every scheme,
//! the real libpq as a judge, and texts nobody wrote.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod hostile;
mod libpq;
mod supply;
mod table;

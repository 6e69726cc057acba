//! Nothing leaks: passwords that no sane person would choose, handed over in every way there is,
//! through every failure there is, at the most talkative log level, in both forms. Whatever a run
//! leaves behind is searched for them, raw and in every spelling. The table is supply x password x
//! failure x form; a new way to hand over a connection is one line in `supply.rs`.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

#[allow(dead_code)]
#[path = "../suite/support/mod.rs"]
mod support;

mod children;
mod forms;
mod local;
mod mistakes;
mod panics;
mod scene;
mod sensitive;
mod servers;
mod supply;

//! The engine's tests against real databases, through the binary a user runs. One test program, so
//! that it is linked once; `docs/testing.md` says which mistake each module catches.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod support;

mod acl;
mod around;
mod bombs;
mod both;
mod changes;
mod crash;
mod declared;
mod dependencies;
mod dumps;
mod edits;
mod errors;
mod escapes;
mod examples;
mod features;
#[path = "../corpora/folders.rs"]
mod folders;
mod formats;
mod gate;
mod hostile;
mod hosts;
#[cfg(feature = "aws-iam")]
mod iam;
mod import;
mod inspect;
mod keys;
mod kubernetes;
mod ledgers;
mod lifecycle;
mod lint;
mod long;
mod lost;
mod many;
mod memory;
mod mixed;
mod names;
mod order;
pub mod output;
mod pages;
mod readers;
mod recipes;
mod secrets;
mod sessions;
mod silent;
mod supply;
mod temporary;
mod tenants;
mod turns;
mod upstream;
mod variables;
mod wire;

//! Any bytes as they come, to [`targets::name`].
#![no_main]
#![allow(dead_code)]

#[path = "../../corpora/corpus.rs"]
mod corpus;
#[path = "../targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::name(bytes));

//! The splitters on files: every case of `tests/corpora`, generated and mutated texts, shapes that
//! make careless readers slow, and the seeds of the fuzz targets.
#![allow(clippy::print_stderr)]

#[path = "corpora/cases.rs"]
mod cases;
#[path = "corpora/corpus.rs"]
mod corpus;
#[path = "corpora/cost.rs"]
mod cost;
#[path = "corpora/random.rs"]
mod random;
#[path = "corpora/seeds.rs"]
mod seeds;
#[path = "fuzz/targets.rs"]
mod targets;

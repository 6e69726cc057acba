//! Pictures of catalogs and diffs: golden files, and what must hold of every picture. `tests/pictures/run`
//! looks at them in a browser; `INITIUM_TEST_PICTURES=FOLDER` writes what it looks at.
#![allow(clippy::unwrap_used)]

#[path = "pictures/facts.rs"]
mod facts;
#[path = "pictures/golden.rs"]
mod golden;
#[path = "pictures/hostile.rs"]
mod hostile;
#[path = "pictures/samples.rs"]
mod samples;
#[path = "pictures/shop.rs"]
mod shop;

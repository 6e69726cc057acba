//! Initium: database migrations, exactly once, proven.

pub mod spec;

//! Files of SQL that follow no tool's rules: each is a migration, in the order of their names with
//! the numbers in them as numbers. They have no downs.

use super::order::once;
use super::version::{digits, natural};
use super::{File, Format, Found, begun, scripts, unfit};
use initium_driver::{Result, sorted};

/// A folder is only taken for such a one where every name begins with a number.
pub fn is_one(name: &str) -> bool {
    digits(name).is_some() && name.ends_with(".sql")
}

pub fn read(files: &[File]) -> Result<Vec<Found>> {
    let mut all = Vec::new();
    for file in scripts(files) {
        let Some(stem) = file.name.strip_suffix(".sql") else {
            return Err(unfit(file, "this folder", "001_name.sql"));
        };
        let title = digits(stem).map_or(stem, |(_, rest)| rest);
        let title = title.trim_start_matches(['_', '-', '.', ' ']);
        all.push(begun(Format::Plain, file, stem, title, stem));
    }
    sorted::by(&mut all, |one, other| {
        let (one, other) = (&one.origin.file, &other.origin.file);
        natural(one, other).then_with(|| one.cmp(other))
    });
    once(all)
}

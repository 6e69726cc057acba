//! refinery: `V1__name.sql`, and `U2__name.sql`, which is a migration like the others that may come
//! out of order. In folders below too.

use super::flyway::parse;
use super::order::by_version;
use super::version::bare;
use super::{File, Format, Found, base, begun, extension, no_programs, scripts, stem, unfit};
use initium_driver::Result;

pub fn read(files: &[File]) -> Result<Vec<Found>> {
    no_programs(files, "refinery", &|file| {
        let name = base(&file.name);
        extension(name) == "rs" && is_one(name.trim_end_matches(".rs"))
    })?;
    let mut all = Vec::new();
    for file in scripts(files) {
        let stem = stem(base(&file.name));
        let named = parse(stem).filter(|_| is_one(stem) && file.name.ends_with(".sql"));
        let Some(named) = named else {
            return Err(unfit(file, "refinery", "V1__name.sql or U1__name.sql"));
        };
        all.push(begun(
            Format::Refinery,
            file,
            bare(named.version),
            named.title,
            stem,
        ));
    }
    by_version(all)
}

fn is_one(stem: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    parse(stem).is_some_and(|named| {
        "VU".contains(named.letter)
            && named.version.bytes().all(|b| b.is_ascii_digit())
            && !named.title.is_empty()
            && named.title.chars().all(word)
    })
}

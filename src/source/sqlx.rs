//! sqlx: `20240102030405_name.sql`, or `_name.up.sql` and `_name.down.sql`; a file that begins with
//! `-- no-transaction` runs in none.

use super::lines::head;
use super::order::by_version;
use super::pair::{Named, Side, put_together, side};
use super::version::{bare, digits};
use super::{File, Format, Found, Within, scripts, stem, unfit};
use initium_driver::Result;

/// The very first characters of a file, and nothing before them.
const ALONE: &str = "-- no-transaction";

pub fn says_alone(text: &str) -> bool {
    text.starts_with(ALONE)
}

pub fn read(files: &[File]) -> Result<Vec<Found>> {
    let mut all = Vec::new();
    for file in scripts(files) {
        let stem = stem(&file.name);
        let named =
            digits(stem).and_then(|(version, rest)| Some((version, rest.strip_prefix('_')?)));
        let named = named.filter(|(_, rest)| file.name.ends_with(".sql") && !rest.contains('/'));
        let Some((version, rest)) = named else {
            let called = "20240102030405_name.sql, or _name.up.sql and _name.down.sql";
            return Err(unfit(file, "sqlx", called));
        };
        let (title, side) = side(rest).unwrap_or((rest, Side::Up));
        all.push(Named {
            file,
            version: bare(version).into(),
            title: title.replace('_', " "),
            id: format!("{version}_{title}"),
            side,
            database: None,
            within: within(file)?,
        });
    }
    by_version(put_together(Format::Sqlx, all)?)
}

fn within(file: &File) -> Result<Within> {
    let text = head(&file.text)?;
    if says_alone(&text) {
        return Ok(Within::Nothing);
    }
    let mut number = 0;
    let misplaced = text.lines().take(100).find(|line| {
        number += 1;
        line.trim() == ALONE
    });
    match misplaced {
        None => Ok(Within::Transaction),
        Some(line) => {
            let mut place = super::start(file);
            place.line = number;
            Err(
                super::wrong(file, format!("`{}` does not begin the file", line.trim()))
                    .place(place)
                    .help("sqlx only sees it as the first characters of a file"),
            )
        }
    }
}

//! node-pg-migrate, as far as it is SQL: `1704164645000_name.sql` with `-- Up Migration` and
//! `-- Down Migration` in it, or `_name.up.sql` and `_name.down.sql`.

use super::lines::{Spot, each, length, piece};
use super::order::once;
use super::pair::{Named, put_together, side};
use super::version::{digits, natural};
use super::{
    File, Format, Found, Way, Within, begun, extension, no_programs, scripts, stem, unfit,
};
use initium_driver::{Result, sorted};

/// `-- Up Migration`, in any letters, with what people write behind it.
pub fn said(line: &str, word: &str) -> bool {
    let Some(rest) = line.trim_start().strip_prefix("--") else {
        return false;
    };
    let rest = rest.trim_start_matches(|c: char| c == '-' || c.is_whitespace());
    let mut words = rest.split_whitespace();
    let first = words
        .next()
        .is_some_and(|first| first.eq_ignore_ascii_case(word));
    let second = words
        .next()
        .and_then(|second| second.get(.."migration".len()));
    first && second.is_some_and(|second| second.eq_ignore_ascii_case("migration"))
}

pub fn read(files: &[File]) -> Result<Vec<Found>> {
    no_programs(files, "node-pg-migrate", &|file| {
        let programs = ["js", "ts", "mjs", "cjs", "mts", "cts"];
        programs.contains(&extension(&file.name).as_str()) && digits(&file.name).is_some()
    })?;
    let (mut pairs, mut all) = (Vec::new(), Vec::new());
    for file in scripts(files) {
        let stem = stem(&file.name);
        let fits = file.name.ends_with(".sql") && !stem.contains('/');
        let Some((number, _)) = digits(stem).filter(|_| fits) else {
            return Err(unfit(file, "node-pg-migrate", "1704164645000_name.sql"));
        };
        match side(stem) {
            None => all.push(one(file, stem, number)?),
            Some((name, side)) => pairs.push(Named {
                file,
                // The ledger has the whole name.
                version: name.into(),
                title: title(name, number),
                id: name.into(),
                side,
                database: None,
                within: Within::Transaction,
            }),
        }
    }
    all.extend(put_together(Format::NodePgMigrate, pairs)?);
    sorted::by(&mut all, |one, other| {
        let (one, other) = (&one.origin.version, &other.origin.version);
        moment(one)
            .cmp(&moment(other))
            .then_with(|| natural(one, other))
    });
    once(all)
}

fn title(name: &str, number: &str) -> String {
    name[number.len()..].trim_start_matches(['_', '-']).into()
}

fn one(file: &File, name: &str, number: &str) -> Result<Found> {
    // Where its line begins. The first of each counts, whichever comes first.
    let (mut up, mut down): (Option<Spot>, Option<Spot>) = (None, None);
    each(&file.text, &mut |line| {
        for (word, part) in [("up", &mut up), ("down", &mut down)] {
            if !said(line.text, word) {
                continue;
            }
            if part.is_some() {
                let message = format!("`{}` stands here twice", line.text.trim());
                return Err(line.refuse(&file.text, message));
            }
            *part = Some(line.start());
        }
        Ok(())
    })?;
    let end = length(&file.text);
    let to = |from: Spot, other: Option<Spot>| {
        let other = other.map_or(end, |other| other.at);
        if other > from.at { other } else { end }
    };
    let way = |from: Spot, to: u64| {
        let text = piece(&file.text, from, to)?;
        Ok(text.map(|text| Way::of(text, Within::Transaction)))
    };
    let mut found = begun(
        Format::NodePgMigrate,
        file,
        name,
        &title(name, number),
        name,
    );
    found.up = match up {
        Some(up) => way(up, to(up, down))?.unwrap_or_default(),
        // Without its mark all of it is the up, the down with it.
        None if down.is_none() => found.up,
        None => {
            let message = format!("{} has no `-- Up Migration`", file.name);
            let help = "node-pg-migrate would run the down as a part of the up";
            return Err(super::wrong(file, message).help(help));
        }
    };
    if let Some(down) = down {
        found.down = way(down, to(down, up))?;
    }
    Ok(found)
}

/// What the number says about the order: 17 digits are a date, others count as they are.
fn moment(name: &str) -> i128 {
    let (number, _) = digits(name).unwrap_or(("0", ""));
    let value = |part: &str| part.parse::<i128>().unwrap_or(i128::MAX);
    if number.len() != 17 {
        return value(number);
    }
    let part = |from: usize, to: usize| value(&number[from..to]);
    let days = days(part(0, 4), part(4, 6), part(6, 8));
    (((days * 24 + part(8, 10)) * 60 + part(10, 12)) * 60 + part(12, 14)) * 1000 + part(14, 17)
}

/// Since 1970, by the proleptic calendar: the year begins in March, so that leap days are last.
fn days(year: i128, month: i128, day: i128) -> i128 {
    let year = year - i128::from(month <= 2);
    let month = (month + 9) % 12;
    year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 719_469
}

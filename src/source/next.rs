//! The next file of a folder, in the folder's own style: its version, its name and how it begins. And
//! the names that files get when they are moved behind the last one.

use super::{Folder, Format, Found, version};
use std::cmp::Ordering;

/// The time, as versions write it.
#[derive(Clone, Debug)]
pub struct Now {
    /// `20240102030405`
    pub stamp: String,
    /// Milliseconds since 1970.
    pub millis: String,
}

/// What is written: a path below the folder, and a text.
pub type New = (String, String);

/// The files of a new migration; `None` where the tool keeps a list beside its files, which only it
/// writes.
pub fn files(folder: &Folder, name: &str, said: (&str, &str), now: &Now) -> Option<Vec<New>> {
    written(folder, &version_of(folder, now), name, said)
}

/// The files of one that stands for others: it has the version of the last of them.
pub fn in_place(folder: &Folder, last: &str, name: &str, said: (&str, &str)) -> Option<Vec<New>> {
    let last = folder.found.iter().find(|one| one.id == last)?;
    written(folder, spelled(last)?, name, said)
}

fn written(folder: &Folder, version: &str, name: &str, said: (&str, &str)) -> Option<Vec<New>> {
    let slug = slug(name);
    let (up, down) = said;
    let (stem, dir) = (format!("{version}_{slug}"), format!("{version}_{slug}/"));
    let pair = || {
        let (up, down) = (up.to_string(), down.to_string());
        vec![
            (format!("{stem}.up.sql"), up),
            (format!("{stem}.down.sql"), down),
        ]
    };
    let one = |text: String| vec![(format!("{stem}.sql"), text)];
    // A folder without a way back goes on without one.
    let is_pair = folder.found.last().is_none_or(|last| last.down.is_some());
    Some(match folder.format {
        Format::GolangMigrate => pair(),
        Format::Sqlx if is_pair && !folder.found.is_empty() => pair(),
        Format::Sqlx | Format::Plain => one(up.into()),
        Format::Goose => one(format!("-- +goose Up\n{up}\n-- +goose Down\n{down}")),
        Format::Dbmate => one(format!("-- migrate:up\n{up}\n-- migrate:down\n{down}")),
        Format::NodePgMigrate => one(format!("-- Up Migration\n{up}\n-- Down Migration\n{down}")),
        Format::Flyway | Format::Refinery => {
            vec![(format!("V{version}__{slug}.sql"), up.into())]
        }
        Format::Diesel => vec![
            (format!("{dir}up.sql"), up.into()),
            (format!("{dir}down.sql"), down.into()),
        ],
        Format::Prisma => vec![(format!("{dir}migration.sql"), up.into())],
        Format::Atlas | Format::Liquibase | Format::Sqitch | Format::Drizzle => return None,
    })
}

/// A name as it stands in the name of a file.
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars() {
        match c.is_ascii_alphanumeric() {
            true => slug.push(c.to_ascii_lowercase()),
            false if slug.ends_with('_') || slug.is_empty() => {}
            false => slug.push('_'),
        }
    }
    slug.trim_end_matches('_').into()
}

/// Behind the last one, written as that one is.
fn version_of(folder: &Folder, now: &Now) -> String {
    let all = folder.found.iter().filter_map(|one| spelled(one));
    match all.max_by(|a, b| version::compare(a, b)) {
        Some(last) => behind(last, now),
        None => match folder.format {
            Format::GolangMigrate => "000001".into(),
            Format::Goose => "00001".into(),
            Format::Flyway | Format::Refinery => "1".into(),
            Format::Plain => "001".into(),
            Format::NodePgMigrate => now.millis.clone(),
            Format::Diesel => dashed(&now.stamp),
            _ => now.stamp.clone(),
        },
    }
}

/// The version as a file's name has it.
fn spelled(one: &Found) -> Option<&str> {
    let name = named(one.origin.format, &one.origin.file);
    let rest = match one.origin.format {
        Format::Flyway | Format::Refinery => name.get(1..)?,
        _ => name,
    };
    let sign = |c: char| match one.origin.format {
        Format::Flyway => c.is_ascii_digit() || c == '.' || c == '_',
        Format::Diesel => c.is_ascii_digit() || c == '-',
        _ => c.is_ascii_digit(),
    };
    let end = rest.find(|c| !sign(c)).unwrap_or(rest.len());
    let spelled = rest[..end].trim_end_matches(['_', '-', '.']);
    (!spelled.is_empty()).then_some(spelled)
}

/// The part of a path that has the version in it.
fn named(format: Format, file: &str) -> &str {
    match format {
        Format::Diesel | Format::Prisma => file.split('/').next().unwrap_or(file),
        _ => file.rsplit('/').next().unwrap_or(file),
    }
}

fn behind(last: &str, now: &Now) -> String {
    let (stamp, written) = match last.len() {
        13 => (&now.millis, now.millis.clone()),
        14 => (&now.stamp, now.stamp.clone()),
        17 if last.contains('-') => (&now.stamp, dashed(&now.stamp)),
        _ => return more(last),
    };
    let digits: String = last.chars().filter(char::is_ascii_digit).collect();
    // A clock that goes wrong, or two in one second.
    match version::compare(stamp, &digits) {
        Ordering::Greater => written,
        _ => more(last),
    }
}

/// `2024-01-02-030405`
fn dashed(stamp: &str) -> String {
    let part = |from: usize, to: usize| stamp.get(from..to).unwrap_or_default();
    let parts = [part(0, 4), part(4, 6), part(6, 8), part(8, 14)];
    parts.join("-")
}

/// The last run of digits, and one: as long as it was where that is enough.
fn more(version: &str) -> String {
    let begin = version
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |at| at + 1);
    let (head, tail) = version.split_at(begin);
    let mut digits: Vec<u8> = tail.bytes().collect();
    for digit in digits.iter_mut().rev() {
        match *digit {
            b'9' => *digit = b'0',
            _ => {
                *digit += 1;
                let tail = String::from_utf8_lossy(&digits);
                return format!("{head}{tail}");
            }
        }
    }
    format!("{head}1{}", "0".repeat(digits.len()))
}

/// The new name of each file of the folder, where these migrations are moved behind all others, in
/// their order. `names`: all files of the folder.
pub fn moved(folder: &Folder, ids: &[&str], names: &[&str], now: &Now) -> Vec<(String, String)> {
    let mut last = folder
        .found
        .iter()
        .filter_map(spelled)
        .max_by(|a, b| version::compare(a, b))
        .unwrap_or("0")
        .to_string();
    let mut renames = Vec::new();
    for one in folder
        .found
        .iter()
        .filter(|one| ids.contains(&one.id.as_str()))
    {
        last = behind(&last, now);
        for (name, version) in carrying(one, names) {
            let begin = name.len() - named(one.origin.format, name).len();
            let begin = match one.origin.format {
                Format::Diesel | Format::Prisma => 0,
                _ => begin,
            };
            let at = begin + name[begin..].find(version).unwrap_or(0);
            let (head, tail) = (&name[..at], &name[at + version.len()..]);
            renames.push((name.to_string(), format!("{head}{last}{tail}")));
        }
    }
    renames
}

/// Everything that carries the version of a migration: its other half, what is said about it beside
/// it. With the version as it is written there.
pub fn carrying<'a>(one: &'a Found, names: &[&'a str]) -> Vec<(&'a str, &'a str)> {
    let format = one.origin.format;
    let Some(old) = spelled(one) else {
        return Vec::new();
    };
    let lettered = matches!(format, Format::Flyway | Format::Refinery);
    let mine = |name: &&&str| {
        let part = named(format, name);
        let rest = match lettered {
            true => part.strip_prefix(['V', 'U', 'B']),
            false => Some(part),
        };
        let rest = rest.and_then(|rest| rest.strip_prefix(old));
        let separate: &[char] = match lettered {
            true => &['_'],
            false => &['_', '.', '-'],
        };
        rest.is_some_and(|rest| rest.starts_with(separate))
    };
    names.iter().filter(mine).map(|name| (*name, old)).collect()
}

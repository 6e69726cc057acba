//! golang-migrate: `1_name.up.sql` and `1_name.down.sql`; in folders for several databases
//! `1_name.postgres.up.sql`, and `.autocommit` for what stands in no transaction.

use super::version::{compare, digits};
use super::{File, Found, Script, Turn, Within, start, wrong};
use initium_driver::{Code, Error, Result};

/// Databases as such names call them.
const CALLED: &[(&str, &str)] = &[
    ("postgres", "postgres"),
    ("postgresql", "postgres"),
    ("mysql", "mysql"),
    ("mariadb", "mariadb"),
    ("sqlite", "sqlite"),
    ("sqlite3", "sqlite"),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

/// What a name says.
struct Named<'a> {
    version: &'a str,
    title: &'a str,
    way: Way,
    database: Option<&'static str>,
    within: Within,
}

pub fn is_one(name: &str) -> bool {
    named(name).is_some()
}

fn named(name: &str) -> Option<Named<'_>> {
    let (version, rest) = digits(name)?;
    let rest = rest.strip_prefix('_')?.strip_suffix(".sql")?;
    let (rest, way) = match rest.strip_suffix(".up") {
        Some(rest) => (rest, Way::Up),
        None => (rest.strip_suffix(".down")?, Way::Down),
    };
    let mut named = Named {
        version,
        title: rest,
        way,
        database: None,
        within: Within::Transaction,
    };
    while let Some((before, word)) = named.title.rsplit_once('.') {
        if word == "autocommit" {
            named.within = Within::Nothing;
        } else {
            let known = CALLED.iter().find(|(called, _)| *called == word);
            named.database = Some(known?.1);
        }
        named.title = before;
    }
    Some(named)
}

pub fn read(files: &[File]) -> Result<Vec<Found>> {
    let mut all: Vec<Found> = Vec::new();
    for file in files.iter().filter(|file| file.name.ends_with(".sql")) {
        let Some(named) = named(&file.name) else {
            return Err(wrong(
                file,
                format!("{} is neither an up nor a down of golang-migrate", file.name),
            )
            .help("such a file is called 1_name.up.sql or 1_name.down.sql; move others out of the folder"));
        };
        let same = |one: &&mut Found| compare(&one.version, named.version).is_eq();
        let found = match all.iter_mut().find(same) {
            Some(found) => found,
            None => {
                all.push(Found {
                    version: named.version.into(),
                    name: String::new(),
                    turn: Turn::Once,
                    within: Within::Transaction,
                    up: Vec::new(),
                    down: Vec::new(),
                    place: start(file),
                });
                let last = all.len() - 1;
                &mut all[last]
            }
        };
        if named.within == Within::Nothing {
            found.within = Within::Nothing;
        }
        let scripts = match named.way {
            Way::Up => {
                found.name = format!("{}_{}", named.version, named.title);
                found.place = start(file);
                &mut found.up
            }
            Way::Down => &mut found.down,
        };
        if let Some(other) = scripts.iter().find(|one| one.database == named.database) {
            return Err(Error::new(
                Code::DuplicateId,
                format!("{} and {} have the same version", other.text.file, file.text.file),
            )
            .help("give one of them another number")
            .place(start(file)));
        }
        scripts.push(Script {
            database: named.database,
            text: file.text.clone(),
        });
    }
    if let Some(lonely) = all.iter().find(|one| one.up.is_empty()) {
        return Err(Error::new(
            Code::ScriptMissing,
            format!("version {} has a down and no up", lonely.version),
        )
        .place(lonely.place.clone()));
    }
    all.sort_by(|a, b| compare(&a.version, &b.version));
    Ok(all)
}

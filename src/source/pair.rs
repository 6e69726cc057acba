//! golang-migrate: `1_name.up.sql` and `1_name.down.sql`; in folders for several databases
//! `1_name.postgres.up.sql`, and `.autocommit` for what stands in no transaction.

use super::version::{Number, bare, digits};
use super::{File, Format, Found, Origin, Script, Turn, Way, Within, id, scripts, start, wrong};
use initium_driver::{Code, Error, Result};
use std::collections::BTreeMap;

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
enum Side {
    Up,
    Down,
}

/// What a name says.
struct Named<'a> {
    version: &'a str,
    title: &'a str,
    side: Side,
    database: Option<&'static str>,
    within: Within,
}

pub fn is_one(name: &str) -> bool {
    named(name).is_some()
}

fn named(name: &str) -> Option<Named<'_>> {
    let (version, rest) = digits(name)?;
    let rest = rest.strip_prefix('_')?.strip_suffix(".sql")?;
    let (rest, side) = match rest.strip_suffix(".up") {
        Some(rest) => (rest, Side::Up),
        None => (rest.strip_suffix(".down")?, Side::Down),
    };
    let mut named = Named {
        version,
        title: rest,
        side,
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

/// A migration while its files come in.
struct Half {
    found: Found,
    down: Way,
}

pub fn read(files: &[File]) -> Result<Vec<Found>> {
    let mut all: BTreeMap<Number, Half> = BTreeMap::new();
    for file in scripts(files) {
        let Some(named) = named(&file.name) else {
            let message = format!(
                "{} is neither an up nor a down of golang-migrate",
                file.name
            );
            return Err(wrong(file, message).help(
                "such a file is called 1_name.up.sql or 1_name.down.sql; move others out of the folder",
            ));
        };
        let half = all
            .entry(Number::of(named.version))
            .or_insert_with(|| begun(&named, file));
        let way = match named.side {
            Side::Up => {
                half.found.id = id(&format!("{}_{}", named.version, named.title));
                half.found.origin.title = named.title.into();
                half.found.origin.file = file.name.clone();
                half.found.place = start(file);
                &mut half.found.up
            }
            Side::Down => &mut half.down,
        };
        if named.within == Within::Nothing {
            way.within = Within::Nothing;
        }
        let mut known = way.scripts.iter();
        if let Some(other) = known.find(|one| one.database == named.database) {
            let (first, second) = (&other.text.file, &file.text.file);
            let message = format!("{first} and {second} have the same version");
            return Err(Error::new(Code::DuplicateId, message)
                .help("give one of them another number")
                .place(start(file)));
        }
        way.scripts.push(Script {
            database: named.database,
            text: file.text.clone(),
        });
    }
    let mut found = Vec::new();
    for (_, half) in all {
        let Half {
            found: mut one,
            down,
        } = half;
        if one.up.scripts.is_empty() {
            let message = format!("version {} has a down and no up", one.origin.version);
            return Err(Error::new(Code::ScriptMissing, message).place(one.place));
        }
        one.down = Some(down).filter(|down| !down.scripts.is_empty());
        found.push(one);
    }
    Ok(found)
}

fn begun(named: &Named, file: &File) -> Half {
    Half {
        found: Found {
            origin: Origin {
                format: Format::GolangMigrate,
                version: bare(named.version).into(),
                title: String::new(),
                file: file.name.clone(),
                sum: None,
            },
            id: String::new(),
            turn: Turn::Once,
            up: Way::default(),
            down: None,
            verify: Vec::new(),
            tags: Vec::new(),
            place: start(file),
        },
        down: Way::default(),
    }
}

//! Migrations whose up and down are files of their own, put together by their version.

use super::{File, Format, Found, Script, Way, Within, begun, start};
use initium_driver::{Code, Error, Result};
use std::collections::BTreeMap;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Up,
    Down,
}

/// A file as its name says it.
pub struct Named<'a> {
    pub file: &'a File,
    /// As the tool's ledger writes it.
    pub version: String,
    pub title: String,
    pub id: String,
    pub side: Side,
    pub database: Option<&'static str>,
    pub within: Within,
}

/// `x.up` and `x.down` to `x` and which of them it is.
pub fn side(stem: &str) -> Option<(&str, Side)> {
    match stem.strip_suffix(".up") {
        Some(stem) => Some((stem, Side::Up)),
        None => Some((stem.strip_suffix(".down")?, Side::Down)),
    }
}

/// In the order of the versions as texts: the caller knows the true one.
pub fn put_together(format: Format, all: Vec<Named>) -> Result<Vec<Found>> {
    let mut halves: BTreeMap<String, [Vec<Named>; 2]> = BTreeMap::new();
    for named in all {
        let half = halves.entry(named.version.clone()).or_default();
        let side = &mut half[usize::from(named.side == Side::Down)];
        let twice = side
            .iter()
            .find(|one| one.database == named.database || one.title != named.title);
        if let Some(other) = twice {
            let (first, second) = (&other.file.name, &named.file.name);
            let message = format!("{first} and {second} have the same version");
            return Err(Error::new(Code::DuplicateId, message)
                .help("give one of them another number")
                .place(start(named.file)));
        }
        side.push(named);
    }
    halves
        .into_values()
        .map(|[up, down]| one(format, &up, &down))
        .collect()
}

fn one(format: Format, up: &[Named], down: &[Named]) -> Result<Found> {
    let Some(first) = up.first() else {
        let file = down.first().map(|named| named.file);
        let name = file.map_or("", |file| file.name.as_str());
        let message = format!("{name} has no up beside it");
        let error = Error::new(Code::ScriptMissing, message);
        return Err(match file {
            Some(file) => error.place(start(file)),
            None => error,
        });
    };
    let mut found = begun(format, first.file, &first.version, &first.title, &first.id);
    found.up = way(up);
    found.down = (!down.is_empty()).then(|| way(down));
    Ok(found)
}

fn way(files: &[Named]) -> Way {
    let nothing = |named: &Named| named.within == Within::Nothing;
    Way {
        scripts: files.iter().map(script).collect(),
        within: match files.iter().any(nothing) {
            true => Within::Nothing,
            false => Within::Transaction,
        },
    }
}

fn script(named: &Named) -> Script {
    Script {
        database: named.database,
        text: named.file.text.clone(),
    }
}

//! Flyway: `V1_2__name.sql`, its undo `U1_2__name.sql`, `B3__name.sql` instead of all up to 3, and
//! `R__name.sql`, which runs again when its text changes. `V1__name.sql.conf` beside a file may say
//! that it runs in no transaction.

use super::lines::lines;
use super::order::by_version;
use super::version::Number;
use super::{File, Format, Found, Origin, Turn, Way, Within, id, scripts, start, wrong};
use initium_driver::{Code, Error, Result};
use std::collections::BTreeMap;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Letter {
    Versioned,
    Undo,
    Baseline,
    Repeatable,
}

struct Named<'a> {
    letter: Letter,
    version: &'a str,
    title: &'a str,
}

pub fn is_one(name: &str) -> bool {
    named(name).is_some()
}

fn named(name: &str) -> Option<Named<'_>> {
    let file = name.rsplit('/').next().unwrap_or(name);
    let rest = file.strip_suffix(".sql")?;
    let (before, title) = rest.split_once("__")?;
    let letter = match before.get(..1)? {
        "V" => Letter::Versioned,
        "U" => Letter::Undo,
        "B" => Letter::Baseline,
        "R" => Letter::Repeatable,
        _ => return None,
    };
    let version = &before[1..];
    let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let fits = match letter {
        Letter::Repeatable => version.is_empty(),
        _ => version.split(['.', '_']).all(number),
    };
    fits.then_some(Named {
        letter,
        version,
        title,
    })
}

pub fn read(files: &[File]) -> Result<Vec<Found>> {
    let (mut all, mut undos) = (Vec::new(), BTreeMap::new());
    for file in scripts(files) {
        let Some(named) = named(&file.name) else {
            let message = format!("{} is no name that Flyway runs", file.name);
            return Err(wrong(file, message).help(
                "such a file is called V1__name.sql, U1__name.sql, R__name.sql or B1__name.sql; move others out of the folder",
            ));
        };
        let within = within(files, file)?;
        if named.letter == Letter::Undo {
            let number = Number::of(&named.version.replace('_', "."));
            undos.insert(number, (file, Way::of(file.text.clone(), within)));
            continue;
        }
        let name = file.name.rsplit('/').next().unwrap_or(&file.name);
        all.push(Found {
            origin: Origin {
                format: Format::Flyway,
                version: named.version.replace('_', "."),
                title: named.title.replace('_', " "),
                file: file.name.clone(),
                sum: None,
            },
            id: id(name.trim_end_matches(".sql")),
            turn: match named.letter {
                Letter::Repeatable => Turn::Repeatable,
                Letter::Baseline => Turn::Baseline,
                _ => Turn::Once,
            },
            up: Way::of(file.text.clone(), within),
            down: None,
            verify: Vec::new(),
            tags: Vec::new(),
            place: start(file),
        });
    }
    let mut all = by_version(all)?;
    for found in all.iter_mut().filter(|found| found.turn == Turn::Once) {
        let undo = undos.remove(&Number::of(&found.origin.version));
        found.down = undo.map(|(_, way)| way);
    }
    match undos.into_values().next() {
        None => Ok(all),
        Some((file, _)) => {
            let message = format!("{} undoes a version that is not there", file.name);
            Err(wrong(file, message))
        }
    }
}

/// What the file beside it says.
fn within(files: &[File], file: &File) -> Result<Within> {
    let beside = format!("{}.conf", file.name);
    let Some(conf) = files.iter().find(|one| one.name == beside) else {
        return Ok(Within::Transaction);
    };
    let text = conf.text.whole()?;
    let mut within = Within::Transaction;
    for line in lines(&text) {
        let said = line.text.trim();
        if said.is_empty() || said.starts_with('#') {
            continue;
        }
        let (key, value) = said.split_once('=').unwrap_or((said, ""));
        within = match (key.trim(), value.trim()) {
            ("executeInTransaction", "true") => Within::Transaction,
            ("executeInTransaction", "false") => Within::Nothing,
            _ => {
                return Err(Error::new(
                    Code::SpecInvalid,
                    format!("`{said}` of Flyway is not supported"),
                )
                .help("of these files only executeInTransaction=true or false is")
                .place(conf.text.place(line.at)));
            }
        };
    }
    Ok(within)
}

//! Flyway: `V1_2__name.sql`, its undo `U1_2__name.sql`, `B3__name.sql` instead of all up to 3, and
//! `R__name.sql`, which runs again when its text changes. `V1__name.sql.conf` beside a file may say
//! that it runs in no transaction.

use super::lines::lines;
use super::version::compare;
use super::{File, Found, Script, Turn, Within, start, wrong};
use initium_driver::{Code, Error, Result};

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
    let (mut all, mut undos) = (Vec::new(), Vec::new());
    for file in files.iter().filter(|file| file.name.ends_with(".sql")) {
        let Some(named) = named(&file.name) else {
            return Err(
                wrong(file, format!("{} is no name that Flyway runs", file.name)).help(
                    "such a file is called V1__name.sql, U1__name.sql, R__name.sql or B1__name.sql; move others out of the folder",
                ),
            );
        };
        if named.letter == Letter::Undo {
            undos.push((named.version.replace('_', "."), file));
            continue;
        }
        all.push(Found {
            version: named.version.replace('_', "."),
            name: match named.letter {
                Letter::Repeatable => named.title.into(),
                _ => format!("{}__{}", named.version, named.title),
            },
            turn: match named.letter {
                Letter::Repeatable => Turn::Repeatable,
                Letter::Baseline => Turn::Baseline,
                _ => Turn::Once,
            },
            within: within(files, file)?,
            up: vec![script(file)],
            down: Vec::new(),
            place: start(file),
        });
    }
    for (version, file) in undos {
        let of = |one: &&mut Found| one.turn == Turn::Once && compare(&one.version, &version).is_eq();
        match all.iter_mut().find(of) {
            Some(found) => found.down.push(script(file)),
            None => {
                return Err(wrong(file, format!("{} undoes a version that is not there", file.name)));
            }
        }
    }
    all.sort_by(|a: &Found, b: &Found| {
        let last = |one: &Found| one.turn == Turn::Repeatable;
        let order = last(a).cmp(&last(b)).then(compare(&a.version, &b.version));
        order.then_with(|| a.name.cmp(&b.name))
    });
    let same = |two: &&[Found]| {
        two[0].turn == two[1].turn
            && match two[0].turn {
                Turn::Repeatable => two[0].name == two[1].name,
                _ => compare(&two[0].version, &two[1].version).is_eq(),
            }
    };
    match all.windows(2).find(same) {
        None => Ok(all),
        Some(two) => Err(Error::new(
            Code::DuplicateId,
            format!("{} and {} have the same version", two[0].place.file, two[1].place.file),
        )
        .help("give one of them another number")
        .place(two[1].place.clone())),
    }
}

fn script(file: &File) -> Script {
    Script {
        database: None,
        text: file.text.clone(),
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

//! dbmate: `20240102030405_name.sql` with `-- migrate:up` and `-- migrate:down` in it.

use super::lines::{lines, piece, said};
use super::version::{compare, digits};
use super::{File, Found, Script, Turn, Within, start, wrong};
use initium_driver::{Code, Error, Result};

pub const UP: &str = "migrate:up";
const DOWN: &str = "migrate:down";

pub fn read(files: &[File]) -> Result<Vec<Found>> {
    let mut all = Vec::new();
    for file in files.iter().filter(|file| file.name.ends_with(".sql")) {
        all.push(one(file)?);
    }
    all.sort_by(|a: &Found, b: &Found| compare(&a.version, &b.version));
    let twice = all.windows(2).find(|two| two[0].version == two[1].version);
    match twice {
        None => Ok(all),
        Some(two) => Err(Error::new(
            Code::DuplicateId,
            format!("{} and {} have the same version", two[0].place.file, two[1].place.file),
        )
        .help("give one of them another number")
        .place(two[1].place.clone())),
    }
}

fn one(file: &File) -> Result<Found> {
    let Some((version, _)) = digits(&file.name) else {
        return Err(wrong(file, format!("{} begins with no version", file.name))
            .help("dbmate calls its files 20240102030405_name.sql"));
    };
    let text = file.text.whole()?;
    // Where each part begins behind its line, and the line itself.
    let (mut up, mut down) = (None, None);
    for line in lines(&text) {
        let behind = line.at + line.text.len();
        let (part, options) = match (said(line.text, UP), said(line.text, DOWN)) {
            (Some(options), _) => (&mut up, options),
            (_, Some(options)) => (&mut down, options),
            _ if said(line.text, "migrate:").is_some() => {
                return Err(unknown(file, line.at, line.text));
            }
            _ => continue,
        };
        if part.is_some() {
            return Err(unknown(file, line.at, line.text).help("it stands there twice"));
        }
        let within = match options {
            "" | "transaction:true" => Within::Transaction,
            "transaction:false" => Within::Nothing,
            _ => return Err(unknown(file, line.at, line.text)),
        };
        *part = Some((line.at, behind, within));
    }
    let Some((at, begin, within)) = up else {
        return Err(wrong(file, format!("{} has no `-- migrate:up`", file.name)));
    };
    let end = match down {
        Some((down, ..)) if down < at => {
            return Err(unknown(file, down, DOWN).help("`-- migrate:up` comes first"));
        }
        Some((down, ..)) => down,
        None => text.len(),
    };
    let script = |text| Script {
        database: None,
        text,
    };
    let undo = down.and_then(|(_, begin, _)| piece(&file.text, begin, text.len()));
    Ok(Found {
        version: version.into(),
        name: file.name.trim_end_matches(".sql").into(),
        turn: Turn::Once,
        within,
        up: piece(&file.text, begin, end).map(script).into_iter().collect(),
        down: undo.map(script).into_iter().collect(),
        place: start(file),
    })
}

fn unknown(file: &File, at: usize, line: &str) -> Error {
    Error::new(
        Code::SpecInvalid,
        format!("dbmate knows no `{}`", line.trim()),
    )
    .place(file.text.place(at))
}

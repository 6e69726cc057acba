//! goose: `00001_name.sql` with `-- +goose Up` and `-- +goose Down` in it. What stands between
//! StatementBegin and StatementEnd is one statement; ours are found by reading, so these two only
//! have to be a pair.

use super::lines::{lines, piece, said};
use super::version::{bare, compare, digits};
use super::{File, Found, Script, Turn, Within, start, wrong};
use initium_driver::{Code, Error, Result};

pub const WORD: &str = "+goose";

pub fn read(files: &[File]) -> Result<Vec<Found>> {
    let mut all = Vec::new();
    for file in files {
        if file.name.ends_with(".go") {
            return Err(wrong(file, format!("{} is a program, not a script", file.name))
                .help("write what it does in SQL, or keep goose for this folder"));
        }
        if file.name.ends_with(".sql") {
            all.push(one(file)?);
        }
    }
    all.sort_by(|a: &Found, b: &Found| compare(&a.version, &b.version));
    match all.windows(2).find(|two| two[0].version == two[1].version) {
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
    let Some((version, _)) = digits(&file.name).filter(|(_, rest)| rest.starts_with('_')) else {
        return Err(wrong(file, format!("{} begins with no version", file.name))
            .help("goose calls its files 00001_name.sql"));
    };
    let text = file.text.whole()?;
    let mut within = Within::Transaction;
    let (mut up, mut down, mut open) = (None, None, None);
    for line in lines(&text) {
        let Some(word) = said(line.text, WORD) else {
            continue;
        };
        let behind = line.at + line.text.len();
        let refuse = |message: &str| {
            Err(Error::new(Code::SpecInvalid, message).place(file.text.place(line.at)))
        };
        match word.to_ascii_uppercase().as_str() {
            "UP" if up.is_none() && down.is_none() => up = Some((line.at, behind)),
            "DOWN" if up.is_some() && down.is_none() && open.is_none() => {
                down = Some((line.at, behind));
            }
            "UP" | "DOWN" => return refuse("it stands there twice, or in the wrong order"),
            "STATEMENTBEGIN" if open.is_none() && up.is_some() => open = Some(line.at),
            "STATEMENTEND" if open.is_some() => open = None,
            "STATEMENTBEGIN" | "STATEMENTEND" => return refuse("it has no other half"),
            "NO TRANSACTION" => within = Within::Nothing,
            "ENVSUB ON" => {
                return refuse("variables of the environment are not put into statements");
            }
            "ENVSUB OFF" => {}
            _ => return refuse(&format!("goose knows no `{word}`")),
        }
    }
    if let Some(at) = open {
        return Err(Error::new(Code::SpecInvalid, "StatementBegin without StatementEnd")
            .place(file.text.place(at)));
    }
    let Some((_, begin)) = up else {
        return Err(wrong(file, format!("{} has no `-- +goose Up`", file.name)));
    };
    let script = |text| Script {
        database: None,
        text,
    };
    let end = down.map_or(text.len(), |(at, _)| at);
    let undo = down.and_then(|(_, begin)| piece(&file.text, begin, text.len()));
    Ok(Found {
        version: bare(version).into(),
        name: file.name.trim_end_matches(".sql").into(),
        turn: Turn::Once,
        within,
        up: piece(&file.text, begin, end).map(script).into_iter().collect(),
        down: undo.map(script).into_iter().collect(),
        place: start(file),
    })
}

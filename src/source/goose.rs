//! goose: `00001_name.sql` with `-- +goose Up` and `-- +goose Down` in it. What stands between
//! StatementBegin and StatementEnd is one statement; ours are found by reading, so these two only
//! have to be a pair.

use super::lines::{lines, piece, said};
use super::order::by_version;
use super::version::{bare, digits};
use super::{File, Format, Found, Origin, Turn, Way, Within, id, scripts, start, wrong};
use initium_driver::{Code, Error, Result};

pub const WORD: &str = "+goose";

pub fn read(files: &[File]) -> Result<Vec<Found>> {
    if let Some(file) = files.iter().find(|file| file.name.ends_with(".go")) {
        let message = format!("{} is a program, not a script", file.name);
        return Err(
            wrong(file, message).help("write what it does in SQL, or keep goose for this folder")
        );
    }
    by_version(scripts(files).map(one).collect::<Result<_>>()?)
}

fn one(file: &File) -> Result<Found> {
    let stem = file.name.trim_end_matches(".sql");
    let named = digits(stem).and_then(|(version, rest)| Some((version, rest.strip_prefix('_')?)));
    let Some((version, title)) = named else {
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
        let error = Error::new(Code::SpecInvalid, "StatementBegin without StatementEnd");
        return Err(error.place(file.text.place(at)));
    }
    let Some((_, begin)) = up else {
        return Err(wrong(file, format!("{} has no `-- +goose Up`", file.name)));
    };
    let end = down.map_or(text.len(), |(at, _)| at);
    let way = |from, to| piece(&file.text, from, to).map(|text| Way::of(text, within));
    Ok(Found {
        origin: Origin {
            format: Format::Goose,
            version: bare(version).into(),
            title: title.into(),
            file: file.name.clone(),
            sum: None,
        },
        id: id(stem),
        turn: Turn::Once,
        up: way(begin, end).unwrap_or_default(),
        down: down.and_then(|(_, begin)| way(begin, text.len())),
        verify: Vec::new(),
        tags: Vec::new(),
        place: start(file),
    })
}

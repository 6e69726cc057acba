//! goose: `00001_name.sql` with `-- +goose Up` and `-- +goose Down` in it. What stands between
//! StatementBegin and StatementEnd is one statement; ours are found by reading, so these two only
//! have to be a pair. `-- +goose NO TRANSACTION` counts wherever it stands, as in goose.

use super::lines::{Line, Spot, each, length, piece};
use super::order::by_version;
use super::version::{bare, digits};
use super::{File, Format, Found, Way, Within, base, begun, extension, no_programs, scripts, stem};
use super::{unfit, wrong};
use initium_driver::{Code, Error, Result};

const WORD: &str = "+goose";

/// What a line says to goose: every comment that names it is for it.
pub fn said(line: &str) -> Option<&str> {
    let (before, said) = line.split_once(WORD)?;
    let before = before.trim();
    (!before.is_empty() && before.bytes().all(|b| b == b'-')).then(|| said.trim())
}

pub fn read(files: &[File]) -> Result<Vec<Found>> {
    no_programs(files, "goose", &|file| {
        let name = base(&file.name);
        extension(name) == "go" && !name.ends_with("_test.go") && numbered(name).is_some()
    })?;
    by_version(scripts(files).map(one).collect::<Result<_>>()?)
}

fn numbered(name: &str) -> Option<(&str, &str)> {
    let (version, rest) = digits(name)?;
    Some((version, rest.strip_prefix('_')?))
}

/// What a file says on its way from top to bottom.
#[derive(Default)]
struct Read {
    up: Option<Spot>,
    /// Where it begins with its line, and behind it.
    down: Option<(Spot, Spot)>,
    /// A StatementBegin without its end.
    open: Option<Spot>,
    within: Within,
}

fn one(file: &File) -> Result<Found> {
    let named = numbered(stem(&file.name)).filter(|_| file.name.ends_with(".sql"));
    let Some((version, title)) = named else {
        return Err(unfit(file, "goose", "00001_name.sql"));
    };
    let mut read = Read::default();
    each(&file.text, &mut |line| {
        let Some(word) = said(line.text) else {
            return match read.up.is_none() && line.is_statement() {
                true => Err(line.refuse(&file.text, "a statement stands before `-- +goose Up`")),
                false => Ok(()),
            };
        };
        line.flush(&file.text)?;
        mark(&mut read, line, word).map_err(|message| line.refuse(&file.text, message))
    })?;
    if let Some(open) = read.open {
        let error = Error::new(Code::SpecInvalid, "StatementBegin without StatementEnd");
        return Err(error.place(open.place(&file.text)));
    }
    let Some(up) = read.up else {
        return Err(wrong(file, format!("{} has no `-- +goose Up`", file.name)));
    };
    let end = length(&file.text);
    let within = read.within;
    let way = |from, to| {
        let text = piece(&file.text, from, to)?;
        Ok(text.map(|text| Way::of(text, within)))
    };
    let mut found = begun(Format::Goose, file, bare(version), title, stem(&file.name));
    found.up = way(up, read.down.map_or(end, |(at, _)| at.at))?.unwrap_or_default();
    if let Some((_, behind)) = read.down {
        found.down = way(behind, end)?;
    }
    Ok(found)
}

fn mark(read: &mut Read, line: &Line, word: &str) -> std::result::Result<(), String> {
    match word.to_ascii_uppercase().as_str() {
        "UP" if read.up.is_none() => read.up = Some(line.behind()),
        "DOWN" if read.up.is_some() && read.down.is_none() && read.open.is_none() => {
            read.down = Some((line.start(), line.behind()));
        }
        "UP" | "DOWN" => return Err(format!("`{word}` stands here twice, or in the wrong order")),
        "STATEMENTBEGIN" if read.open.is_none() && read.up.is_some() => {
            read.open = Some(line.start());
        }
        "STATEMENTEND" if read.open.is_some() => read.open = None,
        "STATEMENTBEGIN" | "STATEMENTEND" => return Err(format!("`{word}` has no other half")),
        "NO TRANSACTION" => read.within = Within::Nothing,
        "ENVSUB ON" => {
            return Err("variables of the environment are not put into statements".into());
        }
        "ENVSUB OFF" => {}
        _ => return Err(format!("goose knows no `{word}`")),
    }
    Ok(())
}

//! Whose a folder is, by what only that tool would write. Two answers are none: then a person says it.

use super::lines::{lines, said};
use super::{File, Format, dbmate, flyway, goose, pair, scripts};
use initium_driver::{Code, Error, Result};

/// How far into a file a tool's own line is looked for.
const LOOKED_AT: usize = 100;

pub fn of(folder: &str, files: &[File]) -> Result<Format> {
    if scripts(files).next().is_none() {
        return Err(Error::new(
            Code::FileUnreadable,
            format!("{folder} has no migrations: no file of it ends in .sql"),
        ));
    }
    let all = || scripts(files);
    let mut found = Vec::new();
    if all().any(|file| has(file, goose::WORD)) {
        found.push(Format::Goose);
    }
    if all().any(|file| has(file, dbmate::UP)) {
        found.push(Format::Dbmate);
    }
    if found.is_empty() && all().any(|file| pair::is_one(&file.name)) {
        found.push(Format::GolangMigrate);
    }
    if found.is_empty() && all().any(|file| flyway::is_one(&file.name)) {
        found.push(Format::Flyway);
    }
    match found.as_slice() {
        [one] => Ok(*one),
        several => {
            let words: Vec<_> = several.iter().map(|one| one.word()).collect();
            let known: Vec<_> = Format::ALL.iter().map(|one| one.word()).collect();
            let message = match several {
                [] => format!("nothing in {folder} says whose migrations these are"),
                _ => format!("{folder} looks like a folder of {}", words.join(" and of ")),
            };
            Err(Error::new(Code::SpecInvalid, message)
                .help(format!("say `format:`, one of {}", known.join(", "))))
        }
    }
}

fn has(file: &File, word: &str) -> bool {
    let text = file.text.whole().unwrap_or_default();
    lines(&text)
        .take(LOOKED_AT)
        .any(|line| said(line.text, word).is_some())
}

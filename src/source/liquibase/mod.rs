//! Liquibase, as far as it is formatted SQL: files that begin with `--liquibase formatted sql`, each
//! with changesets, in the order of their names. What cannot be kept is refused by its name.

mod attributes;
mod changeset;
mod sums;

use super::lines::{Line, Spot, each, length, said};
use super::{File, Found, Turn, base, extension, scripts, wrong};
use attributes::Attributes;
use changeset::{Changeset, RollbackLine};
use initium_driver::{Result, Source, Text, sorted};

/// A changelog that names others, or holds changes that are no SQL.
pub fn is_root(name: &str) -> bool {
    let named = base(name).to_ascii_lowercase().contains("changelog");
    named && ["xml", "yaml", "yml", "json"].contains(&extension(name).as_str())
}

/// What a file begins with.
pub fn says_formatted(line: &str) -> bool {
    let rest = said(line, "liquibase").unwrap_or_default();
    rest.to_ascii_lowercase().starts_with("formatted")
}

pub fn read(files: &[File]) -> Result<Vec<Found>> {
    if let Some(file) = files.iter().find(|file| is_root(&file.name)) {
        let message = format!("{} is no formatted SQL", file.name);
        return Err(wrong(file, message).help(
            "only files that begin with `--liquibase formatted sql` are read, in the order of their \
             names; name them in the order of this changelog, and take the folder that has only them",
        ));
    }
    let mut all: Vec<&File> = scripts(files).collect();
    sorted::by_key(&mut all, |file| file.name.clone());
    let mut found = Vec::new();
    for file in all {
        for changeset in changesets(file)? {
            found.extend(changeset.found(file)?);
        }
    }
    let repeats = |found: &Found| found.turn == Turn::Repeatable;
    let last = found.iter().rposition(|found| !repeats(found)).unwrap_or(0);
    if let Some(early) = found[..last.min(found.len())]
        .iter()
        .find(|one| repeats(one))
    {
        let message = format!(
            "{} has runOnChange:true, and others follow it",
            early.origin.version
        );
        return Err(wrong(&files[0], message).place(early.place.clone()).help(
            "what runs again when it changes runs behind all others here: move it to the end",
        ));
    }
    super::order::once(found)
}

/// What a file says on the way from top to bottom.
#[derive(Default)]
struct Read {
    path: Option<String>,
    all: Vec<Changeset>,
    /// Lines that are no SQL: they are taken out, because some servers see no comment in `--x`.
    taken: Vec<(u64, u64)>,
    /// In a comment of several lines that says what takes a change back.
    within: Option<Spot>,
}

fn changesets(file: &File) -> Result<Vec<Changeset>> {
    let mut read = Read::default();
    each(&file.text, &mut |line| one(file, &mut read, line))?;
    if let Some(open) = read.within {
        let error = wrong(file, "`/* liquibase rollback` has no end");
        return Err(error.place(open.place(&file.text)));
    }
    if let Some(last) = read.all.last_mut() {
        last.end = length(&file.text);
    }
    let text = without(&file.text, &read.taken);
    for changeset in &mut read.all {
        changeset.path = read.path.clone();
        changeset.cut(&text)?;
    }
    Ok(read.all)
}

fn one(file: &File, read: &mut Read, line: &Line) -> Result<()> {
    if line.number == 1 {
        if !says_formatted(line.text) {
            let message = format!(
                "{} does not begin with `--liquibase formatted sql`",
                file.name
            );
            return Err(wrong(file, message).help("move others out of the folder"));
        }
        read.path = attributes::path(line.text);
        return Ok(());
    }
    if read.within.is_some() {
        return within(file, read, line);
    }
    let refuse = |message: &str| {
        let message = format!("`{}` {message}", line.text.trim());
        Err(line.refuse(&file.text, message))
    };
    if let Some(header) = said(line.text, "changeset") {
        if let Some(last) = read.all.last_mut() {
            last.end = line.at;
        }
        let attributes =
            Attributes::parse(header).map_err(|message| line.refuse(&file.text, message))?;
        read.all.push(Changeset::begun(attributes, line));
        return Ok(());
    }
    let word = word(line.text);
    for refused in [
        "property",
        "preconditions",
        "precondition-",
        "ignorelines",
        "ignore:",
    ] {
        if word.starts_with(refused) {
            return refuse("of Liquibase is not supported");
        }
    }
    if word.starts_with("rollback:") {
        return refuse("is no rollback for Liquibase: it wants a blank behind the word");
    }
    let Some(open) = read.all.last_mut() else {
        return match line.is_statement() {
            true => refuse("stands before the first changeset"),
            false => Ok(()),
        };
    };
    let sums = said(line.text, "validCheckSum:").or(said(line.text, "validCheckSum"));
    let comment = said(line.text, "comment:").or(said(line.text, "comment"));
    if let Some(comment) = comment {
        open.comment = comment.into();
    } else if let Some(sum) = sums {
        open.sums.push(sum.into());
    } else if let Some(undo) = said(line.text, "rollback") {
        if line.end - line.at > line.text.len() as u64 {
            return Err(super::lines::too_long(&file.text));
        }
        open.rollback.push(RollbackLine::of(line, undo));
    } else if begins_undo(line.text) {
        read.within = Some(line.start());
        return Ok(());
    } else {
        return Ok(());
    }
    read.taken.push((line.at, line.end));
    Ok(())
}

/// A line of the comment that says what takes a change back.
fn within(file: &File, read: &mut Read, line: &Line) -> Result<()> {
    let trimmed = line.text.trim_end();
    let (text, ends) = match trimmed.strip_suffix("*/") {
        Some(text) => (text, true),
        None => (trimmed, false),
    };
    if line.end - line.at > line.text.len() as u64 {
        return Err(super::lines::too_long(&file.text));
    }
    if let Some(open) = read.all.last_mut() {
        open.rollback.push(RollbackLine::of(line, text));
    }
    if ends {
        read.within = None;
    }
    Ok(())
}

fn begins_undo(line: &str) -> bool {
    let rest = line.trim().strip_prefix("/*").unwrap_or_default();
    let words: Vec<_> = rest
        .split_whitespace()
        .map(str::to_ascii_lowercase)
        .collect();
    words == ["liquibase", "rollback"]
}

/// The beginning of a comment, in small letters.
fn word(line: &str) -> String {
    let rest = line.trim_start().strip_prefix("--").unwrap_or_default();
    let word = rest.split_whitespace().next().unwrap_or_default();
    word.to_ascii_lowercase()
}

/// The same text with blanks for these lines, so that all others keep their places. A text that is
/// not held stays as it is: in it they are comments.
fn without(file: &Source, taken: &[(u64, u64)]) -> Source {
    let mut file = file.clone();
    if let Text::Held(text) = &mut file.text {
        for (from, to) in taken {
            let (from, to) = (*from as usize, *to as usize);
            text.replace_range(from..to, &" ".repeat(to - from));
        }
    }
    file
}

fn not_kept(what: &str) -> String {
    format!("`{what}` of Liquibase is not supported")
}

/// An error without a place, for what only its line knows.
type Refused<T> = std::result::Result<T, String>;

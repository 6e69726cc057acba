//! Whose a folder is, by what only that tool would write. Two answers are none: then a person says it.

use super::golang_migrate::is_one;
use super::lines::{head, said};
use super::{File, Format, atlas, base, dbmate, diesel, drizzle, flyway, goose, liquibase};
use super::{node_pg_migrate, plain, prisma, scripts, sqitch, sqlx};
use initium_driver::{Code, Error, Result};

/// How far into a file a tool's own line is looked for.
const LOOKED_AT: usize = 100;

/// By a file that only this tool makes, or a line.
enum Sign {
    File(fn(&str) -> bool),
    Line(fn(&str) -> bool),
}

const SIGNS: &[(Format, Sign)] = &[
    (Format::Atlas, Sign::File(|name| name == atlas::SUM)),
    (Format::Sqitch, Sign::File(|name| name == sqitch::PLAN)),
    (Format::Prisma, Sign::File(|name| name == prisma::LOCK)),
    (Format::Drizzle, Sign::File(|name| name == drizzle::JOURNAL)),
    (Format::Liquibase, Sign::File(liquibase::is_root)),
    (
        Format::Goose,
        Sign::Line(|line| goose::said(line).is_some()),
    ),
    (
        Format::Dbmate,
        Sign::Line(|line| said(line, dbmate::UP).is_some()),
    ),
    (Format::Liquibase, Sign::Line(liquibase::says_formatted)),
    (
        Format::Atlas,
        Sign::Line(|line| atlas::directive(line).is_some()),
    ),
    (
        Format::Drizzle,
        Sign::Line(|line| line.contains(drizzle::BREAK)),
    ),
];

pub fn of(folder: &str, files: &[File]) -> Result<Format> {
    let mut found = Vec::new();
    for (format, sign) in SIGNS {
        let mut fits = false;
        match sign {
            Sign::File(fit) => fits = files.iter().any(|file| fit(&file.name)),
            Sign::Line(fit) => {
                for file in scripts(files) {
                    fits = fits || has(file, fit)?;
                }
            }
        }
        if fits && !found.contains(format) {
            found.push(*format);
        }
    }
    if found.is_empty() && scripts(files).next().is_none() {
        return Err(Error::new(
            Code::FileUnreadable,
            format!("{folder} has no migrations: no file of it ends in .sql"),
        ));
    }
    // A sum over files that are named as Flyway names them is of a folder that Atlas took over.
    if found.is_empty() || found == [Format::Atlas] {
        by_names(files, &mut found)?;
    }
    match found.as_slice() {
        [one] => Ok(*one),
        several => Err(unclear(folder, several)),
    }
}

/// By how the files are called, where nothing else says it.
fn by_names(files: &[File], found: &mut Vec<Format>) -> Result<()> {
    let any = |fit: &dyn Fn(&str) -> bool| scripts(files).any(|file| fit(&file.name));
    if any(&|name| flyway::stem(name).is_some_and(is_flyway)) {
        found.extend(flyway_or_refinery(files));
    }
    if !found.is_empty() {
        return Ok(());
    }
    let mut alone = false;
    for file in scripts(files) {
        alone = alone || sqlx::says_alone(&head(&file.text)?);
    }
    let pairs = any(&|name| is_one(name).is_some());
    // Milliseconds and dates with them are what node-pg-migrate makes; nobody else does.
    let long =
        |name: &str| is_one(name).is_some_and(|(digits, _)| [13, 17].contains(&digits.len()));
    if any(&|name| prisma::folder(name).is_some() && name.ends_with("/migration.sql")) {
        found.push(Format::Prisma);
    }
    if any(&|name| diesel::folder(name).is_some_and(|_| name.ends_with("/up.sql"))) {
        found.push(Format::Diesel);
    }
    if pairs && !alone {
        found.push(Format::GolangMigrate);
    }
    if pairs && any(&long) {
        found.push(Format::NodePgMigrate);
    }
    if alone {
        found.push(Format::Sqlx);
    }
    let up = |line: &str| node_pg_migrate::said(line, "up");
    if found.is_empty() {
        for file in scripts(files) {
            if has(file, &up)? {
                found.push(Format::NodePgMigrate);
                return Ok(());
            }
        }
    }
    if found.is_empty() && scripts(files).all(|file| plain::is_one(&file.name)) {
        found.push(Format::Plain);
    }
    Ok(())
}

fn is_flyway(stem: &str) -> bool {
    let named = flyway::parse(stem).is_some_and(|named| !named.title.is_empty());
    named || flyway::event(stem).is_some()
}

/// Both have `V1__name.sql`, which means the same. A `U` is an undo of a version for one, and a
/// version of its own for the other.
fn flyway_or_refinery(files: &[File]) -> Vec<Format> {
    let stems = || scripts(files).filter_map(|file| flyway::stem(&file.name));
    let all = || stems().filter_map(flyway::parse);
    let is = |letter: char| all().filter(move |named| named.letter == letter);
    let undone = |version: &str| {
        is('V').any(|named| super::version::compare(named.version, version).is_eq())
    };
    let undos = is('U').any(|named| undone(named.version));
    let lone = is('U').any(|named| !undone(named.version));
    let programs = files.iter().any(|file| {
        let stem = base(&file.name).strip_suffix(".rs");
        stem.and_then(flyway::parse).is_some()
    });
    let dotted =
        all().any(|named| named.version.contains(['.', '_']) || "RB".contains(named.letter));
    let flyway = undos || dotted || stems().any(|stem| flyway::event(stem).is_some());
    match (flyway, lone || programs) {
        (true, true) => vec![Format::Flyway, Format::Refinery],
        (false, true) => vec![Format::Refinery],
        _ => vec![Format::Flyway],
    }
}

fn unclear(folder: &str, several: &[Format]) -> Error {
    let words: Vec<_> = several.iter().map(|one| one.word()).collect();
    let known: Vec<_> = Format::ALL.iter().map(|one| one.word()).collect();
    let message = match several {
        [] => format!("nothing in {folder} says whose migrations these are"),
        _ => format!("{folder} looks like a folder of {}", words.join(" and of ")),
    };
    let choice = if several.is_empty() { known } else { words };
    Error::new(Code::SpecInvalid, message)
        .help(format!("say `format:`, one of {}", choice.join(", ")))
}

fn has(file: &File, fit: &dyn Fn(&str) -> bool) -> Result<bool> {
    let text = head(&file.text)?;
    let found = text.lines().take(LOOKED_AT).any(fit);
    Ok(found)
}

//! Flyway: `V1_2__name.sql`, its undo `U1_2__name.sql`, `B3__name.sql` instead of all up to 3, and
//! `R__name.sql`, which runs again when its text changes; in folders below too. `V1__name.sql.conf`
//! beside a file may say that it runs in no transaction. `afterMigrate__name.sql` and a few others
//! run around migrations. Placeholders stay in the texts.

use super::lines::each;
use super::order::by_version;
use super::version::Number;
use super::{Callback, File, Format, Found, Moment, Script, Turn, Way, Within};
use super::{base, begun, extension, named, no_programs, scripts, unfit, wrong};
use initium_driver::{Result, sorted};
use std::collections::BTreeMap;

/// What runs around migrations, and when. The other events of Flyway are about its own verbs, or
/// about single statements.
const MOMENTS: &[(&str, Option<Moment>)] = &[
    ("beforeMigrate", Some(Moment::BeforeAll)),
    ("afterMigrate", Some(Moment::AfterAll)),
    ("beforeEachMigrate", Some(Moment::BeforeEach)),
    ("afterEachMigrate", Some(Moment::AfterEach)),
    ("afterMigrateError", Some(Moment::OnError)),
    ("beforeEachMigrateStatement", None),
    ("afterEachMigrateStatement", None),
    ("afterEachMigrateStatementError", None),
    ("afterEachMigrateError", None),
    ("afterMigrateApplied", None),
    ("afterMigrateOperationFinish", None),
    ("beforeRepeatables", None),
    ("afterVersioned", None),
    ("beforeConnect", None),
    ("afterConnect", None),
    ("createSchema", None),
    ("beforeCreateSchema", None),
];

/// Verbs of Flyway that have events `before` and `after` them.
const VERBS: &[&str] = &[
    "Clean", "Undo", "EachUndo", "Validate", "Baseline", "Repair", "Info",
];

pub struct Named<'a> {
    /// `V`, `U`, `B` or `R`.
    pub letter: char,
    pub version: &'a str,
    pub title: &'a str,
}

/// `V1__name`; the title may be missing, as Flyway allows it.
pub fn parse(stem: &str) -> Option<Named<'_>> {
    let (before, title) = stem.split_once("__").unwrap_or((stem, ""));
    let letter = before
        .chars()
        .next()
        .filter(|letter| "VUBR".contains(*letter))?;
    let version = &before[1..];
    let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let fits = match letter {
        'R' => version.is_empty() && !title.is_empty(),
        _ => version.split(['.', '_']).all(number),
    };
    fits.then_some(Named {
        letter,
        version,
        title,
    })
}

/// The name without its folder and `.sql`, in any letters.
pub fn stem(name: &str) -> Option<&str> {
    let name = base(name);
    let at = name.len().checked_sub(4)?;
    let (stem, end) = name.split_at_checked(at)?;
    end.eq_ignore_ascii_case(".sql").then_some(stem)
}

/// The event that a file is named after.
pub fn event(stem: &str) -> Option<Option<Moment>> {
    let event = stem.split("__").next().unwrap_or(stem);
    if let Some((_, moment)) = MOMENTS.iter().find(|(name, _)| *name == event) {
        return Some(*moment);
    }
    let verb = event
        .strip_prefix("before")
        .or(event.strip_prefix("after"))?;
    let verb = verb.strip_suffix("Error").unwrap_or(verb);
    let verb = verb.strip_suffix("OperationFinish").unwrap_or(verb);
    VERBS.contains(&verb).then_some(None)
}

pub fn read(files: &[File], callbacks: &mut Vec<Callback>) -> Result<Vec<Found>> {
    no_programs(files, "Flyway", &|file| {
        let name = base(&file.name);
        let (stem, _) = name.split_once('.').unwrap_or((name, ""));
        let program = [
            "java", "class", "kt", "sh", "bash", "py", "ps1", "bat", "cmd",
        ];
        program.contains(&extension(name).as_str()) && parse(stem).is_some()
    })?;
    let (mut all, mut undos, mut around) = (Vec::new(), BTreeMap::new(), Vec::new());
    for file in scripts(files) {
        let stem = stem(&file.name).unwrap_or(&file.name);
        match event(stem) {
            Some(Some(moment)) => {
                around.push((stem, moment, file));
                continue;
            }
            Some(None) => {
                let message = format!("{} is for an event that there is not here", file.name);
                return Err(wrong(file, message).help(
                    "beforeMigrate, afterMigrate, beforeEachMigrate, afterEachMigrate and \
                     afterMigrateError are kept; move what this does into one of them",
                ));
            }
            None => {}
        }
        let Some(named) = parse(stem) else {
            let called = "V1__name.sql, U1__name.sql, B1__name.sql or R__name.sql";
            return Err(unfit(file, "Flyway", called));
        };
        let within = within(files, file)?;
        let version = named.version.replace('_', ".");
        if named.letter == 'U' {
            let way = Way::of(file.text.clone(), within);
            if let Some((first, _)) = undos.insert(Number::of(&version), (file, way)) {
                let message = format!("{} and {} undo the same version", first.name, file.name);
                return Err(wrong(file, message).help("keep one of them"));
            }
            continue;
        }
        let title = named.title.replace('_', " ");
        let mut found = begun(Format::Flyway, file, &version, &title, stem);
        found.turn = match named.letter {
            'R' => Turn::Repeatable,
            'B' => Turn::Baseline,
            _ => Turn::Once,
        };
        found.up.within = within;
        all.push(found);
    }
    beside(files)?;
    sorted::by_key(&mut around, |(stem, _, _)| *stem);
    callbacks.extend(around.into_iter().map(|(_, moment, file)| Callback {
        moment,
        script: Script {
            database: None,
            text: file.text.clone(),
        },
    }));
    let mut all = by_version(all)?;
    for found in all.iter_mut().filter(|found| found.turn == Turn::Once) {
        let undo = undos.remove(&Number::of(&found.origin.version));
        found.down = undo.map(|(_, way)| way);
    }
    match undos.into_values().next() {
        None => Ok(all),
        Some((file, _)) => {
            let message = format!("{} undoes a version that is not there", file.name);
            Err(wrong(file, message).help(
                "in refinery such a file is a migration; if it is one, say `format: refinery`",
            ))
        }
    }
}

/// A `.conf` has the script that it is about beside it.
fn beside(files: &[File]) -> Result<()> {
    for conf in files {
        let Some(script) = conf.name.strip_suffix(".conf") else {
            continue;
        };
        if stem(script).is_some() && named(files, script).is_none() {
            let message = format!("{} is about a script that is not there", conf.name);
            return Err(wrong(conf, message));
        }
    }
    Ok(())
}

/// What the file beside it says.
fn within(files: &[File], file: &File) -> Result<Within> {
    let mut within = Within::Transaction;
    let Some(conf) = named(files, &format!("{}.conf", file.name)) else {
        return Ok(within);
    };
    each(&conf.text, &mut |line| {
        let said = line.text.trim();
        if said.is_empty() || said.starts_with('#') {
            return Ok(());
        }
        let (key, value) = said.split_once('=').unwrap_or((said, ""));
        match (key.trim(), value.trim()) {
            ("executeInTransaction", "true") => within = Within::Transaction,
            ("executeInTransaction", "false") => within = Within::Nothing,
            ("encoding", "UTF-8") | ("placeholderReplacement", "true") => {}
            _ => {
                let message = format!("`{said}` of Flyway is not supported");
                return Err(line
                    .refuse(&conf.text, message)
                    .help("of these files only executeInTransaction=true or false is"));
            }
        }
        Ok(())
    })?;
    Ok(within)
}

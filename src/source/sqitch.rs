//! sqitch: `sqitch.plan` names the changes and their order, with scripts of the same name below
//! `deploy` and `revert`. `BEGIN` and `COMMIT` around a script are taken off. Verify scripts are left
//! out: they hold when they do not fail, whatever they answer, and a query of ours must answer true.

use super::digest::sha1;
use super::lines::{Line, Spot, each, length, piece};
use super::order::once;
use super::{File, Format, Found, Way, Within, begun, named, scripts, start, wrong};
use initium_driver::{Code, Error, Result, Source, Text};

pub const PLAN: &str = "sqitch.plan";
const PRAGMAS: &[&str] = &["syntax-version", "project", "uri"];
const BEGIN: &[&str] = &[
    "BEGIN",
    "BEGIN TRANSACTION",
    "BEGIN WORK",
    "START TRANSACTION",
];
const COMMIT: &[&str] = &["COMMIT", "COMMIT TRANSACTION", "COMMIT WORK", "END"];

pub fn read(files: &[File]) -> Result<Vec<Found>> {
    let Some(plan) = named(files, PLAN) else {
        let message = format!("{PLAN} is missing, and only it says in which order sqitch deploys");
        return Err(Error::new(Code::FileUnreadable, message));
    };
    let mut all: Vec<Found> = Vec::new();
    each(&plan.text, &mut |line| {
        let said = line.text.split('#').next().unwrap_or_default().trim();
        let note = line
            .text
            .split_once('#')
            .map_or("", |(_, note)| note.trim());
        let refuse = |message: String| Err(line.refuse(&plan.text, message));
        if said.is_empty() {
            return Ok(());
        }
        if let Some(pragma) = said.strip_prefix('%') {
            let name = pragma.split('=').next().unwrap_or(pragma).trim();
            return match PRAGMAS.contains(&name) {
                true => Ok(()),
                false => refuse(format!("the pragma `%{name}` is not supported")),
            };
        }
        let (name, rest) = said.split_once(char::is_whitespace).unwrap_or((said, ""));
        if let Some(tag) = name.strip_prefix('@') {
            let Some(change) = all.last_mut() else {
                return refuse(format!("the tag `{name}` stands before every change"));
            };
            change.tags.push(tag.into());
            return Ok(());
        }
        if name.starts_with('-') {
            return refuse(format!(
                "`{said}` takes a change back, which is not supported"
            ));
        }
        let name = name.trim_start_matches('+');
        if all.iter().any(|found| found.origin.version == name) {
            return Err(line
                .refuse(
                    &plan.text,
                    format!("`{name}` is reworked, which is not supported"),
                )
                .help("give the later one a name of its own"));
        }
        requires(plan, line, rest, &all)?;
        all.push(one(files, plan, line, name, note)?);
        Ok(())
    })?;
    unplanned(files, &all)?;
    once(all)
}

/// What stands in brackets behind a change: each is a change or a tag before it.
fn requires(plan: &File, line: &Line, rest: &str, before: &[Found]) -> Result<()> {
    let Some(listed) = rest.trim_start().strip_prefix('[') else {
        return Ok(());
    };
    let listed = listed.split(']').next().unwrap_or(listed);
    for word in listed.split_whitespace() {
        let refuse = |message: &str| {
            let message = format!("`{word}` {message}");
            Err(line.refuse(&plan.text, message))
        };
        let (conflict, name) = match word.strip_prefix('!') {
            Some(name) => (true, name),
            None => (false, word),
        };
        if name.contains(':') {
            return refuse("is a change of another project, which nothing here knows");
        }
        let (name, tag) = match name.split_once('@') {
            Some((name, tag)) => (name, Some(tag)),
            None => (name, None),
        };
        let tagged = |found: &Found| tag.is_some_and(|tag| found.tags.iter().any(|one| one == tag));
        let change = |found: &Found| !name.is_empty() && found.origin.version == name;
        let last = before.iter().rposition(tagged);
        let within = last.map_or(before, |last| &before[..=last]);
        let known = match (name.is_empty(), tag.is_some() && last.is_none()) {
            (_, true) => false,
            (true, false) => last.is_some(),
            (false, false) => within.iter().any(change),
        };
        match (known, conflict) {
            (true, true) => return refuse("conflicts, and stands before it in the plan"),
            (false, false) => {
                return refuse("is required, and does not stand before it in the plan");
            }
            _ => {}
        }
    }
    Ok(())
}

fn one(files: &[File], plan: &File, line: &Line, name: &str, note: &str) -> Result<Found> {
    let deploy = format!("deploy/{name}.sql");
    let Some(file) = named(files, &deploy) else {
        let message = format!("{deploy} is missing, which {PLAN} names");
        let error = Error::new(Code::ScriptMissing, message);
        return Err(error.place(line.start().place(&plan.text)));
    };
    let mut found = begun(Format::Sqitch, file, name, note, name);
    // The ledger has the sum of the whole file, also of what is taken off here.
    if let Text::Held(text) = &file.text.text {
        found.origin.sum = Some(sha1(text.as_bytes()));
    }
    found.up = way(&file.text)?.unwrap_or_default();
    if let Some(file) = named(files, &format!("revert/{name}.sql")) {
        found.down = way(&file.text)?;
    }
    found.place = start(file);
    Ok(found)
}

/// A script that is not in the plan is never deployed.
fn unplanned(files: &[File], all: &[Found]) -> Result<()> {
    for file in scripts(files) {
        let Some((folder, name)) = file.name.split_once('/') else {
            continue;
        };
        let name = super::stem(name);
        let planned = all.iter().any(|found| found.origin.version == name);
        if ["deploy", "revert", "verify"].contains(&folder) && !planned {
            let message = format!("{} is not in {PLAN}", file.name);
            return Err(wrong(file, message).help("add it to the plan, or move it away"));
        }
    }
    Ok(())
}

/// What stands between `BEGIN` and `COMMIT`, where they are the first and the last statement.
fn way(file: &Source) -> Result<Option<Way>> {
    let (mut first, mut last): (Option<Spot>, Option<u64>) = (None, None);
    let mut seen = false;
    each(file, &mut |line| {
        if !line.is_statement() {
            return Ok(());
        }
        if !seen && is(line, BEGIN) {
            first = Some(line.behind());
        }
        seen = true;
        last = is(line, COMMIT).then_some(line.at);
        Ok(())
    })?;
    let (from, to) = match (first, last) {
        (Some(from), Some(to)) => (from, to),
        _ => (Spot::START, length(file)),
    };
    let text = piece(file, from, to)?;
    Ok(text.map(|text| Way::of(text, Within::Transaction)))
}

fn is(line: &Line, words: &[&str]) -> bool {
    let Some(said) = line.text.trim().strip_suffix(';') else {
        return false;
    };
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    words.iter().any(|word| said.eq_ignore_ascii_case(word))
}

//! Drizzle: `meta/_journal.json` names the files and their order, `0000_name.sql` each, whose
//! statements stand between `--> statement-breakpoint`.

use super::cut::{at_marks, scripts as all_alike};
use super::lines::held;
use super::order::once;
use super::{File, Format, Found, begun, named, scripts, start, stem, sum, wrong};
use initium_driver::{Code, Error, Result};
use serde_json::Value;

pub const JOURNAL: &str = "meta/_journal.json";
pub const BREAK: &str = "--> statement-breakpoint";

pub fn read(files: &[File]) -> Result<Vec<Found>> {
    let Some(journal) = named(files, JOURNAL) else {
        let message = format!("{JOURNAL} is missing, and only it says in which order Drizzle runs");
        let error = Error::new(Code::FileUnreadable, message);
        return Err(match files.first() {
            Some(file) => error.place(start(file)),
            None => error,
        });
    };
    let read: Value = serde_json::from_str(&journal.text.whole()?).map_err(|error| {
        let place = initium_driver::Place {
            line: error.line().max(1) as u32,
            column: error.column().max(1) as u32,
            ..start(journal)
        };
        wrong(journal, format!("{JOURNAL} is no JSON")).place(place)
    })?;
    let Some(entries) = read["entries"].as_array() else {
        return Err(wrong(journal, format!("{JOURNAL} has no entries")));
    };
    let mut all = Vec::new();
    for entry in entries {
        let (Some(tag), Some(when)) = (entry["tag"].as_str(), entry["when"].as_u64()) else {
            let message = format!("an entry of {JOURNAL} has no `tag` or no `when`");
            return Err(wrong(journal, message));
        };
        let Some(file) = named(files, &format!("{tag}.sql")) else {
            let message = format!("{tag}.sql is missing, which {JOURNAL} names");
            return Err(Error::new(Code::ScriptMissing, message).place(start(journal)));
        };
        all.push(one(file, tag, &when.to_string())?);
    }
    let known = |file: &&File| all.iter().all(|found| found.origin.file != file.name);
    if let Some(file) = scripts(files).find(known) {
        return Err(
            wrong(file, format!("{} is not named in {JOURNAL}", file.name))
                .help("make files with `drizzle-kit generate`, or move this one out of the folder"),
        );
    }
    once(all)
}

fn one(file: &File, tag: &str, when: &str) -> Result<Found> {
    let text = held(&file.text)?;
    let title = tag.split_once('_').map_or(tag, |(_, title)| title);
    let mut found = begun(Format::Drizzle, file, when, title, stem(&file.name));
    // The ledger has the sum of the whole file, which is cut here.
    found.origin.sum = Some(sum::hex(text));
    found.up.scripts = all_alike(at_marks(&file.text, BREAK)?);
    Ok(found)
}

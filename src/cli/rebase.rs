//! `rebase`: moves our migrations behind those of another branch that were applied meanwhile.

use super::arguments::{Common, Words};
use super::folder::{Opened, open, rename, renames};
use super::output::Output;
use super::session::{Need, Session};
use crate::plan::{Known, statuses};
use crate::report::ReportDocument;
use crate::run::{Done, Outcome, Report, histories, look};
use crate::source::{SOURCES, Turn, missing};
use crate::spec::DEFAULT_TARGET;
use argh::{ArgsInfo, FromArgs};
use initium_driver::Result;
use initium_driver::driver::Access;
use std::collections::BTreeSet;
use std::time::Duration;

/// give new versions to migrations of a folder that stand before applied ones, so that they come last
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Rebase {
    /// migrations to move; without any, the database is asked which are pending before applied ones
    #[argh(positional)]
    ids: Vec<String>,
    /// show the new names and rename nothing
    #[argh(switch)]
    dry_run: bool,
}

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    match work(common, words) {
        Ok(report) => {
            let text = || match report.done.as_slice() {
                [] => "nothing stands before an applied migration\n".to_string(),
                done => done.iter().map(|one| format!("{}\n", one.name)).collect(),
            };
            output.show(&ReportDocument::new("rebase", &report, None), text);
            0
        }
        Err(error) => output.fail("rebase", &error),
    }
}

fn work(common: &Common, words: &Words) -> Result<Report> {
    if !SOURCES {
        return Err(missing("rebase"));
    }
    let args: Rebase = words.parse("rebase")?;
    let opened = open(common)?;
    let ids = match args.ids.is_empty() {
        true => late(common, &opened)?,
        false => known(args.ids, &opened)?,
    };
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let renames = renames(&opened, &ids);
    if !args.dry_run {
        rename(&renames)?;
    }
    let done = |(from, to): &(std::path::PathBuf, std::path::PathBuf)| Done {
        target: DEFAULT_TARGET.into(),
        id: to.display().to_string(),
        name: format!("{} -> {}", from.display(), to.display()),
        outcome: Outcome::Added,
        duration: Duration::ZERO,
        statements: 0,
        reason: None,
        keys: None,
    };
    Ok(Report {
        done: renames.iter().map(done).collect(),
    })
}

fn known(ids: Vec<String>, opened: &Opened) -> Result<Vec<String>> {
    let there: Vec<_> = opened
        .folder
        .found
        .iter()
        .map(|one| one.id.as_str())
        .collect();
    match ids.iter().find(|id| !there.contains(&id.as_str())) {
        Some(id) => Err(super::apply::unknown_migration(id, &there)),
        None => Ok(ids),
    }
}

/// Those that are pending and stand before an applied one, on any target.
fn late(common: &Common, opened: &Opened) -> Result<Vec<String>> {
    let mut session = Session::open(common, "rebase", Need::Spec, Access::Read)?;
    let mut late = BTreeSet::new();
    session.run(|spec, connections, _| -> Result<()> {
        let pasts = histories(spec, connections)?;
        for facts in look(spec, connections, &pasts)? {
            let once = |id: &str| {
                let mut found = opened.folder.found.iter();
                found.any(|one| one.id == id && one.turn == Turn::Once)
            };
            let all: Vec<_> = statuses(&facts)
                .into_iter()
                .filter(|one| one.known != Known::Unknown && once(one.id))
                .collect();
            let last = all
                .iter()
                .rposition(|one| one.record.is_some())
                .unwrap_or(0);
            let before = all[..last].iter().filter(|one| one.record.is_none());
            late.extend(before.map(|one| one.id.to_string()));
        }
        Ok(())
    })?;
    Ok(late.into_iter().collect())
}

//! diesel: a folder for each migration, `2024-01-02-030405_name/up.sql` with its `down.sql`, and
//! `metadata.toml` with `run_in_transaction`.

use super::lines::each;
use super::pair::{Named, Side, put_together};
use super::{File, Format, Found, Within, named, scripts, unfit, wrong};
use initium_driver::Result;

/// The folder of such a file.
pub fn folder(name: &str) -> Option<&str> {
    let (folder, file) = name.split_once('/')?;
    (file == "up.sql" || file == "down.sql").then_some(folder)
}

pub fn read(files: &[File]) -> Result<Vec<Found>> {
    let mut all = Vec::new();
    for file in scripts(files) {
        let Some(folder) = folder(&file.name) else {
            let called = "2024-01-02-030405_name/up.sql or down.sql";
            return Err(unfit(file, "diesel", called));
        };
        let (version, title) = folder.split_once('_').unwrap_or((folder, ""));
        all.push(Named {
            file,
            version: version.replace('-', ""),
            title: title.into(),
            id: folder.into(),
            side: match file.name.ends_with("/up.sql") {
                true => Side::Up,
                false => Side::Down,
            },
            database: None,
            within: within(files, folder)?,
        });
    }
    alone(files)?;
    by_version(put_together(Format::Diesel, all)?)
}

/// As texts, without the dashes.
fn by_version(mut all: Vec<Found>) -> Result<Vec<Found>> {
    initium_driver::sorted::by_key(&mut all, |found| found.origin.version.clone());
    super::order::once(all)
}

/// What is said about a migration belongs to one.
fn alone(files: &[File]) -> Result<()> {
    for file in files {
        let Some(folder) = file.name.strip_suffix("/metadata.toml") else {
            continue;
        };
        if named(files, &format!("{folder}/up.sql")).is_none() {
            return Err(wrong(
                file,
                format!("{} has no up.sql beside it", file.name),
            ));
        }
    }
    Ok(())
}

fn within(files: &[File], folder: &str) -> Result<Within> {
    let Some(file) = named(files, &format!("{folder}/metadata.toml")) else {
        return Ok(Within::Transaction);
    };
    let mut within = None;
    each(&file.text, &mut |line| {
        let said = line.text.split('#').next().unwrap_or_default().trim();
        if said.is_empty() {
            return Ok(());
        }
        let (key, value) = said.split_once('=').unwrap_or((said, ""));
        within = match (key.trim(), value.trim()) {
            ("run_in_transaction", "true") => Some(Within::Transaction),
            ("run_in_transaction", "false") => Some(Within::Nothing),
            _ => {
                let message = format!("`{said}` of diesel is not supported");
                let help = "of these files only run_in_transaction = true or false is";
                return Err(line.refuse(&file.text, message).help(help));
            }
        };
        Ok(())
    })?;
    within.ok_or_else(|| {
        wrong(
            file,
            format!("{} says nothing about run_in_transaction", file.name),
        )
        .help("diesel takes that for false in some versions; say true or false")
    })
}

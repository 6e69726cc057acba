//! The files of a folder of migrations, as [`source`](crate::source) wants them: with their texts, by
//! their paths below it. Opens no file itself; hidden ones are left alone, and so is what no tool
//! keeps beside its migrations.

use super::read::{self, unreadable};
use crate::source::File;
use initium_driver::{Code, Error, Result, Source};
use std::fs;
use std::path::{Path, PathBuf};

/// Deeper than any folder of migrations, and an end where folders are in a circle.
const DEEPEST: usize = 8;
/// Of what is looked into. The others are known by their names alone.
const READ: &[&str] = &["sql", "conf", "toml", "plan", "json", "sum", "txt"];
/// Of what only says by its name that it is there.
const KNOWN: &[&str] = &["go", "xml", "yaml", "yml", "js", "ts", "py", "rb", "java"];
/// Where programs keep what is not theirs.
const FOREIGN: &[&str] = &["node_modules", "target", "vendor"];

/// One file that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub path: PathBuf,
    /// Below the folder, with `/` between the parts.
    name: String,
}

/// The files, in the order of their names.
pub(super) fn found(folder: &Path) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    if !folder.is_dir() && folder.exists() {
        let message = format!("{} is not a folder", folder.display());
        return Err(Error::new(Code::FileUnreadable, message)
            .help("give the folder that the migrations are in; a spec is given with --spec"));
    }
    listed(folder, "", DEEPEST, &mut found)?;
    Ok(found)
}

fn listed(folder: &Path, above: &str, deep: usize, found: &mut Vec<Found>) -> Result<()> {
    let failed = |error: std::io::Error| unreadable(&folder.display().to_string(), &error);
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        // A mounted ConfigMap keeps its versions in folders that begin with two dots.
        match entry.file_name().into_string() {
            Ok(name) if name.starts_with('.') => {}
            Ok(name) => entries.push((name, entry.path())),
            Err(name) => {
                let shown = name.to_string_lossy().into_owned();
                let message = format!("the name {shown:?} in {} is not UTF-8", folder.display());
                return Err(Error::new(Code::FileUnreadable, message).help("rename the file"));
            }
        }
    }
    entries.sort();
    for (name, path) in entries {
        let below = format!("{above}{name}");
        if path.is_dir() {
            if deep > 0 && !FOREIGN.contains(&name.as_str()) {
                listed(&path, &format!("{below}/"), deep - 1, found)?;
            }
        } else if is_one(READ, &name) || is_one(KNOWN, &name) {
            found.push(Found { path, name: below });
        }
    }
    Ok(())
}

fn is_one(endings: &[&str], name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| endings.contains(&ending))
}

/// Their texts. What is only known by its name has none.
pub(super) fn files(folder: &Path, found: &[Found]) -> Result<Vec<File>> {
    let root = fs::canonicalize(folder)
        .map_err(|error| unreadable(&folder.display().to_string(), &error))?;
    let file = |one: &Found| {
        let text = match is_one(READ, &one.name) {
            true => read::beneath(&root, &one.path)?,
            false => Source::file(one.path.display().to_string(), ""),
        };
        Ok(File {
            name: one.name.clone(),
            text,
        })
    };
    found.iter().map(file).collect()
}

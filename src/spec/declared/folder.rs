//! Which files a path means. A folder means the schema files in it, in the order of their names;
//! `folder/**` also those of the folders below. What else lies there is not looked at.

use super::super::read::{Input, unreadable};
use initium_driver::{Code, Error, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// YAML or JSON.
    File(Input),
    Script(PathBuf),
}

impl Found {
    pub fn input(&self) -> Input {
        match self {
            Found::File(input) => input.clone(),
            Found::Script(path) => Input::File(path.clone()),
        }
    }
}

/// Deeper than any folder of schema files, and an end where folders are in a circle.
const DEEPEST: usize = 16;

pub(super) fn found(inputs: &[Input]) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for input in inputs {
        let Input::File(path) = input else {
            found.push(Found::File(input.clone()));
            continue;
        };
        let before = found.len();
        let everything = path.file_name().is_some_and(|name| name == "**");
        let folder = match path.parent() {
            Some(parent) if everything => match parent.as_os_str().is_empty() {
                true => Path::new("."),
                false => parent,
            },
            _ => path,
        };
        if everything {
            listed(folder, DEEPEST, &mut found)?;
        } else if folder.is_dir() {
            listed(folder, 0, &mut found)?;
        } else {
            found.push(one(path).unwrap_or_else(|| Found::File(input.clone())));
            continue;
        }
        if found.len() == before {
            let message = format!("{} holds no schema file", folder.display());
            return Err(Error::new(Code::FileUnreadable, message).help(
                "a schema file ends in .yaml, .yml, .json or .sql; with /** folders below count too",
            ));
        }
    }
    Ok(found)
}

/// By its name.
fn one(path: &Path) -> Option<Found> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    match extension.as_str() {
        "yaml" | "yml" | "json" => Some(Found::File(Input::file(path))),
        "sql" => Some(Found::Script(path.into())),
        _ => None,
    }
}

fn listed(folder: &Path, deep: usize, found: &mut Vec<Found>) -> Result<()> {
    let failed = |error: std::io::Error| unreadable(&folder.display().to_string(), &error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        // A mounted ConfigMap keeps its versions in folders that begin with two dots.
        let hidden = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(b".");
        if !path.file_name().is_some_and(hidden) {
            paths.push(path);
        }
    }
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if deep > 0 {
                listed(&path, deep - 1, found)?;
            }
        } else if let Some(one) = one(&path) {
            found.push(one);
        }
    }
    Ok(())
}

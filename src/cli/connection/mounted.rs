//! Secrets that are mounted as folders, one file for each key, and Service Bindings, which are such
//! folders in a known place. Only what a connection needs is looked at.

use super::file;
use initium_driver::{Code, Error, Result, Secret, Settings, settings};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Our names (`user`) to those of the secret (`role`).
pub type Keys = BTreeMap<String, String>;

/// What can be said of a key.
const OURS: &[&str] = &["host", "port", "user", "password", "name", "url", "ca"];

/// `user=role` of the command line.
pub fn keys(words: &[String]) -> Result<Keys> {
    words
        .iter()
        .map(|word| match word.split_once('=') {
            Some((ours, theirs)) if OURS.contains(&ours) && !theirs.is_empty() => {
                Ok((ours.to_string(), theirs.to_string()))
            }
            _ => Err(
                Error::new(Code::SettingInvalid, "--secret-key needs part=key").help(format!(
                    "part is one of {}; key is a file of the secret",
                    OURS.join(", ")
                )),
            ),
        })
        .collect()
}

/// A secret mounted at this path.
pub fn folder(path: &str, kind: Option<&str>, keys: &Keys) -> Result<Settings> {
    let entries = entries(Path::new(path))?;
    settings::of_secret(&entries, path, kind, keys, Some(path))
}

/// Where Service Bindings are mounted.
pub fn root() -> Option<PathBuf> {
    std::env::var("SERVICE_BINDING_ROOT")
        .ok()
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

/// The binding of this name, or the only one for a database of this kind.
pub fn binding(name: Option<&str>, kind: Option<&str>, keys: &Keys) -> Result<Settings> {
    let root = root().ok_or_else(|| {
        Error::new(Code::ConnectionMissing, "SERVICE_BINDING_ROOT is not set")
            .help("the platform sets it to the folder where bindings are mounted")
    })?;
    let there = bindings(&root)?;
    let list = |names: &[&Binding]| {
        let names: Vec<_> = names.iter().map(|b| b.name.as_str()).collect();
        match names.as_slice() {
            [] => "none".to_string(),
            some => some.join(", "),
        }
    };
    let all: Vec<&Binding> = there.iter().collect();
    let chosen = match name {
        Some(name) => *all.iter().find(|b| b.name == name).ok_or_else(|| {
            Error::new(
                Code::ConnectionMissing,
                format!("there is no binding '{name}' in {}", root.display()),
            )
            .help(format!("there are: {}", list(&all)))
        })?,
        None => {
            let fits = |b: &&Binding| match (b.kind, kind) {
                (Some(is), Some(want)) => settings::family(is) == settings::family(want),
                (Some(_), None) => true,
                (None, _) => false,
            };
            let fitting: Vec<&Binding> = there.iter().filter(fits).collect();
            match fitting.as_slice() {
                [one] => one,
                [] => {
                    return Err(Error::new(
                        Code::ConnectionMissing,
                        format!("no binding in {} is a database's", root.display()),
                    )
                    .help(format!("each says its `type`; there are: {}", list(&all))));
                }
                several => {
                    return Err(Error::new(
                        Code::ConnectionMissing,
                        format!("several bindings in {} are databases'", root.display()),
                    )
                    .help(format!("choose one with --binding: {}", list(several))));
                }
            }
        }
    };
    let path = root.join(&chosen.name);
    folder(&path.display().to_string(), chosen.kind.or(kind), keys)
}

struct Binding {
    name: String,
    kind: Option<&'static str>,
}

fn bindings(root: &Path) -> Result<Vec<Binding>> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(root).map_err(|e| unreadable(root, &e))? {
        let path = entry.map_err(|e| unreadable(root, &e))?.path();
        // The specification: a folder without `type` is none of ours.
        let Ok(of) = file::text(&path.join("type"), "the binding") else {
            continue;
        };
        if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
            all.push(Binding {
                name: name.into(),
                kind: settings::kind_of(of.trim()),
            });
        }
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

fn entries(folder: &Path) -> Result<BTreeMap<String, Secret>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(|e| unreadable(folder, &e))? {
        let path = entry.map_err(|e| unreadable(folder, &e))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        // `..data` and its like are how the kubelet changes all files at once.
        if name.starts_with("..") || !path.is_file() {
            continue;
        }
        let path = path.display().to_string();
        match file::secret(&path, "the secret") {
            Ok(value) => {
                all.insert(name.to_string(), value);
            }
            // Key stores are no text, and no part of a connection.
            Err(error) if error.message().ends_with("it is not UTF-8") => {}
            Err(error) => return Err(error),
        }
    }
    Ok(all)
}

fn unreadable(folder: &Path, error: &std::io::Error) -> Error {
    Error::new(
        Code::FileUnreadable,
        format!("cannot read the secret in '{}': {error}", folder.display()),
    )
    .help("is it mounted, and may this user enter it?")
}

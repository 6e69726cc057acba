//! Secrets that are mounted as folders, one file for each key, and Service Bindings, which are such
//! folders in a known place. Only what a connection needs is looked at.

use super::file;
use initium_driver::sorted;
use initium_driver::{Code, Error, Result, Secret, Settings, settings};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Our names (`user`) to those of the secret (`role`).
pub type Keys = BTreeMap<String, String>;

/// What can be said of a key.
const OURS: &[&str] = &["host", "port", "user", "password", "name", "url", "ca"];

/// `user=role` of the command line.
pub fn keys(words: &[String]) -> Result<Keys> {
    let mut keys = Keys::new();
    for word in words {
        match word.split_once('=') {
            Some((ours, theirs)) if OURS.contains(&ours) && !theirs.is_empty() => {
                keys.insert(ours.to_string(), theirs.to_string());
            }
            _ => {
                let error = Error::new(Code::SettingInvalid, "--secret-key needs part=key");
                return Err(error.help(format!(
                    "part is one of {}; key is a file of the secret",
                    OURS.join(", ")
                )));
            }
        }
    }
    Ok(keys)
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
    let all = bindings(&root)?;
    let fits = |binding: &&Binding| match (name, binding.kind, kind) {
        (Some(name), ..) => binding.name == name,
        (None, Some(is), Some(want)) => settings::family(is) == settings::family(want),
        (None, Some(_), None) => true,
        (None, None, _) => false,
    };
    let fitting: Vec<&Binding> = all.iter().filter(fits).collect();
    let [chosen] = fitting.as_slice() else {
        let at = root.display();
        let (what, help) = match (name, fitting.is_empty()) {
            (Some(name), _) => (format!("there is no binding '{name}' in {at}"), "there are"),
            (None, true) => (
                format!("no binding in {at} is a database's"),
                "each says its `type`; there are",
            ),
            (None, false) => (
                format!("several bindings in {at} are databases'"),
                "choose one with --binding",
            ),
        };
        let listed: Vec<_> = match fitting.is_empty() {
            true => all.iter().map(|binding| binding.name.as_str()).collect(),
            false => fitting
                .iter()
                .map(|binding| binding.name.as_str())
                .collect(),
        };
        return Err(Error::new(Code::ConnectionMissing, what)
            .help(format!("{help}: {}", listed.join(", "))));
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
    sorted::by(&mut all, |a, b| a.name.cmp(&b.name));
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

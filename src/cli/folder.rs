//! Folders of migrations as `new` and `rebase` change them: a file more, or files with other names.
//! Overwrites nothing.

use super::arguments::Common;
use super::session::dirs;
use crate::source::next::{Now, carrying, files, in_place, moved};
use crate::source::{Folder, Format, SOURCES, missing};
use crate::spec::{Input, opened};
use initium_driver::{Code, Error, Result};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use time::OffsetDateTime;

/// A folder that the command line names, and the names of its files.
pub struct Opened {
    pub path: PathBuf,
    pub folder: Folder,
    pub names: Vec<String>,
}

/// The one that is meant; it may be new where its format is said.
pub fn open(common: &Common) -> Result<Opened> {
    if !SOURCES {
        return Err(missing("--dir"));
    }
    let folders = dirs(common)?;
    let [Input::Folder { path, format }] = folders.as_slice() else {
        return Err(Error::new(
            Code::Usage,
            "this is about one folder; give one --dir",
        ));
    };
    let empty = !path.exists() || fs::read_dir(path).is_ok_and(|mut all| all.next().is_none());
    if empty {
        let folder = Folder {
            format: format.unwrap_or(Format::GolangMigrate),
            found: Vec::new(),
            callbacks: Vec::new(),
        };
        return Ok(Opened {
            path: path.clone(),
            folder,
            names: Vec::new(),
        });
    }
    let (folder, names) = opened(path, *format)?;
    Ok(Opened {
        path: path.clone(),
        folder,
        names,
    })
}

pub fn now() -> Now {
    let now = OffsetDateTime::now_utc();
    let (date, time) = (now.date(), now.time());
    Now {
        stamp: format!(
            "{:04}{:02}{:02}{:02}{:02}{:02}",
            date.year(),
            u8::from(date.month()),
            date.day(),
            time.hour(),
            time.minute(),
            time.second()
        ),
        millis: (now.unix_timestamp_nanos() / 1_000_000).to_string(),
    }
}

/// Writes the files of a new migration and answers their paths.
pub fn add(opened: &Opened, name: &str, up: &str, down: &str) -> Result<Vec<PathBuf>> {
    let Some(files) = files(&opened.folder, name, (up, down), &now()) else {
        return Err(listed(opened.folder.format));
    };
    let mut written = Vec::new();
    for (file, text) in files {
        let path = opened.path.join(file);
        write(&path, &text).map_err(|error| unwritten(&path, &error))?;
        written.push(path);
    }
    Ok(written)
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)?;
    file.write_all(text.as_bytes())
}

/// The old and the new name of each file that moves behind the last one.
pub fn renames(opened: &Opened, ids: &[&str]) -> Vec<(PathBuf, PathBuf)> {
    let names: Vec<&str> = opened.names.iter().map(String::as_str).collect();
    let all = moved(&opened.folder, ids, &names, &now());
    let path = |name: &String| opened.path.join(name);
    all.iter()
        .map(|(from, to)| (path(from), path(to)))
        .collect()
}

/// All or none, as far as a look before tells.
pub fn rename(renames: &[(PathBuf, PathBuf)]) -> Result<()> {
    if let Some((_, to)) = renames.iter().find(|(_, to)| to.exists()) {
        let message = format!("{} is there already", to.display());
        return Err(
            Error::new(Code::FileUnreadable, message).help("move it away, or rename by hand")
        );
    }
    for (from, to) in renames {
        let parent = to.parent().map(fs::create_dir_all);
        parent
            .unwrap_or(Ok(()))
            .and_then(|()| fs::rename(from, to))
            .map_err(|error| {
                let message = format!("cannot rename {}: {error}", from.display());
                Error::new(Code::FileUnreadable, message).help("is the folder writable?")
            })?;
        // Where the folder has the version in its name, nothing is left in it.
        if let Some(old) = from.parent().filter(|old| Some(*old) != to.parent()) {
            let _ = fs::remove_dir(old);
        }
    }
    Ok(())
}

/// Puts one migration in the place of several, which are deleted, and answers its paths.
pub fn replace(
    opened: &Opened,
    ids: &[String],
    name: &str,
    up: &str,
    down: &str,
) -> Result<Vec<PathBuf>> {
    let last = ids.last().map(String::as_str).unwrap_or_default();
    let Some(files) = in_place(&opened.folder, last, name, (up, down)) else {
        return Err(listed(opened.folder.format));
    };
    let names: Vec<&str> = opened.names.iter().map(String::as_str).collect();
    let found = opened
        .folder
        .found
        .iter()
        .filter(|one| ids.contains(&one.id));
    let old: Vec<PathBuf> = found
        .flat_map(|one| carrying(one, &names))
        .map(|(name, _)| opened.path.join(name))
        .collect();
    let mut written = Vec::new();
    for (file, text) in files {
        let path = opened.path.join(file);
        write(&path, &text).map_err(|error| unwritten(&path, &error))?;
        written.push(path);
    }
    for path in old.iter().filter(|path| !written.contains(path)) {
        fs::remove_file(path).map_err(|error| unwritten(path, &error))?;
        if let Some(folder) = path.parent() {
            // Where the folder has the version in its name, nothing is left in it.
            let _ = fs::remove_dir(folder);
        }
    }
    Ok(written)
}

/// The tool keeps a list beside its files.
fn listed(format: Format) -> Error {
    let tool = format.word();
    let message = format!("{tool} keeps a list beside its files, and only {tool} writes it");
    Error::new(Code::NotSupported, message).help(format!(
        "make the file with {tool}; what it holds is applied from here all the same"
    ))
}

fn unwritten(path: &Path, error: &std::io::Error) -> Error {
    let message = format!("cannot write {}: {error}", path.display());
    Error::new(Code::FileUnreadable, message).help("is the folder writable, and the name free?")
}

//! Where `inspect` writes: one file, or a folder with a file for each table. Never over a file that
//! is there, unless somebody said so, and then all of them or none.

use super::{Page, page};
use crate::spec;
use initium_driver::catalog::Catalog;
use initium_driver::{Code, Error, Result};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

pub enum Aim {
    File(String, Page),
    Folder(String),
}

/// What becomes of files that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum There {
    Stays,
    Replaced,
}

impl From<bool> for There {
    fn from(force: bool) -> There {
        if force { There::Replaced } else { There::Stays }
    }
}

impl Aim {
    /// The end of a file's name says what it is, where `--format` does not.
    pub fn of(path: &str, asked: Option<Page>) -> Result<Aim> {
        let folder = path.ends_with('/') || Path::new(path).is_dir();
        if folder {
            return match asked.unwrap_or(Page::Yaml) {
                Page::Yaml => Ok(Aim::Folder(path.into())),
                _ => Err(Error::new(Code::Usage, "a folder is written as YAML")
                    .help("leave --format out, or name a file")),
            };
        }
        let end = Path::new(path).extension().and_then(|end| end.to_str());
        let told = match end {
            Some("yml") => page("yaml"),
            Some("mmd") => page("mermaid"),
            end => end.and_then(page),
        };
        match asked.or(told) {
            Some(page) => Ok(Aim::File(path.into(), page)),
            None => Err(Error::new(
                Code::Usage,
                "the name of the file does not say what to write",
            )
            .help("end it in .yaml, .json, .sql, .svg, .mmd or .dot, end a folder in /, or give --format")),
        }
    }

    pub fn path(&self) -> &str {
        match self {
            Aim::File(path, _) | Aim::Folder(path) => path,
        }
    }
}

/// Everything that is no table stands in one file.
const REST: &str = "_schema";

pub fn folder(path: &str, mut catalog: Catalog, there: There) -> Result<()> {
    let root = Path::new(path);
    let mut taken = BTreeSet::from([REST.to_string()]);
    let mut files = Vec::new();
    for table in std::mem::take(&mut catalog.tables) {
        let name = free(&table.name.to_string(), &mut taken);
        files.push((shown(&root.join(name)), spec::yaml_of(&table)?));
    }
    if catalog != Catalog::default() {
        files.push((
            shown(&root.join(format!("{REST}.yaml"))),
            spec::yaml(&catalog)?,
        ));
    }
    fs::create_dir_all(root).map_err(|error| unwritten(path, &error))?;
    write(&files, there)?;
    for left in others(root, &files) {
        log::warn!("{left} is left as it is; nothing that was written now belongs there");
    }
    Ok(())
}

/// A name that any file system holds, and that no other table has where capitals do not count.
fn free(table: &str, taken: &mut BTreeSet<String>) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    let mut plain: String = table
        .chars()
        .map(|c| if is_plain(c) { c } else { '_' })
        .collect();
    // Files that begin with a dot are not looked at, and no name may be endless.
    plain = plain.trim_start_matches('.').chars().take(60).collect();
    let mut name = plain.clone();
    let mut n = 2;
    while name.is_empty() || !taken.insert(name.to_lowercase()) {
        name = format!("{plain}-{n}");
        n += 1;
    }
    name + ".yaml"
}

pub fn write(files: &[(String, String)], there: There) -> Result<()> {
    if there == There::Stays
        && let Some((path, _)) = files.iter().find(|(path, _)| Path::new(path).exists())
    {
        let error = Error::new(Code::FileUnreadable, format!("'{path}' is there already"));
        return Err(error.help("nothing was written; give --force to write over it"));
    }
    for (path, text) in files {
        fs::write(path, text).map_err(|error| unwritten(path, &error))?;
    }
    Ok(())
}

/// Schema files of the folder that were there before and are not of these.
fn others(root: &Path, files: &[(String, String)]) -> Vec<String> {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let is_ours = |path: &String| files.iter().any(|(ours, _)| ours == path);
    let is_schema = |path: &String| {
        let end = Path::new(path).extension().and_then(|end| end.to_str());
        end.is_some_and(|end| ["yaml", "yml", "json", "sql"].contains(&end))
    };
    let paths = entries.map(|entry| shown(&entry.path()));
    let mut left: Vec<_> = paths.filter(|it| is_schema(it) && !is_ours(it)).collect();
    left.sort();
    left
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn unwritten(path: &str, error: &std::io::Error) -> Error {
    Error::new(
        Code::FileUnreadable,
        format!("cannot write '{path}': {error}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_table_has_a_file_of_its_own_on_any_disk() {
        let mut taken = BTreeSet::from([REST.to_string()]);
        let mut name = |table: &str| free(table, &mut taken);
        assert_eq!(name("users"), "users.yaml");
        assert_eq!(name("Users"), "Users-2.yaml");
        assert_eq!(name("app.users"), "app.users.yaml");
        assert_eq!(name("../../etc/passwd"), "_.._etc_passwd.yaml");
        assert_eq!(name("a b"), "a_b.yaml");
        assert_eq!(name("a/b"), "a_b-2.yaml");
        assert_eq!(name("_schema"), "_schema-2.yaml");
        assert_eq!(name("..."), "-2.yaml");
        assert_eq!(name(&"x".repeat(300)).len(), 65);
    }
}

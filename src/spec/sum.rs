//! `migrations.sum`: one line for each file of a folder, and a first line over all of them, so that two
//! branches that both add a migration meet in git. Beside a spec `shop.yaml` it is `shop.sum`, with the
//! spec and the scripts that it names. Compares and says what differs; writes nothing.

use super::read::{self, beneath};
use super::text::Document;
use super::{Migration, PerDatabase, Spec};
use crate::source::File;
use initium_driver::long::Breaks;
use initium_driver::{Code, Error, Result, Source, Text};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// What it is called.
pub const FILE: &str = "migrations.sum";

/// What is done about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sums {
    /// Where it is, it has to be right.
    #[default]
    Compared,
    /// It has to be there.
    Required,
    /// It is to be written: what should stand in it is told.
    Told,
}

/// Of one folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sum {
    folder: PathBuf,
    file: String,
    /// File to hash.
    files: BTreeMap<String, String>,
}

impl Sum {
    fn of<'a>(
        (folder, file): (&Path, &str),
        files: impl Iterator<Item = (String, &'a Source)>,
    ) -> Result<Sum> {
        let mut sum = Sum {
            folder: folder.into(),
            file: file.into(),
            files: BTreeMap::new(),
        };
        for (name, text) in files {
            sum.files.insert(name, hash(text)?);
        }
        Ok(sum)
    }

    pub fn path(&self) -> PathBuf {
        self.folder.join(&self.file)
    }

    pub fn count(&self) -> usize {
        self.files.len()
    }

    /// As it stands in the file.
    pub fn text(&self) -> String {
        let mut lines = String::new();
        for (name, hash) in &self.files {
            let _ = writeln!(lines, "{hash}  {name}");
        }
        format!(
            "v1 {}\n{lines}",
            hex(Sha256::digest(lines.as_bytes()).as_slice())
        )
    }

    /// Whether a folder is as its file says.
    fn compare(&self, told: &str) -> Result<()> {
        if told.replace("\r\n", "\n") == self.text() {
            return Ok(());
        }
        let wrong = |what: String| {
            let path = self.path();
            let message = format!(
                "{} is not what {} says: {what}",
                self.folder.display(),
                path.display()
            );
            Err(Error::new(Code::SumMismatch, message).help(
                "if the folder is right as it is, write the sum anew: `initium migrate hash` with the same --dir or --spec",
            ))
        };
        let mut lines = told.lines();
        let head = lines.next().unwrap_or_default();
        if !head.starts_with("v1 ") {
            return wrong("its first line is none that this version writes".into());
        }
        let mut known = BTreeMap::new();
        for line in lines {
            match line.split_once("  ") {
                Some((hash, name)) if known.insert(name, hash).is_none() => {}
                _ => return wrong(format!("it has a line that is none: {line:?}")),
            }
        }
        let mut found = Vec::new();
        for (name, hash) in &self.files {
            match known.remove(name.as_str()) {
                None => found.push(format!("{name} was added")),
                Some(known) if known != hash => found.push(format!("{name} was edited")),
                Some(_) => {}
            }
        }
        found.extend(known.keys().map(|name| format!("{name} is gone")));
        let more = found.len().saturating_sub(5);
        found.truncate(5);
        if more > 0 {
            found.push(format!("{more} more"));
        }
        match found.is_empty() {
            true => wrong("its first line is not that of the others".into()),
            false => wrong(found.join(", ")),
        }
    }
}

/// Line ends are those of a checkout, not of the file.
fn hash(source: &Source) -> Result<String> {
    let mut sum = Sha256::new();
    match &source.text {
        Text::Held(text) => {
            for piece in text.split_inclusive("\r\n") {
                match piece.strip_suffix("\r\n") {
                    Some(line) => {
                        sum.update(line.as_bytes());
                        sum.update(b"\n");
                    }
                    None => sum.update(piece.as_bytes()),
                }
            }
        }
        Text::Long(long) => {
            let mut input = long.whole().input(Breaks::Unix)?;
            let mut window = String::new();
            while !input.is_over() {
                input.fill(&mut window, 1 << 16)?;
                sum.update(window.as_bytes());
                window.clear();
            }
        }
    }
    Ok(hex(sum.finalize().as_slice()))
}

fn hex(bytes: &[u8]) -> String {
    let mut hex = String::new();
    for byte in bytes {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// Of the files of a folder of migrations.
pub(super) fn of_folder(folder: &Path, files: &[File], sums: Sums) -> Result<Option<Sum>> {
    let told = files.iter().find(|file| file.name == FILE);
    let counted = files.iter().filter(|file| file.name != FILE);
    let counted = counted.map(|file| (file.name.clone(), &file.text));
    let told = told.map(|file| file.text.whole()).transpose()?;
    settled((folder, FILE), counted, told.as_deref(), sums)
}

fn settled<'a>(
    whose: (&Path, &str),
    files: impl Iterator<Item = (String, &'a Source)>,
    told: Option<&str>,
    sums: Sums,
) -> Result<Option<Sum>> {
    match (sums, told) {
        (Sums::Told, _) => Sum::of(whose, files).map(Some),
        (_, Some(told)) => {
            Sum::of(whose, files)?.compare(told)?;
            Ok(None)
        }
        (Sums::Required, None) => {
            let message = format!("{} has no {}", whose.0.display(), whose.1);
            Err(Error::new(Code::SumMismatch, message)
                .help("write it with `initium migrate hash`, and commit it with the migrations"))
        }
        (Sums::Compared, None) => Ok(None),
    }
}

/// Of the specs in a folder and the scripts that they name.
pub(super) fn of_specs(documents: &[Document], spec: &Spec, sums: Sums) -> Result<Vec<Sum>> {
    let mut all = Vec::new();
    for doc in documents {
        let folder = doc.folder.as_path();
        let Some(stem) = Path::new(&doc.file).file_stem().and_then(|it| it.to_str()) else {
            continue;
        };
        // A folder that is a source has one of its own.
        let name = format!("{stem}.sum");
        let taken = name == FILE && spec.folders.iter().any(|other| other == folder);
        if taken || doc.file.starts_with('<') {
            continue;
        }
        let path = folder.join(&name);
        if sums == Sums::Compared && !path.exists() {
            continue;
        }
        let text = Source::file(doc.file.clone(), doc.text.as_str());
        let mut files: BTreeMap<String, &Source> = BTreeMap::new();
        for source in std::iter::once(&text).chain(scripts(spec, doc)) {
            let path = Path::new(&source.file);
            let below = match folder.to_str() {
                Some(".") => path.strip_prefix("./").ok().or(Some(path)),
                _ => path.strip_prefix(folder).ok(),
            };
            if let Some(name) = below.filter(|_| source.line == 1 && source.column == 1) {
                files.insert(name.display().to_string(), source);
            }
        }
        let told = match path.exists() {
            true => {
                let root = fs::canonicalize(folder)
                    .map_err(|error| read::unreadable(&folder.display().to_string(), &error))?;
                Some(beneath(&root, &path)?)
            }
            false => None,
        };
        let told = told.as_ref().map(Source::whole).transpose()?;
        let whose = (folder, name.as_str());
        all.extend(settled(whose, files.into_iter(), told.as_deref(), sums)?);
    }
    Ok(all)
}

/// The texts that a spec names and that stand in files of their own.
fn scripts<'s>(spec: &'s Spec, doc: &Document) -> impl Iterator<Item = &'s Source> {
    let mine = |one: &&Migration| one.origin.is_none() && one.place.file == doc.file;
    let own = spec.migrations.iter().filter(mine);
    own.flat_map(|one| {
        let lists = [Some(&one.up), one.down.as_ref(), one.cleanup.as_ref()];
        let scripts = lists.into_iter().flatten().flat_map(each).flatten();
        scripts.chain(each(&one.verify).flatten().map(|check| &check.query))
    })
}

fn each<T>(all: &PerDatabase<T>) -> impl Iterator<Item = &T> {
    let (same, each) = match all {
        PerDatabase::Same(one) => (Some(one), &[][..]),
        PerDatabase::Each(each) => (None, each.as_slice()),
    };
    same.into_iter().chain(each.iter().map(|(_, one)| one))
}

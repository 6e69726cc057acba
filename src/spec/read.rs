//! Reads specs and the scripts they name; `gate` opens them, `long` opens the long ones again; nobody
//! else in this room touches the disk. Reads regular files only, as UTF-8, and nothing outside the
//! spec's folder.

use super::gate::{self, Refusal, Within};
use super::long;
use super::shape::Grammar;
use super::text::{Document, Format};
use initium_driver::{Code, Error, Result, Source, Text};
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

/// Where a spec comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    File(PathBuf),
    /// What stood on standard input; files it names are looked for in the working folder.
    Stdin(Vec<u8>),
    /// Migrations without a spec.
    Folder {
        path: PathBuf,
        format: Option<crate::source::Format>,
    },
}

impl Input {
    /// A path as given on the command line.
    pub fn file(path: impl Into<PathBuf>) -> Input {
        Input::File(path.into())
    }
}

/// The most bytes that a spec may have.
pub const LARGEST_SPEC: u64 = 1 << 20;
/// A longer script is read in windows.
const LARGEST_HELD: u64 = 1 << 22;

pub(super) fn document(input: &Input, grammar: &'static Grammar) -> Result<Document> {
    let limit = grammar.largest << 20;
    let (name, format, folder, bytes) = match input {
        Input::Folder { path, .. } => {
            let message = format!("{} is a folder, not {}", path.display(), grammar.called);
            return Err(Error::new(Code::FileUnreadable, message).help("name a file of it"));
        }
        Input::Stdin(bytes) => {
            let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
            let format = match first {
                Some(b'{') => Format::Json,
                _ => Format::Yaml,
            };
            (
                "<stdin>".to_string(),
                format,
                PathBuf::from("."),
                bytes.clone(),
            )
        }
        Input::File(path) => {
            let name = path.display().to_string();
            let folder = match path.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
                _ => PathBuf::from("."),
            };
            let format = format_of(path, &name)?;
            (
                name.clone(),
                format,
                folder,
                bytes(&opened(path, &name, &Within::Anywhere)?, &name, limit)?,
            )
        }
    };
    if bytes.len() as u64 > limit {
        let message = format!(
            "{name} is larger than {} MiB, the limit of {}",
            grammar.largest, grammar.limit
        );
        let help = grammar.smaller;
        return Err(Error::new(Code::SpecSyntax, message).help(help));
    }
    let text = utf8(bytes, &name, Code::SpecSyntax)?;
    Ok(Document::new(name, format, folder, text).of(grammar))
}

fn format_of(path: &Path, name: &str) -> Result<Format> {
    if path.is_dir() {
        let error = Error::new(
            Code::FileUnreadable,
            format!("{name} is a folder, not a spec"),
        );
        return Err(error.help(in_folder(path)));
    }
    let extension = path
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "yaml" | "yml" => Ok(Format::Yaml),
        "json" => Ok(Format::Json),
        "sql" => Err(Error::new(
            Code::FileUnreadable,
            format!("{name} is a script, not a spec"),
        )
        .help("name it in a spec: `up: [{file: name.sql}]`")),
        _ => Err(Error::new(
            Code::FileUnreadable,
            format!("{name} is not known to be a spec by its name"),
        )
        .help("a spec ends in .yaml, .yml or .json, or comes from standard input as -")),
    }
}

/// What in a folder could have been meant.
fn in_folder(path: &Path) -> String {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let mut specs: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_file() && format_of(path, "").is_ok())
        .map(|path| path.display().to_string())
        .collect();
    specs.sort();
    match specs.as_slice() {
        [] => "give the file that lists the migrations, such as migration.yaml; a folder of SQL files is given with --dir".into(),
        specs => format!(
            "give a file of it: {}",
            specs[..specs.len().min(5)].join(", ")
        ),
    }
}

/// A script that a spec names, if it is inside the spec's folder.
pub(super) fn script(folder: &Path, name: &str) -> Result<Source> {
    let shown = folder.join(name);
    let shown = shown
        .strip_prefix(".")
        .unwrap_or(&shown)
        .display()
        .to_string();
    let escapes = || {
        Error::new(
            Code::PathEscapes,
            format!("the file {name:?} is outside the folder of the spec"),
        )
        .help("name a file in that folder or below it, by a relative path")
    };
    if climbs(Path::new(name)) {
        return Err(escapes());
    }
    let root = fs::canonicalize(folder).map_err(|error| unreadable(&shown, &error))?;
    // Links are followed before they are judged: the files of a ConfigMap are links into ..data.
    let path = fs::canonicalize(root.join(name)).map_err(|error| unreadable(&shown, &error))?;
    if !path.starts_with(&root) {
        return Err(escapes());
    }
    let within = Within::Folder(root);
    match gate::open(&path, &within) {
        Err(Refusal::Outside) => Err(escapes()),
        answer => source(answer, path, within, shown),
    }
}

/// A script that the user named, or that stands in a folder that the user named.
pub(super) fn given(path: &Path) -> Result<Source> {
    let within = Within::Anywhere;
    let file = gate::open(path, &within);
    source(file, path.into(), within, path.display().to_string())
}

/// A file that was found below a folder, whose path has no links. Other tools let migrations be empty.
pub(super) fn beneath(root: &Path, found: &Path) -> Result<Source> {
    let shown = found
        .strip_prefix(".")
        .unwrap_or(found)
        .display()
        .to_string();
    let path = fs::canonicalize(found).map_err(|error| unreadable(&shown, &error))?;
    let within = Within::Folder(root.into());
    let file = match gate::open(&path, &within) {
        Err(Refusal::Outside) => {
            let message = format!("{shown} is a link to a file outside its folder");
            return Err(
                Error::new(Code::PathEscapes, message).help("copy the file into the folder")
            );
        }
        answer => answer,
    };
    text(file, path, within, shown)
}

/// A script that says something.
fn source(
    file: Result<File, Refusal>,
    path: PathBuf,
    within: Within,
    shown: String,
) -> Result<Source> {
    let source = text(file, path, within, shown)?;
    if let Text::Held(text) = &source.text
        && text.trim().is_empty()
    {
        let message = format!("{} is empty", source.file);
        return Err(Error::new(Code::FileUnreadable, message)
            .help("write the script or leave the file out"));
    }
    Ok(source)
}

fn text(
    file: Result<File, Refusal>,
    path: PathBuf,
    within: Within,
    shown: String,
) -> Result<Source> {
    let file = file.map_err(|refusal| refused(&shown, &refusal))?;
    let bytes = bytes(&file, &shown, LARGEST_HELD)?;
    if bytes.len() as u64 > LARGEST_HELD {
        let long = long::open(path, within, &file, shown.clone(), &bytes)?;
        return Ok(Source::file(shown, Text::Long(long)));
    }
    let text = utf8(bytes, &shown, Code::FileUnreadable)?;
    Ok(Source::file(shown, text))
}

/// Whether a path is absolute or leads above its beginning, even for a moment.
fn climbs(path: &Path) -> bool {
    let mut depth = 0_i32;
    path.components().any(|component| {
        match component {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir => depth -= 1,
            Component::RootDir | Component::Prefix(_) => depth = i32::MIN / 2,
        }
        depth < 0
    })
}

/// Where each spec really lies: another answer later means that somebody exchanged it meanwhile.
pub(super) fn whereabouts(inputs: &[Input]) -> Vec<Option<PathBuf>> {
    let real = |input: &Input| match input {
        Input::File(path) => fs::canonicalize(path).ok(),
        Input::Stdin(_) | Input::Folder { .. } => None,
    };
    inputs.iter().map(real).collect()
}

fn opened(path: &Path, name: &str, within: &Within) -> Result<File> {
    gate::open(path, within).map_err(|refusal| refused(name, &refusal))
}

fn refused(name: &str, refusal: &Refusal) -> Error {
    match refusal {
        Refusal::Failed(error) => unreadable(name, error),
        Refusal::Irregular | Refusal::Outside => Error::new(
            Code::FileUnreadable,
            format!("{name} is not a regular file"),
        )
        .help("copy it into a file, or give a spec on standard input as -"),
    }
}

/// The content, or a little more than the limit where there is more.
fn bytes(file: &File, name: &str, limit: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = file.take(limit + 1).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(name, &error))?;
    Ok(bytes)
}

pub(super) fn unreadable(name: &str, error: &std::io::Error) -> Error {
    let why = match error.kind() {
        ErrorKind::NotFound => "it does not exist".to_string(),
        ErrorKind::PermissionDenied => "permission denied".to_string(),
        _ => error.to_string().to_lowercase(),
    };
    Error::new(Code::FileUnreadable, format!("cannot read {name}: {why}"))
        .help("is the path right, seen from the working folder, and is the volume mounted?")
}

/// What some editors and shells write.
pub(super) fn not_utf16(bytes: &[u8], name: &str, code: Code) -> Result<()> {
    let found = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [0, a, ..] | [a, 0, ..] => *a != 0,
        _ => false,
    };
    match found {
        true => {
            Err(Error::new(code, format!("{name} is written in UTF-16")).help("save it as UTF-8"))
        }
        false => Ok(()),
    }
}

/// Text without its byte order mark.
fn utf8(bytes: Vec<u8>, name: &str, code: Code) -> Result<String> {
    not_utf16(&bytes, name, code)?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text
            .strip_prefix('\u{feff}')
            .map(str::to_string)
            .unwrap_or(text)),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let before = String::from_utf8_lossy(&error.as_bytes()[..good]).into_owned();
            let at = before.len();
            let before = Document::new(name.into(), Format::Yaml, PathBuf::new(), before);
            Err(Error::new(code, format!("{name} is not UTF-8"))
                .place(before.place(at))
                .help("save it as UTF-8"))
        }
    }
}

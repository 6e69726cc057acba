//! Folders as people have them, and what is wrong with some.
#![allow(clippy::unwrap_used)]

mod cutters;
mod first;
mod fixtures;
mod flyways;
mod folders;
mod long;
mod sums;
mod whose;

use super::*;
use initium_driver::Text;
use std::path::Path;

/// Names and texts.
type Texts<'a> = &'a [(&'a str, &'a str)];

fn folder(files: Texts) -> Vec<File> {
    let file = |(name, text): &(&str, &str)| File {
        name: name.to_string(),
        text: Source::file(format!("migrations/{name}"), *text),
    };
    files.iter().map(file).collect()
}

fn told(files: Texts) -> Result<(Format, Vec<Found>)> {
    let folder = read("migrations", &folder(files), None)?;
    Ok((folder.format, folder.found))
}

/// By the rules of one format.
fn as_of(format: Format, files: Texts) -> Result<Vec<Found>> {
    Ok(read("migrations", &folder(files), Some(format))?.found)
}

fn up(found: &Found) -> Vec<&str> {
    texts(&found.up.scripts)
}

fn down(found: &Found) -> Vec<&str> {
    texts(found.down.as_ref().map_or(&[], |way| &way.scripts))
}

fn texts(scripts: &[Script]) -> Vec<&str> {
    fn text(one: &Script) -> &str {
        match &one.text.text {
            Text::Held(text) => text.as_str(),
            Text::Long(_) => "long",
        }
    }
    scripts.iter().map(text).collect()
}

fn ids(found: &[Found]) -> Vec<&str> {
    found.iter().map(|one| one.id.as_str()).collect()
}

fn versions(found: &[Found]) -> Vec<&str> {
    found
        .iter()
        .map(|one| one.origin.version.as_str())
        .collect()
}

/// Where an error says that it is.
fn line(error: &Error) -> u32 {
    error.spot().place.as_ref().expect("a place").line
}

/// Each of these is refused by the format, at this line, with this in the message.
fn refused(format: Format, all: &[(u32, &str, Texts)]) {
    for (number, words, files) in all {
        let error = as_of(format, files).expect_err(words);
        assert!(error.message().contains(words), "{}", error.message());
        assert_eq!(line(&error), *number, "{}", error.message());
    }
}

/// A folder on disk, with its byte order marks taken off as the reader of specs does.
fn on_disk(name: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/source")
        .join(name);
    let mut files = Vec::new();
    below(&root, "", &mut files);
    assert!(!files.is_empty(), "{name}");
    files
}

fn below(root: &Path, name: &str, files: &mut Vec<File>) {
    for entry in std::fs::read_dir(root.join(name)).unwrap() {
        let entry = entry.unwrap();
        let own = entry.file_name().into_string().unwrap();
        let path = match name {
            "" => own,
            name => format!("{name}/{own}"),
        };
        if entry.path().is_dir() {
            below(root, &path, files);
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        files.push(File {
            text: Source::file(path.clone(), text),
            name: path,
        });
    }
}

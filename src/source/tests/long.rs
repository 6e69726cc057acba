//! Files that are too long to be held keep every part of theirs.

use super::*;
use initium_driver::{Long, Reopen};
use std::io::{self, Read};
use std::sync::Arc;

struct Bytes(Arc<String>);

struct From(Arc<String>, usize);

impl Read for From {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = (&self.0.as_bytes()[self.1..]).read(into)?;
        self.1 += count;
        Ok(count)
    }
}

impl Reopen for Bytes {
    fn open(&self, from: u64) -> io::Result<Box<dyn Read>> {
        Ok(Box::new(From(self.0.clone(), from as usize)))
    }
}

fn long(name: &str, text: String) -> File {
    let length = text.len() as u64;
    let text = Text::Long(Long::new(name, length, Bytes(Arc::new(text))));
    File {
        name: name.into(),
        text: Source::file(name, text),
    }
}

/// Six megabytes, in lines of which one is longer than a window.
fn filler() -> String {
    let row = "INSERT INTO a VALUES ('é, and nothing else in this row');\n";
    let wide = format!("INSERT INTO a VALUES ('{}');\r\n", "x".repeat(200_000));
    row.repeat(100_000) + &wide
}

fn all(source: &Source) -> String {
    match &source.text {
        Text::Held(text) => text.clone(),
        Text::Long(long) => long.text(u64::MAX).unwrap(),
    }
}

#[test]
fn a_part_of_a_long_file_is_a_slice_of_it_with_its_place() {
    let up = filler();
    for (format, begin, middle) in [
        (
            Format::Dbmate,
            "-- a note\n-- migrate:up\n",
            "-- migrate:down\n",
        ),
        (
            Format::Goose,
            "-- a note\n-- +goose Up\n",
            "-- +goose Down\n",
        ),
    ] {
        let file = long("1_a.sql", format!("{begin}{up}{middle}\n DROP TABLE a;\n"));
        let found = read("migrations", std::slice::from_ref(&file), None).unwrap();
        assert_eq!(found.format, format);
        let one = &found.found[0];
        let text = &one.up.scripts[0].text;
        assert!(matches!(text.text, Text::Long(_)), "{format:?}");
        assert!(
            all(text) == up,
            "{format:?}: the part is not what stands in the file"
        );
        assert_eq!((text.line, text.column), (3, 1));
        // What is short is held, whatever it was cut from.
        assert_eq!(down(one), ["DROP TABLE a;"]);
        let place = one.down.as_ref().unwrap().scripts[0].text.place(0);
        assert_eq!((place.line, place.column), (100_006, 2));
    }
}

#[test]
fn a_long_file_that_is_its_script_is_passed_on() {
    let files = [long(
        "1_a.up.sql",
        format!("-- no-transaction\n{}", filler()),
    )];
    let found = read("migrations", &files, None).unwrap();
    assert_eq!(found.format, Format::Sqlx);
    assert_eq!(found.found[0].up.within, Within::Nothing);
    assert!(all(&found.found[0].up.scripts[0].text).ends_with("');\r\n"));
}

#[test]
fn a_long_changelog_keeps_its_statements_and_what_takes_them_back() {
    let up = filler();
    let text = format!("--liquibase formatted sql\n--changeset a:1\n{up}--rollback SELECT 1;\n");
    let found = read("migrations", &[long("x.sql", text)], None)
        .unwrap()
        .found;
    assert!(all(&found[0].up.scripts[0].text).starts_with(&up));
    assert_eq!(down(&found[0]), ["SELECT 1;"]);
}

#[test]
fn what_has_to_be_held_to_be_cut_is_refused_with_what_to_do() {
    let journal = r#"{"entries": [{"tag": "0000_a", "when": 1}]}"#;
    let mut files = folder(&[("meta/_journal.json", journal)]);
    files.push(long("0000_a.sql", filler()));
    let error = read("migrations", &files, None).unwrap_err();
    assert_eq!(error.code(), Code::ScriptTooLong);
    assert!(error.help_text().unwrap().contains("split it"));
}

//! Texts nobody wrote: generated from what scripts are made of, and corpus files changed at random.
//! Every failure tells its seed.

use super::corpus::{Random, asked, seed};
use super::{seeds, targets};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

const SCRAPS: &[&str] = &[
    ";",
    ";",
    ";",
    " ",
    " ",
    "\n",
    "\r\n",
    "\t",
    "\u{b}",
    "'",
    "'a;b'",
    "'it''s'",
    "'\\'",
    "'\\\\'",
    "E'",
    "e'\\';'",
    "U&'\\0061'",
    "\"",
    "\"a;\"",
    "`",
    "`b;`",
    "[",
    "]",
    "[c;]",
    "$$",
    "$$",
    "$a$",
    "$b$",
    "$1",
    "a$",
    "--",
    "-- x;'\n",
    "--y",
    "#",
    "# z;\"\n",
    "/*",
    "*/",
    "/*",
    "*/",
    "/* ; */",
    "/*!50003 ",
    "/*M!100100 ",
    "/*+ ",
    "(",
    ")",
    "BEGIN",
    "BEGIN ATOMIC",
    "BEGIN NOT ATOMIC",
    "END",
    "END IF",
    "CASE",
    "IF",
    "THEN",
    "ELSE",
    "LOOP",
    "REPEAT",
    "UNTIL",
    "WHILE",
    "DO",
    "FOR",
    "CREATE",
    "TEMP",
    "TRIGGER",
    "FUNCTION f()",
    "PROCEDURE p()",
    "EVENT e",
    "RULE",
    "ALTER",
    "EACH ROW",
    "DECLARE",
    "HANDLER",
    "RETURN",
    "SET STATEMENT",
    "SELECT",
    "COPY t FROM stdin;\n",
    "\\.\n",
    "\\restrict x\n",
    "DELIMITER //\n",
    "\nDELIMITER ;\n",
    "\nDELIMITER $$\n",
    "//",
    "$$\n",
    "\\",
    "\\N",
    "SET standard_conforming_strings = off;",
    "SET sql_mode = 'ANSI_QUOTES';",
    "é",
    "\u{1f980}",
    "\u{feff}",
    "\u{a0}",
    "\u{2028}",
    "\0",
    "@",
    ":",
    ".",
    ",",
    "=",
    "x",
    "1e5",
];

fn generated(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..random.below(40) {
        text += random.pick(SCRAPS);
        if random.below(3) > 0 {
            text.push(' ');
        }
    }
    text
}

/// A seed with some bytes lost, doubled, exchanged or come from another one.
fn mutated(random: &mut Random, seeds: &[Vec<u8>], scraps: &[&str]) -> Vec<u8> {
    let mut bytes = seeds[random.below(seeds.len())].clone();
    for _ in 0..1 + random.below(6) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(24)).min(bytes.len());
        match random.below(6) {
            0 => drop(bytes.drain(at..end)),
            1 => drop(bytes.splice(at..at, bytes[at..end].to_vec())),
            2 => drop(bytes.splice(at..end, random.pick(scraps).bytes())),
            3 => drop(bytes.splice(at..at, random.pick(scraps).bytes())),
            4 if at < bytes.len() => bytes[at] = random.below(256) as u8,
            _ => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len() + 1);
                let to = (from + random.below(200)).min(other.len());
                bytes.splice(at..at, other[from..to].to_vec());
            }
        }
    }
    bytes
}

/// How long a loop may look for something new, where a person asks for that.
fn patience() -> Option<Duration> {
    asked().map(Duration::from_secs)
}

/// How many texts are tried where nobody asks: the same ones each time, so that a change is judged
/// and not chance.
const TRIES: u64 = 2000;

/// Tries texts; the seed and the text of a failure are told.
fn look(name: &str, target: fn(&[u8]), mut next: impl FnMut(&mut Random) -> Vec<u8>) {
    let (seed, patience) = (seed(), patience());
    let (mut random, start, mut tries) = (Random(seed), Instant::now(), 0u64);
    let goes_on = |tries| match patience {
        Some(patience) => start.elapsed() < patience,
        None => tries < TRIES,
    };
    while goes_on(tries) {
        let bytes = next(&mut random);
        if catch_unwind(AssertUnwindSafe(|| target(&bytes))).is_err() {
            let text = String::from_utf8_lossy(&bytes);
            panic!("{name}, INITIUM_TEST_SEED={seed}, try {tries}: {text:?}");
        }
        tries += 1;
    }
    eprintln!("{name}: {tries} texts, seed {seed}");
    assert!(tries > 0);
}

fn read(paths: Vec<std::path::PathBuf>) -> Vec<Vec<u8>> {
    paths
        .iter()
        .map(|path| fs::read(path).expect("a seed"))
        .collect()
}

#[test]
fn a_generated_script_loses_no_byte() {
    look("generated scripts", targets::split, |random| {
        generated(random).into_bytes()
    });
}

#[test]
fn a_changed_script_loses_no_byte() {
    let seeds = read(seeds::scripts());
    look("changed scripts", targets::split, |random| {
        mutated(random, &seeds, SCRAPS)
    });
}

#[test]
fn a_changed_spec_is_taken_or_refused() {
    const MARKS: &[&str] = &[
        "\n",
        "  ",
        "- ",
        ": ",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "'",
        "|",
        ">",
        "&a",
        "*a",
        "!!str ",
        "#",
        "---\n",
        "\t",
        "\\u0000",
        "1e999",
        "0x10",
        "null",
        "~",
        "true",
        "\u{feff}",
        "<<: ",
        "? ",
        "version: 1\n",
        "migrations:\n",
        "up: ",
        ",",
    ];
    let mut seeds = read(seeds::specs());
    // The depth and size limits have cases of their own; here they only cost time.
    seeds.retain(|seed| seed.len() < 20_000);
    look("changed specs", targets::spec, |random| {
        mutated(random, &seeds, MARKS)
    });
}

#[test]
fn a_changed_table_name_is_one_name_or_none() {
    const SIGNS: &[&str] = &[
        "\"",
        "\"\"",
        ".",
        "`",
        "'",
        ";",
        " ",
        "\0",
        "\n",
        "a",
        "_",
        "1",
        "ä",
        "\u{1f600}",
        "\u{202e}",
        "--",
        "\\",
    ];
    let seeds: Vec<_> = seeds::NAMES
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    look("changed table names", targets::name, |random| {
        mutated(random, &seeds, SIGNS)
    });
}

#[test]
fn a_changed_url_is_read_or_refused_and_never_echoed() {
    const SIGNS: &[&str] = &[
        "@", ":", "/", "//", "?", "#", "%", "%zz", "%40", "%00", "[", "]", "::1", "&", "=", " ",
        "\n", "\r\n", "é", "postgres", "sqlite", "65536", "-1", ",", "'", "\\", "sslmode=", "..",
    ];
    let seeds: Vec<_> = seeds::URLS
        .iter()
        .map(|url| url.as_bytes().to_vec())
        .collect();
    look("changed URLs", targets::url, |random| {
        mutated(random, &seeds, SIGNS)
    });
}

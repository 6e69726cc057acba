//! What the tests on corpora share: where files are, what may stand between two statements, a
//! shuffler. Must never ask the splitter under test what a comment or a blank is.

#![allow(dead_code, clippy::print_stderr)]

use initium_driver::Statement;
use std::path::{Path, PathBuf};

/// The files of a corpus that `tests/corpora/fetch` brought; `None` (said loudly) where it did not.
pub fn fetched(name: &str) -> Vec<PathBuf> {
    let Some(root) = std::env::var_os("INITIUM_TEST_CORPORA") else {
        eprintln!("SKIPPED: INITIUM_TEST_CORPORA is not set, so nothing of {name} was compared");
        return Vec::new();
    };
    let files = files(&Path::new(&root).join(name));
    if files.is_empty() {
        eprintln!("SKIPPED: nothing is in INITIUM_TEST_CORPORA/{name}");
    }
    files
}

/// Every file below a folder, in order.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}

/// Without blanks: clients lay a text out anew before they send it.
pub fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_ascii_whitespace() && *c != '\u{b}' && *c != '\u{feff}')
        .collect()
}

/// What stands between two statements in a language.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Postgres,
    MySql,
    Sqlite,
}

impl Language {
    pub fn of(database: &str) -> Language {
        match database {
            "postgres" => Language::Postgres,
            "sqlite" => Language::Sqlite,
            _ => Language::MySql,
        }
    }

    /// The rest of a text behind one comment, terminator, DELIMITER line or blank at its beginning.
    fn skip(self, text: &str) -> Option<&str> {
        let line_end = |text: &str| text.find('\n').unwrap_or(text.len());
        let mut chars = text.chars();
        match chars.next()? {
            c if c.is_ascii_whitespace() || c == '\u{b}' || c == '\u{feff}' => Some(chars.as_str()),
            '-' if self == Language::MySql && !dashes_and_blank(text) => None,
            '-' if text.starts_with("--") => Some(&text[line_end(text)..]),
            '#' if self == Language::MySql => Some(&text[line_end(text)..]),
            // Code that only looks like a comment.
            '/' if self == Language::MySql
                && ["/*!", "/*M!"].iter().any(|c| text.starts_with(c)) =>
            {
                None
            }
            '/' if text.starts_with("/*") => self.behind_block(text),
            // What pg_dump writes around a dump.
            '\\' if self == Language::Postgres
                && text
                    .split_whitespace()
                    .next()
                    .is_some_and(|word| matches!(word, "\\restrict" | "\\unrestrict")) =>
            {
                Some(&text[line_end(text)..])
            }
            ';' => Some(chars.as_str()),
            _ => None,
        }
    }

    fn behind_block(self, text: &str) -> Option<&str> {
        let (mut depth, mut at) = (0, 0);
        while at < text.len() {
            let rest = &text.as_bytes()[at..];
            if rest.starts_with(b"/*") && (depth == 0 || self == Language::Postgres) {
                (depth, at) = (depth + 1, at + 2);
            } else if rest.starts_with(b"*/") {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    return Some(&text[at..]);
                }
            } else {
                at += 1;
            }
        }
        (self == Language::Sqlite).then_some("")
    }

    /// Without what may stand before a statement.
    pub fn bare(self, text: &str) -> &str {
        let mut rest = text;
        while let Some(shorter) = self.skip(rest) {
            rest = shorter;
        }
        rest
    }

    /// Whether nothing of this would be run. `delimiter` is the one in force before it.
    pub fn is_nothing<'a>(self, text: &'a str, delimiter: &mut &'a str) -> bool {
        let mut rest = text;
        while !rest.is_empty() {
            let word = rest
                .get(..9)
                .is_some_and(|w| w.eq_ignore_ascii_case("delimiter"));
            if self == Language::MySql && word {
                let line = &rest[..rest.find(['\r', '\n']).unwrap_or(rest.len())];
                *delimiter = line[9..].split_whitespace().next().unwrap_or(";");
                rest = &rest[line.len()..];
            // With `/` for a delimiter a comment is still a comment.
            } else if let Some(shorter) = self.skip(rest).filter(|_| rest.starts_with("/*")) {
                rest = shorter;
            } else if let Some(shorter) = rest.strip_prefix(*delimiter) {
                rest = shorter;
            } else if let Some(shorter) = self.skip(rest) {
                rest = shorter;
            } else {
                return false;
            }
        }
        true
    }
}

fn brings_rows(statement: &str) -> bool {
    let words: Vec<_> = statement
        .split_whitespace()
        .map(str::to_lowercase)
        .collect();
    words.first().is_some_and(|word| word == "copy")
        && words.windows(2).any(|w| w == ["from", "stdin"])
}

/// MySQL's comments need a blank, so that `5--3` is 8.
fn dashes_and_blank(text: &str) -> bool {
    let rest = text.strip_prefix("--").map(|rest| rest.chars().next());
    rest.is_some_and(|next| next.is_none_or(|c| c.is_ascii_whitespace() || c.is_ascii_control()))
}

/// The law that no byte is skipped, seen from outside: the statements stand in the text in their
/// order and at their places, and between them is nothing that a server would run.
pub fn no_byte_is_lost(database: &str, text: &str, found: &[Statement]) -> Result<(), String> {
    let language = Language::of(database);
    let (mut at, mut delimiter) = (0, ";");
    let mut lines = Lines::new(text);
    for statement in found {
        let start = lines.offset(statement.place.line, statement.place.column);
        let gap = text
            .get(at..start)
            .ok_or("a place before the last one's end")?;
        if !language.is_nothing(gap, &mut delimiter) {
            return Err(format!("lost: {gap:?}"));
        }
        if !text[start..].starts_with(&statement.text) {
            return Err(format!(
                "{:?} is not what stands at its place",
                statement.text
            ));
        }
        if statement.text.trim_ascii().is_empty() {
            return Err("an empty statement".into());
        }
        at = start + statement.text.len();
        if language == Language::Postgres && brings_rows(&statement.text) {
            // What stands between it and the line that ends its rows is data.
            let end = text[at..].find("\n\\.").map(|end| at + end + 3);
            at = end.unwrap_or(at).max(at);
        }
    }
    match language.is_nothing(&text[at..], &mut delimiter) {
        true => Ok(()),
        false => Err(format!("lost at the end: {:?}", &text[at..])),
    }
}

/// Places to offsets, going forward only, so that many statements cost no more than the text.
struct Lines<'a> {
    text: &'a str,
    line: u32,
    start: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Lines<'a> {
        let (line, start) = (1, 0);
        Lines { text, line, start }
    }

    fn offset(&mut self, line: u32, column: u32) -> usize {
        while self.line < line {
            let end = self.text[self.start..].find('\n');
            self.start = end.map_or(self.text.len(), |end| self.start + end + 1);
            self.line += 1;
        }
        let rest = &self.text[self.start..];
        let within = rest.char_indices().nth(column as usize - 1);
        within.map_or(self.text.len(), |(at, _)| self.start + at)
    }
}

/// xorshift: enough to shuffle with.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

/// How many seconds each loop is to look for something new: `FAULTS=full` means ten minutes.
pub fn asked() -> Option<u64> {
    let full = std::env::var("FAULTS").as_deref() == Ok("full");
    match std::env::var("INITIUM_TEST_FUZZ_SECONDS") {
        Ok(seconds) => Some(seconds.parse().expect("a number")),
        Err(_) => full.then_some(600),
    }
}

/// Of `INITIUM_TEST_SEED`, to repeat a failure, or of the clock.
pub fn seed() -> u64 {
    if let Ok(seed) = std::env::var("INITIUM_TEST_SEED") {
        return seed.parse().expect("a number");
    }
    if asked().is_none() {
        return 1;
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.expect("a clock").as_nanos() as u64 | 1
}

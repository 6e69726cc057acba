//! A spec's text and its file: offsets to places, lines to excerpts. Never shows a line that may
//! hold a password, nor any line or value of a spec with a sensitive migration, and never changes
//! the text.

use super::model::Secrecy;
use super::shape::{Grammar, SPEC_FILE};
use initium_driver::{Code, Error, Place, Settings};
use std::path::PathBuf;

/// How a spec is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Yaml,
    Json,
}

/// One spec as it was read.
#[derive(Debug)]
pub(super) struct Document {
    /// As the user named it.
    pub file: String,
    /// What it has to be.
    pub grammar: &'static Grammar,
    pub format: Format,
    /// Where `file:` items are looked for.
    pub folder: PathBuf,
    pub text: String,
    /// Offset of the first byte of each line.
    starts: Vec<usize>,
    /// Of the whole file: where it cannot be read, nobody knows which migration a line belongs to.
    secrecy: Secrecy,
    /// Characters before each [`STRIDE`] of bytes, so that a place costs the same in a text without
    /// line breaks: every value of a spec has one.
    counted: Vec<usize>,
}

const STRIDE: usize = 4096;

/// Longer lines (JSON without line breaks) would bury the message.
const WIDEST_EXCERPT: usize = 300;

impl Document {
    pub fn new(file: String, format: Format, folder: PathBuf, text: String) -> Document {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(breaks).collect();
        let secrecy = secrecy(&text);
        let mut before = 0;
        let each = text.as_bytes().chunks(STRIDE).map(|chunk| {
            let here = before;
            before += characters(chunk);
            here
        });
        let mut counted: Vec<usize> = each.collect();
        counted.push(before);
        Document {
            file,
            grammar: &SPEC_FILE,
            format,
            folder,
            text,
            starts,
            counted,
            secrecy,
        }
    }

    /// Another kind of file than a spec.
    pub fn of(self, grammar: &'static Grammar) -> Document {
        Document { grammar, ..self }
    }

    /// A value of it as messages may show it.
    pub fn shown(&self, text: &str) -> String {
        match self.secrecy {
            Secrecy::Open => shown(text),
            Secrecy::Sensitive => HIDDEN.into(),
        }
    }

    /// Characters before an offset.
    fn before(&self, at: usize) -> usize {
        let at = at.min(self.text.len());
        let stride = at / STRIDE;
        let known = self.counted.get(stride).copied().unwrap_or_default();
        known + characters(&self.text.as_bytes()[stride * STRIDE..at])
    }

    /// Line of an offset, from 0, and the offset of its first byte.
    fn line(&self, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= at).max(1) - 1;
        (line, self.starts.get(line).copied().unwrap_or_default())
    }

    pub fn place(&self, at: usize) -> Place {
        let (line, start) = self.line(at);
        // A line of usual length is counted as it stands, the others by what is counted already.
        let column = match self.text.as_bytes().get(start..at) {
            Some(short) if short.len() < STRIDE => characters(short),
            _ => self.before(at) - self.before(start),
        };
        Place {
            file: self.file.clone(),
            line: line as u32 + 1,
            column: column as u32 + 1,
        }
    }

    /// The offset of a line (from 1) and a column in characters (from 1).
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let start = match self.starts.get(line.saturating_sub(1)) {
            Some(start) => *start,
            None => return self.text.len(),
        };
        let rest = &self.text[start..];
        let width = rest
            .char_indices()
            .nth(column.saturating_sub(1))
            .map_or(rest.len(), |(at, _)| at);
        start + width
    }

    /// The same of a number or a word, without quotes.
    pub fn bare<'t>(&self, raw: &'t str) -> &'t str {
        match self.secrecy {
            Secrecy::Open => raw,
            Secrecy::Sensitive => HIDDEN,
        }
    }

    /// The line at an offset, unless it is too long or may hold a secret.
    pub fn excerpt(&self, at: usize) -> Option<&str> {
        if self.secrecy == Secrecy::Sensitive {
            return None;
        }
        let (line, start) = self.line(at);
        // Not looked for: a text without line breaks would be gone through for each finding.
        let end = self.starts.get(line + 1).copied();
        let end = end.unwrap_or(self.text.len());
        if end - start > 2 * WIDEST_EXCERPT {
            return None;
        }
        let line = self.text[start..end].trim_end();
        (line.len() <= WIDEST_EXCERPT && !tells_a_secret(line)).then_some(line)
    }

    /// An error at an offset.
    pub fn error(&self, code: Code, at: usize, message: impl Into<String>) -> Error {
        self.put(Error::new(code, message), at)
    }

    /// Gives an error its place and line.
    pub fn put(&self, error: Error, at: usize) -> Error {
        let error = error.place(self.place(at));
        match self.excerpt(at) {
            Some(line) => error.excerpt(line),
            None => error,
        }
    }
}

/// Characters that begin in these bytes of a text.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Format::Yaml => "YAML",
            Format::Json => "JSON",
        })
    }
}

/// Whether a spec has, or as far as one can see without reading it may have, a sensitive migration.
fn secrecy(text: &str) -> Secrecy {
    let key = |(at, word): (usize, &str)| {
        let behind = text[at + word.len()..].trim_start_matches(['"', '\'']);
        behind.trim_start().starts_with(':')
    };
    match text.match_indices("sensitive").any(key) {
        true => Secrecy::Sensitive,
        false => Secrecy::Open,
    }
}

const HIDDEN: &str = "(hidden)";

const SECRETS: &[&str] = &["passw", "pwd", "secret", "token", "api_key", "apikey"];

/// Whether a text may give a secret a value: better one excerpt too few than one secret in a log.
fn tells_a_secret(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let login = lower
        .find("://")
        .is_some_and(|at| lower[at..].contains('@'));
    let assigned = |word: &&str| {
        lower.match_indices(*word).any(|(at, _)| {
            let behind = lower[at..].trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
            let behind = behind.trim_start_matches([' ', '"', '\'']);
            behind.starts_with(['=', ':'])
        })
    };
    login || SECRETS.iter().any(assigned)
}

/// A value as messages may show it: short, on one line and without secrets.
pub(super) fn shown(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if tells_a_secret(&line) {
        return HIDDEN.into();
    }
    match line.char_indices().nth(60) {
        Some((at, _)) => format!("'{}...'", &line[..at]),
        None => format!("'{line}'"),
    }
}

/// Whether a connection URL carries a password.
pub(super) fn has_password(url: &str) -> bool {
    let named = |key: &str| {
        let key = key.to_ascii_lowercase();
        SECRETS.iter().any(|word| key.contains(word))
    };
    match Settings::parse(url, "the spec") {
        Ok(settings) => {
            settings.password.is_some() || settings.options.iter().any(|(key, _)| named(key))
        }
        // What cannot be read may still hold one: a key=value text, or user:password@host.
        Err(_) => {
            let keys = url.split(['=', '&', '?', ';', ' ']);
            let login = url.rsplit_once('@').is_some_and(|(login, _)| {
                login
                    .rsplit("//")
                    .next()
                    .is_some_and(|login| login.contains(':'))
            });
            login || keys.into_iter().any(named)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_found_however_the_url_is_written() {
        for url in [
            "postgres://u:p@h/db",
            "postgres://h/db?password=x",
            "host=h user=u password=x",
            "host=h PASSWORD = x",
            "mysql://u:p%zz@h/db",
            "u:p@h",
        ] {
            assert!(has_password(url), "{url}");
        }
        for url in [
            "sqlite:app.db",
            "sqlite:///data/a@b:c.db",
            "postgres://u@h:5432/db",
            "postgres://u:@h",
        ] {
            assert!(!has_password(url), "{url}");
        }
    }

    #[test]
    fn an_offset_is_a_line_and_a_column_in_characters() {
        let text = "é: 1\nünö: x\n".to_string();
        let doc = Document::new("a".into(), Format::Yaml, PathBuf::new(), text);
        let at = doc.text.find('x').expect("x");
        let place = doc.place(at);
        assert_eq!((place.line, place.column), (2, 6));
        assert_eq!(doc.offset(2, 6), at);
        assert_eq!(doc.place(doc.text.len()).line, 3);
    }

    #[test]
    fn a_place_far_behind_in_one_line_is_counted_in_characters() {
        let text = "aé€\u{1f600}".repeat(3000) + "\nb" + &"ü".repeat(5000);
        let doc = Document::new("a".into(), Format::Json, PathBuf::new(), text);
        let mut column = 1;
        let mut line = 1;
        for (at, c) in doc.text.char_indices() {
            let place = doc.place(at);
            assert_eq!((place.line, place.column), (line, column), "{at}");
            (line, column) = if c == '\n' {
                (2, 1)
            } else {
                (line, column + 1)
            };
        }
    }

    #[test]
    fn a_name_that_speaks_of_passwords_is_shown_and_a_value_is_not() {
        assert_eq!(shown("add password column"), "'add password column'");
        for text in [
            "password: x",
            "\"DbPassword\" : \"x\"",
            "host=h pwd=x",
            "postgres://u:x@h",
        ] {
            assert_eq!(shown(text), "(hidden)");
        }
    }

    #[test]
    fn a_spec_with_a_sensitive_migration_shows_no_line_and_no_value() {
        for (text, line) in [
            ("- up: x\n  sensitive: true", None),
            ("{\"sensitive\" : true, \"up\": 1}", None),
            ("- up: sensitive data", Some("- up: sensitive data")),
        ] {
            let doc = Document::new("a".into(), Format::Yaml, PathBuf::new(), text.into());
            assert_eq!(doc.excerpt(0), line);
            assert_eq!(doc.shown("x") == HIDDEN, line.is_none(), "{text}");
        }
    }

    #[test]
    fn a_line_with_a_login_is_no_excerpt() {
        let text = "url: postgres://u:p@h/db\nb: 1".to_string();
        let doc = Document::new("a".into(), Format::Yaml, PathBuf::new(), text);
        assert_eq!(doc.excerpt(3), None);
        assert_eq!(doc.excerpt(doc.text.len()), Some("b: 1"));
    }
}

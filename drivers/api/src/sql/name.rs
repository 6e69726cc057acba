//! The name of the ledger table as a value: parsed once, checked against what the server keeps of a
//! name, quoted by the dialect wherever it is written. Nothing else is ever spliced into SQL.

use crate::error::{Code, Error, Result};
use std::fmt;

/// A table name, maybe with its schema; each as the server stores it, without quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableName {
    pub schema: Option<String>,
    pub table: String,
}

/// What is put behind the name for the tables beside the main one.
pub const BESIDE: [&str; 3] = ["_meta", "_step", "_log"];

/// How much of a name a server keeps. PostgreSQL cuts off the rest without a word, and two ledgers
/// would be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Longest {
    Bytes(usize),
    Characters(usize),
}

impl TableName {
    /// `table` or `schema.table`, each a word or in double quotes, as in SQL: `"it's"."a ""b"""`.
    pub fn parse(text: &str) -> Result<TableName> {
        let parts = parts(text).unwrap_or_default();
        let [schema @ .., table] = parts.as_slice() else {
            return Err(refused());
        };
        match schema {
            [] | [_] if parts.iter().all(|part| can_be_a_name(part)) => Ok(TableName {
                schema: schema.first().cloned(),
                table: table.clone(),
            }),
            _ => Err(refused()),
        }
    }

    /// The same name, unless the server would keep less of it or of those beside it.
    pub fn within(self, longest: Longest) -> Result<TableName> {
        let beside = BESIDE.iter().map(|end| format!("{}{end}", self.table));
        let too_long = beside.chain(self.schema.clone()).find_map(|name| {
            let (length, most, unit) = match longest {
                Longest::Bytes(most) => (name.len(), most, "bytes"),
                Longest::Characters(most) => (name.chars().count(), most, "characters"),
            };
            (length > most).then(|| {
                format!("the name '{name}' has {length} {unit}, and this database keeps {most}")
            })
        });
        match too_long {
            None => Ok(self),
            Some(message) => Err(Error::new(Code::SettingInvalid, message).help(
                "give --table a shorter name; up to five signs more are put behind it (_step)",
            )),
        }
    }
}

/// As `parse` reads it: one spelling for one name.
impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(part) = &self.schema {
            write!(f, "{}.", spelled(part))?;
        }
        f.write_str(&spelled(&self.table))
    }
}

fn spelled(part: &str) -> String {
    match is_word(part) {
        true => part.into(),
        false => format!("\"{}\"", part.replace('"', "\"\"")),
    }
}

fn is_word(part: &str) -> bool {
    !part.is_empty()
        && !part.starts_with(|c: char| c.is_ascii_digit())
        && part.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// What no server takes, or takes and then shows as another name.
fn can_be_a_name(part: &str) -> bool {
    !part.is_empty() && part.trim() == part && !part.chars().any(char::is_control)
}

/// `None` where the text is not parts joined by dots.
fn parts(text: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let (part, behind) = match rest.strip_prefix('"') {
            Some(quoted) => unquoted(quoted)?,
            None => {
                let (word, behind) = rest.split_at(rest.find('.').unwrap_or(rest.len()));
                (is_word(word).then(|| word.to_string())?, behind)
            }
        };
        parts.push(part);
        match behind.strip_prefix('.') {
            Some(next) => rest = next,
            None if behind.is_empty() => return Some(parts),
            None => return None,
        }
    }
}

/// Up to the closing quote, and what stands behind it.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut part = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' if text[at + 1..].starts_with('"') => {
                chars.next();
                part.push(c);
            }
            '"' => return Some((part, &text[at + 1..])),
            _ => part.push(c),
        }
    }
    None
}

/// It is not told: who mixes up two flags gives something else here.
fn refused() -> Error {
    Error::new(
        Code::SettingInvalid,
        "this cannot be the name of the ledger table",
    )
    .help(
        "letters, digits and _, maybe with a schema: ops.initium_migrate; \
         anything else in double quotes: 'ops.\"my ledger\"'",
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_name_that_could_be_sql_is_refused_unless_it_is_quoted() {
        for bad in [
            "",
            "x;",
            "x\"",
            "1x",
            "a.b.c",
            "a.",
            ".a",
            "x y",
            "drop`",
            "\"",
            "\"a",
            "\"a\"b",
            "\"\"",
            "\"a\".\"b\".\"c\"",
            "\" a\"",
            "\"a \"",
            "\"a\0b\"",
            "\"a\nb\"",
            "a'b; DROP TABLE x; --",
        ] {
            assert!(TableName::parse(bad).is_err(), "{bad}");
        }
        for (text, schema, table) in [
            ("ops.initium_migrate", Some("ops"), "initium_migrate"),
            ("Größe", None, "Größe"),
            ("\"a\"\"b\"", None, "a\"b"),
            ("\"a.b\".c", Some("a.b"), "c"),
            ("a.\"b.c\"", Some("a"), "b.c"),
            ("\"1`'; DROP TABLE x; --\"", None, "1`'; DROP TABLE x; --"),
        ] {
            let name = TableName::parse(text).unwrap();
            assert_eq!(
                (name.schema.as_deref(), &*name.table),
                (schema, table),
                "{text}"
            );
        }
    }

    #[test]
    fn a_name_is_spelled_as_it_is_read_and_two_names_are_never_spelled_alike() {
        let texts = [
            "a.b",
            "\"a.b\"",
            "\"a\".\"b\"",
            "\"a\"\".\"\"b\"",
            "\"1\"",
            "\"\u{1f600}\".ä",
        ];
        let mut spelled = Vec::new();
        for text in texts {
            let name = TableName::parse(text).unwrap();
            assert_eq!(TableName::parse(&name.to_string()).unwrap(), name);
            spelled.push(name.to_string());
        }
        spelled.sort();
        spelled.dedup();
        assert_eq!(spelled.len(), texts.len() - 1, "a.b is \"a\".\"b\"");
    }

    #[test]
    fn what_a_server_would_cut_off_is_refused() {
        let name = |n: usize, sign: &str| TableName {
            schema: None,
            table: sign.repeat(n),
        };
        for (name, longest, fits) in [
            (name(58, "a"), Longest::Bytes(63), true),
            (name(59, "a"), Longest::Bytes(63), false),
            (name(29, "ä"), Longest::Bytes(63), true),
            (name(30, "ä"), Longest::Bytes(63), false),
            (name(59, "ä"), Longest::Characters(64), true),
            (name(60, "ä"), Longest::Characters(64), false),
        ] {
            assert_eq!(name.clone().within(longest).is_ok(), fits, "{name:?}");
        }
        let schema = TableName {
            schema: Some("s".repeat(64)),
            table: "t".into(),
        };
        assert!(schema.clone().within(Longest::Characters(64)).is_ok());
        assert!(schema.within(Longest::Bytes(63)).is_err());
    }
}

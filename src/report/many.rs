//! What a run over many databases says, piece by piece: a line or an item for each as it ends, and
//! the counts. Keeps nothing.

use super::SCHEMA_VERSION;
use super::clean::{clean_line, json, json_line};
use super::document::ErrorDocument;
use super::text::{count, error as error_text};
use initium_driver::{Code, Error};
use serde::Serialize;
use std::fmt::Write;

/// What became of one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Done,
    /// It answered, and the answer is that something is pending.
    Pending,
    Failed,
}

impl Fate {
    pub fn of(exit: i32, error: Option<&Error>) -> Fate {
        match (exit, error.map(Error::code)) {
            (0, _) => Fate::Done,
            (_, Some(Code::Pending)) | (3, None) => Fate::Pending,
            _ => Fate::Failed,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub total: usize,
    pub done: usize,
    pub pending: usize,
    pub failed: usize,
    /// Migrations that are pending in them, where that was asked.
    #[serde(rename = "pending_migrations")]
    pub migrations: usize,
}

impl Counts {
    pub fn reached(&self) -> usize {
        self.done + self.pending + self.failed
    }
}

/// Longer names stand out of the column.
const WIDEST: usize = 40;

pub fn width<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    let widths = names.map(|name| name.chars().count());
    widths.max().unwrap_or(0).min(WIDEST)
}

/// One line for a database, or its name and what belongs to it.
pub fn line(name: &str, width: usize, fate: Fate, text: &str, error: Option<&Error>) -> String {
    let name = clean_line(name);
    let text = text.trim_end_matches('\n');
    let mut out = String::new();
    let short = match (fate, error) {
        (Fate::Failed, Some(error)) => format!("FAILED {}", clean_line(&error.to_string())),
        (Fate::Pending, Some(error)) => clean_line(error.message()),
        _ if !text.contains('\n') => text.to_string(),
        _ => String::new(),
    };
    let _ = writeln!(out, "{}", format!("{name:<width$}  {short}").trim_end());
    let shown = short == text || text.is_empty();
    for line in text.lines().filter(|_| !shown) {
        let _ = writeln!(out, "{}", format!("  {line}").trim_end());
    }
    out
}

/// Up to the list.
pub fn head(verb: &str) -> String {
    format!(
        "{{\n  \"schema_version\": {SCHEMA_VERSION},\n  \"verb\": {},\n  \"databases\": [",
        json_line(&verb)
    )
}

/// One database, on a line of its own; `document` is what the verb says of one.
pub fn item(n: usize, name: &str, exit: i32, document: &str) -> String {
    let comma = if n == 0 { "" } else { "," };
    let document = if document.is_empty() {
        "null"
    } else {
        document
    };
    format!(
        "{comma}\n    {{\"name\": {}, \"exit\": {exit}, \"document\": {document}}}",
        json_line(&name)
    )
}

#[derive(Serialize)]
struct Foot<'a> {
    outcome: &'static str,
    shard: Option<ShardDocument>,
    /// Of all shards.
    listed: usize,
    counts: CountsDocument<'a>,
    error: Option<ErrorDocument>,
}

#[derive(Serialize)]
struct ShardDocument {
    index: u32,
    count: u32,
}

#[derive(Serialize)]
struct CountsDocument<'a> {
    #[serde(flatten)]
    counts: &'a Counts,
    not_reached: usize,
}

/// From the end of the list on.
pub fn foot(
    counts: &Counts,
    shard: Option<(u32, u32)>,
    listed: usize,
    error: Option<&Error>,
) -> String {
    let foot = json(&Foot {
        outcome: match (counts, error) {
            (_, Some(error)) if error.code() == Code::Pending => "pending",
            (_, Some(_)) => "failed",
            (Counts { pending: 1.., .. }, None) => "pending",
            (Counts { total: 0, .. }, None) => "nothing",
            _ => "done",
        },
        shard: shard.map(|(index, count)| ShardDocument { index, count }),
        listed,
        counts: CountsDocument {
            counts,
            not_reached: counts.total - counts.reached(),
        },
        error: error.map(ErrorDocument::from),
    });
    // It goes on in the object that `head` began.
    format!("\n  ],{}\n", foot.strip_prefix('{').unwrap_or(&foot))
}

/// `1000 databases: 990 done, 9 failed, 1 not reached`
pub fn closing(counts: &Counts, shard: Option<(u32, u32)>, listed: usize) -> String {
    if counts.total == 0 {
        return match shard {
            Some((index, of)) if listed > 0 => format!(
                "nothing to do: shard {index} of {of} has none of the {}\n",
                count(listed, "database")
            ),
            _ => "nothing to do: the list names no database\n".into(),
        };
    }
    let parts = [
        (counts.done, "done".to_string()),
        (counts.pending, waiting(counts)),
        (counts.failed, "failed".into()),
        (counts.total - counts.reached(), "not reached".into()),
    ];
    let parts: Vec<_> = parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
    format!(
        "{}: {}\n",
        count(counts.total, "database"),
        parts.join(", ")
    )
}

fn waiting(counts: &Counts) -> String {
    match counts.migrations {
        0 => "pending".into(),
        n => format!("pending ({})", count(n, "migration")),
    }
}

/// The error of a gate over many.
pub fn pending(counts: &Counts) -> Error {
    let some = match counts.migrations {
        0 => "migrations are".into(),
        1 => "1 migration is".into(),
        n => format!("{n} migrations are"),
    };
    Error::new(
        Code::Pending,
        format!(
            "{some} pending in {} of {}",
            counts.pending,
            count(counts.total, "database")
        ),
    )
    .help("run `initium migrate apply` with the same list before the application starts")
}

/// What the kubelet keeps, less a little for signs that are escaped.
const KEPT: usize = 4000;
/// At least this much of it is for the names.
const NAMES: usize = 1000;

/// The worst error, then who failed.
pub fn left_text(error: &Error, failed: &[String]) -> String {
    let told = head_of(&error_text(error), KEPT - NAMES).to_string();
    if failed.is_empty() {
        return told;
    }
    let names = names(failed, KEPT - told.len());
    let more = match failed.len() - names.len() {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let names: Vec<_> = names.iter().map(|name| clean_line(name)).collect();
    format!("{}\nfailed: {}{more}\n", told.trim_end(), names.join(", "))
}

#[derive(Serialize)]
struct Left<'a> {
    #[serde(flatten)]
    error: ErrorDocument,
    failed: &'a [String],
    /// How many more there are.
    more: usize,
}

/// The same as JSON.
pub fn left_json(error: &Error, failed: &[String]) -> String {
    let told = json_line(&ErrorDocument::from(error));
    let names = names(failed, KEPT.saturating_sub(told.len()));
    json_line(&Left {
        error: ErrorDocument::from(error),
        failed: names,
        more: failed.len() - names.len(),
    })
}

/// As many as there is room for.
fn names(failed: &[String], room: usize) -> &[String] {
    let mut used = 60;
    let fits = |name: &&String| {
        used += json_line(name).len() + 2;
        used <= room
    };
    &failed[..failed.iter().take_while(fits).count()]
}

fn head_of(text: &str, most: usize) -> &str {
    let end = (0..=text.len().min(most)).rev();
    let end = end.into_iter().find(|n| text.is_char_boundary(*n));
    &text[..end.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kubelet_keeps_names_the_worst_error_first_and_fits() {
        let error = Error::new(Code::StatementFailed, "x".repeat(9000));
        let failed: Vec<String> = (0..1000).map(|n| format!("tenant \"{n}\"")).collect();
        let text = left_text(&error, &failed);
        assert!(text.len() <= 4096, "{}", text.len());
        assert!(text.starts_with("error[statement-failed]: xxx"), "{text}");
        assert!(
            text.contains("\nfailed: tenant \"0\", ") && text.contains(" more\n"),
            "{text}"
        );
        let error = Error::new(Code::StatementFailed, "no");
        let text = left_json(&error, &failed);
        assert!(text.len() <= 4096, "{}", text.len());
        let back: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let named = back["failed"].as_array().expect("names").len() as u64;
        assert_eq!(named + back["more"].as_u64().expect("a number"), 1000);
        assert_eq!(back["code"], "statement-failed");
    }

    #[test]
    fn the_pieces_are_one_document() {
        let counts = Counts {
            total: 3,
            done: 2,
            ..Counts::default()
        };
        let text = head("apply")
            + &item(0, "a\"b", 0, "{\"x\": 1}")
            + &item(1, "c", 0, "")
            + &foot(&counts, None, 3, None);
        let back: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(back["databases"][0]["name"], "a\"b");
        assert_eq!(back["counts"]["not_reached"], 1);
        let none = head("apply") + &foot(&Counts::default(), Some((1, 4)), 3, None);
        let back: serde_json::Value = serde_json::from_str(&none).expect("JSON");
        assert_eq!(
            (&back["outcome"], &back["shard"]["count"]),
            (&"nothing".into(), &4.into())
        );
    }
}

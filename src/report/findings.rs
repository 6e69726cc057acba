//! What continuous integration is told of a document: one list of findings, one of results. Each
//! form shows these two and nothing else, so a finding added here (a lint's, say) is in all of
//! them. Must never hold what a document does not: what is secret stays out of both.

use super::clean::{clean, clean_line};
use super::document::ErrorDocument;
use initium_driver::Place;
use initium_driver::sorted;
use serde::Serialize;

/// How much a finding matters. The order is that in which they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Error,
    Warning,
    Notice,
}

/// A remark with a name, and where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The code of an error, or the stable name of a rule.
    pub code: &'static str,
    pub level: Level,
    /// One line.
    pub message: String,
    /// What else is known, one entry for each thing: what the server said, what to do next.
    pub more: Vec<String>,
    pub place: Option<Place>,
    /// Where it ends, if not on the line of its place.
    pub last_line: Option<u32>,
    pub migration: Option<String>,
    pub target: Option<String>,
}

/// What became of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Done,
    Pending,
    /// It does not apply here.
    Skipped,
    Failed,
}

/// One migration on one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub target: String,
    pub id: String,
    pub name: String,
    /// The word that the document has for it.
    pub state: &'static str,
    pub mark: Mark,
    pub duration_ms: Option<u64>,
    pub reason: Option<String>,
}

/// One migration that would run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub target: String,
    pub id: String,
    pub name: String,
    pub phase: &'static str,
    pub transaction: String,
    pub lock: Option<&'static str>,
    pub statements: usize,
    pub sql: Vec<String>,
}

/// A document as continuous integration sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub verb: String,
    pub outcome: &'static str,
    /// How many migrations wait to be run, where the verb knows it.
    pub pending: Option<usize>,
    pub plan: Vec<Sheet>,
    pub rows: Vec<Row>,
    pub findings: Vec<Finding>,
}

/// What every verb answers with.
pub trait Document: Serialize {
    fn answer(&self) -> Answer;
}

impl Finding {
    pub fn new(code: &'static str, level: Level, message: &str) -> Finding {
        Finding {
            code,
            level,
            message: clean_line(message.trim()),
            more: Vec::new(),
            place: None,
            last_line: None,
            migration: None,
            target: None,
        }
    }

    pub fn more(mut self, what: &str) -> Finding {
        self.more.push(clean(what.trim_end()));
        self
    }

    pub fn place(mut self, place: &Place) -> Finding {
        self.place = Some(Place {
            file: clean_line(&place.file),
            ..place.clone()
        });
        self
    }

    pub fn last_line(mut self, line: Option<u32>) -> Finding {
        self.last_line = line;
        self
    }

    /// Whose it is.
    pub fn of(mut self, migration: Option<&str>, target: Option<&str>) -> Finding {
        self.migration = migration.map(clean_line);
        self.target = target.map(clean_line);
        self
    }

    /// The message and everything else, one line for each.
    pub fn text(&self) -> String {
        let mut lines = vec![self.message.as_str()];
        lines.extend(self.more.iter().map(String::as_str));
        lines.join("\n")
    }

    /// Whether it is about this row.
    pub fn is_of(&self, row: &Row) -> bool {
        self.migration.as_deref() == Some(&row.id)
            && self.target.as_ref().is_none_or(|t| *t == row.target)
    }
}

/// An error and those that were found with it.
pub(super) fn of_error(error: &ErrorDocument, out: &mut Vec<Finding>) {
    let mut found = Finding::new(error.code, Level::Error, &error.message)
        .of(error.migration.as_deref(), error.target.as_deref());
    if let Some(place) = &error.place {
        found = found.place(place);
    }
    if let Some(at) = &error.statement {
        found = found.more(&format!("statement {} of {}", at.number, at.of));
    }
    for (word, said) in [
        ("server code", &error.server.sqlstate),
        ("detail", &error.server.detail),
        ("hint", &error.server.hint),
        ("help", &error.help),
    ] {
        if let Some(said) = said {
            found = found.more(&format!("{word}: {said}"));
        }
    }
    out.push(found);
    error.also.iter().for_each(|other| of_error(other, out));
}

impl Answer {
    /// Those of several databases as one. Where a name is given, it is the target, or stands
    /// before it.
    pub fn gather(answers: Vec<(Option<String>, Answer)>) -> Answer {
        let mut all = Answer::default();
        for (name, answer) in answers {
            all.absorb(match name {
                None => answer,
                Some(name) => answer.on(&clean_line(&name)),
            });
        }
        // A stable sort: within a level the order is that of the document.
        sorted::by_key(&mut all.findings, |finding| finding.level);
        all
    }

    fn absorb(&mut self, other: Answer) {
        let first = self.verb.is_empty();
        self.verb = other.verb;
        self.outcome = match first {
            true => other.outcome,
            false => worse(self.outcome, other.outcome),
        };
        self.pending = match first {
            true => other.pending,
            false => self.pending.zip(other.pending).map(|(a, b)| a + b),
        };
        self.plan.extend(other.plan);
        self.rows.extend(other.rows);
        self.findings.extend(other.findings);
    }

    fn on(mut self, database: &str) -> Answer {
        let named = |target: &str| match target {
            crate::spec::DEFAULT_TARGET => database.to_string(),
            target => format!("{database}/{target}"),
        };
        for sheet in &mut self.plan {
            sheet.target = named(&sheet.target);
        }
        for row in &mut self.rows {
            row.target = named(&row.target);
        }
        for finding in &mut self.findings {
            let target = finding.target.as_deref();
            finding.target = Some(target.map_or_else(|| database.to_string(), named));
        }
        self
    }

    /// The closing line: how many rows in which state.
    pub fn counts(&self) -> String {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for row in &self.rows {
            match counts.iter_mut().find(|(word, _)| *word == row.state) {
                Some((_, n)) => *n += 1,
                None => counts.push((row.state, 1)),
            }
        }
        if counts.is_empty() {
            return self.outcome.replace('_', " ");
        }
        let part = |(word, n): &(&str, usize)| format!("{n} {}", word.replace('_', " "));
        let parts: Vec<_> = counts.iter().map(part).collect();
        parts.join(", ")
    }
}

/// Of two outcomes the one that somebody has to look at.
fn worse(one: &'static str, other: &'static str) -> &'static str {
    let rank = |word: &str| {
        ["nothing", "up_to_date", "done", "pending", "failed"]
            .iter()
            .position(|w| *w == word)
    };
    match rank(one) >= rank(other) {
        true => one,
        false => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(outcome: &'static str, pending: Option<usize>, target: &str) -> Answer {
        Answer {
            verb: "check".into(),
            outcome,
            pending,
            findings: vec![
                Finding::new("plan-lock", Level::Notice, "n").of(Some("a"), Some(target)),
                Finding::new("pending", Level::Error, "e"),
            ],
            ..Answer::default()
        }
    }

    #[test]
    fn several_databases_are_one_list_with_their_names() {
        let all = Answer::gather(vec![
            (Some("eu".into()), answer("up_to_date", Some(0), "default")),
            (Some("us".into()), answer("pending", Some(2), "cache")),
        ]);
        assert_eq!((all.outcome, all.pending), ("pending", Some(2)));
        let told: Vec<_> = all
            .findings
            .iter()
            .map(|f| (f.level, f.target.as_deref().unwrap_or("")))
            .collect();
        assert_eq!(
            told,
            [
                (Level::Error, "eu"),
                (Level::Error, "us"),
                (Level::Notice, "eu"),
                (Level::Notice, "us/cache")
            ]
        );
        let one = Answer::gather(vec![(None, answer("pending", Some(1), "default"))]);
        assert_eq!(one.findings[1].target.as_deref(), Some("default"));
        let unknown = Answer::gather(vec![
            (Some("eu".into()), answer("done", None, "default")),
            (Some("us".into()), answer("nothing", Some(2), "default")),
        ]);
        assert_eq!((unknown.outcome, unknown.pending), ("done", None));
    }

    #[test]
    fn a_finding_holds_nothing_that_drives_a_terminal() {
        let found = Finding::new("x", Level::Error, "a\nb\u{1b}[31m")
            .more("c\u{202e}\nd")
            .of(Some("i\nd"), None);
        assert_eq!(found.text(), "a b\\u{1b}[31m\nc\\u{202e}\nd");
        assert_eq!(found.migration.as_deref(), Some("i d"));
    }
}

//! The same for people. What servers and files say goes through `clean`, so that no message can drive
//! a terminal.

use super::clean::{clean, clean_line};
use super::difference::step_of;
use super::document::{HistoryDocument, StatusDocument, word};
use super::lint::{headline, of_migration};
use super::planned::transaction;
use crate::lint::Finding;
use crate::plan::{Plan, Planned, Proof, Skipped, Start, told};
use crate::run::Report;
use crate::spec::Secrecy;
use initium_driver::driver::Preview;
use initium_driver::{Error, Place};
use std::fmt::Write;

/// An error with its place, a caret, what the server said, and what to do.
pub fn error(error: &Error) -> String {
    let mut out = format!("{}\n", continued(&error.to_string()));
    let spot = error.spot();
    let mut about = Vec::new();
    if let Some((n, of)) = spot.statement {
        about.push(format!("statement {n} of {of}"));
    }
    if let Some(id) = &spot.migration {
        about.push(format!("migration {id}"));
    }
    if let Some(target) = spot.target.as_ref().filter(|t| *t != "default") {
        about.push(format!("target {target}"));
    }
    let about = about.join(", ");
    match &spot.place {
        Some(place) => located(&mut out, place, &about, spot.excerpt.as_deref()),
        None if !about.is_empty() => {
            let _ = writeln!(out, "  in {about}");
        }
        None => {}
    }
    let server = error.server_said();
    // SQLite has numbers of its own.
    let label = match server.state.as_deref() {
        Some(state) if state.len() == 5 => "sqlstate",
        _ => "code",
    };
    for (word, said) in [
        (label, &server.state),
        ("detail", &server.detail),
        ("hint", &server.hint),
    ] {
        if let Some(said) = said {
            let _ = writeln!(out, "  {word}: {}", continued(said));
        }
    }
    if let Some(edits) = error.edited() {
        let _ = writeln!(out, "  edited: {}", continued(edits));
    }
    if let Some(help) = error.help_text() {
        let _ = writeln!(out, "  help: {help}");
    }
    for other in error.others() {
        out += &self::error(other);
    }
    clean(&out)
}

/// Where something is, with a caret under it.
pub(super) fn located(out: &mut String, place: &Place, about: &str, excerpt: Option<&str>) {
    let line = place.line.to_string();
    let gap = " ".repeat(line.len());
    let about = match about {
        "" => String::new(),
        about => format!(" ({about})"),
    };
    let _ = writeln!(
        out,
        "{gap}--> {}:{}:{}{about}",
        place.file, place.line, place.column
    );
    if let Some(excerpt) = excerpt {
        let _ = writeln!(out, "{gap} |\n{line} | {}", excerpt.replace('\t', " "));
        let _ = writeln!(out, "{gap} | {}^", " ".repeat(place.column as usize - 1));
    }
}

/// Further lines of what a server said stand apart from what we say.
fn continued(text: &str) -> String {
    text.trim_end_matches('\n').replace('\n', "\n    ")
}

/// `1 statement`, `2 statements`.
pub fn count(n: usize, what: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {what}{plural}")
}

/// One line per migration, with its statements.
pub fn plan(plan: &Plan, findings: &[Finding]) -> String {
    let mut out = String::new();
    for one in plan.all() {
        let target = if one.target == "default" {
            String::new()
        } else {
            format!(" on {}", one.target)
        };
        let word = match one.start {
            Start::Rerun => "rerun",
            Start::Callback => "call",
            Start::Pending | Start::Recheck | Start::Redeclared | Start::Changed => {
                match &one.settled {
                    None => one.phase.word(),
                    Some(settled) => settled.state.word(),
                }
            }
        };
        let why = match &one.settled {
            Some(settled) => format!("  ({})", settled.reason),
            None => String::new(),
        };
        let _ = writeln!(out, "{word} {}{target}{why}", one.id);
        if let Some(condition) = &one.condition {
            let _ = writeln!(
                out,
                "  only where: {}",
                initium_driver::source::head(&condition.question.told(one.secrecy))
            );
        }
        for step in one.difference.iter().flat_map(|it| &it.steps) {
            step_of(&mut out, step);
        }
        planned(&mut out, one, &of_migration(findings, one));
    }
    for one in &plan.skipped {
        let _ = writeln!(out, "skipped {}", left_out(one));
    }
    if let Some((id, error)) = &plan.unforeseen {
        let _ = writeln!(
            out,
            "then '{id}' and what follows, planned when these ran: {}",
            error.message()
        );
    }
    let _ = match plan.migrations.len() {
        0 => writeln!(out, "nothing to do"),
        n => writeln!(out, "{n} to run, {}", count(plan.statements(), "statement")),
    };
    clean(&out)
}

/// A migration that is left out, and why.
pub fn left_out(one: &Skipped) -> String {
    let Skipped { target, id, behind } = one;
    let target = match target.as_str() {
        "default" => String::new(),
        target => format!(" on {target}"),
    };
    format!("{id}{target}: '{behind}' behind it is applied")
}

fn planned(out: &mut String, one: &Planned, findings: &[&Finding]) {
    for found in findings.iter().filter(|found| found.statement.is_none()) {
        let _ = writeln!(out, "  -- line {}: {}", found.place.line, headline(found));
    }
    for left in &one.clear {
        let text = told(one.secrecy, &left.text);
        let _ = writeln!(out, "  -- removes what a dead run left\n  {text};");
    }
    let mut last = None;
    for (n, statement) in one.statements.iter().enumerate() {
        let how = match (n < one.done, transaction(one, n)) {
            (true, _) if one.took.contains(&n) => {
                "took effect in a run that died, as the catalog shows".to_string()
            }
            (true, _) => "done in an earlier run".to_string(),
            (_, Some(t)) if one.groups.len() == 1 => format!("transaction {t}, with the ledger"),
            (_, Some(t)) => format!("transaction {t}"),
            (_, None) => "on its own".to_string(),
        };
        if last.as_ref() != Some(&how) {
            let _ = writeln!(out, "  -- {how}");
            last = Some(how);
        }
        let lock = statement
            .lock
            .map(|lock| format!("   -- lock: {lock}"))
            .unwrap_or_default();
        let text = told(one.secrecy, &statement.text).replace('\n', "\n  ");
        // Of what is no SQL the sign would be a part.
        let end = match one.proof {
            Proof::Transaction => ";",
            Proof::Mark => "",
        };
        match &statement.more {
            None => {
                let _ = writeln!(out, "  {text}{end}{lock}");
            }
            Some(more) => {
                let _ = writeln!(out, "  {};{lock}", initium_driver::source::head(&text));
                let _ = match more.count {
                    1 => writeln!(out, "  -- up to line {}", more.last_line),
                    n => writeln!(
                        out,
                        "  -- ... and {} more, up to line {} of {}",
                        thousands(n - 1),
                        more.last_line,
                        statement.place.file
                    ),
                };
            }
        }
        if let Some(preview) = one.previews.get(&n) {
            let text = clean_line(&foreseen(preview, one.secrecy));
            let _ = writeln!(out, "  -- {text}");
        }
        for found in findings.iter().filter(|found| found.statement == Some(n)) {
            let _ = writeln!(out, "  -- {}", headline(found));
        }
    }
}

/// `about 12,000 keys: a -> b, c -> d`
fn foreseen(preview: &Preview, secrecy: Secrecy) -> String {
    let about = if preview.counted { "" } else { "about " };
    let plural = if preview.keys == 1 { "" } else { "s" };
    let keys = format!("{} key{plural}", thousands(preview.keys as usize));
    let sample = |(before, after): &(String, String)| format!("{before} -> {after}");
    let samples: Vec<_> = preview.samples.iter().map(sample).collect();
    match samples.is_empty() || secrecy == Secrecy::Sensitive {
        true => format!("{about}{keys}"),
        false => format!("{about}{keys}: {}", samples.join(", ")),
    }
}

/// `1,000,000`
pub(super) fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The closing line of a writing verb.
pub fn report(report: &Report) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for done in &report.done {
        let word = word(done.outcome);
        match counts.iter_mut().find(|(w, _)| *w == word) {
            Some((_, n)) => *n += 1,
            None => counts.push((word, 1)),
        }
    }
    if counts.is_empty() {
        return "nothing to do\n".into();
    }
    let parts: Vec<_> = counts
        .iter()
        .map(|(word, n)| format!("{n} {}", word.replace('_', " ")))
        .collect();
    format!("{}\n", parts.join(", "))
}

/// A table per target.
pub fn status(document: &StatusDocument) -> String {
    let mut out = String::new();
    for target in &document.targets {
        let _ = writeln!(out, "target {} ({})", target.target, target.server);
        let width = target
            .migrations
            .iter()
            .map(|m| m.id.chars().count())
            .max()
            .unwrap_or(0);
        for row in &target.migrations {
            let mut line = format!("  {:<14}  {:<width$}", row.state, row.id);
            if let (Some(at), Some(ms)) = (&row.applied_at, row.duration_ms) {
                let _ = write!(line, "  {at}  {ms:>6} ms");
            }
            if let Some(trouble) = row.trouble {
                let _ = write!(line, "  {}", trouble.replace('_', " "));
            }
            if let Some(reason) = &row.reason {
                let _ = write!(line, "  ({reason})");
            }
            let _ = writeln!(out, "{}", clean_line(line.trim_end()));
        }
        let _ = writeln!(
            out,
            "{} applied, {} pending",
            target.applied, target.pending
        );
    }
    clean(&out)
}

/// The log, oldest first.
pub fn history(document: &HistoryDocument) -> String {
    let mut out = String::new();
    for row in &document.attempts {
        let a = &row.attempt;
        let mut line = String::new();
        let _ = write!(
            line,
            "{}  {:<8}  {:<6}  {}",
            a.at,
            a.action,
            a.outcome.word(),
            a.id.as_deref().unwrap_or("-")
        );
        let _ = write!(line, "  {} ms  by {}", a.duration_ms, a.actor);
        let _ = match (&a.code, &a.message) {
            (Some(code), Some(message)) => write!(line, "  {code}: {message}"),
            (None, Some(message)) => write!(line, "  {message}"),
            _ => Ok(()),
        };
        if let Some(reason) = &a.reason {
            let _ = write!(line, "  reason: {reason}");
        }
        let _ = writeln!(out, "{}", clean_line(&line));
    }
    if out.is_empty() {
        out.push_str("no attempt is recorded\n");
    }
    clean(&out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use initium_driver::Code;

    #[test]
    fn a_large_number_can_be_read() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(thousands),
            ["0", "999", "1,000", "1,234,567"]
        );
    }

    #[test]
    fn a_caret_stands_under_the_place() {
        let shown = error(
            &Error::new(Code::StatementFailed, "no such table: x")
                .place(Place {
                    file: "a.sql".into(),
                    line: 12,
                    column: 8,
                })
                .excerpt("DELETE FROM x")
                .statement(2, 3),
        );
        assert_eq!(
            shown,
            "error[statement-failed]: no such table: x\n  --> a.sql:12:8 (statement 2 of 3)\n   |\n12 | DELETE FROM x\n   |        ^\n"
        );
    }
}

//! The Markdown page of a job: what would run or what ran, the findings, a closing line. Words of
//! others are text in it, never Markdown: a migration may be called `|`, `-->` or `<script>`.

use super::clean::clean_line;
use super::findings::{Answer, Level, Sheet};
use super::folders::Folders;
use std::fmt::Write;

/// Rows of a table, and findings. A reader of more reads the log.
const ROWS: usize = 200;

/// At most `room` bytes: a page that is too long is refused as a whole, and with it all that the
/// step said before.
pub fn summary(answer: &Answer, folders: &Folders, room: usize) -> String {
    let mut head = format!("### initium {}\n\n", text(&answer.verb));
    match answer.plan.is_empty() {
        true => results(&mut head, answer),
        false => plan(&mut head, answer),
    }
    let mut tail = String::new();
    findings(&mut tail, answer, folders);
    let _ = writeln!(tail, "**{}**\n", text(&closing(answer)));
    let mut details = String::new();
    for (n, sheet) in answer.plan.iter().enumerate() {
        let one = folded(sheet);
        // The sentence about the rest needs room too.
        if head.len() + details.len() + one.len() + tail.len() + 100 > room {
            let left = super::count(answer.plan.len() - n, "migration");
            let _ = writeln!(
                details,
                "The SQL of {left} has no room here; it stands in the log.\n"
            );
            break;
        }
        details += &one;
    }
    let page = format!("{head}{details}{tail}");
    match page.len() > room {
        true => String::new(),
        false => page,
    }
}

fn closing(answer: &Answer) -> String {
    match (answer.plan.is_empty(), answer.pending) {
        (false, _) => {
            let statements: usize = answer.plan.iter().map(|sheet| sheet.statements).sum();
            format!(
                "{} to run, {}",
                answer.plan.len(),
                super::count(statements, "statement")
            )
        }
        (true, Some(0)) if answer.rows.is_empty() => "nothing pending".into(),
        (true, _) => answer.counts(),
    }
}

fn plan(out: &mut String, answer: &Answer) {
    *out += "| migration | name | target | phase | transactions | strongest lock | statements |\n|---|---|---|---|---|---|---|\n";
    for one in answer.plan.iter().take(ROWS) {
        let lock = one.lock.unwrap_or("-");
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            text(&one.id),
            text(&one.name),
            text(&one.target),
            one.phase,
            one.transaction,
            text(lock),
            one.statements
        );
    }
    rest(out, answer.plan.len());
}

fn results(out: &mut String, answer: &Answer) {
    if answer.rows.is_empty() {
        return;
    }
    *out += "| migration | name | target | state | took | reason |\n|---|---|---|---|---|---|\n";
    for row in answer.rows.iter().take(ROWS) {
        let took = row
            .duration_ms
            .map(|ms| format!("{ms} ms"))
            .unwrap_or_default();
        let reason = row.reason.as_deref().unwrap_or("");
        let state = row.state.replace('_', " ");
        let _ = writeln!(
            out,
            "| {} | {} | {} | {state} | {took} | {} |",
            text(&row.id),
            text(&row.name),
            text(&row.target),
            text(reason)
        );
    }
    rest(out, answer.rows.len());
}

fn rest(out: &mut String, all: usize) {
    if all > ROWS {
        let _ = writeln!(out, "\n... and {} more", all - ROWS);
    }
    out.push('\n');
}

fn findings(out: &mut String, answer: &Answer, folders: &Folders) {
    if answer.findings.is_empty() {
        return;
    }
    for finding in answer.findings.iter().take(ROWS) {
        let word = match finding.level {
            Level::Error => "**error**",
            Level::Warning => "**warning**",
            Level::Notice => "notice",
        };
        let _ = write!(
            out,
            "- {word} {}: {}",
            text(finding.code),
            text(&finding.message)
        );
        if let Some(spot) = folders.exact(finding) {
            let _ = write!(out, " ({}:{})", text(&spot.path), spot.line);
        }
        if let Some(id) = &finding.migration {
            let _ = write!(out, ", migration {}", text(id));
        }
        out.push('\n');
        for more in &finding.more {
            let _ = writeln!(out, "  - {}", text(more));
        }
    }
    rest(out, answer.findings.len());
}

/// The statements of a migration behind a line that opens them.
fn folded(sheet: &Sheet) -> String {
    let sql: String = sheet.sql.iter().map(|sql| format!("{sql};\n")).collect();
    // A fence ends at one that is as long.
    let fence = "`".repeat(longest_run(&sql, '`').max(2) + 1);
    let (id, n) = (
        html(&clean_line(&sheet.id)),
        super::count(sheet.statements, "statement"),
    );
    format!("<details><summary>{id}: {n}</summary>\n\n{fence}sql\n{sql}{fence}\n\n</details>\n\n")
}

fn longest_run(text: &str, wanted: char) -> usize {
    let (mut longest, mut now) = (0, 0);
    for c in text.chars() {
        now = if c == wanted { now + 1 } else { 0 };
        longest = longest.max(now);
    }
    longest
}

/// One line of plain text: every sign that could mean something is escaped.
fn text(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in clean_line(words).chars() {
        if c.is_ascii_punctuation() && !"-,'".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    // A list or a rule begins with it.
    match out.starts_with('-') {
        true => format!("\\{out}"),
        false => out,
    }
}

/// Markdown reads nothing within an HTML block.
fn html(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(id: &str, sql: &str) -> Sheet {
        Sheet {
            target: "default".into(),
            id: id.into(),
            name: "a | b".into(),
            phase: "up",
            transaction: "one".into(),
            lock: Some("SHARE"),
            statements: 1,
            sql: vec![sql.into()],
        }
    }

    fn answer(plan: Vec<Sheet>) -> Answer {
        Answer {
            verb: "plan".into(),
            outcome: "pending",
            plan,
            ..Answer::default()
        }
    }

    #[test]
    fn words_of_others_are_no_markdown() {
        assert_eq!(
            text("a|b`c` <!-- --> [x](y) *z*\nw"),
            "a\\|b\\`c\\` \\<\\!-- --\\> \\[x\\]\\(y\\) \\*z\\* w"
        );
        assert_eq!(text("- x"), "\\- x");
        assert_eq!(text("create-users"), "create-users");
        let page = summary(
            &answer(vec![sheet("</summary><img>\n\n# h", "SELECT 1")]),
            &Folders::default(),
            1 << 20,
        );
        assert!(
            page.contains("<summary>&lt;/summary&gt;&lt;img&gt;  # h: 1 statement</summary>"),
            "{page}"
        );
    }

    #[test]
    fn a_fence_is_longer_than_any_in_the_sql() {
        let page = summary(
            &answer(vec![sheet("a", "SELECT '\n````\n' AS `b`")]),
            &Folders::default(),
            1 << 20,
        );
        assert!(page.contains("\n`````sql\nSELECT"), "{page}");
        assert_eq!(
            page.lines().filter(|line| *line == "`````").count(),
            1,
            "{page}"
        );
        assert!(folded(&sheet("a", "SELECT 1")).contains("\n```sql\nSELECT 1;\n```\n"));
    }

    #[test]
    fn a_page_is_never_longer_than_the_room_there_is() {
        let long = "x".repeat(10_000);
        let all = answer((0..1000).map(|n| sheet(&format!("m{n}"), &long)).collect());
        for room in [0, 100, 30_000, 100_000, 1 << 20] {
            let page = summary(&all, &Folders::default(), room);
            assert!(page.len() <= room, "{} of {room}", page.len());
            if room >= 30_000 {
                assert!(
                    page.contains("migrations has no room here")
                        || page.contains("has no room here"),
                    "{room}"
                );
                assert!(page.contains("**1000 to run"), "{room}");
                assert!(page.contains("... and 800 more"), "{room}");
            }
        }
    }
}

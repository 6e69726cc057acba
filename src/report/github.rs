//! Findings as workflow commands of GitHub Actions, and text that can be none. The runner reads both
//! streams of a step line by line; what a server or a file says must never be a command to it.

use super::findings::{Answer, Finding, Level};
use super::folders::Folders;

/// The runner shows this many of each level for a step, and drops the rest without a word.
const SHOWN: usize = 10;

/// Text in which the runner finds no command: `::name` behind nothing but blanks, `##[name]` anywhere.
pub fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (n, line) in text.split('\n').enumerate() {
        if n > 0 {
            out.push('\n');
        }
        let line = line.replace("##[", "# #[");
        let rest = line.trim_start();
        if rest.starts_with("::") {
            out.push_str(&line[..line.len() - rest.len()]);
            out.push('\\');
            out.push_str(rest);
        } else {
            out.push_str(&line);
        }
    }
    out
}

/// One command for each finding, as many as are shown, and one that says how it ended.
pub fn annotations(answer: &Answer, folders: &Folders) -> String {
    let mut out = String::new();
    for level in [Level::Error, Level::Warning, Level::Notice] {
        let all: Vec<_> = answer
            .findings
            .iter()
            .filter(|finding| finding.level == level)
            .collect();
        // The closing line is a notice too.
        let room = match level {
            Level::Notice => SHOWN - 1,
            _ => SHOWN,
        };
        let shown = match all.len() > room {
            true => room - 1,
            false => all.len(),
        };
        all[..shown]
            .iter()
            .for_each(|finding| out += &command(finding, folders));
        if shown < all.len() {
            let more = format!(
                "{} more like these stand in the log and in the summary",
                all.len() - shown
            );
            out += &line(level, &[("title", "initium")], &more);
        }
    }
    let title = format!("initium {}", answer.verb);
    out + &line(Level::Notice, &[("title", &title)], &answer.counts())
}

fn command(finding: &Finding, folders: &Folders) -> String {
    let title = match &finding.migration {
        Some(id) => format!("{} in {id}", finding.code),
        None => finding.code.to_string(),
    };
    let mut text = folders.text(finding);
    if let Some(target) = finding
        .target
        .as_deref()
        .filter(|t| *t != crate::spec::DEFAULT_TARGET)
    {
        text += &format!("\ntarget {target}");
    }
    let (mut file, mut numbers) = (String::new(), Vec::new());
    if let Some(spot) = folders.exact(finding) {
        file = spot.path;
        numbers.push(("line", spot.line.to_string()));
        match (spot.last_line, spot.column) {
            (Some(last), _) => numbers.push(("endLine", last.to_string())),
            // A column is shown for one line only.
            (None, Some(column)) => numbers.push(("col", column.to_string())),
            (None, None) => {}
        }
    }
    let mut properties = Vec::new();
    if !file.is_empty() {
        properties.push(("file", file.as_str()));
    }
    properties.extend(numbers.iter().map(|(name, value)| (*name, value.as_str())));
    properties.push(("title", &title));
    line(finding.level, &properties, &text)
}

fn line(level: Level, properties: &[(&str, &str)], text: &str) -> String {
    let word = match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Notice => "notice",
    };
    let properties: Vec<_> = properties
        .iter()
        .map(|(name, value)| format!("{name}={}", property(value)))
        .collect();
    format!("::{word} {}::{}\n", properties.join(","), data(text))
}

/// The older spelling of a command counts anywhere in a line, in one of ours too.
fn data(text: &str) -> String {
    text.replace("##[", "# #[")
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// What later steps of a job read: `steps.ID.outputs.pending`.
pub fn outputs(answer: &Answer) -> String {
    let pending = answer.pending.map(|n| n.to_string()).unwrap_or_default();
    format!("pending={pending}\noutcome={}\n", answer.outcome)
}

#[cfg(test)]
mod tests {
    use super::*;
    use initium_driver::Place;

    fn folders() -> Folders {
        Folders {
            roots: vec!["/repo".into()],
            here: "/repo/db".into(),
            spec: None,
        }
    }

    #[test]
    fn no_line_of_a_text_is_a_command() {
        for (text, told) in [
            ("::set-output name=a::b", "\\::set-output name=a::b"),
            (
                "a\n \t\u{a0}::stop-commands::x\nb::c",
                "a\n \t\u{a0}\\::stop-commands::x\nb::c",
            ),
            ("x ##[add-mask]y ###[group]", "x # #[add-mask]y ## #[group]"),
            ("SELECT 1::text", "SELECT 1::text"),
        ] {
            assert_eq!(harmless(text), told);
            assert_eq!(harmless(told), told, "twice is once");
        }
    }

    #[test]
    fn a_finding_is_one_line_and_one_command_whatever_it_says() {
        let answer = Answer {
            verb: "plan".into(),
            outcome: "pending",
            findings: vec![
                Finding::new("plan-lock", Level::Warning, "100%\n::error::a, b: c%0A")
                    .more("more\n::set-env name=x::y ##[add-path]z")
                    .place(&Place {
                        file: "a,b:c%.sql".into(),
                        line: 3,
                        column: 4,
                    })
                    .of(Some("m::x,line=9"), Some("cache")),
            ],
            ..Answer::default()
        };
        let told = annotations(&answer, &folders());
        assert_eq!(
            told,
            "::warning file=db/a%2Cb%3Ac%25.sql,line=3,col=4,title=plan-lock in m%3A%3Ax%2Cline=9::100%25 ::error::a, b: c%250A%0Amore%0A::set-env name=x::y # #[add-path]z%0Atarget cache\n\
             ::notice title=initium plan::pending\n"
        );
    }

    #[test]
    fn no_more_commands_than_are_shown_and_the_rest_is_counted() {
        let many = |level, n| vec![Finding::new("x", level, "y"); n];
        let answer = Answer {
            findings: [
                many(Level::Error, 10),
                many(Level::Warning, 25),
                many(Level::Notice, 10),
            ]
            .concat(),
            ..Answer::default()
        };
        let told = annotations(&answer, &folders());
        let count = |word: &str| {
            told.lines()
                .filter(|line| line.starts_with(&format!("::{word} ")))
                .count()
        };
        assert_eq!(
            (count("error"), count("warning"), count("notice")),
            (10, 10, 10)
        );
        assert!(
            told.contains("::warning title=initium::16 more like these"),
            "{told}"
        );
        assert!(
            told.contains("::notice title=initium::2 more like these"),
            "{told}"
        );
    }
}

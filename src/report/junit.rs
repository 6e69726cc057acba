//! Results as JUnit XML: one test case for each migration on each target, and one for the verb where
//! a finding is about no migration.

use super::findings::{Answer, Finding, Level, Mark, Row};
use super::folders::Folders;
use std::fmt::Write;

/// What a case is besides passed.
enum Trouble {
    None,
    Skipped(String),
    /// The element, the type, a line, and all that is known.
    Failed(&'static str, String, String, String),
}

struct Case {
    class: String,
    name: String,
    duration_ms: u64,
    trouble: Trouble,
    said: Vec<String>,
}

pub fn junit(answer: &Answer, folders: &Folders) -> String {
    let cases = cases(answer, folders);
    let count =
        |which: fn(&Trouble) -> bool| cases.iter().filter(|case| which(&case.trouble)).count();
    let numbers = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{}\"",
        cases.len(),
        count(|t| matches!(t, Trouble::Failed("failure", ..))),
        count(|t| matches!(t, Trouble::Failed("error", ..))),
        count(|t| matches!(t, Trouble::Skipped(_))),
        seconds(cases.iter().map(|case| case.duration_ms).sum()),
    );
    let name = escape(&format!("initium {}", answer.verb));
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites name=\"initium\" {numbers}>");
    let _ = writeln!(out, "  <testsuite name=\"{name}\" {numbers}>");
    for case in &cases {
        write_case(&mut out, case);
    }
    out += "  </testsuite>\n</testsuites>\n";
    out
}

fn cases(answer: &Answer, folders: &Folders) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut told = vec![false; answer.findings.len()];
    for row in &answer.rows {
        let mine = answer
            .findings
            .iter()
            .zip(&mut told)
            .filter(|(finding, _)| finding.is_of(row));
        let mine: Vec<_> = mine
            .map(|(finding, told)| {
                *told = true;
                finding
            })
            .collect();
        cases.push(of_row(row, &mine, folders));
    }
    // A verify query that failed has no row; a server that is not there belongs to no migration.
    for (finding, _) in answer.findings.iter().zip(told).filter(|(_, told)| !told) {
        let class = finding.target.clone().unwrap_or_else(|| "initium".into());
        let name = finding
            .migration
            .clone()
            .unwrap_or_else(|| answer.verb.clone());
        let element = match finding.migration {
            Some(_) => "failure",
            None => "error",
        };
        match cases
            .iter_mut()
            .find(|case| case.class == class && case.name == name)
        {
            Some(case) => case.said.push(line(finding, folders)),
            None => {
                let mut case = Case {
                    class,
                    name,
                    duration_ms: 0,
                    trouble: Trouble::None,
                    said: Vec::new(),
                };
                match finding.level {
                    Level::Error => case.trouble = failed(element, finding, folders),
                    _ => case.said.push(line(finding, folders)),
                }
                cases.push(case);
            }
        }
    }
    // A report without a case counts as none at all.
    if cases.is_empty() {
        cases.push(Case {
            class: "initium".into(),
            name: answer.verb.clone(),
            duration_ms: 0,
            trouble: Trouble::None,
            said: vec![answer.outcome.replace('_', " ")],
        });
    }
    cases
}

fn of_row(row: &Row, findings: &[&Finding], folders: &Folders) -> Case {
    let error = findings
        .iter()
        .find(|finding| finding.level == Level::Error);
    let reason = || {
        row.reason
            .clone()
            .unwrap_or_else(|| row.state.replace('_', " "))
    };
    let trouble = match (row.mark, error) {
        (_, Some(error)) => failed("failure", error, folders),
        (Mark::Failed, None) => Trouble::Failed("failure", row.state.into(), reason(), reason()),
        (Mark::Pending | Mark::Skipped, None) => Trouble::Skipped(reason()),
        (Mark::Done, None) => Trouble::None,
    };
    let others = findings
        .iter()
        .filter(|finding| !error.is_some_and(|error| std::ptr::eq(*error, **finding)));
    let mut said: Vec<_> = others.map(|finding| line(finding, folders)).collect();
    if row.mark == Mark::Done {
        said.insert(0, reason());
    }
    Case {
        class: row.target.clone(),
        name: row.id.clone(),
        duration_ms: row.duration_ms.unwrap_or(0),
        trouble,
        said,
    }
}

fn failed(element: &'static str, finding: &Finding, folders: &Folders) -> Trouble {
    let text = match folders.exact(finding) {
        Some(spot) => format!("{}:{}: {}", spot.path, spot.line, folders.text(finding)),
        None => folders.text(finding),
    };
    Trouble::Failed(element, finding.code.into(), finding.message.clone(), text)
}

fn line(finding: &Finding, folders: &Folders) -> String {
    let word = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Notice => "notice",
    };
    format!("{word}[{}]: {}", finding.code, folders.text(finding))
}

fn write_case(out: &mut String, case: &Case) {
    let (class, name) = (escape(&case.class), escape(&case.name));
    let time = seconds(case.duration_ms);
    let _ = write!(
        out,
        "    <testcase classname=\"{class}\" name=\"{name}\" time=\"{time}\""
    );
    let mut inner = String::new();
    match &case.trouble {
        Trouble::None => {}
        Trouble::Skipped(why) => {
            let _ = write!(inner, "<skipped message=\"{}\"/>", escape(why));
        }
        Trouble::Failed(element, kind, message, text) => {
            let (kind, message, text) = (escape(kind), escape(message), escape(text));
            let _ = write!(
                inner,
                "<{element} type=\"{kind}\" message=\"{message}\">{text}</{element}>"
            );
        }
    }
    if !case.said.is_empty() {
        let _ = write!(
            inner,
            "<system-out>{}</system-out>",
            escape(&case.said.join("\n"))
        );
    }
    let _ = match inner.is_empty() {
        true => writeln!(out, "/>"),
        false => writeln!(out, ">{inner}</testcase>"),
    };
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

/// For content and for values between double quotes. What XML cannot hold at all is spelled out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // As they are they would become a blank.
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                out.extend(c.escape_unicode())
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_spelled_out() {
        assert_eq!(
            escape("a<b>&\"'\n\t]]>"),
            "a&lt;b&gt;&amp;&quot;&apos;&#10;&#9;]]&gt;"
        );
        assert_eq!(
            escape("\0\u{b}\u{1b}\u{85}\u{fffe}\u{ffff}é😀"),
            "\\u{0}\\u{b}\\u{1b}\\u{85}\\u{fffe}\\u{ffff}é😀"
        );
    }

    #[test]
    fn an_answer_without_rows_has_a_case_all_the_same() {
        let answer = Answer {
            verb: "check".into(),
            outcome: "up_to_date",
            ..Answer::default()
        };
        let xml = junit(&answer, &Folders::default());
        assert!(xml.contains("tests=\"1\" failures=\"0\""), "{xml}");
        assert!(
            xml.contains("classname=\"initium\" name=\"check\""),
            "{xml}"
        );
    }
}

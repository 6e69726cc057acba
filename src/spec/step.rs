//! Redis steps, checks and conditions of a spec to the text that the driver reads: commands in the
//! quoting of redis-cli, and lines `initium.NAME {json}`. Says nothing of what a pattern or a template
//! means, and writes the same text in whatever order the keys of a spec stand.

use super::model::Check;
use super::node::{Key, Kind, Node};
use super::rule::duration;
use super::script::{file, scalar, source};
use super::text::Document;
use initium_driver::source::STEP;
use initium_driver::{Code, Lines, Result, Source};

/// What a step may say, in the order in which the text says it.
const ORDER: [&str; 20] = [
    "match",
    "unless",
    "type",
    "from",
    "to",
    "on_conflict",
    "set",
    "unset",
    "rename",
    "ttl",
    "persist",
    "replace",
    "keys",
    "args",
    "size",
    "compare",
    "at_least",
    "at_most",
    "batch",
    "rate",
];

/// How many keys a sample compares where nothing is said.
const SAMPLE: &str = "100";

/// An item of a list of scripts.
pub(super) fn sources(doc: &Document, key: &Key, node: &Node) -> Result<Vec<Source>> {
    if key.text == "commands" {
        return node.items().iter().map(|one| command(doc, one)).collect();
    }
    if key.text == "expire" {
        lifetime(doc, node)?;
    }
    let mut text = line(doc, &key.text, node)?;
    if let Some(lua) = lua(doc, node)? {
        for line in lua.lines() {
            text += "\n|";
            if !line.is_empty() {
                text.push(' ');
                text += line;
            }
        }
    }
    Ok(vec![compiled(doc, key.at, text)])
}

/// An item of a list of checks.
pub(super) fn check(doc: &Document, key: &Key, node: &Node) -> Result<Check> {
    let number = |key| node.get(key).and_then(whole);
    if let (Some(least), Some(most)) = (number("at_least"), number("at_most"))
        && least > most
    {
        let at = node.get("at_most").map_or(node.at, |node| node.at);
        let message = format!("no number is at least {least} and at most {most}");
        return Err(doc.error(Code::SpecInvalid, at, message));
    }
    let (name, answer) = match key.text.as_str() {
        // It tells how many there are, which `initium.none` does not.
        "none" => ("count", "0".to_string()),
        "count" => match number("equals") {
            Some(number) => ("count", number.to_string()),
            None => ("count", "true".into()),
        },
        name => (name, "true".into()),
    };
    Ok(Check {
        query: compiled(doc, key.at, line(doc, name, node)?),
        expect: Some(vec![vec![Some(answer)]]),
    })
}

/// What decides whether a migration applies.
pub(super) fn condition(doc: &Document, key: &Key, node: &Node) -> Result<Source> {
    Ok(compiled(doc, key.at, line(doc, &key.text, node)?))
}

/// A step has one place, that of its name: the text is not what stands in the file.
fn compiled(doc: &Document, at: usize, text: String) -> Source {
    let place = doc.place(at);
    Source {
        file: place.file,
        line: place.line,
        column: place.column,
        lines: Lines::Folded,
        text: text.into(),
    }
}

/// A text as it is, or words.
fn command(doc: &Document, node: &Node) -> Result<Source> {
    let [first, ..] = node.items() else {
        return Ok(source(doc, node));
    };
    let words = node.items().iter().map(|word| scalar(doc, word));
    let words = words.map(|word| word.map(|word| quoted(&word)));
    let words = words.collect::<Result<Vec<_>>>()?;
    Ok(Source {
        text: words.join(" ").into(),
        lines: Lines::Folded,
        ..source(doc, first)
    })
}

/// A word as redis-cli reads it.
fn quoted(word: &str) -> String {
    // A line that begins with # is a comment, one with | the body of a step.
    let plain = |c: char| c.is_ascii_alphanumeric() || ":_-.,/@+=*$%(){}[]<>?!&~^;#|".contains(c);
    let step = word.get(..STEP.len());
    let begins = word.starts_with(['#', '|']) || step.is_some_and(|step| step == STEP);
    if !word.is_empty() && !begins && word.chars().all(plain) {
        return word.into();
    }
    let mut text = String::from("\"");
    for c in word.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            '\n' => text += "\\n",
            '\r' => text += "\\r",
            '\t' => text += "\\t",
            c if c.is_ascii_control() => text += &format!("\\x{:02x}", c as u32),
            c => text.push(c),
        }
    }
    text + "\""
}

/// `initium.NAME {json}`
fn line(doc: &Document, name: &str, node: &Node) -> Result<String> {
    let mut said = Vec::new();
    for key in ORDER {
        let Some(value) = node.get(key) else { continue };
        said.push(match key {
            "ttl" => {
                let time = value.text().and_then(duration).unwrap_or_default();
                format!("\"ttl_ms\":{}", time.as_millis())
            }
            key => format!("{}:{}", text(key), json(doc, name, key, value)?),
        });
    }
    if name == "sample" && node.get("size").is_none() {
        said.push(format!("\"size\":{SAMPLE}"));
    }
    Ok(format!("{STEP}{name} {{{}}}", said.join(",")))
}

fn json(doc: &Document, step: &str, key: &str, node: &Node) -> Result<String> {
    let list = |nodes: &[Node]| {
        let items = nodes
            .iter()
            .map(|one| scalar(doc, one).map(|one| text(&one)));
        let items = items.collect::<Result<Vec<_>>>()?;
        Ok(format!("[{}]", items.join(",")))
    };
    match (&node.kind, key) {
        (Kind::List(items), _) => list(items),
        (_, "unless") => list(std::slice::from_ref(node)),
        (Kind::Map(entries), _) => {
            let mut said = Vec::new();
            for (name, value) in entries {
                let value = match step {
                    "json" => member(doc, value)?,
                    _ => text(&scalar(doc, value)?),
                };
                said.push(format!("{}:{value}", text(&name.text)));
            }
            Ok(format!("{{{}}}", said.join(",")))
        }
        (Kind::Number(_), _) => Ok(whole(node).unwrap_or_default().to_string()),
        (Kind::Bool(truth), _) => Ok(truth.to_string()),
        _ => scalar(doc, node).map(|value| text(&value)),
    }
}

/// A value of JSON stays what it is: a number is no text, and none of its digits is lost.
fn member(doc: &Document, node: &Node) -> Result<String> {
    match &node.kind {
        Kind::Null if node.at == node.end => {
            let error = doc.error(Code::SpecInvalid, node.at, "the value is empty");
            Err(error.help("write null, or \"\" for an empty text"))
        }
        Kind::Null => Ok("null".into()),
        Kind::Text(value) => Ok(text(value)),
        _ => scalar(doc, node),
    }
}

/// As JSON writes it, on one line.
fn text(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}

fn whole(node: &Node) -> Option<u64> {
    match &node.kind {
        Kind::Number(number) => number.as_f64().map(|number| number as u64),
        _ => None,
    }
}

fn lua(doc: &Document, node: &Node) -> Result<Option<String>> {
    let source = match (node.get("lua"), node.get("file")) {
        (Some(lua), _) => return Ok(lua.text().map(str::to_string)),
        (None, Some(name)) => file(doc, name)?,
        (None, None) => return Ok(None),
    };
    let text = source.whole().map_err(|error| doc.put(error, node.at))?;
    Ok(Some(text.into_owned()))
}

/// What no pattern of the schema says of a time to live.
fn lifetime(doc: &Document, node: &Node) -> Result<()> {
    let wrong = |key: &str, message: &str, help: &str| -> Result<()> {
        let at = node.get(key).map_or(node.at, |node| node.at);
        Err(doc.error(Code::SpecInvalid, at, message).help(help))
    };
    if node.get("persist").and_then(Node::truth) == Some(false) {
        return wrong(
            "persist",
            "'persist' can only be true",
            "say how long the keys live with `ttl: 30d`",
        );
    }
    let ttl = node.get("ttl").and_then(Node::text).and_then(duration);
    if ttl.is_some_and(|time| time.is_zero()) {
        return wrong(
            "ttl",
            "a key that lives for no time is removed",
            "remove them with `delete`",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_where_redis_cli_would_not_read_it_back() {
        for (word, text) in [
            ("user:{1}", "user:{1}"),
            ("", "\"\""),
            ("Ann Lee", "\"Ann Lee\""),
            ("it's", "\"it's\""),
            ("a\"b\\c", "\"a\\\"b\\\\c\""),
            ("a\n\t\0\u{7f}", "\"a\\n\\t\\x00\\x7f\""),
            ("#1", "\"#1\""),
            ("a#1", "a#1"),
            ("| x", "\"| x\""),
            ("initium.count", "\"initium.count\""),
            ("größe", "\"größe\""),
        ] {
            assert_eq!(quoted(word), text);
        }
    }
}

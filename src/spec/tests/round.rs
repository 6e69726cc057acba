//! Whatever another program writes as YAML or JSON is read back as it was meant, and every
//! value is where its place says.

use super::Dice;
use crate::spec::node::{Kind, Node};
use crate::spec::parse::parse;
use crate::spec::text::{Document, Format};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

impl Dice {
    pub fn text(&mut self) -> String {
        const PIECES: &[&str] = &[
            "a",
            "é",
            "SELECT 1;",
            " ",
            "  ",
            "\n",
            "\n\n",
            "\n  ",
            ": ",
            " #",
            "'",
            "\"",
            "\\",
            "&x",
            "*x",
            "!x",
            "- ",
            "-",
            "? ",
            "|",
            ">",
            "{",
            "}",
            "[",
            "]",
            ",",
            "%",
            "@",
            "`",
            "~",
            "null",
            "true",
            "010",
            "1e3",
            "<<",
            "---",
            "...",
            "\n---\n",
            "\t",
            "\r\n",
            "\u{85}",
            "\u{2028}",
            "\u{1f600}",
            "#",
            "=",
            "yes",
            ".inf",
        ];
        (0..self.roll(6))
            .map(|_| PIECES[self.roll(PIECES.len())])
            .collect()
    }

    /// On one line: machines write others with `? `, which a spec refuses like `<<`.
    fn key(&mut self) -> String {
        self.text()
            .replace(['\n', '\r', '\u{85}', '\u{2028}'], "")
            .replace("<<", "<")
    }

    fn value(&mut self, deep: usize) -> Value {
        match self.roll(if deep == 0 { 7 } else { 12 }) {
            0 => Value::Null,
            1 => json!(self.roll(2) == 0),
            2 => json!(self.roll(1000) as i64 - 500),
            3 => json!(self.roll(1000) as f64 / 8.0),
            4..7 => json!(self.text()),
            7..9 => (0..self.roll(4)).map(|_| self.value(deep - 1)).collect(),
            _ => {
                let entries = (0..self.roll(4)).map(|_| (self.key(), self.value(deep - 1)));
                Value::Object(entries.collect::<Map<_, _>>())
            }
        }
    }
}

fn in_place(doc: &Document, node: &Node) {
    let raw = &doc.text[node.at..node.end];
    match &node.kind {
        Kind::Map(entries) => {
            for (key, value) in entries {
                shown(doc, &doc.text[key.at..], &key.text);
                in_place(doc, value);
            }
        }
        Kind::List(items) => items.iter().for_each(|item| in_place(doc, item)),
        Kind::Text(text) => shown(doc, raw, text),
        Kind::Null => assert!(["", "null", "~"].contains(&raw), "{raw}"),
        Kind::Bool(bool) => assert_eq!(raw, bool.to_string()),
        Kind::Number(number) => assert_eq!(raw, number.to_string()),
    }
}

fn shown(doc: &Document, raw: &str, text: &str) {
    let first = text.chars().find(|c| !c.is_whitespace());
    let begins = raw.chars().next();
    let styled = matches!(begins, Some('"' | '\'' | '|' | '>'));
    assert!(
        styled || begins == first,
        "{raw:?} for {text:?} in\n{}",
        doc.text
    );
}

#[test]
fn what_is_written_by_machine_is_read_as_it_was_meant() {
    let mut dice = Dice::new(20_240_101);
    for round in 0..3000 {
        let value = dice.value(4);
        let yaml = serde_yaml::to_string(&value).expect("YAML");
        for (format, text) in [
            (Format::Yaml, yaml),
            (Format::Json, format!("{value:#}")),
            (Format::Json, value.to_string()),
        ] {
            let doc = Document::new("it".into(), format, PathBuf::new(), text);
            let tree = parse(&doc)
                .unwrap_or_else(|error| panic!("round {round}: {error:?}\n{}", doc.text));
            assert_eq!(tree.to_json(), value, "round {round}\n{}", doc.text);
            in_place(&doc, &tree);
        }
    }
}

/// Ways of writing that no machine prints.
#[test]
fn what_is_written_by_hand_is_read_as_it_was_meant() {
    for (text, meant) in [
        ("a:\nb:\n", json!({"a": null, "b": null})),
        ("a:\nnull: x\n", json!(null)),
        ("-\n- null\n-\n  - ~\n", json!([null, null, [null]])),
        (
            "[a: b, c, {d, e: }]",
            json!([{"a": "b"}, "c", {"d": null, "e": null}]),
        ),
        ("{\"a\":1,'b':[2,],}", json!({"a": 1, "b": [2]})),
        ("a: # one\n  # two\n  b # three\n", json!({"a": "b"})),
        ("a:\n- b\n-  - c\n   - d\n", json!({"a": ["b", ["c", "d"]]})),
        (
            "a: 'it''s'\nb: ''\nc: ''''\n",
            json!({"a": "it's", "b": "", "c": "'"}),
        ),
        (
            "a: \"x\\\n  y\\\"\\\\\"\nb: \"\"\n",
            json!({"a": "xy\"\\", "b": ""}),
        ),
        ("a: |\nb: >-\n\nc: x\n", json!({"a": "", "b": "", "c": "x"})),
        (
            "a: |+1 # comment\n   b\n\n# no text\nc: d\n",
            json!({"a": "  b\n\n", "c": "d"}),
        ),
        (
            "a: |\n  # text\n  b: c\n # comment\nd: e",
            json!({"a": "# text\nb: c\n", "d": "e"}),
        ),
        (
            "a: b\n  c#d\n\n  e\nf: g h:i",
            json!({"a": "b c#d\ne", "f": "g h:i"}),
        ),
        ("--- >\n a\n b\n...\n# end\n", json!("a b\n")),
        ("--- \"a\"\n", json!("a")),
        (
            "%YAML 1.1\n# c\n---\na: {b: -1, c: 1.5, d: true}",
            json!({"a": {"b": -1, "c": 1.5, "d": true}}),
        ),
        ("a b : c\n'd' : e\n", json!({"a b": "c", "d": "e"})),
        (
            "a: |\r\n  b\r\n  c\r\nd: e\r\n",
            json!({"a": "b\nc\n", "d": "e"}),
        ),
        (
            "a:   ~\nb: Null\nc: {d: ~}\n",
            json!({"a": null, "b": null, "c": {"d": null}}),
        ),
        ("a: &\n", json!(null)),
        (
            "- - - a\n    - b\n  - c\n- d\n",
            json!([[["a", "b"], "c"], "d"]),
        ),
        ("a:\n  |\n   b\nc:\n  'd'\n", json!({"a": "b\n", "c": "d"})),
    ] {
        let doc = Document::new("it".into(), Format::Yaml, PathBuf::new(), text.into());
        match parse(&doc) {
            Ok(tree) => assert_eq!(tree.to_json(), meant, "{text}"),
            Err(error) => assert!(meant.is_null(), "{text}: {error:?}"),
        }
    }
}

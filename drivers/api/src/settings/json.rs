//! One flat JSON object, as secret stores keep a whole connection in one value. Nothing else of JSON
//! is read: what is nested is skipped over by its brackets, and no value is ever told.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

/// The keys and their texts and numbers; `None`: it is no such object.
pub(super) fn object(text: &str) -> Option<BTreeMap<String, String>> {
    let mut rest = text.trim().chars().peekable();
    let mut entries = BTreeMap::new();
    expect(&mut rest, '{')?;
    blanks(&mut rest);
    if rest.next_if_eq(&'}').is_some() {
        return rest.next().is_none().then_some(entries);
    }
    loop {
        blanks(&mut rest);
        let key = string(&mut rest)?;
        blanks(&mut rest);
        expect(&mut rest, ':')?;
        blanks(&mut rest);
        let value = match rest.peek()? {
            '"' => Some(string(&mut rest)?),
            '{' | '[' => {
                nested(&mut rest)?;
                None
            }
            _ => {
                let word = word(&mut rest);
                let known = word.parse::<f64>().is_ok() || word == "true" || word == "false";
                match word.as_str() {
                    "null" => None,
                    _ if known => Some(word),
                    _ => return None,
                }
            }
        };
        if let Some(value) = value {
            // Which of two values is meant nobody can know.
            if entries.insert(key, value).is_some() {
                return None;
            }
        }
        blanks(&mut rest);
        match rest.next()? {
            ',' => {}
            '}' => return rest.next().is_none().then_some(entries),
            _ => return None,
        }
    }
}

fn blanks(rest: &mut Peekable<Chars>) {
    while rest.next_if(|c| c.is_ascii_whitespace()).is_some() {}
}

fn expect(rest: &mut Peekable<Chars>, sign: char) -> Option<()> {
    (rest.next()? == sign).then_some(())
}

fn word(rest: &mut Peekable<Chars>) -> String {
    let mut word = String::new();
    while let Some(c) = rest.next_if(|c| c.is_ascii_alphanumeric() || "+-.".contains(*c)) {
        word.push(c);
    }
    word
}

fn string(rest: &mut Peekable<Chars>) -> Option<String> {
    expect(rest, '"')?;
    let mut text = String::new();
    loop {
        match rest.next()? {
            '"' => return Some(text),
            '\\' => text.push(match rest.next()? {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\u{8}',
                'f' => '\u{c}',
                'u' => escaped(rest)?,
                c @ ('"' | '\\' | '/') => c,
                _ => return None,
            }),
            c if c < ' ' => return None,
            c => text.push(c),
        }
    }
}

/// `\uXXXX`, in pairs where one is not enough.
fn escaped(rest: &mut Peekable<Chars>) -> Option<char> {
    let first = four(rest)?;
    if !(0xd800..0xdc00).contains(&first) {
        return char::from_u32(first);
    }
    expect(rest, '\\')?;
    expect(rest, 'u')?;
    let second = four(rest)?.checked_sub(0xdc00).filter(|n| *n < 0x400)?;
    char::from_u32(0x10000 + ((first - 0xd800) << 10) + second)
}

fn four(rest: &mut Peekable<Chars>) -> Option<u32> {
    (0..4).try_fold(0, |number, _| {
        Some(number * 16 + rest.next()?.to_digit(16)?)
    })
}

fn nested(rest: &mut Peekable<Chars>) -> Option<()> {
    let mut depth = 0_usize;
    loop {
        match *rest.peek()? {
            '"' => {
                string(rest)?;
                continue;
            }
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            _ => {}
        }
        rest.next();
        if depth == 0 {
            return Some(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_object_is_read_and_what_is_nested_is_passed_over() {
        let text = r#" {"a": "x\"\\\/\u00e9\ud83e\udd80", "port":5432 ,"n":null,"t":true,"o":{"a":[1,"}"]},"z":"" } "#;
        let read = object(text).expect("an object");
        assert_eq!(read["a"], "x\"\\/é\u{1f980}");
        assert_eq!(read["port"], "5432");
        assert_eq!(read["t"], "true");
        assert_eq!(read.keys().collect::<Vec<_>>(), ["a", "port", "t", "z"]);
        assert_eq!(object("{}"), Some(BTreeMap::new()));
    }

    #[test]
    fn what_is_no_object_is_none() {
        for text in [
            "",
            "{",
            "{}x",
            "[]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":x}",
            "{\"a\":\"\\x\"}",
            "{\"a\":1,}",
            "{\"a\":1,\"a\":2}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":[}",
        ] {
            assert_eq!(object(text), None, "{text}");
        }
    }
}

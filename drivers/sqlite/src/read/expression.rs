//! Expressions as they are told: on one line, without comments, names in quotes only where they need
//! them. SQLite itself rewrites quotes when it renames, so they must not count.

use super::cursor::{Cursor, telling};
use crate::names;
use initium_driver::sql::lexer::{Kind, Token};

/// An expression of a table with these columns. A text in double quotes that is none of them is a
/// string: so SQLite reads it, and so it writes it at the next ALTER.
pub fn told(cursor: &Cursor, columns: &[String]) -> String {
    let mut out = String::new();
    let mut end = None;
    for (n, token) in cursor.tokens.iter().enumerate() {
        let text = &cursor.text[token.range.clone()];
        let next = cursor.with(&cursor.tokens[n..]).peek(1);
        let new = match (token.kind, text.as_bytes()[0]) {
            (Kind::Quoted, b'"') => {
                let name = names::bare(text);
                let is_name = matches!(next, "." | "(")
                    || columns.iter().any(|column| names::same(column, &name));
                match is_name {
                    true => names::written(&name),
                    false => names::literal(&name),
                }
            }
            (Kind::Quoted, b'`' | b'[') => names::written(&names::bare(text)),
            _ => text.to_string(),
        };
        let apart = end.is_some_and(|end| end < token.range.start);
        if apart || (word_ends(&out) && new.starts_with(is_word)) {
            out.push(' ');
        }
        out.push_str(&new);
        end = Some(token.range.end);
    }
    out
}

fn word_ends(text: &str) -> bool {
    text.chars().next_back().is_some_and(is_word)
}

fn is_word(c: char) -> bool {
    c == '_' || c == '$' || c.is_alphanumeric()
}

/// The inner of parentheses that hold all of it, however many there are.
pub fn unwrapped<'a>(cursor: &Cursor<'a>) -> Cursor<'a> {
    let mut inner = *cursor;
    while inner.peek(0) == "(" {
        let mut all = inner;
        match all.parens() {
            Ok(found) if all.done() && !found.done() => inner = found,
            _ => break,
        }
    }
    inner
}

/// The same of a text that is no part of another one. What cannot be read stays as it is.
pub fn flat(text: &str, columns: &[String]) -> String {
    let Ok(tokens) = telling(text) else {
        return text.trim().into();
    };
    let cursor = Cursor {
        text,
        tokens: &tokens,
        about: "an expression",
    };
    told(&unwrapped(&cursor), columns)
}

/// As a default is written: what is one value stands bare, everything else in parentheses.
pub fn bracketed(text: &str) -> String {
    match is_value(text) {
        true => text.into(),
        false => format!("({text})"),
    }
}

/// A string, a number with or without its sign, bytes, or one of the words that are values.
pub fn is_value(text: &str) -> bool {
    let Ok(tokens) = telling(text) else {
        return false;
    };
    let cursor = Cursor {
        text,
        tokens: &tokens,
        about: "",
    };
    match value(&cursor) {
        Some(count) => count == tokens.len(),
        None => false,
    }
}

/// How many tokens the value at this place has.
pub fn value(cursor: &Cursor) -> Option<usize> {
    let sign = usize::from(matches!(cursor.peek(0), "+" | "-"));
    let ahead = cursor.with(cursor.tokens.get(sign..)?);
    let first = ahead.peek(0);
    let is_number = first.starts_with(|c: char| c.is_ascii_digit()) || first == ".";
    if is_number {
        return Some(sign + touching(&ahead));
    }
    let count = match ahead.kind()? {
        Kind::Quoted if first.starts_with('\'') => 1,
        Kind::Word if ahead.is("x") && is_blob(&ahead) => 2,
        Kind::Word if is_word_value(first) => 1,
        _ => return None,
    };
    Some(sign + count)
}

/// A string that touches its `x`.
fn is_blob(cursor: &Cursor) -> bool {
    let touches = |two: &[Token]| two[0].range.end == two[1].range.start;
    cursor.peek(1).starts_with('\'') && cursor.tokens.windows(2).next().is_some_and(touches)
}

fn is_word_value(word: &str) -> bool {
    [
        "NULL",
        "TRUE",
        "FALSE",
        "CURRENT_TIMESTAMP",
        "CURRENT_DATE",
        "CURRENT_TIME",
    ]
    .iter()
    .any(|one| one.eq_ignore_ascii_case(word))
}

/// `1.5e-3` is several tokens to the lexer; nothing stands between them.
fn touching(cursor: &Cursor) -> usize {
    let mut count = 1;
    while let (Some(last), Some(next)) = (cursor.tokens.get(count - 1), cursor.tokens.get(count)) {
        let text = &cursor.text[next.range.clone()];
        let so_far = &cursor.text[cursor.tokens[0].range.start..last.range.end];
        let is_hex = so_far.starts_with("0x") || so_far.starts_with("0X");
        let power = !is_hex && so_far.ends_with(['e', 'E']) && matches!(text, "+" | "-");
        let more = power || text == "." || next.kind == Kind::Word;
        if last.range.end != next.range.start || !more {
            break;
        }
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_told_on_one_line_with_quotes_where_they_are_needed() {
        let columns = ["a".to_string(), "Order".to_string()];
        for (text, told) in [
            ("( a  >\n 0 -- positive\n )", "a > 0"),
            ("\"a\">0", "a>0"),
            ("\"ORDER\" > 0", "\"ORDER\" > 0"),
            ("[a] IN (`a`)", "a IN (a)"),
            ("a = \"x\"", "a = 'x'"),
            ("a = \"it's\"", "a = 'it''s'"),
            ("NOT\"a\"AND/**/1", "NOT a AND 1"),
            ("\"t\".a", "t.a"),
            ("((a)+(1))", "(a)+(1)"),
            ("((a))", "a"),
            ("a = ' -- '", "a = ' -- '"),
            ("'unfinished", "'unfinished"),
        ] {
            assert_eq!(flat(text, &columns), told, "{text}");
        }
    }

    #[test]
    fn a_value_needs_no_parentheses() {
        for value in [
            "0",
            "-1",
            "+ 1",
            "1.5e-3",
            ".5",
            "0x1F",
            "1e+10",
            "'it''s'",
            "x'ab'",
            "NULL",
            "true",
            "CURRENT_DATE",
        ] {
            assert_eq!(bracketed(value), value);
        }
        for no in [
            "1+1",
            "lower('A')",
            "a",
            "x 'ab'",
            "1 2",
            "'a' || 'b'",
            "0x1e-3",
        ] {
            assert_eq!(bracketed(no), format!("({no})"));
        }
    }
}

//! What a quoted text or name says, without its quotes and escapes.

use crate::sql::lexer::Rules;

/// `None` for escapes that are not known here.
pub fn decode(part: &str, rules: &Rules) -> Option<String> {
    let bytes = part.as_bytes();
    match bytes[0] {
        b'$' => {
            let tag = 2 + part[1..].find('$')?;
            part.get(tag..part.len() - tag).map(String::from)
        }
        b'[' => part.get(1..part.len() - 1).map(String::from),
        b'E' | b'e' => escaped(&part[1..], Escapes::Postgres),
        b'\'' if rules.backslashes => escaped(part, Escapes::MySql),
        b'"' if rules.name_backslashes => escaped(part, Escapes::MySql),
        quote => {
            let inner = part.get(1..part.len() - 1)?;
            let quote = char::from(quote);
            let twice = format!("{quote}{quote}");
            Some(inner.replace(&twice, &twice[1..]))
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    Postgres,
    MySql,
}

fn escaped(part: &str, escapes: Escapes) -> Option<String> {
    let quote = part.chars().next()?;
    let inner = part.get(1..part.len() - 1)?;
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c == quote {
            chars.next();
            text.push(c);
            continue;
        }
        if c != '\\' {
            text.push(c);
            continue;
        }
        let next = chars.next()?;
        match (next, escapes) {
            ('n', _) => text.push('\n'),
            ('t', _) => text.push('\t'),
            ('r', _) => text.push('\r'),
            ('b', _) => text.push('\u{8}'),
            ('f', Escapes::Postgres) => text.push('\u{c}'),
            ('0', Escapes::MySql) => text.push('\0'),
            ('Z', Escapes::MySql) => text.push('\u{1a}'),
            // For LIKE: there the sign before them counts.
            ('%' | '_', Escapes::MySql) => text.extend(['\\', next]),
            // By numbers: what these say depends on the encoding.
            ('0'..='7' | 'x' | 'u' | 'U', Escapes::Postgres) => return None,
            (other, _) => text.push(other),
        }
    }
    Some(text)
}

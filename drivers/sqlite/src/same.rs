//! Whether two texts of SQL are the same but for blanks, comments, capitals and quotes that nothing
//! needs. Pure.

use crate::names;
use crate::read::{Cursor, telling, unwrapped};
use initium_driver::sql::lexer::Kind;

pub fn same(one: &str, other: &str) -> bool {
    one == other || matches!((form(one), form(other)), (Some(one), Some(other)) if one == other)
}

/// Nothing where the text cannot be read.
fn form(text: &str) -> Option<Vec<String>> {
    let tokens = telling(text).ok()?;
    let cursor = unwrapped(&Cursor {
        text,
        tokens: &tokens,
        about: "",
    });
    let told = |token: &initium_driver::sql::lexer::Token| {
        let piece = &text[token.range.clone()];
        match token.kind {
            Kind::Quoted if !piece.starts_with('\'') => {
                let name = names::bare(piece);
                match names::is_plain(&name) {
                    true => name.to_ascii_lowercase(),
                    false => format!("\"{}\"", name.to_ascii_lowercase()),
                }
            }
            Kind::Word => piece.to_ascii_lowercase(),
            _ => piece.into(),
        }
    };
    Some(cursor.tokens.iter().map(told).collect())
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn what_does_not_count_does_not_count() {
        for (one, other) in [
            ("(a > 0)", "\"A\">0"),
            ("lower(a) /* x */ || 'B'", "LOWER([a])||'B'"),
            ("\"order\" = 1", "[ORDER]=1"),
        ] {
            assert!(same(one, other), "{one} is {other}");
        }
        for (one, other) in [
            ("a = 'x'", "a = 'X'"),
            ("a = 'x'", "a = \"x\""),
            ("(a) + (b)", "a + b"),
            ("'a", "a"),
        ] {
            assert!(!same(one, other), "{one} is not {other}");
        }
    }
}

//! How a name is written: bare where SQLite reads it as that name wherever a name may stand, in double
//! quotes otherwise. And how one is read.

use std::fmt::Write;

/// Words that mean something in some place. Most could still be names in most places; in quotes they
/// are in all of them. TRUE and FALSE are no keywords, but are not read as columns.
const KEYWORDS: &str = " ABORT ACTION ADD AFTER ALL ALTER ALWAYS ANALYZE AND AS ASC ATTACH AUTOINCREMENT \
    BEFORE BEGIN BETWEEN BY CASCADE CASE CAST CHECK COLLATE COLUMN COMMIT CONFLICT CONSTRAINT CREATE CROSS \
    CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP DATABASE DEFAULT DEFERRABLE DEFERRED DELETE DESC \
    DETACH DISTINCT DO DROP EACH ELSE END ESCAPE EXCEPT EXCLUDE EXCLUSIVE EXISTS EXPLAIN FAIL FALSE FILTER \
    FIRST FOLLOWING FOR FOREIGN FROM FULL GENERATED GLOB GROUP GROUPS HAVING IF IGNORE IMMEDIATE IN INDEX \
    INDEXED INITIALLY INNER INSERT INSTEAD INTERSECT INTO IS ISNULL JOIN KEY LAST LEFT LIKE LIMIT MATCH \
    MATERIALIZED NATURAL NO NOT NOTHING NOTNULL NULL NULLS OF OFFSET ON OR ORDER OTHERS OUTER OVER \
    PARTITION PLAN PRAGMA PRECEDING PRIMARY QUERY RAISE RANGE RECURSIVE REFERENCES REGEXP REINDEX RELEASE \
    RENAME REPLACE RESTRICT RETURNING RIGHT ROLLBACK ROW ROWS SAVEPOINT SELECT SET TABLE TEMP TEMPORARY \
    THEN TIES TO TRANSACTION TRIGGER TRUE UNBOUNDED UNION UNIQUE UPDATE USING VACUUM VALUES VIEW VIRTUAL \
    WHEN WHERE WINDOW WITH WITHIN WITHOUT ";

pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&format!(" {} ", word.to_ascii_uppercase()))
}

/// Whether it needs no quotes anywhere.
pub fn is_plain(name: &str) -> bool {
    let letter = |byte: u8| byte == b'_' || byte.is_ascii_alphabetic();
    name.bytes().next().is_some_and(letter)
        && name
            .bytes()
            .all(|byte| letter(byte) || byte.is_ascii_digit())
        && !is_keyword(name)
}

pub fn written(name: &str) -> String {
    match is_plain(name) {
        true => name.into(),
        false => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

pub fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for name in names {
        let comma = if text.is_empty() { "" } else { ", " };
        let _ = write!(text, "{comma}{}", written(name));
    }
    text
}

/// What a token is without its quotes, of whatever kind they are.
pub fn bare(token: &str) -> String {
    let (close, inner) = match token.as_bytes().first() {
        Some(quote @ (b'"' | b'`' | b'\'')) => (*quote as char, &token[1..token.len() - 1]),
        Some(b'[') => return token[1..token.len() - 1].into(),
        _ => return token.into(),
    };
    let two: String = [close, close].iter().collect();
    inner.replace(&two, &close.to_string())
}

pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// SQLite takes names for one another that differ in ASCII capitals only.
pub fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_quotes_where_it_needs_them() {
        for plain in ["users", "_x", "a1", "Text", "rowid"] {
            assert_eq!(written(plain), plain);
        }
        for (name, text) in [
            ("order", "\"order\""),
            ("Key", "\"Key\""),
            ("1a", "\"1a\""),
            ("a b", "\"a b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("größe", "\"größe\""),
            ("", "\"\""),
        ] {
            assert_eq!(written(name), text);
            assert_eq!(bare(text), name);
        }
        assert_eq!(bare("[a]]"), "a]");
        assert_eq!(bare("`a``b`"), "a`b");
    }
}

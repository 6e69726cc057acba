//! Texts that are SQL, as this driver tells them: one spelling of what both families and both ways of
//! asking spell in their own. Pure. The meaning is never touched: where a text is not understood it
//! stays as it is.

use initium_driver::sql::lexer::{ANSI, Kind, Rules, Token, tokens};

/// How a server writes its own texts, whatever the session reads.
pub const RULES: Rules = Rules {
    hash_comments: true,
    dash_needs_blank: true,
    backslashes: true,
    name_backslashes: true,
    backticks: true,
    code_comments: true,
    ..ANSI
};

/// What counts in a text: no blanks, no comments.
pub fn signs(text: &str) -> Vec<Token> {
    let mut all = tokens(text, &RULES).unwrap_or_default();
    all.retain(|token| !matches!(token.kind, Kind::Blank | Kind::Comment));
    all
}

/// An expression, without the parentheses around it.
pub fn expression(text: &str, database: &str) -> String {
    bare(&walked(text, database, Whose::Own)).to_string()
}

/// The same of MySQL's information_schema, which writes each quote with a backslash before it.
pub fn escaped(text: &str, database: &str) -> String {
    expression(&unescaped(&encoded_once(text)), database)
}

/// What Windows' Latin has where ISO's has signs for terminals, from 0x80 on; a zero where it has none.
const LATIN: [u16; 32] = [
    0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152,
    0, 0x17d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161,
    0x203a, 0x153, 0, 0x17e, 0x178,
];

/// MySQL keeps these texts as UTF-8 and tells them as if that were its `latin1`: `ü` comes as `Ã¼`. A
/// text that was not told so is no UTF-8 when it is turned back, and stays.
fn encoded_once(text: &str) -> String {
    if text.is_ascii() {
        return text.into();
    }
    let byte = |c: char| match LATIN.iter().position(|it| u32::from(*it) == u32::from(c)) {
        Some(place) if c != '\0' => Some(0x80 + place as u8),
        _ => u8::try_from(c).ok(),
    };
    let bytes: Option<Vec<u8>> = text.chars().map(byte).collect();
    let told = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    told.unwrap_or_else(|| text.into())
}

/// A query of a view. Its tables have their database before them only where one of them is another
/// database's; else a word before a dot is a table or its alias.
pub fn query(text: &str, database: &str) -> String {
    let all = signs(text);
    let piece = |n: usize| all.get(n).map_or("", |it: &Token| &text[it.range.clone()]);
    let is_from =
        |word: &str| word.eq_ignore_ascii_case("from") || word.eq_ignore_ascii_case("join");
    let is_qualified = (0..all.len())
        .any(|n| is_from(piece(n)) && piece(n + 1).starts_with('`') && piece(n + 2) == ".");
    let whose = match is_qualified {
        true => Whose::Own,
        false => Whose::Routines,
    };
    walked(text, database, whose)
}

/// Before which names the database is left out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Own,
    Routines,
}

fn walked(text: &str, database: &str, whose: Whose) -> String {
    let Ok(all) = tokens(text, &RULES) else {
        return text.into();
    };
    let own = format!("`{}`", database.replace('`', "``"));
    let piece = |n: usize| all.get(n).map_or("", |it| &text[it.range.clone()]);
    let mut out = String::with_capacity(text.len());
    let mut n = 0;
    while n < all.len() {
        let it = piece(n);
        let is_named = piece(n + 1) == "." && piece(n + 2).starts_with('`');
        let is_routine = whose == Whose::Own || piece(n + 3).starts_with('(');
        let is_first = n == 0 || piece(n - 1) != ".";
        if it == own && is_named && is_routine && is_first {
            n += 2;
            continue;
        }
        match all[n].kind {
            // Every connection of ours speaks it.
            Kind::Word if it.eq_ignore_ascii_case("_utf8mb4") && piece(n + 1).starts_with('\'') => {
            }
            Kind::Quoted if it.starts_with('\'') => out.push_str(&literal(&value(it))),
            _ => out.push_str(it),
        }
        n += 1;
    }
    out
}

/// Without the parentheses that hold all of it.
pub fn bare(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(inner) = text.strip_prefix('(').and_then(|it| it.strip_suffix(')')) {
        let mut depth = 0i32;
        let is_one = signs(inner).iter().all(|it| {
            match &inner[it.range.clone()] {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            depth >= 0
        });
        if !is_one {
            break;
        }
        text = inner.trim();
    }
    text
}

/// One layer of backslashes less.
pub fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => out.extend(rest.next().map(meant)),
            c => out.push(c),
        }
    }
    out
}

/// What a letter behind a backslash stands for.
fn meant(c: char) -> char {
    match c {
        '0' => '\0',
        'b' => '\u{8}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'Z' => '\u{1a}',
        c => c,
    }
}

/// What a literal in single quotes means.
pub fn value(literal: &str) -> String {
    let inner = literal.strip_prefix('\'').unwrap_or(literal);
    let inner = inner.strip_suffix('\'').unwrap_or(inner);
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            // For patterns these two keep their backslash.
            '\\' if matches!(rest.peek(), Some('%' | '_')) => out.push('\\'),
            '\\' => out.extend(rest.next().map(meant)),
            '\'' => {
                rest.next();
                out.push('\'');
            }
            c => out.push(c),
        }
    }
    out
}

/// A text as a literal, readable: sessions that read backslashes otherwise are no place for it.
pub fn literal(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('\'');
    for c in value.chars() {
        match c {
            '\'' => out.push_str("''"),
            '\\' => out.push_str("\\\\"),
            '\0' => out.push_str("\\0"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\u{1a}' => out.push_str("\\Z"),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// `CURRENT_TIMESTAMP(3)`, however it is spelled.
pub fn moment(text: &str) -> Option<String> {
    let small: String = text
        .split_whitespace()
        .collect::<String>()
        .to_ascii_lowercase();
    let rest = ["current_timestamp", "now", "localtimestamp", "localtime"]
        .iter()
        .find_map(|name| small.strip_prefix(name))?;
    let is_now = small.starts_with("now") && rest.is_empty();
    let digits = match rest {
        "" if !is_now => "",
        _ => rest.strip_prefix('(')?.strip_suffix(')')?,
    };
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(match digits {
        "" | "0" => "CURRENT_TIMESTAMP".into(),
        digits => format!("CURRENT_TIMESTAMP({digits})"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_mysql_encodes_twice_is_read_once() {
        for (told, meant) in [
            ("`Ã¤c` > 1", "`äc` > 1"),
            (
                "concat(_utf8mb4\\'Ã¼â\u{82}¬\\',_utf8mb4\\'â‚¬\\')",
                "concat('ü€','€')",
            ),
            ("`ü` > 1", "`ü` > 1"),
            ("`日本` > 1", "`日本` > 1"),
        ] {
            assert_eq!(escaped(told, "db"), meant);
        }
    }

    #[test]
    fn both_families_texts_become_one() {
        for (text, one) in [
            ("((`a` > 1) and (`b` < 2))", "(`a` > 1) and (`b` < 2)"),
            ("(`a`) > (`b`)", "(`a`) > (`b`)"),
            ("concat(`s`,'it\\'s \\\\ x')", "concat(`s`,'it''s \\\\ x')"),
            ("nextval(`db`.`s1`)", "nextval(`s1`)"),
            ("`a` like 'x\\_y'", "`a` like 'x\\\\_y'"),
        ] {
            assert_eq!(expression(text, "db"), one);
            assert_eq!(expression(one, "db"), one);
        }
        assert_eq!(
            escaped(r"concat(_utf8mb4\'it\\\'s\',_utf8mb4\'\\\\\')", "db"),
            r"concat('it''s','\\')"
        );
        assert_eq!(escaped(r"(`Ã¤` <> _utf8mb4\'Ã¶\')", "db"), "`ä` <> 'ö'");
        assert_eq!(
            escaped(r"(`s` <> _utf8mb4\'a\\nb\')", "db"),
            r"`s` <> 'a\nb'"
        );
    }

    #[test]
    fn the_own_database_is_left_out_of_a_query_and_an_alias_of_its_name_stays() {
        for (text, one) in [
            (
                "select `shop`.`id` AS `id` from `shop`",
                "select `shop`.`id` AS `id` from `shop`",
            ),
            (
                "select `shop`.`t`.`id` AS `id` from `shop`.`t` join `other`.`u`",
                "select `t`.`id` AS `id` from `t` join `other`.`u`",
            ),
            (
                "select `shop`.`f`(1) AS `n` from `t`",
                "select `f`(1) AS `n` from `t`",
            ),
        ] {
            assert_eq!(query(text, "shop"), one);
        }
    }

    #[test]
    fn the_moment_has_one_name() {
        for text in [
            "current_timestamp()",
            "NOW()",
            "CURRENT_TIMESTAMP",
            "localtimestamp(0)",
        ] {
            assert_eq!(moment(text).as_deref(), Some("CURRENT_TIMESTAMP"), "{text}");
        }
        assert_eq!(moment("now(3)").as_deref(), Some("CURRENT_TIMESTAMP(3)"));
        for text in ["now", "current_timestamp + 1", "nowhere()", "'now()'"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}

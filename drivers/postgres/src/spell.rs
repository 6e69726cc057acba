//! How names and texts are written where people read them: a name in quotes only where it needs them.
//! Pure.

use initium_driver::catalog::Name;

/// What the server reads as a word of its own in one place or another, from 14 to 18.
const RESERVED: &str = "all analyse analyze and any array as asc asymmetric authorization between bigint binary \
     bit boolean both case cast char character check coalesce collate collation column \
     concurrently constraint create cross current_catalog current_date current_role \
     current_schema current_time current_timestamp current_user dec decimal default \
     deferrable desc distinct do else end except exists extract false fetch float for foreign \
     freeze from full grant greatest group grouping having ilike in initially inner inout int \
     integer intersect interval into is isnull join json json_array json_arrayagg json_exists \
     json_object json_objectagg json_query json_scalar json_serialize json_table json_value \
     lateral leading least left like limit localtime localtimestamp merge_action national \
     natural nchar none normalize not notnull null nullif numeric offset on only or order out \
     outer overlaps overlay placing position precision primary real references returning \
     right row select session_user setof similar smallint some substring symmetric \
     system_user table tablesample then time timestamp to trailing treat trim true union \
     unique user using values varchar variadic verbose when where window with xmlattributes \
     xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot \
     xmlserialize xmltable";

/// As the server itself writes it.
pub fn name(name: &str) -> String {
    let fit = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '$';
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    match begins && name.chars().all(fit) && !RESERVED.split(' ').any(|word| word == name) {
        true => name.into(),
        false => crate::words::quote(name),
    }
}

pub fn names<'a>(all: impl IntoIterator<Item = &'a String>) -> String {
    let all: Vec<_> = all.into_iter().map(|one| name(one)).collect();
    all.join(", ")
}

pub fn path(of: &Name) -> String {
    match &of.schema {
        Some(schema) => format!("{}.{}", name(schema), name(&of.name)),
        None => name(&of.name),
    }
}

/// Something of that name beside a table: an index, a sequence.
pub fn beside(table: &Name, plain: &str) -> String {
    path(&Name {
        schema: table.schema.clone(),
        name: plain.into(),
    })
}

pub fn text(text: &str) -> String {
    match text.contains('\\') {
        true => crate::words::literal(text),
        false => format!("'{}'", text.replace('\'', "''")),
    }
}

pub fn comment(text: Option<&str>) -> String {
    text.map_or_else(|| "NULL".into(), self::text)
}

/// A collation as a catalog has it: its plain name, or with its schema and in quotes.
pub fn collation(of: &str) -> String {
    match of.starts_with('"') {
        true => of.into(),
        false => crate::words::quote(of),
    }
}

/// In one pair of parentheses.
pub fn wrapped(expression: &str) -> String {
    format!("({})", bare(expression))
}

/// Without the parentheses around the whole of it.
pub fn bare(expression: &str) -> &str {
    let text = expression.trim();
    let Some(inner) = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    else {
        return text;
    };
    let mut depth = 0i32;
    for (word, piece) in pieces(inner) {
        match (word, piece) {
            (None, "(") => depth += 1,
            (None, ")") => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return text;
        }
    }
    bare(inner)
}

/// Words with what they mean, and everything between them, in the order of the text.
pub fn pieces(text: &str) -> Vec<(Option<String>, &str)> {
    use initium_driver::sql::lexer::{Kind, tokens};
    let Ok(tokens) = tokens(text, &crate::grammar::RULES) else {
        return vec![(None, text)];
    };
    let piece = |token: initium_driver::sql::lexer::Token| {
        let piece = &text[token.range];
        let word = match token.kind {
            Kind::Word => Some(piece.to_lowercase()),
            Kind::Quoted if piece.starts_with('"') => {
                Some(piece.trim_matches('"').replace("\"\"", "\""))
            }
            _ => None,
        };
        (word, piece)
    };
    tokens.into_iter().map(piece).collect()
}

/// Whether a text of SQL has this name in it.
pub fn mentions(text: &str, name: &str) -> bool {
    text.contains(name)
        && pieces(text)
            .iter()
            .any(|(word, _)| word.as_deref() == Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_quotes_where_it_needs_them() {
        for (plain, written) in [
            ("users", "users"),
            ("_a$1", "_a$1"),
            ("Users", "\"Users\""),
            ("select", "\"select\""),
            ("1st", "\"1st\""),
            ("größe", "\"größe\""),
            ("a b", "\"a b\""),
            ("", "\"\""),
        ] {
            assert_eq!(name(plain), written);
        }
    }

    #[test]
    fn only_parentheses_around_the_whole_go() {
        for (text, inner) in [
            ("((a > 1))", "a > 1"),
            ("(a) + (b)", "(a) + (b)"),
            ("(a = ')')", "a = ')'"),
            ("f(a)", "f(a)"),
        ] {
            assert_eq!(bare(text), inner);
        }
    }

    #[test]
    fn a_name_is_mentioned_as_a_word() {
        assert!(mentions("lower(email)", "email"));
        assert!(mentions("\"Email\" = 1", "Email"));
        assert!(!mentions("emails > 1", "email"));
        assert!(!mentions("a = 'email'", "email"));
    }
}

//! What a column becomes where nobody says it: from what the catalogs tell to SQL, and into a
//! definition.

use crate::read::readable;
use crate::spelled::{bare, escaped, expression, literal, moment, signs};
use crate::types::{is_number, name_of};

/// What a server tells of a default.
pub enum Told {
    /// A value, as it is.
    Value(String),
    /// SQL.
    Sql(String),
    /// SQL with a backslash before each quote.
    Escaped(String),
}

/// As SQL; `None` where there is none, or NULL.
pub fn default(told: Told, data_type: &str, database: &str) -> Option<String> {
    let sql = match told {
        Told::Value(value) => match data_type {
            // Bits and bytes are told as SQL.
            _ if value.starts_with("b'") && name_of(data_type) == "bit" => value,
            _ if value.starts_with("0x") && is_bytes(data_type) => value,
            _ if is_number(data_type) => value,
            _ => literal(&value),
        },
        Told::Sql(text) => expression(&text, database),
        Told::Escaped(text) => escaped(&text, database),
    };
    if sql.eq_ignore_ascii_case("null") {
        return None;
    }
    let is_fixed = name_of(data_type) == "binary";
    Some(match moment(&sql) {
        Some(moment) => moment,
        None if is_fixed => readable(&sql),
        None => sql,
    })
}

fn is_bytes(data_type: &str) -> bool {
    matches!(name_of(data_type), "binary" | "varbinary")
}

/// A value that stands by itself: a number, a text, bits, NULL.
pub fn is_literal(text: &str) -> bool {
    let text = text.trim();
    let number = text.strip_prefix(['-', '+']).unwrap_or(text);
    if number.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        let hex = number.strip_prefix("0x").unwrap_or_default();
        let is_hex = !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit());
        return is_hex || number.parse::<f64>().is_ok();
    }
    let all = signs(text);
    let piece = |n: usize| &text[all[n].range.clone()];
    match all.len() {
        1 => {
            let words = ["null", "true", "false"];
            piece(0).starts_with('\'') || words.iter().any(|it| piece(0).eq_ignore_ascii_case(it))
        }
        // b'101', x'00ff'
        2 => matches!(piece(0), "b" | "B" | "x" | "X") && piece(1).starts_with('\''),
        _ => false,
    }
}

/// What a row keeps elsewhere.
const ROOMLESS: &[&str] = &[
    "json",
    "tinytext",
    "text",
    "mediumtext",
    "longtext",
    "tinyblob",
    "blob",
    "mediumblob",
    "longblob",
    "geometry",
    "point",
    "linestring",
    "polygon",
    "multipoint",
    "multilinestring",
    "multipolygon",
    "geometrycollection",
];

/// Whether a bare value may be its default.
pub fn has_room(data_type: &str) -> bool {
    !ROOMLESS.contains(&name_of(data_type))
}

/// As it stands in a definition. MySQL takes no bare value for what has no fixed room.
pub fn written(default: &str, data_type: &str) -> String {
    let default = default.trim();
    let is_null = default.eq_ignore_ascii_case("null");
    if moment(default).is_some() || is_null || is_literal(default) && has_room(data_type) {
        return default.into();
    }
    format!("({})", bare(default))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_default_has_one_spelling() {
        let sql = |told, kind| default(told, kind, "db");
        let (value, text) = (
            |it: &str| Told::Value(it.into()),
            |it: &str| Told::Sql(it.into()),
        );
        assert_eq!(sql(value("7"), "int"), sql(text("7"), "int"));
        assert_eq!(sql(value("a'b"), "varchar(9)").as_deref(), Some("'a''b'"));
        assert_eq!(sql(text("'a''b'"), "varchar(9)").as_deref(), Some("'a''b'"));
        assert_eq!(sql(text("NULL"), "int"), None);
        assert_eq!(
            sql(text("current_timestamp(3)"), "datetime(3)"),
            sql(Told::Escaped("CURRENT_TIMESTAMP(3)".into()), "datetime(3)")
        );
        assert_eq!(
            sql(text("current_timestamp()"), "datetime").as_deref(),
            Some("CURRENT_TIMESTAMP")
        );
        assert_eq!(
            sql(Told::Escaped("uuid()".into()), "text").as_deref(),
            Some("uuid()")
        );
        assert_eq!(
            sql(value("0x6162"), "varbinary(4)").as_deref(),
            Some("0x6162")
        );
        assert_eq!(
            sql(value("0x6162"), "varchar(9)").as_deref(),
            Some("'0x6162'")
        );
        assert_eq!(
            sql(text("'ab\\0\\0'"), "binary(4)").as_deref(),
            Some("'ab'")
        );
    }

    #[test]
    fn a_value_is_written_bare_and_the_rest_in_parentheses() {
        for (text, kind, written_) in [
            ("5", "int", "5"),
            ("-1.50", "decimal(5,2)", "-1.50"),
            ("1e10", "double", "1e10"),
            ("'it''s'", "varchar(9)", "'it''s'"),
            ("b'101'", "bit(3)", "b'101'"),
            ("0x00FF", "varbinary(2)", "0x00FF"),
            (
                "CURRENT_TIMESTAMP(3)",
                "datetime(3)",
                "CURRENT_TIMESTAMP(3)",
            ),
            ("'abc'", "text", "('abc')"),
            ("uuid()", "varchar(36)", "(uuid())"),
            ("1 + 2", "int", "(1 + 2)"),
            ("(1 + 2)", "int", "(1 + 2)"),
            ("TRUE", "tinyint(1)", "TRUE"),
            (
                "curdate() + interval 1 day",
                "date",
                "(curdate() + interval 1 day)",
            ),
        ] {
            assert_eq!(written(text, kind), written_);
        }
    }
}

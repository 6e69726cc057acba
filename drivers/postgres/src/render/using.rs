//! How the values of a column become values of another type: by themselves, by words, or not at all.

use super::refused;
use crate::spell;
use initium_driver::error::Result;

/// Types between which the server goes by itself when it stores a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Number,
    Text,
    Time,
    Bits,
    Json,
    Net,
    Bytes,
    Truth,
    Uuid,
    /// One that people made, or one of the rest.
    Other,
}

/// Without its modifier and its brackets.
pub fn plain(data_type: &str) -> String {
    let text = data_type.trim_end_matches("[]");
    match (text.find('('), text.rfind(')')) {
        (Some(open), Some(close)) if !text.contains('"') => {
            format!("{}{}", &text[..open], &text[close + 1..])
        }
        _ => text.into(),
    }
}

pub fn family(data_type: &str) -> Family {
    match plain(data_type).as_str() {
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" => {
            Family::Number
        }
        "text" | "character varying" | "character" | "name" => Family::Text,
        "date"
        | "timestamp without time zone"
        | "timestamp with time zone"
        | "time without time zone"
        | "time with time zone" => Family::Time,
        "bit" | "bit varying" => Family::Bits,
        "json" | "jsonb" => Family::Json,
        "inet" | "cidr" => Family::Net,
        "bytea" => Family::Bytes,
        "boolean" => Family::Truth,
        "uuid" => Family::Uuid,
        _ => Family::Other,
    }
}

/// What stands behind USING.
pub fn using(column: &str, from: &str, to: &str) -> Result<Option<String>> {
    let name = spell::name(column);
    let (one, other) = (family(from), family(to));
    let cast = Ok(Some(format!("{name}::{to}")));
    let through_text = |from: &str| {
        let brackets = if from.ends_with("[]") { "[]" } else { "" };
        Ok(Some(format!("{name}::text{brackets}::{to}")))
    };
    match (from.ends_with("[]"), to.ends_with("[]")) {
        (false, true) if one == other && one != Family::Other => {
            return Ok(Some(format!("ARRAY[{name}]::{to}")));
        }
        (true, false) if other != Family::Text => {
            return Err(no_way(
                column,
                from,
                to,
                "an array holds more than one value",
            ));
        }
        (true, false) => return Ok(None),
        _ => {}
    }
    match (one, other) {
        (Family::Bytes, Family::Text) => Ok(Some(format!("convert_from({name}, 'UTF8')"))),
        (Family::Text, Family::Bytes) => Ok(Some(format!("convert_to({name}, 'UTF8')"))),
        (Family::Time, Family::Time) => match is_clock(from) == is_clock(to) {
            true => Ok(None),
            // A time has no day, and a day no time.
            false if is_clock(from) || from == "date" => Err(no_way(
                column,
                from,
                to,
                "a day says nothing of the time of day, nor that of the day",
            )),
            false if from.ends_with("without time zone") && to.ends_with("with time zone") => {
                Err(no_way(column, from, to, "it says nothing of a zone"))
            }
            false => cast,
        },
        (one, other) if one == other && one != Family::Other => Ok(None),
        (_, Family::Text) => Ok(None),
        (Family::Number, Family::Truth) => Ok(Some(format!("({name} <> 0)"))),
        (Family::Truth, Family::Number) => Ok(Some(format!("{name}::integer"))),
        (Family::Number, Family::Time | Family::Uuid)
        | (Family::Time, Family::Number | Family::Uuid)
        | (Family::Uuid, Family::Number | Family::Time)
        | (Family::Truth, Family::Time | Family::Uuid)
        | (Family::Time | Family::Uuid, Family::Truth) => Err(no_way(
            column,
            from,
            to,
            "the server has no cast from the one to the other",
        )),
        (Family::Text, _) => cast,
        (Family::Other, Family::Other) if plain(from) == plain(to) => Ok(None),
        (Family::Other, Family::Other) => through_text(from),
        _ => cast,
    }
}

fn is_clock(data_type: &str) -> bool {
    data_type.starts_with("time ") || data_type.starts_with("time(")
}

fn no_way(column: &str, from: &str, to: &str, why: &str) -> initium_driver::Error {
    refused(
        format!("column {column} cannot become {to}: it is {from}, and {why}"),
        "add a column of the new type, fill it, and drop the old one",
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_what_the_server_does_not_do_by_itself_is_said() {
        for (from, to, expected) in [
            ("integer", "bigint", None),
            ("bigint", "numeric(10,2)", None),
            ("character varying(20)", "text", None),
            ("uuid", "text", None),
            ("text", "integer", Some("c::integer")),
            ("text", "mood", Some("c::mood")),
            ("mood", "feeling", Some("c::text::feeling")),
            ("mood[]", "feeling[]", Some("c::text[]::feeling[]")),
            ("integer", "boolean", Some("(c <> 0)")),
            ("text", "text[]", Some("ARRAY[c]::text[]")),
            ("timestamp(3) without time zone", "date", None),
            (
                "timestamp without time zone",
                "time without time zone",
                Some("c::time without time zone"),
            ),
            ("bytea", "text", Some("convert_from(c, 'UTF8')")),
        ] {
            assert_eq!(
                using("c", from, to).unwrap().as_deref(),
                expected,
                "{from} {to}"
            );
        }
        assert!(using("c", "integer", "date").is_err());
        assert!(using("c", "integer[]", "integer").is_err());
    }
}

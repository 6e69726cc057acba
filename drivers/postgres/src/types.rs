//! One spelling per type: the one `format_type` gives, so that what a spec says and what a server
//! says can be compared. Types that are not known here are left as they are written.

/// Aliases and the full name; `()` marks where a modifier belongs.
const NAMES: &[(&str, &str)] = &[
    ("int", "integer"),
    ("int4", "integer"),
    ("integer", "integer"),
    ("int8", "bigint"),
    ("int2", "smallint"),
    ("serial", "integer"),
    ("serial4", "integer"),
    ("bigserial", "bigint"),
    ("serial8", "bigint"),
    ("smallserial", "smallint"),
    ("serial2", "smallint"),
    ("bool", "boolean"),
    ("float4", "real"),
    ("float8", "double precision"),
    ("decimal", "numeric()"),
    ("dec", "numeric()"),
    ("numeric", "numeric()"),
    ("varchar", "character varying()"),
    ("char varying", "character varying()"),
    ("character varying", "character varying()"),
    ("char", "character()"),
    ("character", "character()"),
    ("nchar", "character()"),
    ("varbit", "bit varying()"),
    ("bit varying", "bit varying()"),
    ("bit", "bit()"),
    ("timestamptz", "timestamp() with time zone"),
    ("timestamp with time zone", "timestamp() with time zone"),
    ("timestamp", "timestamp() without time zone"),
    (
        "timestamp without time zone",
        "timestamp() without time zone",
    ),
    ("timetz", "time() with time zone"),
    ("time with time zone", "time() with time zone"),
    ("time", "time() without time zone"),
    ("time without time zone", "time() without time zone"),
    // What files may say for every database.
    ("string", "text"),
    ("tinytext", "text"),
    ("mediumtext", "text"),
    ("longtext", "text"),
    ("double", "double precision"),
    ("datetime", "timestamp() without time zone"),
    ("tinyint", "smallint"),
    ("mediumint", "integer"),
    ("bytes", "bytea"),
    ("blob", "bytea"),
    ("binary", "bytea"),
    ("varbinary", "bytea"),
];

/// Types that number themselves.
pub fn is_serial(data_type: &str) -> bool {
    let name = data_type.trim().to_ascii_lowercase();
    matches!(
        name.as_str(),
        "serial" | "serial4" | "bigserial" | "serial8" | "smallserial" | "serial2"
    )
}

pub fn canonical(data_type: &str) -> String {
    if data_type.contains(['"', '\'']) {
        return in_needed_quotes(data_type.trim());
    }
    let written = data_type.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = written.to_ascii_lowercase();
    let (text, dimensions) = without_dimensions(&text);
    let (name, modifier) = without_modifier(&text);
    let name = name.strip_prefix("pg_catalog.").unwrap_or(&name);
    let full = match (name, modifier.as_deref()) {
        ("float", None) => "double precision".to_string(),
        ("float", Some(bits)) => match bits.parse::<u32>() {
            Ok(..=24) => "real".into(),
            _ => "double precision".into(),
        },
        (name, modifier) => {
            let modifier = match (name, modifier) {
                // What the standard means where nothing is said.
                ("char" | "character" | "nchar" | "bit", None) => Some("1".to_string()),
                ("numeric" | "decimal" | "dec", Some(m)) if !m.contains(',') => {
                    Some(format!("{m},0"))
                }
                (_, modifier) => modifier.map(String::from),
            }
            .map_or_else(String::new, |m| format!("({m})"));
            match NAMES.iter().find(|(alias, _)| *alias == name) {
                Some((_, full)) if full.contains("()") => full.replace("()", &modifier),
                Some((_, full)) => (*full).to_string(),
                // What its modifier means only its extension knows: geometry(Point,4326).
                None => match without_modifier(&without_dimensions(&written).0).1 {
                    Some(as_written) => format!("{name}({as_written})"),
                    None => name.to_string(),
                },
            }
        }
    };
    format!("{full}{}", if dimensions { "[]" } else { "" })
}

/// Somebody's type: in quotes only where the server itself would put it into some.
fn in_needed_quotes(text: &str) -> String {
    if text.contains("\"\"") || text.contains('\'') {
        return text.into();
    }
    let parts = text.split('"').enumerate().map(|(n, part)| match n % 2 {
        0 => part.to_ascii_lowercase(),
        _ => crate::spell::name(part),
    });
    parts.collect()
}

/// The server forgets how many dimensions were declared, and so do we.
fn without_dimensions(text: &str) -> (String, bool) {
    let mut rest = text.trim_end();
    let mut any = false;
    loop {
        if let Some(short) = rest.strip_suffix(" array") {
            rest = short;
        } else if rest.ends_with(']') {
            let Some(open) = rest.rfind('[') else { break };
            rest = rest[..open].trim_end();
        } else {
            break;
        }
        any = true;
    }
    (rest.to_string(), any)
}

/// `timestamp (3) with time zone` is `timestamp with time zone` and `3`.
fn without_modifier(text: &str) -> (String, Option<String>) {
    let (Some(open), Some(close)) = (text.find('('), text.rfind(')')) else {
        return (text.to_string(), None);
    };
    if close < open {
        return (text.to_string(), None);
    }
    let modifier = text[open + 1..close].replace(' ', "");
    let name = format!(
        "{} {}",
        text[..open].trim_end(),
        text[close + 1..].trim_start()
    );
    (name.trim_end().to_string(), Some(modifier))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_stands_in_quotes_only_where_it_needs_them() {
        for (written, told) in [
            ("\"mood\"", "mood"),
            ("\"Mood\"[]", "\"Mood\"[]"),
            ("App.\"mood\"", "app.mood"),
            // These are others without them.
            ("\"char\"", "\"char\""),
            ("\"bit\"", "\"bit\""),
            ("\"a\"\"b\"", "\"a\"\"b\""),
        ] {
            assert_eq!(canonical(written), told);
        }
    }

    #[test]
    fn a_type_has_one_spelling() {
        for (written, meant) in [
            ("INT4", "integer"),
            ("int8[][]", "bigint[]"),
            ("int ARRAY[3]", "integer[]"),
            ("varchar (20)", "character varying(20)"),
            ("CHARACTER  VARYING", "character varying"),
            ("char", "character(1)"),
            ("decimal(10)", "numeric(10,0)"),
            ("numeric( 10, 2 )", "numeric(10,2)"),
            ("numeric", "numeric"),
            ("timestamptz(3)", "timestamp(3) with time zone"),
            (
                "timestamp (3) with time zone",
                "timestamp(3) with time zone",
            ),
            ("time", "time without time zone"),
            ("float(10)", "real"),
            ("float", "double precision"),
            ("\"Mood\"", "\"Mood\""),
            ("geometry(Point, 4326)", "geometry(Point,4326)"),
            ("Datetime(3)", "timestamp(3) without time zone"),
            ("double", "double precision"),
            ("interval day to second(3)", "interval day to second(3)"),
            ("interval(2)", "interval(2)"),
            ("public.Mood[]", "public.mood[]"),
        ] {
            assert_eq!(canonical(written), meant, "{written}");
            assert_eq!(canonical(meant), meant, "{meant}");
        }
    }
}

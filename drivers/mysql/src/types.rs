//! One spelling per type, so that MySQL, MariaDB and files say the same of the same column. Pure.

use crate::dialect::{Family, MySql};
use crate::spelled::{literal, signs, value};

/// Words that mean another word; first those of the portable names and of other databases.
const SAME: &[(&str, &str)] = &[
    ("bytes", "blob"),
    ("bytea", "longblob"),
    ("jsonb", "json"),
    ("timestamptz", "timestamp"),
    ("smallserial", "smallint"),
    ("serial", "int"),
    ("bigserial", "bigint"),
    ("integer", "int"),
    ("int1", "tinyint"),
    ("int2", "smallint"),
    ("int3", "mediumint"),
    ("int4", "int"),
    ("int8", "bigint"),
    ("middleint", "mediumint"),
    ("dec", "decimal"),
    ("numeric", "decimal"),
    ("fixed", "decimal"),
    ("real", "double"),
    ("double precision", "double"),
    ("float8", "double"),
    ("float4", "float"),
    ("character varying", "varchar"),
    ("char varying", "varchar"),
    ("string", "varchar"),
    ("character", "char"),
    ("nchar", "char"),
    ("nvarchar", "varchar"),
    ("long varchar", "mediumtext"),
    ("long varbinary", "mediumblob"),
    ("long", "mediumtext"),
    ("clob", "longtext"),
    ("geomcollection", "geometrycollection"),
];
pub const INTEGERS: &[&str] = &["tinyint", "smallint", "mediumint", "int", "bigint"];

/// The names under which a column numbers itself.
pub fn is_serial(data_type: &str) -> bool {
    let name = data_type.trim().to_ascii_lowercase();
    matches!(name.as_str(), "serial" | "bigserial" | "smallserial")
}

/// `int` of `int unsigned`
pub fn name_of(data_type: &str) -> &str {
    data_type.split(['(', ' ']).next().unwrap_or_default()
}

/// The numbers in its parentheses.
pub fn sizes_of(data_type: &str) -> Vec<u64> {
    let inner = data_type
        .split_once('(')
        .and_then(|(_, rest)| rest.split_once(')'));
    let inner = inner.map_or("", |(inner, _)| inner);
    inner
        .split(',')
        .filter_map(|it| it.trim().parse().ok())
        .collect()
}

/// The values of an enum or a set.
pub fn values_of(data_type: &str) -> Vec<String> {
    let quoted = signs(data_type).into_iter().map(|it| &data_type[it.range]);
    quoted
        .filter(|it| it.starts_with('\''))
        .map(value)
        .collect()
}

pub fn is_number(data_type: &str) -> bool {
    let name = name_of(data_type);
    INTEGERS.contains(&name) || matches!(name, "decimal" | "double" | "float" | "year")
}

/// What has a collation.
pub fn is_text(data_type: &str) -> bool {
    matches!(
        name_of(data_type),
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "enum" | "set"
    )
}

pub fn canonical(data_type: &str, dialect: &MySql) -> String {
    // MariaDB's own catalog hides the word from others.
    let bared;
    let mut data_type = data_type;
    if let Some(text) = dialect.bared(data_type) {
        bared = text;
        data_type = &bared;
    }
    let (name, mut size, mut rest) = parts(data_type);
    let name = match name.as_str() {
        // What varies without an end has to have one here, or nothing could index it.
        "string" | "varchar" | "character varying" if size.is_none() => {
            size = Some("255".into());
            "varchar"
        }
        "uuid" if !dialect.since(Family::MariaDb, [10, 7, 0]) => {
            size = Some("36".into());
            "char"
        }
        "bool" | "boolean" => return "tinyint(1)".into(),
        name => SAME
            .iter()
            .find(|(other, _)| *other == name)
            .map_or(name, |(_, one)| *one),
    };
    let zone = rest
        .iter()
        .position(|word| word == "zone")
        .is_some_and(|at| at >= 2);
    let name = match (
        name,
        zone && rest.first().is_some_and(|word| word == "without"),
    ) {
        ("timestamp", true) => "datetime",
        (name, _) => name,
    };
    if zone {
        rest.retain(|word| !matches!(word.as_str(), "with" | "without" | "time" | "zone"));
    }
    let zerofill = rest.iter().any(|w| w == "zerofill");
    let unsigned = zerofill || rest.iter().any(|w| w == "unsigned");
    let mut text = name.to_string();
    let size = match (name, size.as_deref()) {
        // The display width of a number says nothing of what it holds; tinyint(1) is a boolean.
        ("tinyint", Some("1")) if !unsigned => Some("1".into()),
        ("year", _) => None,
        (name, _) if INTEGERS.contains(&name) && !zerofill => None,
        ("decimal", None) => Some("10,0".into()),
        ("decimal", Some(size)) if !size.contains(',') => Some(format!("{size},0")),
        ("char" | "binary" | "bit", None) => Some("1".into()),
        ("datetime" | "timestamp" | "time", Some("0")) => None,
        (_, size) => size.map(String::from),
    };
    if let Some(size) = size {
        text.push_str(&format!("({size})"));
    }
    let kept = rest
        .iter()
        .filter(|word| !matches!(word.as_str(), "unsigned" | "zerofill" | "signed"));
    let signs = [("unsigned", unsigned), ("zerofill", zerofill)];
    let signs = signs.iter().filter(|(_, is)| *is).map(|(word, _)| *word);
    for word in signs.chain(kept.map(String::as_str)) {
        text.push(' ');
        text.push_str(word);
    }
    text
}

/// Name, what stands in parentheses, and the words behind it; in small letters but for the values
/// of an enum or a set.
fn parts(text: &str) -> (String, Option<String>, Vec<String>) {
    let text = text.trim();
    let small = |text: &str| text.to_ascii_lowercase();
    let split = |text: &str| -> Vec<String> { text.split_whitespace().map(small).collect() };
    if let (Some(open), Some(close)) = (text.find('('), text.rfind(')'))
        && open < close
    {
        let name = split(&text[..open]).join(" ");
        let inner = &text[open + 1..close];
        let inner = match name.as_str() {
            "enum" | "set" => {
                let all: Vec<_> = values_of(inner).iter().map(|it| literal(it)).collect();
                all.join(",")
            }
            _ => inner.split_whitespace().collect::<String>(),
        };
        return (name, Some(inner), split(&text[close + 1..]));
    }
    let mut words = split(text);
    for count in [2, 1] {
        if words.len() >= count {
            let name = words[..count].join(" ");
            if count == 1 || SAME.iter().any(|(other, _)| *other == name) {
                return (name, None, words.split_off(count));
            }
        }
    }
    (String::new(), None, Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_type_has_one_spelling() {
        let dialect = MySql::offline(Family::MySql);
        for (text, one) in [
            ("INTEGER", "int"),
            ("int(11)", "int"),
            ("INT(10) UNSIGNED", "int unsigned"),
            ("BOOL", "tinyint(1)"),
            ("tinyint(1)", "tinyint(1)"),
            ("tinyint(4)", "tinyint"),
            ("numeric(10)", "decimal(10,0)"),
            ("DECIMAL(10, 2)", "decimal(10,2)"),
            ("double precision", "double"),
            ("character varying(50)", "varchar(50)"),
            ("char", "char(1)"),
            ("ENUM('A', 'b c','it\\'s')", "enum('A','b c','it''s')"),
            ("int(5) zerofill", "int(5) unsigned zerofill"),
            ("datetime(0)", "datetime"),
            ("timestamp(3)", "timestamp(3)"),
            ("timestamp(3) with time zone", "timestamp(3)"),
            ("timestamp without time zone", "datetime"),
            ("timestamptz", "timestamp"),
            ("year(4)", "year"),
            ("string", "varchar(255)"),
            ("text", "text"),
            ("uuid", "char(36)"),
            ("jsonb", "json"),
            ("bigserial", "bigint"),
            ("text /*M!100301 COMPRESSED*/", "text compressed"),
            ("point srid 4326", "point srid 4326"),
            ("", ""),
        ] {
            assert_eq!(canonical(text, &dialect), one, "{text}");
            assert_eq!(canonical(one, &dialect), one);
        }
        let newer = MySql::offline(Family::MariaDb).at(Family::MariaDb, "10.11.2-MariaDB");
        assert_eq!(canonical("uuid", &newer), "uuid");
    }

    #[test]
    fn a_type_is_taken_apart() {
        assert_eq!(name_of("int unsigned"), "int");
        assert_eq!(sizes_of("decimal(10,2) unsigned"), [10, 2]);
        assert_eq!(values_of("enum('a','b''c','d,e')"), ["a", "b'c", "d,e"]);
    }
}

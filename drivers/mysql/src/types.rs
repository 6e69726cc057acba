//! One spelling per type and per default, so that MySQL 5.7, 8, 9 and MariaDB say the same of the
//! same column.

/// Words that mean another word.
const SAME: &[(&str, &str)] = &[
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
    ("character", "char"),
    ("nchar", "char"),
    ("nvarchar", "varchar"),
    ("long varchar", "mediumtext"),
    ("long varbinary", "mediumblob"),
    ("long", "mediumtext"),
    ("clob", "longtext"),
];
const INTEGERS: &[&str] = &["tinyint", "smallint", "mediumint", "int", "bigint"];

pub fn canonical(data_type: &str) -> String {
    let (name, size, rest) = parts(data_type);
    let name = SAME
        .iter()
        .find(|(other, _)| *other == name)
        .map_or(name.as_str(), |(_, one)| *one);
    if matches!(name, "bool" | "boolean") {
        return "tinyint(1)".into();
    }
    // SERIAL is an abbreviation of more than a type.
    if name == "serial" {
        return "bigint unsigned auto_increment".into();
    }
    let mut unsigned = rest.iter().any(|w| w == "unsigned");
    let zerofill = rest.iter().any(|w| w == "zerofill");
    unsigned |= zerofill;
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
    for word in ["unsigned", "zerofill"] {
        if word == "unsigned" && unsigned || word == "zerofill" && zerofill {
            text.push(' ');
            text.push_str(word);
        }
    }
    for word in rest {
        if !matches!(word.as_str(), "unsigned" | "zerofill" | "signed") {
            text.push(' ');
            text.push_str(&word);
        }
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
            "enum" | "set" => inner.trim().to_string(),
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

/// A default as SQL, from what the catalog says.
pub fn default(raw: Option<&str>, extra: &str, data_type: &str, quoted: Quoted) -> Option<String> {
    let raw = raw?;
    let lower = raw.to_ascii_lowercase();
    if lower == "null" && quoted == Quoted::Already {
        return None;
    }
    if lower.starts_with("current_timestamp") {
        return Some(raw.to_ascii_uppercase().replace("()", ""));
    }
    if extra.contains("DEFAULT_GENERATED") {
        return Some(format!("({raw})"));
    }
    let number = |text: &str| !text.is_empty() && text.parse::<f64>().is_ok();
    let name = parts(data_type).0;
    let numeric = INTEGERS.contains(&name.as_str())
        || matches!(name.as_str(), "decimal" | "double" | "float" | "year");
    Some(match quoted {
        _ if numeric && number(raw.trim_matches('\'')) => raw.trim_matches('\'').to_string(),
        Quoted::Already => raw.to_string(),
        Quoted::NotYet if lower.starts_with("b'") || lower.starts_with("0x") => raw.to_string(),
        Quoted::NotYet => format!("'{}'", raw.replace('\'', "''")),
    })
}

/// MariaDB's catalog shows defaults as SQL, MySQL's shows values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoted {
    Already,
    NotYet,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_type_has_one_spelling() {
        for (text, one) in [
            ("INTEGER", "int"),
            ("int(11)", "int"),
            ("INT(10) UNSIGNED", "int unsigned"),
            ("BOOL", "tinyint(1)"),
            ("tinyint(1)", "tinyint(1)"),
            ("tinyint(4)", "tinyint"),
            (
                "bigint(20) unsigned auto_increment",
                "bigint unsigned auto_increment",
            ),
            ("numeric(10)", "decimal(10,0)"),
            ("DECIMAL(10, 2)", "decimal(10,2)"),
            ("double precision", "double"),
            ("character varying(50)", "varchar(50)"),
            ("char", "char(1)"),
            ("ENUM('A','b c')", "enum('A','b c')"),
            ("int(5) zerofill", "int(5) unsigned zerofill"),
            ("datetime(0)", "datetime"),
            ("timestamp(3)", "timestamp(3)"),
            ("year(4)", "year"),
            ("", ""),
        ] {
            assert_eq!(canonical(text), one, "{text}");
            assert_eq!(canonical(one), one);
        }
    }

    #[test]
    fn one_default_has_one_spelling() {
        use Quoted::{Already, NotYet};
        let sql = |raw, extra, kind, quoted| default(Some(raw), extra, kind, quoted);
        assert_eq!(
            sql("7", "", "int", NotYet),
            sql("7", "", "int(11)", Already)
        );
        assert_eq!(sql("a'b", "", "text", NotYet).as_deref(), Some("'a''b'"));
        assert_eq!(
            sql("'a''b'", "", "text", Already).as_deref(),
            Some("'a''b'")
        );
        assert_eq!(sql("NULL", "", "int", Already), None);
        assert_eq!(
            sql("current_timestamp(3)", "", "datetime(3)", Already),
            sql(
                "CURRENT_TIMESTAMP(3)",
                "DEFAULT_GENERATED",
                "datetime(3)",
                NotYet
            )
        );
        assert_eq!(
            sql("current_timestamp()", "", "datetime", Already).as_deref(),
            Some("CURRENT_TIMESTAMP")
        );
        assert_eq!(
            sql("uuid()", "DEFAULT_GENERATED", "text", NotYet).as_deref(),
            Some("(uuid())")
        );
    }
}

//! Types. SQLite keeps what is declared and takes an affinity from it. In files, words in small letters
//! that every database here knows are said in SQLite's; everything else is as declared, in capitals.

use initium_driver::{Code, Error, Result};

/// Capitals and single blanks. `INT` stays apart from `INTEGER`: as a primary key only the latter is
/// the row id.
pub fn canonical(data_type: &str) -> String {
    let spaced = data_type.replace('(', " ( ").replace(')', " ) ");
    let spaced = spaced.replace(',', " , ").to_ascii_uppercase();
    let words: Vec<_> = spaced.split_whitespace().collect();
    words
        .join(" ")
        .replace(" ( ", "(")
        .replace(" )", ")")
        .replace(" , ", ",")
}

/// How values are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Affinity {
    Integer,
    Text,
    /// As they come.
    Blob,
    Real,
    Numeric,
}

/// By SQLite's own rule.
pub fn affinity(data_type: &str) -> Affinity {
    let has = |words: &[&str]| words.iter().any(|word| data_type.contains(word));
    match () {
        () if has(&["INT"]) => Affinity::Integer,
        () if has(&["CHAR", "CLOB", "TEXT"]) => Affinity::Text,
        () if has(&["BLOB"]) || data_type.is_empty() => Affinity::Blob,
        () if has(&["REAL", "FLOA", "DOUB"]) => Affinity::Real,
        () => Affinity::Numeric,
    }
}

/// A type of a file. `Strict` tables know few types.
pub fn native(data_type: &str, rows: Rows, about: &str) -> Result<Declared> {
    let plain = |text: &str| Declared {
        data_type: text.into(),
        ..Declared::default()
    };
    let (word, inner) = match data_type.split_once('(') {
        Some((word, rest)) => (word.trim(), rest.trim_end().strip_suffix(')')),
        None => (data_type.trim(), None),
    };
    let mut declared = match word {
        "string" | "text" | "uuid" | "json" | "jsonb" => plain("TEXT"),
        "int" | "integer" => plain("INTEGER"),
        "bytes" | "blob" => plain("BLOB"),
        "float" => plain("FLOAT"),
        "double" | "double precision" => plain("DOUBLE"),
        "timestamptz" => plain("TIMESTAMP"),
        "serial" | "bigserial" => Declared {
            counts: true,
            ..plain("INTEGER")
        },
        "enum" => Declared {
            values: inner.map(String::from),
            ..plain("TEXT")
        },
        "bigint" | "smallint" | "varchar" | "char" | "decimal" | "boolean" | "date" | "time"
        | "timestamp" | "datetime" => plain(&canonical(data_type)),
        _ => return Ok(plain(&canonical(data_type))),
    };
    if rows == Rows::Strict {
        declared.data_type = match (word, affinity(&declared.data_type)) {
            ("boolean", _) | (_, Affinity::Integer) => "INTEGER",
            ("date" | "time" | "timestamp" | "timestamptz" | "datetime", _)
            | (_, Affinity::Text) => "TEXT",
            (_, Affinity::Blob) => "BLOB",
            (_, Affinity::Real) => "REAL",
            (_, Affinity::Numeric) => {
                return Err(Error::new(
                    Code::NotSupported,
                    format!("{about}: a strict table of SQLite has no {data_type}"),
                )
                .help(
                    "say how it is to be stored: TEXT keeps every digit, REAL and INTEGER compute",
                ));
            }
        }
        .into();
    }
    Ok(declared)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    Any,
    Strict,
}

/// What a portable type becomes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    pub data_type: String,
    /// It numbers its rows.
    pub counts: bool,
    /// The only values it takes, as SQL.
    pub values: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_has_one_spelling() {
        assert_eq!(canonical(" varchar ( 50 ) "), "VARCHAR(50)");
        assert_eq!(canonical("decimal(10 , 2)"), "DECIMAL(10,2)");
        assert_eq!(canonical("unsigned  big int"), "UNSIGNED BIG INT");
        assert_eq!(canonical(""), "");
        assert_ne!(canonical("int"), canonical("integer"));
    }

    #[test]
    fn a_portable_type_is_stored_as_it_means() {
        let told = |text| native(text, Rows::Any, "t.c").expect(text).data_type;
        for (text, wanted) in [
            ("string", "TEXT"),
            ("int", "INTEGER"),
            ("varchar(50)", "VARCHAR(50)"),
            ("decimal(10, 2)", "DECIMAL(10,2)"),
            ("uuid", "TEXT"),
            ("timestamptz", "TIMESTAMP"),
            ("enum('a','b')", "TEXT"),
            ("UUID", "UUID"),
            ("INT", "INT"),
            ("money", "MONEY"),
        ] {
            assert_eq!(told(text), wanted);
            // What SQLite tells comes back as it is.
            assert_eq!(told(wanted), wanted);
        }
        let strict = |text| native(text, Rows::Strict, "t.c").map(|it| it.data_type);
        assert_eq!(strict("varchar(5)").expect("text"), "TEXT");
        assert_eq!(strict("boolean").expect("a number"), "INTEGER");
        assert_eq!(strict("INT").expect("as it is"), "INT");
        strict("decimal(10,2)").expect_err("no exact number");
    }

    #[test]
    fn affinity_is_what_sqlite_makes_of_a_type() {
        for (text, wanted) in [
            ("CHARINT", Affinity::Integer),
            ("VARCHAR(5)", Affinity::Text),
            ("", Affinity::Blob),
            ("DOUBLE PRECISION", Affinity::Real),
            ("DATETIME", Affinity::Numeric),
            ("FLOATING POINT", Affinity::Integer),
        ] {
            assert_eq!(affinity(text), wanted, "{text}");
        }
    }
}

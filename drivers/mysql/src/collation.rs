//! Which character set a collation is of, and which collation a character set has by itself. Pure.

use crate::dialect::{Family, MySql};

/// Those that are not called `_general_ci`.
const DEFAULTS: &[(&str, &str)] = &[
    ("latin1", "swedish_ci"),
    ("big5", "chinese_ci"),
    ("dec8", "swedish_ci"),
    ("hp8", "english_ci"),
    ("swe7", "swedish_ci"),
    ("ujis", "japanese_ci"),
    ("sjis", "japanese_ci"),
    ("tis620", "thai_ci"),
    ("euckr", "korean_ci"),
    ("gb2312", "chinese_ci"),
    ("gbk", "chinese_ci"),
    ("cp932", "japanese_ci"),
    ("eucjpms", "japanese_ci"),
    ("gb18030", "chinese_ci"),
];

/// `utf8mb4` of `utf8mb4_0900_ai_ci`
pub fn charset(collation: &str) -> &str {
    collation.split('_').next().unwrap_or_default()
}

/// How the servers call it now.
pub fn canonical(collation: &str) -> String {
    let small = collation.trim().to_ascii_lowercase();
    match small.strip_prefix("utf8_") {
        Some(rest) => format!("utf8mb3_{rest}"),
        None => small,
    }
}

pub fn of_charset(charset: &str, dialect: &MySql) -> String {
    let small = charset.trim().to_ascii_lowercase();
    let charset = match small.as_str() {
        "utf8" => "utf8mb3",
        other => other,
    };
    let own = DEFAULTS.iter().find(|(name, _)| *name == charset);
    match charset {
        "binary" => "binary".into(),
        "utf8mb4" if dialect.family() == Family::MySql => "utf8mb4_0900_ai_ci".into(),
        // From then on it is what `character_set_collations` says, which begins with these.
        "utf8mb4" | "utf8mb3" | "ucs2" | "utf16" | "utf32"
            if dialect.since(Family::MariaDb, [11, 5, 0]) =>
        {
            format!("{charset}_uca1400_ai_ci")
        }
        charset => format!("{charset}_{}", own.map_or("general_ci", |(_, end)| *end)),
    }
}

/// The bytes that a character takes at most, where it is known.
pub fn widest(charset: &str) -> u64 {
    match charset {
        "utf8mb4" | "utf16" | "utf16le" | "utf32" | "gb18030" => 4,
        "utf8mb3" | "ujis" | "eucjpms" => 3,
        "ucs2" | "big5" | "gbk" | "gb2312" | "sjis" | "cp932" | "euckr" => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_family_has_its_own() {
        let mysql = MySql::offline(Family::MySql);
        let maria = MySql::offline(Family::MariaDb);
        assert_eq!(of_charset("utf8mb4", &mysql), "utf8mb4_0900_ai_ci");
        assert_eq!(of_charset("utf8mb4", &maria), "utf8mb4_general_ci");
        assert_eq!(of_charset("UTF8", &maria), "utf8mb3_general_ci");
        assert_eq!(of_charset("latin1", &mysql), "latin1_swedish_ci");
        assert_eq!(of_charset("binary", &mysql), "binary");
        assert_eq!(charset("utf8mb4_bin"), "utf8mb4");
        assert_eq!(canonical("UTF8_bin"), "utf8mb3_bin");
    }
}

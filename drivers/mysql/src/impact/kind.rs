//! How one type relates to another: what becomes of the values, and of the way they are kept. Pure.

use crate::types::{INTEGERS, name_of, sizes_of, values_of};

/// How the two are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Same,
    /// Only shown otherwise.
    Shown,
    /// The same with more values behind those that there are.
    Appended,
    /// The same with room for more.
    Longer,
    Other,
}

/// What becomes of the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    All,
    /// They are shown otherwise, or sorted.
    Shown,
    /// Those that do not fit are refused; where `sql_mode` is not strict they are cut.
    Refused,
    /// They may become others.
    Lost,
}

pub fn shape(from: &str, to: &str) -> Shape {
    if from == to {
        return Shape::Same;
    }
    let (one, other) = (name_of(from), name_of(to));
    let word = |text: &str, word: &str| text.split(' ').any(|it| it == word);
    if one != other || word(from, "compressed") != word(to, "compressed") {
        return Shape::Other;
    }
    match one {
        it if INTEGERS.contains(&it) && word(from, "unsigned") == word(to, "unsigned") => {
            Shape::Shown
        }
        "varchar" | "varbinary" if sizes_of(from) <= sizes_of(to) => Shape::Longer,
        "enum" | "set" => {
            let (old, new) = (values_of(from), values_of(to));
            let bytes = |count: usize| match (one, count) {
                ("enum", count) => usize::from(count > 255),
                (_, count @ ..=32) => count.div_ceil(8),
                _ => 8,
            };
            match new.starts_with(&old) && bytes(old.len()) == bytes(new.len()) {
                true => Shape::Appended,
                false => Shape::Other,
            }
        }
        _ => Shape::Other,
    }
}

/// Digits before and behind the point of what is exact.
fn digits(data_type: &str) -> Option<(u64, u64)> {
    let is_unsigned = data_type.contains("unsigned");
    let whole = match (name_of(data_type), is_unsigned) {
        ("tinyint", _) => 3,
        ("smallint", _) => 5,
        ("mediumint", false) => 7,
        ("mediumint", true) => 8,
        ("int", _) => 10,
        ("bigint", false) => 19,
        ("bigint", true) => 20,
        ("year", _) => 4,
        ("decimal", _) => {
            let sizes = sizes_of(data_type);
            let scale = sizes.get(1).copied().unwrap_or(0);
            return Some((sizes.first()?.saturating_sub(scale), scale));
        }
        _ => return None,
    };
    Some((whole, 0))
}

/// The room of a text in characters, or of bytes.
fn room(data_type: &str) -> Option<u64> {
    Some(match name_of(data_type) {
        "char" | "varchar" | "binary" | "varbinary" => *sizes_of(data_type).first()?,
        "tinytext" | "tinyblob" => 255,
        "text" | "blob" => 65_535,
        "mediumtext" | "mediumblob" => 16_777_215,
        "longtext" | "longblob" => u32::MAX.into(),
        _ => return None,
    })
}

const TEXTS: &[&str] = &[
    "char",
    "varchar",
    "tinytext",
    "text",
    "mediumtext",
    "longtext",
];
const BYTES: &[&str] = &["varbinary", "tinyblob", "blob", "mediumblob", "longblob"];

pub fn fit(from: &str, to: &str) -> Fit {
    let zeros = |text: &str| text.contains("zerofill");
    match fitted(from, to) {
        Fit::All if zeros(from) != zeros(to) => Fit::Shown,
        fit => fit,
    }
}

fn fitted(from: &str, to: &str) -> Fit {
    if from == to {
        return Fit::All;
    }
    let (one, other) = (name_of(from), name_of(to));
    let is = |all: &[&str], name: &str| all.contains(&name);
    let integer = |name: &str| is(INTEGERS, name);
    let enough = match (room(from), room(to)) {
        (Some(old), Some(new)) if new >= old => Fit::All,
        _ => Fit::Refused,
    };
    match (one, other) {
        (a, b) if integer(a) && integer(b) => integers(from, to),
        (a, b) if (integer(a) || a == "decimal") && b == "decimal" => decimals(from, to),
        (a, "double") if integer(a) && a != "bigint" => Fit::All,
        ("year", b) if integer(b) && b != "tinyint" => Fit::All,
        ("varchar", "char") => Fit::Lost,
        (a, b) if is(TEXTS, a) && is(TEXTS, b) => enough,
        (a, b) if is(BYTES, a) && is(BYTES, b) => enough,
        ("enum" | "set", b) if one == b => values(from, to),
        ("enum" | "set", b) if is(TEXTS, b) => {
            let longest = match one {
                "enum" => values_of(from).iter().map(|it| it.chars().count()).max(),
                _ => Some(
                    values_of(from)
                        .iter()
                        .map(|it| it.chars().count() + 1)
                        .sum(),
                ),
            };
            match room(to) >= longest.map(|it| it as u64) {
                true => Fit::Shown,
                false => Fit::Refused,
            }
        }
        (a, "enum" | "set") if is(TEXTS, a) => Fit::Refused,
        ("date", "datetime") => Fit::Shown,
        ("datetime" | "timestamp" | "time", b) if one == b => {
            let places = |text: &str| sizes_of(text).first().copied().unwrap_or(0);
            match places(to) >= places(from) {
                true => Fit::Shown,
                false => Fit::Lost,
            }
        }
        ("json", "longtext") => Fit::Shown,
        (a, b) if integer(a) && is(TEXTS, b) && room(to) >= Some(20) => Fit::Shown,
        ("decimal", b) if is(TEXTS, b) && room(to) >= Some(67) => Fit::Shown,
        _ => Fit::Lost,
    }
}

fn integers(from: &str, to: &str) -> Fit {
    let rank = |text: &str| INTEGERS.iter().position(|it| *it == name_of(text));
    let unsigned = |text: &str| text.contains("unsigned");
    let grows = rank(to) > rank(from);
    match (unsigned(from), unsigned(to)) {
        (false, true) => Fit::Refused,
        (true, false) if !grows => Fit::Refused,
        _ if rank(to) < rank(from) => Fit::Refused,
        // A flag: the same, and shown otherwise.
        _ if !grows && from != to => Fit::Shown,
        _ => Fit::All,
    }
}

fn decimals(from: &str, to: &str) -> Fit {
    let (Some(old), Some(new)) = (digits(from), digits(to)) else {
        return Fit::Lost;
    };
    let signed = !from.contains("unsigned") && to.contains("unsigned");
    match () {
        () if new.1 < old.1 => Fit::Lost,
        () if new.0 < old.0 || signed => Fit::Refused,
        // `1.50` becomes `1.5000`.
        () if new.1 > old.1 => Fit::Shown,
        () => Fit::All,
    }
}

fn values(from: &str, to: &str) -> Fit {
    let (old, new) = (values_of(from), values_of(to));
    match () {
        () if old.iter().any(|value| !new.contains(value)) => Fit::Lost,
        () if !new.starts_with(&old) => Fit::Shown,
        () => Fit::All,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_becomes_of_values_is_known() {
        for (from, to, expected) in [
            ("int", "bigint", Fit::All),
            ("bigint", "int", Fit::Refused),
            ("int", "int unsigned", Fit::Refused),
            ("int unsigned", "bigint", Fit::All),
            ("int unsigned", "int", Fit::Refused),
            ("int", "float", Fit::Lost),
            ("int", "double", Fit::All),
            ("bigint", "double", Fit::Lost),
            ("float", "double", Fit::Lost),
            ("double", "decimal(10,2)", Fit::Lost),
            ("decimal(10,2)", "decimal(12,2)", Fit::All),
            ("decimal(10,2)", "decimal(12,4)", Fit::Shown),
            ("decimal(10,2)", "decimal(10,4)", Fit::Refused),
            ("decimal(10,2)", "decimal(10,1)", Fit::Lost),
            ("int", "decimal(10,0)", Fit::All),
            ("int", "decimal(9,0)", Fit::Refused),
            ("varchar(10)", "varchar(20)", Fit::All),
            ("varchar(20)", "varchar(10)", Fit::Refused),
            ("varchar(20)", "text", Fit::All),
            ("text", "varchar(20)", Fit::Refused),
            ("varchar(20)", "char(20)", Fit::Lost),
            ("char(10)", "varchar(10)", Fit::All),
            ("binary(4)", "binary(8)", Fit::Lost),
            ("enum('a','b')", "enum('a','b','c')", Fit::All),
            ("enum('a','b')", "enum('b','a')", Fit::Shown),
            ("enum('a','b')", "enum('a')", Fit::Lost),
            ("datetime(3)", "datetime", Fit::Lost),
            ("datetime", "datetime(3)", Fit::Shown),
            ("datetime", "timestamp", Fit::Lost),
            ("tinyint(1)", "tinyint", Fit::Shown),
            ("tinyint(1)", "smallint", Fit::All),
            ("json", "longtext", Fit::Shown),
        ] {
            assert_eq!(fit(from, to), expected, "{from} to {to}");
        }
    }

    #[test]
    fn what_becomes_of_the_way_they_are_kept_is_known() {
        let many = |count: usize| {
            let values: Vec<_> = (0..count).map(|n| format!("'{n}'")).collect();
            values.join(",")
        };
        for (from, to, expected) in [
            ("int", "int", Shape::Same),
            ("tinyint(1)", "tinyint", Shape::Shown),
            ("int unsigned", "int(5) unsigned zerofill", Shape::Shown),
            ("int", "int unsigned", Shape::Other),
            ("varchar(10)", "varchar(20)", Shape::Longer),
            ("varchar(20)", "varchar(10)", Shape::Other),
            ("set('a')", "set('a','b')", Shape::Appended),
            ("text", "text compressed", Shape::Other),
        ] {
            assert_eq!(shape(from, to), expected, "{from} to {to}");
        }
        for (kind, old, new, expected) in [
            ("enum", 255, 256, Shape::Other),
            ("enum", 254, 255, Shape::Appended),
            ("set", 8, 9, Shape::Other),
            ("set", 17, 24, Shape::Appended),
            ("set", 24, 25, Shape::Other),
        ] {
            let [from, to] = [old, new].map(|count| format!("{kind}({})", many(count)));
            assert_eq!(shape(&from, &to), expected, "{kind} {old} to {new}");
        }
    }
}

//! What a text in a spec may look like, once as a pattern for the schema and once as code, so that
//! no build needs a regex engine. A test holds the two together.

use initium_driver::Name;
use std::time::Duration;

/// One kind of text.
#[derive(Debug)]
pub(super) struct Rule {
    /// As the schema says it; here for the test that compares the two.
    #[cfg_attr(not(test), allow(dead_code))]
    pub pattern: &'static str,
    /// In characters.
    pub longest: Option<usize>,
    /// Ends the sentence "must be ...".
    pub says: &'static str,
    pub fits: fn(&str) -> bool,
}

impl Rule {
    pub fn fits(&self, text: &str) -> bool {
        (self.fits)(text) && self.longest.is_none_or(|most| text.chars().count() <= most)
    }
}

pub(super) static ID: Rule = Rule {
    pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$",
    longest: Some(200),
    says: "at most 200 of the signs A-Z a-z 0-9 . _ - and begin with a letter or digit",
    fits: is_id,
};

pub(super) static TARGET: Rule = Rule {
    pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$",
    longest: Some(64),
    says: "at most 64 of the signs A-Z a-z 0-9 . _ - and begin with a letter or digit",
    fits: is_id,
};

/// The id of a lint rule.
pub(super) static LINT: Rule = Rule {
    pattern: "^[a-z][a-z0-9-]*$",
    longest: Some(64),
    says: "the id of a rule, such as drop-table",
    fits: |text| {
        text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    },
};

/// What the names of the ledger's keys begin with. No braces: the ledger puts its own around it.
pub(super) static PREFIX: Rule = Rule {
    pattern: "^[A-Za-z0-9:_.-]+$",
    longest: Some(100),
    says: "at most 100 of the signs A-Z a-z 0-9 : _ . -",
    fits: is_prefix,
};

pub(super) static LINE: Rule = Rule {
    pattern: "^[^\\u0000-\\u0020\\u007f]([^\\u0000-\\u001f\\u007f]*[^\\u0000-\\u0020\\u007f])?$",
    longest: Some(200),
    says: "one line of at most 200 characters without blanks around it",
    fits: is_line,
};

pub(super) static TAG: Rule = Rule {
    pattern: "^[^\\u0000-\\u0020\\u007f,]+$",
    longest: Some(100),
    says: "a word of at most 100 characters without blanks and commas",
    fits: |text| !text.is_empty() && text.chars().all(|c| c > ' ' && c != '\u{7f}' && c != ','),
};

/// Of a variable of a spec.
pub(super) static DECLARED: Rule = Rule {
    says: "at most 200 of the signs A-Z a-z 0-9 _ and begin with no digit",
    ..VARIABLE
};

pub(super) static VARIABLE: Rule = Rule {
    pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
    longest: Some(200),
    says: "the name of an environment variable, such as DATABASE_URL",
    fits: is_variable,
};

/// Scripts, queries, paths, reasons and URLs: anything but nothing.
pub(super) static ANY: Rule = Rule {
    pattern: "[^\\u0000-\\u0020]",
    longest: None,
    says: "text that is not blank",
    fits: |text| text.chars().any(|c| c > ' '),
};

pub(super) static DURATION: Rule = Rule {
    pattern: "^(0|(?=[0-9])([0-9]{1,6}d)?([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?([0-9]{1,6}ms)?)$",
    longest: None,
    says: "a duration such as 500ms, 5s, 1m30s or 30d",
    fits: |text| duration(text).is_some(),
};

/// Comments, values of an enum, values of an option.
pub(super) static FREE: Rule = Rule {
    pattern: "^",
    longest: None,
    says: "text",
    fits: |_| true,
};

/// Of a column, a constraint, an index.
pub(super) static NAME: Rule = Rule {
    pattern: "^[^\\u0000]+$",
    longest: None,
    says: "a name",
    fits: |text| !text.is_empty() && !text.contains('\0'),
};

/// Of what may stand in another schema.
pub(super) static QUALIFIED: Rule = Rule {
    pattern: "^([^.\"]+|\"([^\"]|\"\")+\")(\\.([^.\"]+|\"([^\"]|\"\")+\"))?$",
    longest: None,
    says: "a name such as users or app.users; a part with a dot in it stands in double quotes",
    fits: |text| Name::parse(text).is_some(),
};

pub(super) static REFERENCE: Rule = Rule {
    pattern: "^([^.\"]+|\"([^\"]|\"\")+\")(\\.([^.\"]+|\"([^\"]|\"\")+\")){0,2}$",
    longest: None,
    says: "a table, or a table and its column, such as users.id",
    fits: |text| reference(text).is_some(),
};

/// `table`, `table.column` or `schema.table.column`.
pub(super) fn reference(text: &str) -> Option<(Name, Option<String>)> {
    match Name::parse(text) {
        Some(Name { schema: None, name }) => Some((Name::new(name), None)),
        Some(Name {
            schema: Some(table),
            name,
        }) => Some((Name::new(table), Some(name))),
        None => text.rmatch_indices('.').find_map(|(at, _)| {
            let table = Name::parse(&text[..at]).filter(|table| table.schema.is_some())?;
            let column = Name::parse(&text[at + 1..]).filter(|column| column.schema.is_none())?;
            Some((table, Some(column.name)))
        }),
    }
}

fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

fn is_prefix(text: &str) -> bool {
    let sign = |b: u8| b.is_ascii_alphanumeric() || b":_.-".contains(&b);
    !text.is_empty() && text.bytes().all(sign)
}

fn is_variable(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn is_line(text: &str) -> bool {
    let printed = |c: char| c >= ' ' && c != '\u{7f}';
    text.chars().all(printed) && !text.is_empty() && text.trim_matches(' ') == text
}

/// `1d2h3m4s5ms`, each unit at most once and in this order; `0`, which needs none.
pub fn duration(text: &str) -> Option<Duration> {
    let units = [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1000),
        ("ms", 1),
    ];
    let mut units = units.iter();
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut total = 0_u64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, behind) = rest.split_at(digits);
        let letters = behind.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, behind) = behind.split_at(letters);
        if digits == 0 || digits > 6 {
            return None;
        }
        let (_, factor) = units.find(|(name, _)| *name == unit)?;
        total += number.parse::<u64>().ok()? * factor;
        rest = behind;
    }
    (!text.is_empty()).then(|| Duration::from_millis(total))
}

/// The id of a migration that has none: its name in lower case, everything else a dash.
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(200);
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_sum_of_units_in_order() {
        assert_eq!(duration("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(duration("0"), Some(Duration::ZERO));
        assert_eq!(
            duration("7d1h"),
            Some(Duration::from_secs(7 * 86_400 + 3600))
        );
        assert_eq!(duration("1m30s"), Some(Duration::from_secs(90)));
        assert_eq!(duration("1h1ms"), Some(Duration::from_millis(3_600_001)));
        for text in [
            "", "5", "s", "5s5s", "5s1m", "1.5s", "-1s", "1234567s", "5 s", "5S",
        ] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn a_reference_is_a_table_and_maybe_its_column() {
        let column = |name: &str| Some(name.to_string());
        for (text, meant) in [
            ("users", (Name::new("users"), None)),
            ("users.id", (Name::new("users"), column("id"))),
            ("app.users.id", (Name::within("app", "users"), column("id"))),
            ("\"a.b\".id", (Name::new("a.b"), column("id"))),
            ("a.b.\"c.d\"", (Name::within("a", "b"), column("c.d"))),
        ] {
            assert_eq!(reference(text), Some(meant), "{text}");
        }
        for text in ["", ".", "a.", "a.b.c.d", "a..b", "\"a"] {
            assert_eq!(reference(text), None, "{text}");
        }
    }

    #[test]
    fn a_slug_is_an_id() {
        assert_eq!(slug("Create  users (v2)!"), "create-users-v2");
        assert_eq!(slug("--x--"), "x");
        assert_eq!(slug("таблица"), "");
        assert!(is_id(&slug(&"a b".repeat(200))));
    }
}

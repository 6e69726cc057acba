//! The names and limits that the server finds by itself, found again by its own rules, so that what
//! a file leaves out can be said in full. Pure; never used to guess what a name means.

/// NAMEDATALEN, less the zero at its end.
const LONGEST: usize = 63;

/// `table_column_label`: where it would be too long the longer of the two parts gives way.
pub fn object(one: &str, two: Option<&str>, label: &str) -> String {
    let over = label.len() + 1 + usize::from(two.is_some());
    let room = LONGEST.saturating_sub(over);
    let (mut first, mut second) = (one.len(), two.map_or(0, str::len));
    while first + second > room {
        match first > second {
            true => first -= 1,
            false => second -= 1,
        }
    }
    let mut name = cut(one, first).to_string();
    if let Some(two) = two {
        name.push('_');
        name.push_str(cut(two, second));
    }
    name.push('_');
    name.push_str(label);
    name
}

/// Not in the middle of a character.
fn cut(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The columns of an index or a foreign key, as part of its name.
pub fn addition<'a>(columns: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for column in columns {
        if !text.is_empty() {
            text.push('_');
        }
        text.push_str(cut(column, LONGEST));
        if text.len() > LONGEST {
            break;
        }
    }
    text
}

/// The first of these names that is not taken: the label gets a number.
pub fn free(one: &str, two: Option<&str>, label: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut name = object(one, two, label);
    let mut number = 0;
    while taken(&name) {
        number += 1;
        name = object(one, two, &format!("{label}{number}"));
    }
    name
}

/// What such a name ends with.
pub const LABELS: &[&str] = &[
    "pkey", "key", "fkey", "check", "excl", "idx", "not_null", "seq",
];

/// Whether it is such a name of this table.
pub fn is_found(table: &str, name: &str) -> bool {
    let plain = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let Some(label) = LABELS.iter().find(|label| {
        plain
            .strip_suffix(*label)
            .is_some_and(|rest| rest.ends_with('_'))
    }) else {
        return false;
    };
    let head = &plain[..plain.len() - label.len() - 1];
    if name.len() < LONGEST - 3 {
        return head == table
            || head
                .strip_prefix(table)
                .is_some_and(|rest| rest.starts_with('_'));
    }
    // Shortened: as much of the table's name as can be left.
    let shared = head
        .bytes()
        .zip(table.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    shared == table.len() || shared >= LONGEST / 3 && head.as_bytes().get(shared) == Some(&b'_')
}

/// The lowest and the highest number of a sequence of this type.
pub fn limits(data_type: &str, increment: i64) -> (i64, i64) {
    let (low, high) = match data_type {
        "smallint" => (i64::from(i16::MIN), i64::from(i16::MAX)),
        "integer" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    match increment < 0 {
        true => (low, -1),
        false => (1, high),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_gives_way_where_it_is_longest() {
        let (table, column) = ("t".repeat(60), "c".repeat(40));
        let name = object(&table, Some(&column), "fkey");
        assert_eq!(name.len(), 63);
        assert_eq!(name, format!("{}_{}_fkey", "t".repeat(29), "c".repeat(28)));
        assert_eq!(object("users", None, "pkey"), "users_pkey");
    }

    #[test]
    fn what_the_server_found_is_told_from_what_people_said() {
        for (table, name) in [
            ("users", "users_pkey"),
            ("users", "users_email_key"),
            ("users", "users_email_key1"),
            ("users", "users_lower_idx"),
        ] {
            assert!(is_found(table, name), "{name}");
        }
        for (table, name) in [
            ("users", "users_email"),
            ("users", "accounts_pkey"),
            ("user", "users_pkey"),
            ("users", "uq_users_email"),
        ] {
            assert!(!is_found(table, name), "{name}");
        }
        let long = "a".repeat(70);
        assert!(is_found(
            &long[..63],
            &object(&long[..63], Some("email"), "key")
        ));
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let taken = ["t_a_idx", "t_a_idx1"];
        assert_eq!(
            free("t", Some("a"), "idx", |name| taken.contains(&name)),
            "t_a_idx2"
        );
    }
}

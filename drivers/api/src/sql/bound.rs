//! The types of variables: which texts fit them. Must never say a text: it may be a secret.

/// As what a value is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    Text,
    Identifier,
    Number,
    /// As it is, wherever it stands.
    Raw,
}

impl Bound {
    pub const ALL: [(&'static str, Bound); 4] = [
        ("text", Bound::Text),
        ("identifier", Bound::Identifier),
        ("number", Bound::Number),
        ("raw", Bound::Raw),
    ];

    pub fn parse(word: &str) -> Option<Bound> {
        let mut all = Bound::ALL.iter();
        all.find(|(known, _)| *known == word).map(|(_, it)| *it)
    }

    /// Why a value cannot be one of these. Never says the value: it may be a secret.
    pub fn refuses(self, value: &str) -> Option<&'static str> {
        let nul = value.contains('\0').then_some("it holds a zero byte");
        nul.or(match self {
            Bound::Identifier if value.is_empty() => Some("a name cannot be empty"),
            // PostgreSQL would cut a longer one off, and so mean another.
            Bound::Identifier if value.len() > 63 => Some("a name has at most 63 bytes"),
            Bound::Number if !is_number(value) => Some("it is no number"),
            _ => None,
        })
    }
}

/// `-12`, `0.50`, `1e-9`: what all databases read as the same number.
fn is_number(value: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let value = value.strip_prefix('-').unwrap_or(value);
    let (value, power) = match value.split_once(['e', 'E']) {
        Some((value, power)) => (value, Some(power)),
        None => (value, None),
    };
    let power = power.map(|power| power.strip_prefix(['-', '+']).unwrap_or(power));
    let (whole, part) = match value.split_once('.') {
        Some((whole, part)) => (whole, Some(part)),
        None => (value, None),
    };
    digits(whole) && part.is_none_or(digits) && power.is_none_or(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_digits_and_names_have_an_end() {
        for good in ["0", "-1", "12.50", "1e9", "1E-9", "-0.5e+3"] {
            assert_eq!(Bound::Number.refuses(good), None, "{good}");
        }
        for bad in [
            "", "-", "+1", ".5", "5.", "1e", "0x1f", "1 ", "--1", "1_000", "NaN", "१",
        ] {
            assert!(Bound::Number.refuses(bad).is_some(), "{bad}");
        }
        assert!(Bound::Identifier.refuses("").is_some());
        assert!(Bound::Identifier.refuses(&"x".repeat(64)).is_some());
        assert!(Bound::Text.refuses("a\0b").is_some());
        assert!(Bound::Raw.refuses("a\0b").is_some());
    }
}

//! Percent-encoding, undone once. Never a second time: `%2541` is `%41`.

/// What a plus sign means: JDBC reads its URLs like forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plus {
    Itself,
    Blank,
}

/// The text, or what is wrong with it, in words that hold nothing of it.
pub(super) fn decode(text: &str, plus: Plus) -> Result<String, &'static str> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' if plus == Plus::Blank => b' ',
            b'%' => {
                let mut digit = || (rest.next()? as char).to_digit(16);
                let (high, low) = (digit(), digit());
                match (high, low) {
                    (Some(high), Some(low)) => (high * 16 + low) as u8,
                    _ => {
                        return Err("a % that two hexadecimal digits do not follow is written %25");
                    }
                }
            }
            byte => byte,
        });
    }
    if bytes.contains(&0) {
        return Err("a zero byte cannot be part of it");
    }
    String::from_utf8(bytes).map_err(|_| "what is percent-encoded is not UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding_happens_once_and_plus_is_a_sign_of_its_own() {
        for (text, plus, expected) in [
            ("a%40b", Plus::Itself, Ok("a@b")),
            ("a+b", Plus::Itself, Ok("a+b")),
            ("a+b%2B", Plus::Blank, Ok("a b+")),
            ("%2541", Plus::Itself, Ok("%41")),
            ("%C3%a9", Plus::Itself, Ok("é")),
        ] {
            assert_eq!(decode(text, plus).as_deref(), expected, "{text}");
        }
        for text in ["%", "%4", "%zz", "%4é", "%00", "%ff", "a%"] {
            assert!(decode(text, Plus::Itself).is_err(), "{text}");
        }
    }
}

//! Names with gaps: `audit_*`, `app.*`. Matches texts alone and asks nobody what they name.

use initium_driver::catalog::Name;
use std::fmt;

/// `*` is any text and `?` any sign, but for the dot between schema and name: a pattern without a
/// dot means what is in the connection's own schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    name: Name,
}

impl Pattern {
    /// `None` where it is no name even without its gaps.
    pub fn parse(text: &str) -> Option<Pattern> {
        Some(Pattern {
            text: text.into(),
            name: Name::parse(text)?,
        })
    }

    pub fn fits(&self, name: &Name) -> bool {
        let schema = match (&self.name.schema, &name.schema) {
            (None, None) => true,
            (Some(pattern), Some(schema)) => covers(pattern, schema),
            _ => false,
        };
        schema && covers(&self.name.name, &name.name)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

/// Goes back to the last `*` only, so it takes the product of the lengths at most.
fn covers(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match &mut star {
                Some((at, from)) => {
                    *from += 1;
                    (p, t) = (*at + 1, *from);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_does_not_reach_over_the_dot() {
        for (pattern, name, fits) in [
            ("users", Name::new("users"), true),
            ("users", Name::within("app", "users"), false),
            ("*", Name::new("users"), true),
            ("*", Name::within("app", "users"), false),
            ("*.*", Name::within("app", "users"), true),
            ("app.*", Name::within("app", "users"), true),
            ("app.*", Name::new("users"), false),
            ("audit_*_20??", Name::new("audit_log_x_2024"), true),
            ("audit_*_20??", Name::new("audit_log_204"), false),
            ("a*b*c", Name::new("aXbXbXc"), true),
            ("a*b*c", Name::new("aXbXbX"), false),
            ("**", Name::new(""), true),
            ("\"a.b\"", Name::new("a.b"), true),
        ] {
            let pattern = Pattern::parse(pattern).expect(pattern);
            assert_eq!(pattern.fits(&name), fits, "{pattern} {name}");
        }
        assert_eq!(Pattern::parse("a.b.c"), None);
    }

    #[test]
    fn a_pattern_of_many_gaps_costs_no_more_than_the_product() {
        let pattern = Pattern::parse(&format!("{}b", "a*".repeat(500))).expect("a pattern");
        assert!(!pattern.fits(&Name::new("a".repeat(20_000))));
    }
}

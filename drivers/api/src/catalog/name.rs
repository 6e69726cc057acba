//! The name of an object that may stand in another schema.

use serde::{Serialize, Serializer};
use std::fmt;

/// As the server stores it, without quotes; the schema only where it is not the connection's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    pub schema: Option<String>,
    pub name: String,
}

impl Name {
    pub fn new(name: impl Into<String>) -> Name {
        Name {
            schema: None,
            name: name.into(),
        }
    }

    pub fn within(schema: impl Into<String>, name: impl Into<String>) -> Name {
        Name {
            schema: Some(schema.into()),
            name: name.into(),
        }
    }

    /// Whether it is this one of the connection's own schema.
    pub fn is(&self, name: &str) -> bool {
        self.schema.is_none() && self.name == name
    }

    /// `table`, `schema.table`; a part that has a dot or a quote in it stands in double quotes.
    pub fn parse(text: &str) -> Option<Name> {
        let (first, rest) = part(text)?;
        let name = match rest.strip_prefix('.') {
            None => Name::new(first),
            Some(behind) => {
                let (second, rest) = part(behind)?;
                if !rest.is_empty() {
                    return None;
                }
                return Some(Name::within(first, second));
            }
        };
        rest.is_empty().then_some(name)
    }
}

/// One part and what stands behind it.
fn part(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find('.').unwrap_or(text.len());
        let plain = &text[..end];
        let is_fit = !plain.is_empty() && !plain.contains('"');
        return is_fit.then(|| (plain.into(), &text[end..]));
    };
    let mut name = String::new();
    let mut rest = quoted;
    loop {
        let end = rest.find('"')?;
        name.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(more) => (name.push('"'), rest = more).0,
            None => return (!name.is_empty()).then_some((name, rest)),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (text, end) in [
            (self.schema.as_deref(), "."),
            (Some(self.name.as_str()), ""),
        ] {
            match text {
                None => {}
                Some(text) if text.contains(['.', '"']) => {
                    write!(out, "\"{}\"{end}", text.replace('"', "\"\""))?;
                }
                Some(text) => write!(out, "{text}{end}")?,
            }
        }
        Ok(())
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl From<&str> for Name {
    fn from(name: &str) -> Name {
        Name::new(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_is_written() {
        for name in [
            Name::new("users"),
            Name::within("app", "users"),
            Name::within("a.b", "say \"hi\""),
            Name::new("white space"),
        ] {
            assert_eq!(Name::parse(&name.to_string()), Some(name));
        }
        for wrong in [
            "", ".", "a.", ".a", "a.b.c", "a\"b", "\"a", "\"\"", "\"a\"b",
        ] {
            assert_eq!(Name::parse(wrong), None, "{wrong}");
        }
    }
}

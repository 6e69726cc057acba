//! The ways to log in, and which of them a connection takes (`require_auth` of libpq). Pure.

use initium_driver::error::{Code, Error, Result};

/// How a server asks; the words are libpq's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// It does not.
    None,
    Password,
    Md5,
    Scram,
    Gss,
    Sspi,
    OAuth,
}

const ALL: &[(&str, Method)] = &[
    ("none", Method::None),
    ("password", Method::Password),
    ("md5", Method::Md5),
    ("scram-sha-256", Method::Scram),
    ("gss", Method::Gss),
    ("sspi", Method::Sspi),
    ("oauth", Method::OAuth),
];

impl Method {
    pub fn word(self) -> &'static str {
        ALL.iter()
            .find(|(_, method)| *method == self)
            .map_or("", |(word, _)| word)
    }
}

/// Those that are taken; nothing said: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Methods(Option<Vec<Method>>);

impl Methods {
    /// `scram-sha-256,md5`, or with a `!` before each what is not taken.
    pub fn parse(text: &str) -> Result<Methods> {
        let words: Vec<&str> = text
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .collect();
        if words.is_empty() {
            return Ok(Methods::default());
        }
        let not = words.iter().filter(|word| word.starts_with('!')).count();
        if not != 0 && not != words.len() {
            return Err(invalid(
                "it says of some ways that they are taken, of others that they are not",
            ));
        }
        let mut named = Vec::new();
        for word in words {
            let word = word.trim_start_matches('!');
            match ALL.iter().find(|(known, _)| *known == word) {
                Some((_, method)) => named.push(*method),
                None => return Err(invalid("it names a way that is unknown")),
            }
        }
        let taken = |method: &Method| named.contains(method) == (not == 0);
        let all = ALL.iter().map(|(_, method)| *method);
        Ok(Methods(Some(all.filter(taken).collect())))
    }

    pub fn take(&self, method: Method) -> bool {
        self.0.as_ref().is_none_or(|taken| taken.contains(&method))
    }

    /// Nothing is ruled out.
    pub fn is_any(&self) -> bool {
        self.0.is_none()
    }
}

fn invalid(why: &str) -> Error {
    let words: Vec<_> = ALL.iter().map(|(word, _)| *word).collect();
    Error::new(
        Code::ConnectionInvalid,
        format!("the connection option require_auth cannot be read: {why}"),
    )
    .help(format!(
        "known: {}; with ! before each: not these",
        words.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_named_is_taken_and_what_is_denied_is_not() {
        let methods = Methods::parse("scram-sha-256, none").unwrap();
        assert!(methods.take(Method::Scram) && methods.take(Method::None));
        assert!(!methods.take(Method::Md5));
        let methods = Methods::parse("!password,!md5").unwrap();
        assert!(methods.take(Method::Scram) && !methods.take(Method::Password));
        assert!(Methods::parse("").unwrap().take(Method::Password));
        for text in ["scram", "!md5,none", "scram-sha-256,!md5"] {
            assert!(Methods::parse(text).is_err(), "{text}");
        }
    }
}

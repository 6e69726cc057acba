//! What is known of the server that a migration is for. Data only; who knows nothing of it assumes
//! the oldest that is supported.

use initium_driver::sql::ddl::{Name, Tongue};
use std::collections::BTreeMap;
use std::fmt;

/// `[major, minor, patch]`
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub [u32; 3]);

impl Version {
    /// The first number in a text, with what follows it: `PostgreSQL 15.3 (Debian)`, `10.11`, `9`.
    pub fn parse(text: &str) -> Option<Version> {
        let begin = text.find(|c: char| c.is_ascii_digit())?;
        let rest = &text[begin..];
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.');
        let mut parts = rest[..end.unwrap_or(rest.len())].split('.');
        let mut number = |first| match parts.next() {
            Some(digits) if !digits.is_empty() => digits.parse().ok(),
            _ => first,
        };
        Some(Version([number(None)?, number(Some(0))?, number(Some(0))?]))
    }

    pub fn oldest(tongue: Tongue) -> Version {
        Version(match tongue {
            Tongue::Postgres => [14, 0, 0],
            Tongue::MySql => [8, 0, 0],
            Tongue::MariaDb => [10, 6, 0],
            Tongue::Sqlite => [3, 40, 0],
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let [major, minor, patch] = self.0;
        match (minor, patch) {
            (0, 0) => write!(f, "{major}"),
            (_, 0) => write!(f, "{major}.{minor}"),
            _ => write!(f, "{major}.{minor}.{patch}"),
        }
    }
}

/// How many rows tables have, by an estimate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sizes(BTreeMap<String, u64>);

impl Sizes {
    /// Of tables of one name in two schemas the larger one counts.
    pub fn add(&mut self, table: &str, rows: u64) {
        let known = self.0.entry(table.to_ascii_lowercase()).or_default();
        *known = rows.max(*known);
    }

    pub fn of(&self, table: &Name) -> Option<u64> {
        self.0.get(&table.name.to_ascii_lowercase()).copied()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    pub tongue: Tongue,
    pub version: Version,
    pub sizes: Sizes,
}

impl Ground {
    /// With nothing known but the kind of database.
    pub fn oldest(tongue: Tongue) -> Ground {
        Ground {
            tongue,
            version: Version::oldest(tongue),
            sizes: Sizes::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_the_first_number_of_what_a_server_says() {
        for (text, version) in [
            ("PostgreSQL 15.3 (Debian 15.3-1)", [15, 3, 0]),
            ("MariaDB 10.11.6", [10, 11, 6]),
            ("14", [14, 0, 0]),
            ("8.0.34", [8, 0, 34]),
        ] {
            assert_eq!(Version::parse(text), Some(Version(version)), "{text}");
        }
        assert_eq!(Version::parse("none"), None);
        assert!(Version([10, 2, 0]) < Version([10, 11, 0]));
    }
}

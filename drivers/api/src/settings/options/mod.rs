//! What each key of a connection means: tables, one per kind of database. A key is lifted into a
//! field, kept for the driver under one name, known to be without effect here, or refused.

mod mysql;
mod postgres;
mod rest;

use super::draft::Spelling;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Host,
    Address,
    Port,
    User,
    Password,
    Name,
    /// A word for how strict TLS is.
    Mode,
    /// `ssl=true`.
    Ssl,
    /// `requiressl=1`.
    RequireSsl,
    /// Connector/J's and MariaDB's switches, which only together are a mode.
    Switch(Switch),
    /// Prisma's `sslaccept`.
    Accept,
    Roots,
    Certificate,
    Key,
    /// For the driver, under this name.
    Keep(&'static str),
    Seconds,
    Millis,
    /// `5s`, `300ms`, as Go writes it.
    Duration,
    /// pgjdbc's `targetServerType`.
    Target,
    /// pgjdbc's `loadBalanceHosts`.
    Balance,
    Charset,
    /// `on` or `off`, kept.
    Toggle(&'static str),
    /// Only these values ask for what happens anyway.
    Only(&'static [&'static str]),
    /// Without effect here, which is worth a remark.
    Idle,
    /// It asks for what is not done here.
    Cannot(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Switch {
    Encrypt,
    Demand,
    Verify,
    VerifyAll,
    Trust,
    AnyName,
}

type Row = (&'static str, Meaning);

/// Where the password is made instead of given.
const TOKEN: &[Row] = &[
    ("auth", Meaning::Keep("auth")),
    ("aws_region", Meaning::Keep("aws_region")),
];

fn tables(database: &str, spelling: Spelling) -> &'static [&'static [Row]] {
    match (database, spelling) {
        ("postgres", Spelling::Jdbc) => &[postgres::JDBC, postgres::COMMON, TOKEN],
        ("postgres", _) => &[postgres::COMMON, TOKEN],
        ("mysql" | "mariadb", Spelling::Go) => &[mysql::GO, mysql::COMMON, TOKEN],
        ("mysql" | "mariadb", _) => &[mysql::COMMON, TOKEN],
        ("sqlite", _) => &[rest::SQLITE],
        ("redis", _) => &[rest::REDIS],
        _ => &[],
    }
}

pub(super) fn meaning(database: &str, spelling: Spelling, key: &str) -> Option<Meaning> {
    tables(database, spelling)
        .iter()
        .flat_map(|table| table.iter())
        .find(|(word, _)| *word == key)
        .map(|(_, meaning)| *meaning)
}

/// The known key that is written most alike.
pub(super) fn nearest(database: &str, spelling: Spelling, key: &str) -> Option<&'static str> {
    let near = |word: &'static str| {
        let distance = distance(&key.to_ascii_lowercase(), &word.to_ascii_lowercase());
        (distance, word)
    };
    tables(database, spelling)
        .iter()
        .flat_map(|table| table.iter())
        .map(|(word, _)| near(word))
        .min()
        .filter(|(distance, _)| *distance <= 1 + key.len() / 5)
        .map(|(_, word)| word)
}

/// How many letters are to be put in, taken out or exchanged.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let exchanged = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = exchanged.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_stands_twice_in_a_table() {
        for table in [
            postgres::COMMON,
            postgres::JDBC,
            mysql::COMMON,
            mysql::GO,
            rest::SQLITE,
            rest::REDIS,
        ] {
            let mut words: Vec<_> = table.iter().map(|(word, _)| word).collect();
            words.sort_unstable();
            let count = words.len();
            words.dedup();
            assert_eq!(words.len(), count);
        }
    }

    #[test]
    fn the_nearest_word_is_near() {
        let near = |key| nearest("postgres", Spelling::Url, key);
        assert_eq!(near("ssl_mode"), Some("sslmode"));
        assert_eq!(near("aplication_name"), Some("application_name"));
        assert_eq!(near("xyzzy"), None);
    }
}

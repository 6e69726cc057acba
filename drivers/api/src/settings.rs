//! How to connect: one parser for the URLs of every database, so that the same password gives the
//! same answer everywhere. A text that cannot be read is never echoed: it may hold a password.

use crate::error::{Code, Error, Result};
use crate::secret::Secret;

/// A connection, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// `postgres`, `mysql`, `mariadb`, `sqlite`.
    pub database: String,
    pub host: Option<String>,
    pub port: Option<u16>,
    pub user: Option<String>,
    pub password: Option<Secret>,
    /// Database name, or the path of a SQLite file.
    pub name: Option<String>,
    pub options: Vec<(String, String)>,
}

const SCHEMES: &[(&str, &str)] = &[
    ("postgres", "postgres"),
    ("postgresql", "postgres"),
    ("mysql", "mysql"),
    ("mariadb", "mariadb"),
    ("sqlite", "sqlite"),
    ("sqlite3", "sqlite"),
];

impl Settings {
    /// Reads a URL. `origin` names where it came from (`DATABASE_URL`), for messages.
    pub fn parse(url: &str, origin: &str) -> Result<Settings> {
        let url = url
            .strip_suffix('\n')
            .map(|u| u.strip_suffix('\r').unwrap_or(u))
            .unwrap_or(url);
        let invalid = |what: &str| {
            Error::new(
                Code::ConnectionInvalid,
                format!("the URL in {origin} cannot be read: {what}"),
            )
            .help("write it as scheme://user:password@host:port/database and percent-encode @ : / ? # % in the password, or use --host, --user and --password-file")
        };
        let (scheme, rest) = url
            .split_once(':')
            .ok_or_else(|| invalid("it has no scheme such as postgres: or sqlite:"))?;
        let database = SCHEMES
            .iter()
            .find(|(word, _)| *word == scheme)
            .map(|(_, database)| *database)
            .unwrap_or(scheme);
        if !scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b))
        {
            return Err(invalid("its scheme is not a word"));
        }
        if database == "sqlite" {
            return sqlite(rest, &invalid);
        }
        let rest = rest
            .strip_prefix("//")
            .ok_or_else(|| invalid("after the scheme stands no //"))?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        // The last @ ends the password, whatever the password holds.
        let (login, address) = match rest.rsplit_once('@') {
            Some((login, address)) => (Some(login), address),
            None => (None, rest),
        };
        let (address, name) = address.split_once('/').unwrap_or((address, ""));
        let (host, port) = authority(address, &invalid)?;
        let mut settings = Settings {
            database: database.into(),
            host,
            port,
            name: some(
                decode(name).ok_or_else(|| invalid("the database name is not percent-encoded"))?,
            ),
            options: options(query, &invalid)?,
            ..Settings::default()
        };
        if let Some(login) = login {
            let (user, password) = match login.split_once(':') {
                Some((user, password)) => (user, Some(password)),
                None => (login, None),
            };
            settings.user =
                some(decode(user).ok_or_else(|| invalid("the user is not percent-encoded"))?);
            settings.password = match password {
                Some(raw) => some(
                    decode(raw)
                        .ok_or_else(|| invalid("a % in the password must be written %25"))?,
                )
                .map(Secret::new),
                None => None,
            };
        }
        Ok(settings)
    }

    /// Whether the server is this machine.
    pub fn is_local(&self) -> bool {
        match self.host.as_deref() {
            None => true,
            Some(host) => {
                host == "localhost"
                    || host.starts_with('/')
                    || host == "::1"
                    || host.starts_with("127.")
            }
        }
    }

    pub fn option(&self, key: &str) -> Option<&str> {
        self.options
            .iter()
            .rev()
            .find(|(k, _)| k == key)
            .map(|(_, v)| v.as_str())
    }

    /// Refuses options that this driver would otherwise ignore in silence.
    pub fn allow_options(&self, known: &[&str]) -> Result<()> {
        match self
            .options
            .iter()
            .find(|(k, _)| !known.contains(&k.as_str()))
        {
            None => Ok(()),
            Some((key, _)) => Err(Error::new(
                Code::ConnectionInvalid,
                format!("unknown connection option '{key}' for {}", self.database),
            )
            .help(format!("known here: {}", known.join(", ")))),
        }
    }

    /// Where it leads, without the password.
    pub fn shown(&self) -> String {
        if self.database == "sqlite" {
            return format!("sqlite:{}", self.name.as_deref().unwrap_or(":memory:"));
        }
        let host = self.host.as_deref().unwrap_or("localhost");
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_string()
        };
        let user = self
            .user
            .as_deref()
            .map(|u| format!("{u}@"))
            .unwrap_or_default();
        let port = self.port.map(|p| format!(":{p}")).unwrap_or_default();
        let name = self.name.as_deref().unwrap_or("");
        format!("{}://{user}{host}{port}/{name}", self.database)
    }
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|t| !t.is_empty())
}

type Invalid<'a> = &'a dyn Fn(&str) -> Error;

/// `sqlite:rel`, `sqlite:/abs`, `sqlite://rel`, `sqlite:///abs`, `sqlite::memory:`.
fn sqlite(rest: &str, invalid: Invalid) -> Result<Settings> {
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = decode(path).ok_or_else(|| invalid("a % in the path must be written %25"))?;
    if path.is_empty() {
        return Err(invalid("it names no file"));
    }
    Ok(Settings {
        database: "sqlite".into(),
        name: Some(path),
        options: options(query, invalid)?,
        ..Settings::default()
    })
}

fn authority(address: &str, invalid: Invalid) -> Result<(Option<String>, Option<u16>)> {
    let (host, port) = if let Some(rest) = address.strip_prefix('[') {
        let (host, rest) = rest
            .split_once(']')
            .ok_or_else(|| invalid("an IPv6 address is not closed by ]"))?;
        (host, rest.strip_prefix(':').unwrap_or(""))
    } else {
        address.split_once(':').unwrap_or((address, ""))
    };
    let port = match port {
        "" => None,
        port => Some(
            port.parse::<u16>()
                .map_err(|_| invalid("the port is not a number; percent-encode the password"))?,
        ),
    };
    let host = decode(host).ok_or_else(|| invalid("the host is not percent-encoded"))?;
    Ok((some(host), port))
}

fn options(query: &str, invalid: Invalid) -> Result<Vec<(String, String)>> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair
                .split_once('=')
                .ok_or_else(|| invalid("an option after ? has no ="))?;
            match (decode(key), decode(value)) {
                (Some(key), Some(value)) => Ok((key, value)),
                _ => Err(invalid("an option after ? is not percent-encoded")),
            }
        })
        .collect()
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let high = (rest.next()? as char).to_digit(16)?;
        let low = (rest.next()? as char).to_digit(16)?;
        bytes.push((high * 16 + low) as u8);
    }
    String::from_utf8(bytes).ok().filter(|t| !t.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Settings {
        Settings::parse(url, "DATABASE_URL").expect("a good URL")
    }

    #[test]
    fn a_url_is_read_into_its_parts() {
        let s = parse("postgresql://u%40x:p%40ss%2Fw@db.example:5433/app%20one?sslmode=disable\n");
        assert_eq!(s.database, "postgres");
        assert_eq!(s.user.as_deref(), Some("u@x"));
        assert_eq!(s.password.as_ref().map(Secret::reveal), Some("p@ss/w"));
        assert_eq!(s.host.as_deref(), Some("db.example"));
        assert_eq!(s.port, Some(5433));
        assert_eq!(s.name.as_deref(), Some("app one"));
        assert_eq!(s.option("sslmode"), Some("disable"));
        assert_eq!(s.shown(), "postgres://u@x@db.example:5433/app one");
    }

    #[test]
    fn the_last_at_sign_ends_the_password() {
        let s = parse("mysql://u:p@ss@h/db");
        assert_eq!(s.password.as_ref().map(Secret::reveal), Some("p@ss"));
        assert_eq!(s.host.as_deref(), Some("h"));
    }

    #[test]
    fn sqlite_paths_are_kept_as_they_are() {
        for (url, path) in [
            ("sqlite:quick.db", "quick.db"),
            ("sqlite:/var/q.db", "/var/q.db"),
            ("sqlite:///var/q.db", "/var/q.db"),
            ("sqlite://q.db", "q.db"),
            ("sqlite::memory:", ":memory:"),
        ] {
            assert_eq!(parse(url).name.as_deref(), Some(path), "{url}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_echoed() {
        for url in [
            "hunter2",
            "postgres:hunter2",
            "postgres://u:hunter2/x@h/db",
            "postgres://u:hunter2%zz@h/db",
            "mysql://u:hunter2@h:port/db",
            "mysql://u:hunter2@[::1/db",
            "sqlite:",
            "postgres://u:hunter2@h/db?x",
        ] {
            let error = Settings::parse(url, "DATABASE_URL")
                .map(|_| ())
                .map_err(|e| format!("{e:?}"));
            match error {
                Ok(()) => assert!(url.contains("/x@h"), "{url} was read"),
                Err(text) => assert!(!text.contains("hunter2"), "{text}"),
            }
        }
    }

    #[test]
    fn an_ipv6_host_loses_its_brackets_and_gets_them_back() {
        let s = parse("mysql://u@[::1]:3307/db");
        assert_eq!(s.host.as_deref(), Some("::1"));
        assert_eq!(s.port, Some(3307));
        assert_eq!(s.shown(), "mysql://u@[::1]:3307/db");
        assert!(s.is_local());
    }
}

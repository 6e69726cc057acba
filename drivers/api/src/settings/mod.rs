//! How to connect: one parser for the URLs of every database, so that the same password gives the
//! same answer everywhere. A text that cannot be read is never echoed: it may hold a password.

mod tls;

pub use tls::{Locality, Mode, Tls, missing};

use crate::error::{Code, Error, Result};
use crate::secret::Secret;

/// A connection, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// `postgres`, `mysql`, `mariadb`, `sqlite`.
    pub database: String,
    /// Where a server may be, in the order of trying; none: where the driver finds it by itself.
    pub hosts: Vec<Host>,
    pub user: Option<String>,
    pub password: Option<Secret>,
    /// Database name, or the path of a SQLite file.
    pub name: Option<String>,
    pub tls: Tls,
    /// What is left, for the driver to understand or to refuse.
    pub options: Vec<(String, String)>,
    /// Where each part came from (`user`: `PGUSER`), for people.
    pub origins: Vec<(&'static str, String)>,
    /// What somebody should know of how it was read, a sentence each; never a value.
    pub remarks: Vec<String>,
}

/// One server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Host {
    /// Name, address, or the path of a Unix socket (of its folder, for PostgreSQL).
    pub name: String,
    pub port: Option<u16>,
    /// Where to find it instead of looking the name up, which then only counts for TLS.
    pub address: Option<String>,
}

impl Host {
    pub fn new(name: impl Into<String>, port: Option<u16>) -> Host {
        Host {
            name: name.into(),
            port,
            address: None,
        }
    }

    pub fn locality(&self) -> Locality {
        Locality::of(self.address.as_deref().unwrap_or(&self.name))
    }

    /// As people write it.
    pub fn shown(&self) -> String {
        let port = self.port.map(|p| format!(":{p}")).unwrap_or_default();
        match self.name.contains(':') {
            true => format!("[{}]{port}", self.name),
            false => format!("{}{port}", self.name),
        }
    }
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
        let mut settings = Settings {
            database: database.into(),
            hosts: authority(address, &invalid)?.into_iter().collect(),
            name: some(
                decode(name).ok_or_else(|| invalid("the database name is not percent-encoded"))?,
            ),
            options: options(query, &invalid)?,
            ..Settings::default()
        };
        settings.lift_tls()?;
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

    /// The only host, or the first.
    pub fn host(&self) -> Option<&Host> {
        self.hosts.first()
    }

    /// How this host is to be spoken to.
    pub fn tls_mode(&self, host: &Host) -> Mode {
        self.tls.mode(host.locality())
    }

    pub fn option(&self, key: &str) -> Option<&str> {
        self.options
            .iter()
            .rev()
            .find(|(k, _)| k == key)
            .map(|(_, v)| v.as_str())
    }

    /// What options say of TLS, in the words of any database.
    pub fn lift_tls(&mut self) -> Result<()> {
        for (key, value) in std::mem::take(&mut self.options) {
            let path = Some(value.clone()).filter(|path| !path.is_empty());
            match key.as_str() {
                "sslmode" | "ssl-mode" | "ssl_mode" | "sslMode" | "tls" => {
                    self.tls.mode = Some(Mode::of(&value).ok_or_else(|| {
                        Error::new(
                            Code::ConnectionInvalid,
                            format!("{key} cannot be what it is here"),
                        )
                        .help("one of disable, allow, prefer, require, verify-ca, verify-full")
                    })?);
                }
                "host" => self.hosts = vec![Host::new(value, self.host().and_then(|h| h.port))],
                "sslrootcert" | "ssl-ca" | "ssl_ca" => self.tls.roots = path,
                "sslcert" | "ssl-cert" | "ssl_cert" => self.tls.certificate = path,
                "sslkey" | "ssl-key" | "ssl_key" => self.tls.key = path,
                _ => self.options.push((key, value)),
            }
        }
        Ok(())
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
        let hosts: Vec<_> = self.hosts.iter().map(Host::shown).collect();
        let hosts = match hosts.as_slice() {
            [] => "localhost".into(),
            some => some.join(","),
        };
        let user = self
            .user
            .as_deref()
            .map(|u| format!("{u}@"))
            .unwrap_or_default();
        let name = self.name.as_deref().unwrap_or("");
        format!("{}://{user}{hosts}/{name}", self.database)
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

fn authority(address: &str, invalid: Invalid) -> Result<Option<Host>> {
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
    Ok(some(host)
        .map(|host| Host::new(host, port))
        .or_else(|| port.map(|port| Host::new("localhost", Some(port)))))
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
        let s =
            parse("postgresql://u%40x:p%40ss%2Fw@db.example:5433/app%20one?connect_timeout=3\n");
        assert_eq!(s.database, "postgres");
        assert_eq!(s.user.as_deref(), Some("u@x"));
        assert_eq!(s.password.as_ref().map(Secret::reveal), Some("p@ss/w"));
        assert_eq!(s.hosts, [Host::new("db.example", Some(5433))]);
        assert_eq!(s.name.as_deref(), Some("app one"));
        assert_eq!(s.option("connect_timeout"), Some("3"));
        assert_eq!(s.shown(), "postgres://u@x@db.example:5433/app one");
    }

    #[test]
    fn the_last_at_sign_ends_the_password() {
        let s = parse("mysql://u:p@ss@h/db");
        assert_eq!(s.password.as_ref().map(Secret::reveal), Some("p@ss"));
        assert_eq!(s.hosts, [Host::new("h", None)]);
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
        assert_eq!(s.hosts, [Host::new("::1", Some(3307))]);
        assert_eq!(s.shown(), "mysql://u@[::1]:3307/db");
    }
}

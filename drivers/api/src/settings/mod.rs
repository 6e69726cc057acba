//! How to connect: one parser for the URLs of every database, so that the same password gives the
//! same answer everywhere. A text that cannot be read is never echoed: it may hold a password.
//!
//! A text becomes a draft (`form` tells which reader it needs, `options` what its keys mean), and
//! the draft becomes settings. All texts are handed in: no file and no variable is read here.

mod draft;
mod environment;
mod fault;
mod fill;
mod form;
mod godsn;
mod jdbc;
mod json;
mod keyvalue;
mod mounted;
mod options;
mod percent;
mod pgpass;
mod place;
mod recognised;
mod redis;
mod service;
mod sqlite;
mod switches;
mod tls;
mod url;
mod values;

pub use environment::environment;
pub use fill::family;
pub use mounted::{kind_of, of_secret};
pub use pgpass::pgpass;
pub use service::service;
pub use tls::{Locality, Mode, Tls, missing};

use crate::error::{Code, Error, Result};
use crate::secret::Secret;
use draft::{Draft, Spelling};
use options::Meaning;

/// A connection, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// `postgres`, `mysql`, `mariadb`, `sqlite`, `redis`; empty where only parts are known.
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
    /// Of this server alone: a token is made for one host.
    pub password: Option<Secret>,
}

impl Host {
    pub fn new(name: impl Into<String>, port: Option<u16>) -> Host {
        Host {
            name: name.into(),
            port,
            address: None,
            password: None,
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

impl Settings {
    /// Reads a URL or any other form that says itself what it is. `origin` names where it came from
    /// (`DATABASE_URL`), for messages.
    pub fn parse(text: &str, origin: &str) -> Result<Settings> {
        Settings::parse_as(text, origin, None)
    }

    /// `kind` is the database that somebody else says it is, for texts that leave it open.
    pub fn parse_as(text: &str, origin: &str, kind: Option<&str>) -> Result<Settings> {
        form::read(text, origin, kind)
    }

    /// Whether it names a server or a file; a password alone does not.
    pub fn leads_somewhere(&self) -> bool {
        !self.hosts.is_empty() || self.name.is_some()
    }

    fn note(&mut self, part: &'static str, origin: &str) {
        match self.origins.iter_mut().find(|(noted, _)| *noted == part) {
            Some(noted) => noted.1 = origin.into(),
            None => self.origins.push((part, origin.into())),
        }
    }

    /// What says nothing came from nowhere.
    fn forget_empty(&mut self) {
        let empty = |part: &str| match part {
            "user" => self.user.is_none(),
            "password" => self.password.is_none(),
            "name" => self.name.is_none(),
            "host" | "port" => self.hosts.is_empty(),
            _ => false,
        };
        let kept: Vec<_> = self
            .origins
            .iter()
            .filter(|(part, _)| !empty(part))
            .cloned()
            .collect();
        self.origins = kept;
    }

    fn remark(&mut self, sentence: &str) {
        if !self.remarks.iter().any(|said| said == sentence) {
            self.remarks.push(sentence.into());
        }
    }

    /// An option, taken out: for options that are not the driver's to understand (`passfile`).
    pub fn take_option(&mut self, key: &str) -> Option<String> {
        let value = self.option(key).map(String::from);
        self.options.retain(|(k, _)| k != key);
        value
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

    /// One option more, or another value for one that is there. They stand on a command line, so a
    /// password among them is refused.
    pub fn set_option(&mut self, key: &str, value: &str, origin: &str) -> Result<()> {
        let word = key.to_ascii_lowercase();
        let known = options::meaning(&self.database, Spelling::Url, key) == Some(Meaning::Password);
        if known || ["passw", "pwd"].iter().any(|part| word.contains(part)) {
            return Err(Error::new(
                Code::SettingInvalid,
                format!("{origin} holds a password, which everybody can see"),
            )
            .help("use --password-file or --password-env"));
        }
        let mut draft = Draft::over(self.clone(), Spelling::Url, origin);
        draft.set(key, value.into())?;
        *self = draft.finish()?;
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

#[cfg(test)]
mod tests;

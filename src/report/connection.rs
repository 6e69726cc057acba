//! The answer of `connection`: what was understood of each target's connection, where each part
//! came from, and whether a server answers. A password is set or not set; nothing more of it.

use super::{ErrorDocument, SCHEMA_VERSION, clean};
use initium_driver::{Error, Host, Locality, Mode, Settings};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

#[derive(Serialize)]
pub struct ConnectionDocument {
    schema_version: u32,
    pub(super) verb: &'static str,
    pub(super) connections: Vec<Connection>,
}

#[derive(Serialize)]
pub(super) struct Connection {
    target: String,
    database: String,
    hosts: Vec<Place>,
    user: Option<String>,
    password: &'static str,
    name: Option<String>,
    tls: Encryption,
    options: BTreeMap<String, String>,
    /// Which part was found where.
    origins: BTreeMap<String, String>,
    remarks: Vec<String>,
    state: &'static str,
    server: Option<String>,
    /// Protocol and cipher; absent where nothing is encrypted.
    encryption: Option<String>,
    pub(super) error: Option<ErrorDocument>,
}

#[derive(Serialize)]
struct Place {
    host: String,
    port: Option<u16>,
    address: Option<String>,
    tls: &'static str,
}

#[derive(Serialize)]
struct Encryption {
    /// What somebody said; where nobody did, each host has its own.
    mode: Option<&'static str>,
    roots: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
}

/// What asking a server brought.
pub enum Asked {
    Nobody,
    Answered {
        server: String,
        encryption: Option<String>,
    },
    Failed(Error),
}

impl ConnectionDocument {
    #[allow(clippy::new_without_default)]
    pub fn new() -> ConnectionDocument {
        ConnectionDocument {
            schema_version: SCHEMA_VERSION,
            verb: "connection",
            connections: Vec::new(),
        }
    }

    pub fn add(&mut self, target: &str, settings: &Settings, asked: &Asked) {
        let tls = &settings.tls;
        let (state, server, encryption, error) = match asked {
            Asked::Nobody => ("not asked", None, None, None),
            Asked::Answered { server, encryption } => {
                ("connected", Some(server.clone()), encryption.clone(), None)
            }
            Asked::Failed(error) => ("failed", None, None, Some(ErrorDocument::from(error))),
        };
        let place = |host: &Host| Place {
            host: host.name.clone(),
            port: host.port,
            address: host.address.clone(),
            tls: settings.tls_mode(host).word(),
        };
        self.connections.push(Connection {
            target: target.into(),
            database: settings.database.clone(),
            hosts: settings.hosts.iter().map(place).collect(),
            user: settings.user.clone(),
            password: match settings.password {
                Some(_) => "set",
                None => "not set",
            },
            name: settings.name.clone(),
            tls: Encryption {
                mode: tls.mode.map(Mode::word),
                roots: tls.roots.clone().or(tls.system.clone()),
                certificate: tls.certificate.clone(),
                key: tls.key.clone(),
            },
            options: table(settings.options.iter()),
            origins: table(settings.origins.iter()),
            remarks: settings.remarks.clone(),
            state,
            server,
            encryption,
            error,
        });
    }

    pub fn text(&self) -> String {
        let mut out = String::new();
        for (n, connection) in self.connections.iter().enumerate() {
            if n > 0 {
                out.push('\n');
            }
            connection.write(&mut out);
        }
        clean(&out)
    }
}

/// One by one: to collect a map sorts the pairs first, by five kilobytes of code for each type of them.
fn table<'a, K: ToString + 'a>(
    pairs: impl Iterator<Item = &'a (K, String)>,
) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (key, value) in pairs {
        all.insert(key.to_string(), value.clone());
    }
    all
}

impl Connection {
    fn write(&self, out: &mut String) {
        let origin = |part: &str| self.origins.get(part).map(String::as_str);
        let mut line = |what: &str, value: &str, from: Option<&str>| {
            let from = from.map(|from| format!("   ({from})")).unwrap_or_default();
            let _ = writeln!(out, "{what:<12}{value}{from}");
        };
        if self.target != crate::spec::DEFAULT_TARGET {
            line("target", &self.target, None);
        }
        line("database", &self.database, None);
        let is_file = self.database == "sqlite";
        for place in &self.hosts {
            let host = Host::new(&place.host, place.port).shown();
            let at = place.address.as_ref().map(|a| format!(" at {a}"));
            line("host", &(host + &at.unwrap_or_default()), origin("host"));
        }
        if self.hosts.is_empty() && !is_file {
            line("host", "localhost", Some("nothing else is said"));
        }
        if !is_file {
            let user = self.user.as_deref().unwrap_or("not set");
            line("user", user, origin("user"));
            line("password", self.password, origin("password"));
        }
        let name = match is_file {
            true => "file",
            false => "name",
        };
        line(
            name,
            self.name.as_deref().unwrap_or("not set"),
            origin("name"),
        );
        if !is_file {
            self.write_tls(&mut line, origin("tls"));
        }
        for (key, value) in &self.options {
            line("option", &format!("{key}={value}"), None);
        }
        for remark in &self.remarks {
            line("note", remark, None);
        }
        match (&self.server, &self.encryption, &self.error) {
            (Some(server), Some(how), _) => {
                line("connected", &format!("{server}, encrypted: {how}"), None);
            }
            (Some(server), None, _) if is_file => line("connected", server, None),
            (Some(server), None, _) => {
                line("connected", &format!("{server}, not encrypted"), None);
            }
            (None, _, Some(_)) => line("connected", "no", None),
            (None, _, None) => {}
        }
    }

    fn write_tls(&self, line: &mut dyn FnMut(&str, &str, Option<&str>), origin: Option<&str>) {
        let mut modes: Vec<(&str, Locality)> = Vec::new();
        for place in &self.hosts {
            let host = place.address.as_deref().unwrap_or(&place.host);
            let found = (place.tls, Locality::of(host));
            if !modes.contains(&found) {
                modes.push(found);
            }
        }
        for (mode, locality) in modes {
            let from = match (self.tls.mode, locality) {
                (Some(_), _) => origin,
                (None, Locality::Here) => Some("for this machine, where nothing is said"),
                (None, Locality::Elsewhere) => Some("for another machine, where nothing is said"),
            };
            line("tls", mode, from);
        }
        let verifies = |place: &Place| Mode::of(place.tls).is_some_and(Mode::verifies);
        let roots = match self.hosts.iter().any(verifies) {
            true => &self.tls.roots,
            false => &None,
        };
        let files = [
            ("authorities", roots),
            ("certificate", &self.tls.certificate),
            ("key", &self.tls.key),
        ];
        for (what, path) in files {
            if let Some(path) = path {
                line(what, path, None);
            }
        }
    }
}

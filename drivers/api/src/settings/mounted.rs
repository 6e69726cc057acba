//! A secret with several keys, as Kubernetes mounts it as a folder: those of operators, charts, cloud
//! providers and Service Bindings, or of anybody, with the names of the keys mapped. Parts beat a URL
//! that stands beside them, because some charts write the password into it as it is.

use super::draft::{Draft, Spelling};
use super::fault::Fault;
use super::fill::family;
use super::recognised::{KINDS, PAIRS, PARTS, PASSWORDS};
use super::{Settings, Tls, form, json};
use crate::error::{Code, Error, Result};
use crate::secret::Secret;
use std::collections::BTreeMap;

type Entries = BTreeMap<String, Secret>;
type Names = BTreeMap<String, String>;

/// `keys` maps our names (`host port user password name url ca`) to keys of the secret. `folder` is
/// where it is mounted: certificates are files there.
pub fn of_secret(
    entries: &BTreeMap<String, Secret>,
    origin: &str,
    kind: Option<&str>,
    keys: &BTreeMap<String, String>,
    folder: Option<&str>,
) -> Result<Settings> {
    let one = entries.iter().next().filter(|_| entries.len() == 1);
    if let Some((key, value)) = one
        && let Some(object) = json::object(value.reveal())
    {
        let mut inner = Entries::new();
        inner.extend(object.into_iter().map(|(k, v)| (k, Secret::new(v))));
        let origin = format!("{origin}/{key}");
        return Mount {
            kind_of_keys: Keys::Texts,
            entries: &inner,
            origin: &origin,
            keys,
            folder: None,
        }
        .read(kind);
    }
    Mount {
        kind_of_keys: Keys::Files,
        entries,
        origin,
        keys,
        folder,
    }
    .read(kind)
}

/// What the keys are, which decides which of them are told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    /// Names of files.
    Files,
    /// Texts of anybody, where a value may have become a key by mistake.
    Texts,
}

impl Keys {
    fn told(self, key: &str) -> bool {
        let sign = |b: u8| match self {
            Keys::Files => b.is_ascii_alphanumeric() || b"-._".contains(&b),
            Keys::Texts => b.is_ascii_alphabetic() || b"-_".contains(&b),
        };
        key.bytes().all(sign)
    }
}

struct Mount<'a> {
    kind_of_keys: Keys,
    entries: &'a Entries,
    origin: &'a str,
    keys: &'a Names,
    folder: Option<&'a str>,
}

/// A value and the key it stands under.
type Found<'a> = (&'a str, &'a str);

struct Password<'a> {
    found: Found<'a>,
    /// Whose it is, and of which database, where its key says so.
    owner: Option<String>,
    database: Option<&'static str>,
}

impl<'a> Mount<'a> {
    fn read(&self, kind: Option<&str>) -> Result<Settings> {
        self.check_keys()?;
        let said = self.kind()?.or(kind);
        let url = self.part("url");
        let (mut parts, complete) = self.parts(said)?;
        let has_parts = parts.leads_somewhere() || parts.user.is_some() || parts.password.is_some();
        let mut settings = match url {
            None if has_parts => parts,
            None => return Err(self.missing("holds nothing that is known of a connection")),
            Some((key, text)) => {
                let origin = self.origin_of(key);
                let read = Settings::parse_as(text, &origin, said);
                if parts.database.is_empty() {
                    // A scheme says it also where the rest cannot be read.
                    parts.database = form::database(text).unwrap_or_default().into();
                }
                match (complete && !parts.database.is_empty(), read) {
                    (true, Ok(url)) if same_server(&parts, &url) => {
                        parts.fill(url)?;
                        parts
                    }
                    // Its password stands there as it is, or its host with more labels: the parts say
                    // the same, and more clearly.
                    (true, read) => {
                        let more = read.map_or(Settings::default(), |url| url);
                        if parts.name.is_none()
                            || more.tls != Tls::default()
                            || !more.options.is_empty()
                        {
                            parts.remark(&format!(
                                "{origin} was left alone: the parts beside it say where to go"
                            ));
                        }
                        parts
                    }
                    (_, Err(error)) => return Err(error),
                    (_, Ok(mut url)) => {
                        url.fill(parts)?;
                        url
                    }
                }
            }
        };
        if settings.database.is_empty() {
            return Err(self.missing("does not say which database it is for"));
        }
        self.certificates(&mut settings);
        if self.entries.keys().any(|key| key.starts_with("pgbouncer-")) {
            settings.remark("the keys pgbouncer-* were left alone: a pooler hands the session to others, and with it the lock");
        }
        Ok(settings)
    }

    /// What is said field by field, and whether a URL beside it is not needed.
    fn parts(&self, kind: Option<&str>) -> Result<(Settings, bool)> {
        let password = self.password(kind);
        let by_key = password.as_ref().and_then(|password| password.database);
        let kind = kind.or(by_key).unwrap_or_default();
        let mut draft = Draft::new(kind, Spelling::KeyValue, self.origin);
        let mut places = super::place::Places::default();
        if let Some((key, host)) = self.part("host") {
            draft.came_from(&self.origin_of(key));
            places.name_list(host, &draft.fault())?;
        }
        if let Some((key, port)) = self.part("port") {
            draft.came_from(&self.origin_of(key));
            places.port_list(port, &draft.fault())?;
        }
        draft.places(places);
        if let Some((key, name)) = self.part("name") {
            draft.came_from(&self.origin_of(key));
            draft.name(name.into())?;
        }
        if let Some((key, user)) = self.part("user") {
            draft.came_from(&self.origin_of(key));
            draft.user(user.into());
        }
        if let Some(Password {
            found: (key, password),
            owner,
            ..
        }) = password
        {
            draft.came_from(&self.origin_of(key));
            draft.password(password.into());
            if let Some(owner) = owner {
                draft.user(owner);
            }
            let others = PASSWORDS
                .iter()
                .any(|(other, ..)| *other != key && self.entries.contains_key(*other));
            if others && self.part("user").is_none() {
                draft.remark(&format!(
                    "the secret has passwords of several users; {key} was taken"
                ));
            }
        }
        let settings = draft.finish()?;
        let complete =
            self.part("host").is_some() && settings.user.is_some() && settings.password.is_some();
        // Where a URL is mapped and no password is, the URL is what somebody asked for.
        let asked = self.keys.contains_key("url") && !self.keys.contains_key("password");
        Ok((settings, complete && !asked))
    }

    fn password(&self, kind: Option<&str>) -> Option<Password<'a>> {
        let user = self.part("user").map(|(_, user)| user);
        if let Some(found) = self.part("password") {
            // Percona's secrets have a key for each user.
            let percona = self.entries.contains_key("xtrabackup") && user.is_none();
            let owner = percona.then(|| found.0.to_string());
            return Some(Password {
                found,
                owner,
                database: None,
            });
        }
        let known = PASSWORDS.iter().filter_map(|(key, owner, database)| {
            let found = self.value(key)?;
            let fits = kind.is_none_or(|kind| family(kind) == family(database));
            fits.then_some((found, *owner, *database))
        });
        let known: Vec<_> = known.collect();
        let of_user = known
            .iter()
            .find(|(_, owner, _)| user.is_some() && *owner == user);
        let of_nobody = known.iter().find(|(_, owner, _)| owner.is_none());
        let of_admin = known.first().filter(|_| user.is_none());
        let (found, owner, database) = of_user.or(of_nobody).or(of_admin)?;
        Some(Password {
            found: *found,
            owner: owner.filter(|_| user.is_none()).map(String::from),
            database: Some(database),
        })
    }

    fn certificates(&self, settings: &mut Settings) {
        let pair = PAIRS
            .iter()
            .find(|(c, k)| self.value(c).is_some() && self.value(k).is_some());
        let roots = self.part("ca");
        let Some(folder) = self.folder else {
            if pair.is_some() || roots.is_some() {
                settings.remark(
                    "certificates are files: mount the secret as a folder to use those in it",
                );
            }
            return;
        };
        if let Some((key, _)) = roots.filter(|_| settings.tls.roots.is_none()) {
            settings.tls.roots = Some(format!("{folder}/{key}"));
            settings.note("roots", &self.origin_of(key));
        }
        if let Some((certificate, key)) = pair
            && settings.tls.certificate.is_none()
        {
            settings.tls.certificate = Some(format!("{folder}/{certificate}"));
            settings.tls.key = Some(format!("{folder}/{key}"));
            settings.note("certificate", &self.origin_of(certificate));
        }
    }

    fn check_keys(&self) -> Result<()> {
        for (ours, theirs) in self.keys {
            if !PARTS.iter().any(|(part, _)| part == ours) {
                return Err(Error::new(
                    Code::SettingInvalid,
                    format!("'{ours}' is no part of a connection"),
                )
                .help("the parts are host, port, user, password, name, url and ca"));
            }
            if !self.entries.contains_key(theirs) {
                return Err(self.missing(&format!("has no key '{theirs}'")));
            }
        }
        Ok(())
    }

    fn missing(&self, what: &str) -> Error {
        let told = |key: &&String| self.kind_of_keys.told(key);
        let names = self.entries.keys().filter(told).take(40);
        let names: Vec<_> = names.map(String::as_str).collect();
        let names = match names.is_empty() {
            true => "none".to_string(),
            false => names.join(", "),
        };
        Error::new(Code::ConnectionMissing, format!("{} {what}", self.origin)).help(format!(
            "keys that are there: {names}; `keys` maps host, port, user, password, name, url and ca to them"
        ))
    }

    fn origin_of(&self, key: &str) -> String {
        format!("{}/{key}", self.origin)
    }

    fn value(&self, key: &str) -> Option<Found<'a>> {
        let (key, value) = self.entries.get_key_value(key)?;
        let value = value.reveal();
        (!value.is_empty()).then_some((key.as_str(), value))
    }

    /// The mapped key, or the first known one.
    fn part(&self, part: &str) -> Option<Found<'a>> {
        if let Some(key) = self.keys.get(part) {
            return self.value(key);
        }
        let (_, spellings) = PARTS.iter().find(|(name, _)| *name == part)?;
        spellings.iter().find_map(|key| self.value(key))
    }

    fn kind(&self) -> Result<Option<&'static str>> {
        let Some((key, word)) = self.value("engine").or_else(|| self.value("type")) else {
            return Ok(None);
        };
        match kind_of(word) {
            // A word that nobody knows is not told: whoever wrote it may have mixed up two keys.
            None if self.part("url").is_none() => Err(Fault::new(self.origin).other(
                &format!("its key '{key}' names no database that is known here"),
                "known are postgresql, mysql, mariadb, sqlite and redis",
            )),
            kind => Ok(kind),
        }
    }
}

/// The database that a `type` or `engine` stands for.
pub fn kind_of(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    let known = KINDS.iter().find(|(name, _)| *name == word);
    known.map(|(_, kind)| *kind)
}

/// A URL whose password was cut at the wrong sign leads elsewhere.
fn same_server(parts: &Settings, url: &Settings) -> bool {
    let names = |settings: &Settings| {
        settings
            .hosts
            .iter()
            .map(|h| h.name.clone())
            .collect::<Vec<_>>()
    };
    let kind = parts.database.is_empty() || family(&parts.database) == family(&url.database);
    kind && names(parts) == names(url) && parts.user == url.user
}

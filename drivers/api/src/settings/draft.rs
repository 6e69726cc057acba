//! What a text says, key by key, until it is one connection: a key is looked up, its value goes to
//! where it belongs, and what only makes sense together is put together at the end. Values are
//! never told; a key is told only where it cannot be a piece of a password.

use super::fault::Fault;
use super::options::{Meaning, meaning, nearest};
use super::percent::Plus;
use super::place::Places;
use super::switches::Switches;
use super::{Mode, Settings, values};
use crate::error::{Error, Result};
use crate::secret::Secret;

/// In which form a text is, where that changes what a key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    Url,
    KeyValue,
    Jdbc,
    Go,
}

/// Whether a key may be told in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keys {
    Told,
    Secret,
}

pub(super) struct Draft {
    pub spelling: Spelling,
    settings: Settings,
    origin: String,
    places: Places,
    switches: Switches,
    keys: Keys,
}

impl Draft {
    pub fn new(database: &str, spelling: Spelling, origin: &str) -> Draft {
        let settings = Settings {
            database: database.into(),
            ..Settings::default()
        };
        Draft::over(settings, spelling, origin)
    }

    /// More keys for what is settled already.
    pub fn over(settings: Settings, spelling: Spelling, origin: &str) -> Draft {
        Draft {
            spelling,
            places: Places::of(&settings.hosts),
            settings,
            origin: origin.into(),
            switches: Switches::default(),
            keys: Keys::Told,
        }
    }

    pub fn fault(&self) -> Fault {
        Fault::new(&self.origin)
    }

    pub fn plus(&self) -> Plus {
        match self.spelling {
            Spelling::Jdbc | Spelling::Go => Plus::Blank,
            Spelling::Url | Spelling::KeyValue => Plus::Itself,
        }
    }

    /// What follows came from somewhere else.
    pub fn came_from(&mut self, origin: &str) {
        self.origin = origin.into();
    }

    pub fn keep_keys_secret(&mut self) {
        self.keys = Keys::Secret;
    }

    pub fn remark(&mut self, sentence: &str) {
        self.settings.remark(sentence);
    }

    pub fn places(&mut self, places: Places) {
        if !places.names.is_empty() {
            self.note("host");
        }
        if !places.ports.is_empty() {
            self.note("port");
        }
        self.places = places;
    }

    // In each of these the last word counts, also where it takes the one before back.

    pub fn user(&mut self, user: String) {
        self.settings.user = said(user);
        self.note("user");
    }

    pub fn password(&mut self, password: String) {
        self.settings.password = said(password).map(Secret::new);
        self.note("password");
    }

    pub fn name(&mut self, name: String) -> Result<()> {
        if self.settings.database != "sqlite" && name.contains("://") {
            return Err(self.name_is_a_connection());
        }
        self.settings.name = said(name);
        self.note("name");
        Ok(())
    }

    /// Where a database is named, libpq's programs take a whole connection as well.
    pub fn name_is_a_connection(&self) -> Error {
        self.fault().other(
            "what stands for the name of the database is a connection of its own",
            "give that connection by itself, not inside another one",
        )
    }

    pub fn mode(&mut self, mode: Mode) {
        self.settings.tls.mode = Some(mode);
        self.note("tls");
    }

    pub fn keep(&mut self, key: &'static str, value: String) {
        self.settings.options.retain(|(k, _)| k != key);
        if !value.is_empty() {
            self.settings.options.push((key.into(), value));
            self.note(key);
        }
    }

    fn note(&mut self, part: &'static str) {
        let origin = self.origin.clone();
        self.settings.note(part, &origin);
    }

    pub fn set(&mut self, key: &str, value: String) -> Result<()> {
        let fault = self.fault();
        let database = self.settings.database.clone();
        let Some(meaning) = meaning(&database, self.spelling, key) else {
            return Err(self.unknown(key));
        };
        let cannot = || {
            let what = format!("{key} has a value that cannot be used");
            fault.other(&what, "see docs/connections.md for what it can be")
        };
        match meaning {
            Meaning::Host => {
                self.places.name_list(&value, &fault)?;
                self.note("host");
            }
            Meaning::Address => {
                self.places.address_list(&value, &fault)?;
                self.note("host");
            }
            Meaning::Port => {
                self.places.port_list(&value, &fault)?;
                self.note("port");
            }
            Meaning::User => self.user(value),
            Meaning::Password => {
                // An unquoted blank or & in it makes a key of its rest.
                self.keep_keys_secret();
                self.password(value);
            }
            Meaning::Name => self.name(value)?,
            Meaning::Mode if value.is_empty() => self.settings.tls.mode = None,
            Meaning::Mode => {
                let mode = values::mode(&database, key, &value);
                self.mode(mode.ok_or_else(|| {
                    let what = format!("{key} cannot be what it is here");
                    fault.other(
                        &what,
                        "one of disable, allow, prefer, require, verify-ca, verify-full",
                    )
                })?);
            }
            Meaning::Ssl => {
                let mode = values::ssl(&database, self.spelling, &value).ok_or_else(cannot)?;
                self.mode(mode);
            }
            Meaning::RequireSsl => self.mode(match value.as_str() {
                "1" => Mode::Require,
                "0" => Mode::Prefer,
                _ => return Err(cannot()),
            }),
            Meaning::Switch(switch) => {
                self.switches
                    .set(switch, values::truth(&value).ok_or_else(cannot)?);
                self.note("tls");
            }
            Meaning::Accept => {
                self.switches.accept(&value).ok_or_else(cannot)?;
                self.note("tls");
            }
            Meaning::Roots => {
                self.settings.tls.roots = said(value);
                self.note("roots");
            }
            Meaning::Certificate => {
                self.settings.tls.certificate = said(value);
                self.note("certificate");
            }
            Meaning::Key => {
                self.settings.tls.key = said(value);
                self.note("key");
            }
            Meaning::Keep(name) => self.keep(name, value),
            Meaning::Seconds if value.is_empty() => self.keep("connect_timeout", value),
            Meaning::Seconds => {
                let seconds = values::seconds(&value).ok_or_else(cannot)?;
                self.keep("connect_timeout", seconds);
            }
            Meaning::Millis => {
                let seconds = values::millis(&value).ok_or_else(cannot)?;
                self.keep("connect_timeout", seconds);
            }
            Meaning::Duration => {
                let seconds = values::duration(&value).ok_or_else(cannot)?;
                self.keep("connect_timeout", seconds);
            }
            Meaning::Target => {
                let word = values::target(&value).ok_or_else(cannot)?;
                self.keep("target_session_attrs", word.into());
            }
            Meaning::Balance => {
                let word = match values::truth(&value).ok_or_else(cannot)? {
                    true => "random",
                    false => "disable",
                };
                self.keep("load_balance_hosts", word.into());
            }
            Meaning::Charset => self.keep("charset", values::charset(&value)),
            Meaning::Toggle(name) => {
                let word = match values::truth(&value).ok_or_else(cannot)? {
                    true => "on",
                    false => "off",
                };
                self.keep(name, word.into());
            }
            Meaning::Only(values) if values.contains(&value.as_str()) => {}
            Meaning::Only(_) => {
                let what = format!("{key} asks for what is not done here");
                return Err(fault.other(&what, "leave it out"));
            }
            Meaning::Idle => self.remark(&format!("{key} is without effect here")),
            Meaning::Cannot(why) => {
                return Err(fault.other(&format!("{key} cannot be honoured"), why));
            }
        }
        Ok(())
    }

    fn unknown(&self, key: &str) -> Error {
        let word = (2..=40).contains(&key.len())
            && key
                .bytes()
                .all(|b| b.is_ascii_alphabetic() || b == b'_' || b == b'-');
        let database = &self.settings.database;
        let near = match word {
            true => nearest(database, self.spelling, key),
            false => None,
        };
        let help = match near {
            Some(near) => format!("is {near} meant?"),
            None => "docs/connections.md lists the options of each database; if it is a piece of the password, percent-encode that".into(),
        };
        let what = match word && self.keys == Keys::Told {
            true => format!("'{key}' is no option of {database}"),
            false => format!("it has an option that {database} does not have"),
        };
        self.fault().other(&what, &help)
    }

    pub fn finish(mut self) -> Result<Settings> {
        let fault = self.fault();
        self.settings.hosts = self.places.hosts(&fault)?;
        self.switches.settle(&mut self.settings);
        self.settings.forget_empty();
        let tls = &mut self.settings.tls;
        if tls.roots.as_deref() == Some("system") && self.settings.database == "postgres" {
            // libpq's word for the authorities of the machine, and it wants them used.
            if tls.mode.is_some_and(|mode| mode < Mode::VerifyFull) {
                return Err(fault.other(
                    "sslrootcert=system verifies, and sslmode says otherwise",
                    "say sslmode=verify-full",
                ));
            }
            tls.roots = None;
            tls.mode = Some(Mode::VerifyFull);
        }
        Ok(self.settings)
    }
}

/// An empty value says nothing.
fn said(value: String) -> Option<String> {
    Some(value).filter(|value| !value.is_empty())
}

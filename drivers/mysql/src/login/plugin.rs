//! Which way of proving a password the server wants, and what may be said to whom. Must never say a
//! password in the clear where somebody could listen.

use super::rsa::Key;
use super::scramble;
use crate::error::Fault;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plugin {
    Native,
    CachingSha2,
    Sha256,
    Clear,
    Ed25519,
    Parsec,
}

const NAMES: &[(&str, Plugin)] = &[
    ("mysql_native_password", Plugin::Native),
    ("caching_sha2_password", Plugin::CachingSha2),
    ("sha256_password", Plugin::Sha256),
    ("mysql_clear_password", Plugin::Clear),
    ("client_ed25519", Plugin::Ed25519),
    ("parsec", Plugin::Parsec),
];

/// What the connection is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Encrypted, or a socket of this machine: the password itself may be said.
    Safe,
    /// In the clear, to this machine or because somebody said so: it may be said to whoever has the
    /// key that is shown.
    Trusted,
    /// In the clear, and nobody vouches for it.
    Open,
}

/// Where a login stands.
pub struct Proof<'a> {
    pub plugin: Plugin,
    pub password: &'a [u8],
    pub nonce: Vec<u8>,
    pub channel: Channel,
    /// The server's key was asked for.
    asked: bool,
}

impl<'a> Proof<'a> {
    /// As the greeting wants it, if that can be said at once; the server asks again where the user
    /// has another.
    pub fn new(plugin: &str, nonce: Vec<u8>, password: &'a str, channel: Channel) -> Proof<'a> {
        Proof {
            plugin: match Plugin::named(plugin.as_bytes()) {
                Some(Plugin::CachingSha2) => Plugin::CachingSha2,
                _ => Plugin::Native,
            },
            password: password.as_bytes(),
            nonce,
            channel,
            asked: false,
        }
    }

    /// The server wants another.
    pub fn switch(&mut self, name: &[u8], nonce: &[u8]) -> Result<(), Fault> {
        self.plugin = Plugin::named(name).ok_or_else(|| Fault::plugin(name))?;
        self.nonce = nonce.to_vec();
        self.asked = false;
        Ok(())
    }

    /// The first thing to say.
    pub fn opening(&mut self) -> Result<Vec<u8>, Fault> {
        if self.password.is_empty() && !matches!(self.plugin, Plugin::Sha256 | Plugin::Clear) {
            return Ok(Vec::new());
        }
        Ok(match self.plugin {
            Plugin::Native => scramble::native(self.password, self.twenty()?),
            Plugin::CachingSha2 => scramble::sha2(self.password, self.twenty()?),
            Plugin::Ed25519 => match self.nonce.get(..32) {
                Some(nonce) => scramble::signature(self.password, nonce),
                None => return Err(NONCE),
            },
            // The server speaks first: it has a salt for this user.
            Plugin::Parsec => Vec::new(),
            Plugin::Clear => self.clear()?,
            Plugin::Sha256 if self.password.is_empty() => vec![0],
            Plugin::Sha256 => self.itself(1)?,
        })
    }

    /// What to say to something more that the server said; `None`: nothing.
    pub fn more(&mut self, said: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        Ok(Some(match (self.plugin, said) {
            (Plugin::CachingSha2 | Plugin::Sha256, key) if self.asked => {
                self.asked = false;
                Key::read(key)?.encrypt(self.password, self.twenty()?)?
            }
            // It remembers the password: the proof was enough.
            (Plugin::CachingSha2, [3]) => return Ok(None),
            (Plugin::CachingSha2, [4]) => self.itself(2)?,
            (Plugin::Parsec, salt) => scramble::parsec(self.password, &self.nonce, salt)?,
            _ => return Err(Fault::Torn("its login makes no sense")),
        }))
    }

    /// The password itself, or the question for the key that it is to be locked with.
    fn itself(&mut self, question: u8) -> Result<Vec<u8>, Fault> {
        if self.channel != Channel::Trusted {
            return self.clear();
        }
        self.asked = true;
        Ok(vec![question])
    }

    fn clear(&self) -> Result<Vec<u8>, Fault> {
        match self.channel {
            Channel::Safe => Ok([self.password, &[0]].concat()),
            _ => Err(Fault::Clear(self.plugin.name())),
        }
    }

    /// What is signed: twenty bytes, with or without a zero behind them.
    fn twenty(&self) -> Result<&[u8], Fault> {
        self.nonce.get(..20).ok_or(NONCE)
    }
}

const NONCE: Fault = Fault::Torn("its nonce is too short");

impl Plugin {
    fn named(name: &[u8]) -> Option<Plugin> {
        let found = NAMES.iter().find(|(known, _)| known.as_bytes() == name);
        found.map(|(_, plugin)| *plugin)
    }

    pub fn name(self) -> &'static str {
        let found = NAMES.iter().find(|(_, plugin)| *plugin == self);
        found.map_or("", |(name, _)| name)
    }
}

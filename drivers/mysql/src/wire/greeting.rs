//! The handshake: what the server is, what we ask of it, who we are. Multi-statements and local
//! files are never asked for.

use super::bytes::{Bytes, text};
use super::{Changed, Login, Stream, TORN, Wire, auth, flag};
use crate::error::{Fault, Said};
use std::io::BufReader;

/// utf8mb4_general_ci: every server of both families knows it.
const CHARSET: u8 = 45;
const WANTED: u32 = flag::LONG_FLAG
    | flag::CONNECT_WITH_DB
    | flag::PROTOCOL_41
    | flag::TRANSACTIONS
    | flag::SECURE_CONNECTION
    | flag::MULTI_RESULTS
    | flag::PLUGIN_AUTH
    | flag::CONNECT_ATTRS
    | flag::SESSION_TRACK
    | flag::DEPRECATE_EOF;
const NEEDED: u32 = flag::PROTOCOL_41 | flag::SECURE_CONNECTION | flag::PLUGIN_AUTH;

struct Greeting {
    version: String,
    capabilities: u32,
    nonce: Vec<u8>,
    plugin: String,
}

fn greeting(packet: &[u8]) -> Option<Greeting> {
    let mut bytes = Bytes(packet);
    bytes.u8()?;
    let version = text(bytes.until_zero());
    bytes.u32()?;
    let mut nonce = bytes.take(8)?.to_vec();
    bytes.u8()?;
    let low = bytes.u16()?;
    bytes.u8()?;
    bytes.u16()?;
    let high = bytes.u16()?;
    let length = usize::from(bytes.u8()?);
    bytes.take(10)?;
    nonce.extend(bytes.take(length.saturating_sub(8).max(13))?);
    // Twenty bytes and a zero; the zero does not count.
    nonce.truncate(20);
    Some(Greeting {
        version,
        capabilities: u32::from(low) | u32::from(high) << 16,
        nonce,
        plugin: text(bytes.until_zero()),
    })
}

impl Wire {
    /// A session, logged in.
    pub fn open(stream: Stream, login: &Login) -> Result<Wire, Fault> {
        let mut wire = Wire {
            stream: BufReader::new(stream),
            sequence: 0,
            capabilities: 0,
            version: String::new(),
            status: 0,
            changed: Changed::default(),
        };
        let packet = wire.receive()?;
        match packet.first() {
            Some(10) => {}
            Some(0xff) => return Err(Fault::Said(Said::read(&packet))),
            _ => return Err(Fault::Protocol("it does not speak MySQL's protocol")),
        }
        let hello = greeting(&packet).ok_or(TORN)?;
        if hello.capabilities & NEEDED != NEEDED {
            return Err(Fault::Protocol("it is older than MySQL 5.5"));
        }
        wire.capabilities = hello.capabilities & WANTED;
        // The 5.5.5- is what MariaDB 10 says to clients that only know one digit.
        let version = hello.version.strip_prefix("5.5.5-");
        wire.version = version.unwrap_or(&hello.version).to_string();
        let answer = auth::answer(&hello.plugin, login.password, &hello.nonce);
        let plugin = match answer {
            Some(_) => hello.plugin.as_str(),
            // Another plugin than ours: the server will say so once more.
            None => auth::NATIVE,
        };
        let response = response(
            wire.capabilities,
            login,
            &answer.unwrap_or_default(),
            plugin,
        );
        wire.send(&response, &[])?;
        wire.prove(plugin.to_string(), hello.nonce, login.password)?;
        wire.stream.get_ref().connected()?;
        // What the handshake itself told is no change.
        wire.changed = Changed::default();
        Ok(wire)
    }

    pub fn is_mariadb(&self) -> bool {
        self.version.to_ascii_lowercase().contains("mariadb")
    }

    /// Answers what the server asks about the password until it says yes or no.
    fn prove(&mut self, plugin: String, nonce: Vec<u8>, password: &str) -> Result<(), Fault> {
        let (mut plugin, mut nonce) = (plugin, nonce);
        let mut switched = false;
        loop {
            let packet = self.receive()?;
            match packet.as_slice() {
                [0x00, ..] => return self.ok(&packet),
                [0xff, ..] => return Err(Fault::Said(Said::read(&packet))),
                [0xfe, rest @ ..] if !switched => {
                    switched = true;
                    let mut bytes = Bytes(rest);
                    plugin = text(bytes.until_zero());
                    nonce = bytes.0.strip_suffix(&[0]).unwrap_or(bytes.0).to_vec();
                    let answer = auth::answer(&plugin, password, &nonce)
                        .ok_or_else(|| Fault::Plugin(plugin.clone()))?;
                    self.send(&answer, &[])?;
                }
                // The server has seen this password lately; its yes follows.
                [0x01, 0x03] if plugin == auth::CACHING => {}
                [0x01, 0x04] if plugin == auth::CACHING => self.prove_fully(password, &nonce)?,
                _ => {
                    return Err(Fault::Protocol(
                        "it asks for the password in an unknown way",
                    ));
                }
            }
        }
    }

    /// The server wants the password itself: it goes under the server's public key, and as it is
    /// only where nobody can listen.
    fn prove_fully(&mut self, password: &str, nonce: &[u8]) -> Result<(), Fault> {
        let mut secret = password.as_bytes().to_vec();
        secret.push(0);
        if self.stream.get_ref().is_private() {
            return self.send(&secret, &[]);
        }
        self.send(&[2], &[])?;
        let packet = self.receive()?;
        let [0x01, key @ ..] = packet.as_slice() else {
            return Err(Fault::Protocol("it has no public key for the password"));
        };
        let sealed = super::rsa::seal(&secret, nonce, key)
            .ok_or(Fault::Protocol("its public key cannot be used"))?;
        self.send(&sealed, &[])
    }
}

fn response(capabilities: u32, login: &Login, answer: &[u8], plugin: &str) -> Vec<u8> {
    let mut packet = Vec::new();
    packet.extend(capabilities.to_le_bytes());
    packet.extend((1u32 << 30).to_le_bytes());
    packet.push(CHARSET);
    packet.extend([0; 23]);
    packet.extend(login.user.as_bytes());
    packet.push(0);
    // At most 32 bytes: the short form of a length.
    packet.push(answer.len() as u8);
    packet.extend(answer);
    if capabilities & flag::CONNECT_WITH_DB != 0 {
        packet.extend(login.database.as_bytes());
        packet.push(0);
    }
    packet.extend(plugin.as_bytes());
    packet.push(0);
    if capabilities & flag::CONNECT_ATTRS != 0 {
        let pid = std::process::id().to_string();
        let attributes = [
            ("program_name", "initium"),
            ("_client_name", "initium"),
            ("_client_version", env!("CARGO_PKG_VERSION")),
            ("_pid", &pid),
            ("initium_run", login.run),
        ];
        let mut pairs = Vec::new();
        for word in attributes.iter().flat_map(|(k, v)| [k, v]) {
            // Short words only, so that one byte holds the length.
            let word = &word.as_bytes()[..word.len().min(200)];
            pairs.push(word.len() as u8);
            pairs.extend(word);
        }
        packet.push(0xfc);
        packet.extend((pairs.len() as u16).to_le_bytes());
        packet.extend(pairs);
    }
    packet
}

//! The first packet of a server and the first two of ours. Pure.

use crate::bytes::{Bytes, put_text};
use crate::error::Fault;

/// What both sides can do. Not among them, so that a server cannot ask for it: several statements
/// in a packet, and files of this machine.
mod can {
    pub const LONG_PASSWORD: u32 = 1;
    pub const LONG_FLAG: u32 = 1 << 2;
    pub const CONNECT_WITH_DB: u32 = 1 << 3;
    pub const PROTOCOL_41: u32 = 1 << 9;
    pub const SSL: u32 = 1 << 11;
    pub const TRANSACTIONS: u32 = 1 << 13;
    pub const SECURE_CONNECTION: u32 = 1 << 15;
    pub const MULTI_RESULTS: u32 = 1 << 17;
    pub const PLUGIN_AUTH: u32 = 1 << 19;
    pub const CONNECT_ATTRS: u32 = 1 << 20;
    pub const SESSION_TRACK: u32 = 1 << 23;
}

/// Without these nobody logs in here: as old as MySQL 4.1.
const NEEDED: u32 = can::PROTOCOL_41 | can::SECURE_CONNECTION;
const WANTED: u32 = NEEDED
    | can::LONG_PASSWORD
    | can::LONG_FLAG
    | can::CONNECT_WITH_DB
    | can::TRANSACTIONS
    | can::MULTI_RESULTS
    | can::PLUGIN_AUTH
    | can::CONNECT_ATTRS
    | can::SESSION_TRACK;
/// utf8mb4_general_ci, which every server of either family knows.
const COLLATION: u8 = 45;
const PROTOCOL: u8 = 10;

/// What the server says first.
pub struct Greeting {
    pub version: String,
    /// The session's number; there is room for 32 bits.
    pub session: u32,
    can: u32,
    /// What the proof of the password is made with.
    pub nonce: Vec<u8>,
    /// How it would like the password proven.
    pub plugin: String,
}

impl Greeting {
    pub fn read(packet: &[u8]) -> Result<Greeting, Fault> {
        let mut bytes = Bytes::new(packet);
        if bytes.u8()? != PROTOCOL {
            return Err(Fault::Torn("it speaks another protocol"));
        }
        let version = String::from_utf8_lossy(bytes.name()).into_owned();
        let session = bytes.u32()?;
        let mut nonce = bytes.take(8)?.to_vec();
        bytes.u8()?;
        let low = bytes.u16()?;
        // Character set and status: both are set or told again with the login.
        bytes.take(3)?;
        let can = u32::from(low) | u32::from(bytes.u16()?) << 16;
        if can & NEEDED != NEEDED {
            return Err(Fault::Torn("it speaks the protocol of before MySQL 4.1"));
        }
        let length = usize::from(bytes.u8()?);
        bytes.take(10)?;
        // Eight bytes stood above; with the zero behind them there are never less than 13 more.
        nonce.extend_from_slice(bytes.take(length.saturating_sub(8).max(13))?);
        let plugin = String::from_utf8_lossy(bytes.name()).into_owned();
        Ok(Greeting {
            version,
            session,
            can,
            nonce,
            plugin,
        })
    }

    /// Whether it can encrypt, or says so: nobody has signed this.
    pub fn offers_tls(&self) -> bool {
        self.can & can::SSL != 0
    }

    /// The request to encrypt: the beginning of the login, and not a byte of it that says who.
    #[cfg(feature = "tls")]
    pub fn request_tls(&self) -> Vec<u8> {
        self.opening(can::SSL)
    }

    fn opening(&self, more: u32) -> Vec<u8> {
        let mut packet = (WANTED & self.can | more).to_le_bytes().to_vec();
        packet.extend_from_slice(&(crate::packets::LONGEST as u32).to_le_bytes());
        packet.push(COLLATION);
        packet.extend_from_slice(&[0; 23]);
        packet
    }

    /// The login.
    pub fn answer(&self, who: &Who, channel: Encryption) -> Vec<u8> {
        let mut packet = self.opening(match channel {
            Encryption::On => can::SSL,
            Encryption::Off => 0,
        });
        packet.extend_from_slice(who.user.as_bytes());
        packet.push(0);
        // A proof is never longer than 64 bytes.
        packet.push(who.proof.len() as u8);
        packet.extend_from_slice(who.proof);
        if self.can & can::CONNECT_WITH_DB != 0 {
            packet.extend_from_slice(who.database.as_bytes());
            packet.push(0);
        }
        if self.can & can::PLUGIN_AUTH != 0 {
            packet.extend_from_slice(who.plugin.as_bytes());
            packet.push(0);
        }
        if self.can & can::CONNECT_ATTRS != 0 {
            let mut all = Vec::new();
            for (name, value) in who.attributes {
                put_text(&mut all, name.as_bytes());
                put_text(&mut all, value.as_bytes());
            }
            put_text(&mut packet, &all);
        }
        packet
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    On,
    Off,
}

/// Who logs in, and the first proof.
pub struct Who<'a> {
    pub user: &'a str,
    pub database: &'a str,
    pub plugin: &'a str,
    pub proof: &'a [u8],
    pub attributes: &'a [(&'a str, &'a str)],
}

//! The client's half of the MySQL protocol: packets, the handshake, one statement per packet, every
//! answer read to its end. Must never retry, decide, or keep the password.
//!
//! Why not the `mysql` crate (28): it announces CLIENT_MULTI_STATEMENTS and CLIENT_LOCAL_FILES on
//! every connection with no way to take them back, hides the transaction flag of the answers, and
//! costs 0.4 MB. What is left is small, and this file is all of it.

mod auth;
mod bytes;
mod greeting;
mod rsa;
mod stream;

use crate::error::{Fault, Said};
use bytes::Bytes;
use initium_driver::Rows;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};

pub use bytes::hex;
pub use stream::{Address, Stream};

/// Who logs in, and where to.
pub struct Login<'a> {
    pub user: &'a str,
    pub password: &'a str,
    pub database: &'a str,
    /// Names the run where the server shows it.
    pub run: &'a str,
}

/// What the session became, as the server told with its answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    pub variables: BTreeSet<String>,
    pub database: bool,
}

pub struct Wire {
    stream: BufReader<Stream>,
    sequence: u8,
    capabilities: u32,
    /// As the server called itself.
    pub version: String,
    status: u16,
    pub changed: Changed,
}

mod flag {
    pub const LONG_FLAG: u32 = 1 << 2;
    pub const CONNECT_WITH_DB: u32 = 1 << 3;
    pub const PROTOCOL_41: u32 = 1 << 9;
    pub const TRANSACTIONS: u32 = 1 << 13;
    pub const SECURE_CONNECTION: u32 = 1 << 15;
    /// Several answers to one statement: what CALL gives.
    pub const MULTI_RESULTS: u32 = 1 << 17;
    pub const PLUGIN_AUTH: u32 = 1 << 19;
    pub const CONNECT_ATTRS: u32 = 1 << 20;
    pub const SESSION_TRACK: u32 = 1 << 23;
    pub const DEPRECATE_EOF: u32 = 1 << 24;
}

mod status {
    pub const IN_TRANSACTION: u16 = 1;
    pub const MORE_RESULTS: u16 = 1 << 3;
    pub const NO_BACKSLASH_ESCAPES: u16 = 1 << 9;
    pub const SESSION_CHANGED: u16 = 1 << 14;
}

const QUERY: u8 = 3;
const QUIT: u8 = 1;
/// The longest packet the protocol has room for.
const CHUNK: usize = 0xff_ffff;
/// No server takes or sends more in one piece.
const LONGEST: usize = 1 << 30;

impl Wire {
    /// After the last answer a transaction is open.
    pub fn in_transaction(&self) -> bool {
        self.status & status::IN_TRANSACTION != 0
    }

    /// A backslash in a string is a backslash.
    pub fn plain_backslashes(&self) -> bool {
        self.status & status::NO_BACKSLASH_ESCAPES != 0
    }

    /// Runs one statement and drops its rows.
    pub fn run(&mut self, sql: &str) -> Result<(), Fault> {
        self.answers(sql, None)
    }

    /// Runs one statement and gives its answers.
    pub fn ask(&mut self, sql: &str) -> Result<Vec<Rows>, Fault> {
        let mut answers = Vec::new();
        self.answers(sql, Some(&mut answers))?;
        Ok(answers)
    }

    fn answers(&mut self, sql: &str, mut keep: Option<&mut Vec<Rows>>) -> Result<(), Fault> {
        self.sequence = 0;
        self.send(&[QUERY], sql.as_bytes())?;
        loop {
            let rows = self.answer(keep.is_some())?;
            if let (Some(keep), Some(rows)) = (keep.as_deref_mut(), rows) {
                keep.push(rows);
            }
            if self.status & status::MORE_RESULTS == 0 {
                return Ok(());
            }
        }
    }

    /// One answer; rows only where there are some and somebody wants them.
    fn answer(&mut self, keep: bool) -> Result<Option<Rows>, Fault> {
        let first = self.receive()?;
        match first.first() {
            Some(0x00) => return self.ok(&first).map(|()| None),
            Some(0xff) => return Err(self.refusal(&first)),
            // The server asks for a file of ours, which we never offered.
            Some(0xfb) => return Err(Fault::Protocol("the server asks for a local file")),
            _ => {}
        }
        let count = Bytes(&first).length().ok_or(TORN)? as usize;
        let mut columns = Vec::new();
        for _ in 0..count {
            let packet = self.receive()?;
            columns.push(bytes::column(&packet).ok_or(TORN)?);
        }
        if self.capabilities & flag::DEPRECATE_EOF == 0 {
            self.receive()?;
        }
        let mut rows = Rows::default();
        loop {
            let packet = self.receive()?;
            match packet.first() {
                Some(0xff) => return Err(self.refusal(&packet)),
                Some(0xfe) if packet.len() < CHUNK => break self.end_of_rows(&packet)?,
                _ if keep => rows.rows.push(bytes::row(&packet, &columns).ok_or(TORN)?),
                _ => {}
            }
        }
        rows.columns = columns.into_iter().map(|c| c.name).collect();
        Ok(keep.then_some(rows))
    }

    fn end_of_rows(&mut self, packet: &[u8]) -> Result<(), Fault> {
        if self.capabilities & flag::DEPRECATE_EOF != 0 {
            return self.ok(packet);
        }
        let mut bytes = Bytes(&packet[1..]);
        bytes.u16().ok_or(TORN)?;
        self.status = bytes.u16().ok_or(TORN)?;
        Ok(())
    }

    /// Takes note of what an OK packet says.
    fn ok(&mut self, packet: &[u8]) -> Result<(), Fault> {
        let mut bytes = Bytes(&packet[1..]);
        bytes.length().ok_or(TORN)?;
        bytes.length().ok_or(TORN)?;
        self.status = bytes.u16().ok_or(TORN)?;
        bytes.u16().ok_or(TORN)?;
        if self.capabilities & flag::SESSION_TRACK != 0 && !bytes.0.is_empty() {
            bytes.counted().ok_or(TORN)?;
            if self.status & status::SESSION_CHANGED != 0 {
                let told = bytes.counted().ok_or(TORN)?;
                bytes::changes(told, &mut self.changed).ok_or(TORN)?;
            }
        }
        Ok(())
    }

    /// After an error the server sends nothing more; what it said about results to come is void.
    fn refusal(&mut self, packet: &[u8]) -> Fault {
        self.status &= !status::MORE_RESULTS;
        Fault::Said(Said::read(packet))
    }

    fn send(&mut self, head: &[u8], body: &[u8]) -> Result<(), Fault> {
        let (mut head, mut body) = (head, body);
        let stream = self.stream.get_mut();
        loop {
            let length = (head.len() + body.len()).min(CHUNK);
            let (now, later) = body.split_at(length - head.len());
            let mut packet = Vec::with_capacity(4 + head.len() + now.len().min(SMALL));
            packet.extend_from_slice(&(length as u32).to_le_bytes()[..3]);
            packet.push(self.sequence);
            packet.extend_from_slice(head);
            self.sequence = self.sequence.wrapping_add(1);
            if now.len() <= SMALL {
                packet.extend_from_slice(now);
                stream.write_all(&packet)?;
            } else {
                // A long script is not copied.
                stream.write_all(&packet)?;
                stream.write_all(now)?;
            }
            if length < CHUNK {
                return Ok(stream.flush()?);
            }
            (head, body) = (&[], later);
        }
    }

    fn receive(&mut self) -> Result<Vec<u8>, Fault> {
        let mut packet = Vec::new();
        loop {
            let mut head = [0; 4];
            self.stream.read_exact(&mut head)?;
            let length = u32::from_le_bytes([head[0], head[1], head[2], 0]) as usize;
            if head[3] != self.sequence || packet.len() + length > LONGEST {
                return Err(Fault::Protocol("its packets are out of order"));
            }
            self.sequence = self.sequence.wrapping_add(1);
            let read = (&mut self.stream)
                .take(length as u64)
                .read_to_end(&mut packet)?;
            if read < length {
                return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
            }
            if length < CHUNK {
                return Ok(packet);
            }
        }
    }

    /// Says goodbye, so that the server does not count an aborted connection.
    pub fn quit(&mut self) {
        self.sequence = 0;
        // Bytes still unread mean a broken talk: then there is nobody to say goodbye to.
        if self.stream.buffer().is_empty() {
            let _ = self.send(&[QUIT], &[]);
        }
        let rest = self.stream.buffer().len();
        self.stream.consume(rest);
    }
}

const SMALL: usize = 1 << 16;
const TORN: Fault = Fault::Protocol("a packet of it is torn");

//! The server's messages up to its first ReadyForQuery, read before the crate sees them: a letter, a
//! length of four bytes that counts itself, and a body. What would make the crate send a password
//! in the clear, work for hours or keep what has no end is refused here. Pure.

use super::methods::{Method, Methods};
use super::watch::Standing;
use initium_driver::error::{Code, Error, Result};

/// Whether others can read along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Clear,
    #[cfg_attr(not(feature = "tls"), allow(dead_code))]
    Encrypted,
}

#[derive(Debug)]
pub struct Login {
    place: String,
    channel: Channel,
    methods: Methods,
    /// Of the message that is not here as a whole; what follows the login, once it is over.
    begun: Vec<u8>,
    total: usize,
    asked: bool,
    pub session: Option<i32>,
    pub standing: Standing,
}

/// Of one message: a server's are a hundred times shorter.
const LONGEST: usize = 1 << 16;
/// Of all of them.
const MOST: usize = 1 << 20;
/// Of the password's hash, 4096 by default: more would hold the login up for minutes.
const ROUNDS: u64 = 1_000_000;

impl Login {
    pub fn new(place: String, channel: Channel, methods: Methods) -> Login {
        Login {
            place,
            channel,
            methods,
            begun: Vec::new(),
            total: 0,
            asked: false,
            session: None,
            standing: Standing::default(),
        }
    }

    /// Whether it is over.
    pub fn read(&mut self, bytes: &[u8]) -> Result<bool> {
        self.total = self.total.saturating_add(bytes.len());
        if self.total > MOST {
            return Err(self.odd("it says more than any login has"));
        }
        self.begun.extend_from_slice(bytes);
        loop {
            let [kind, a, b, c, d, ..] = self.begun.as_slice() else {
                return Ok(false);
            };
            let kind = *kind;
            let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
            if !(4..=LONGEST).contains(&length) {
                return Err(self.odd("this is no message of a login"));
            }
            if self.begun.len() <= length {
                return Ok(false);
            }
            let rest = self.begun.split_off(length + 1);
            let message = std::mem::replace(&mut self.begun, rest);
            let body = message.get(5..).unwrap_or_default();
            match kind {
                b'R' => self.asks(body)?,
                b'K' => self.session = number(body),
                b'S' => self.reports(body),
                b'Z' => return Ok(true),
                _ => {}
            }
        }
    }

    /// What came behind the login.
    pub fn rest(self) -> Vec<u8> {
        self.begun
    }

    fn asks(&mut self, body: &[u8]) -> Result<()> {
        let method = match number(body) {
            Some(0) if self.asked => return Ok(()),
            Some(0) => Method::None,
            Some(3) => Method::Password,
            Some(5) => Method::Md5,
            Some(7 | 8) => Method::Gss,
            Some(9) => Method::Sspi,
            Some(10) => match body.windows(12).any(|word| word == b"OAUTHBEARER\0")
                && !body.windows(13).any(|word| word == b"SCRAM-SHA-256")
            {
                true => Method::OAuth,
                false => Method::Scram,
            },
            Some(11) => return self.rounds(body.get(4..).unwrap_or_default()),
            _ => return Ok(()),
        };
        self.asked = true;
        if !self.methods.take(method) {
            return Err(self.failed(
                &format!(
                    "asks for a login ({}) that require_auth rules out",
                    method.word()
                ),
                "another server may answer there, or require_auth lacks a word",
            ));
        }
        if method == Method::Password && self.channel == Channel::Clear {
            return Err(self.failed(
                "asks for the password in the clear, and the connection is not encrypted; it was not sent",
                "connect with sslmode=verify-full, or let pg_hba.conf say scram-sha-256 instead of password",
            ));
        }
        Ok(())
    }

    /// `r=...,s=...,i=4096`.
    fn rounds(&self, body: &[u8]) -> Result<()> {
        let text = String::from_utf8_lossy(body);
        let given = text.split(',').find_map(|part| part.strip_prefix("i="));
        match given.map(str::parse::<u64>) {
            Some(Ok(rounds)) if rounds > ROUNDS => Err(self.failed(
                &format!("wants the password hashed {rounds} times, which would take too long"),
                "another server may answer there; scram_iterations of the server says how often, 4096 is usual",
            )),
            _ => Ok(()),
        }
    }

    fn reports(&mut self, body: &[u8]) {
        let mut parts = body.split(|byte| *byte == 0);
        let (Some(name), Some(value)) = (parts.next(), parts.next()) else {
            return;
        };
        match name {
            b"in_hot_standby" => self.standing.standby = Some(value == b"on"),
            b"default_transaction_read_only" => self.standing.read_only = Some(value == b"on"),
            _ => {}
        }
    }

    fn failed(&self, what: &str, help: &str) -> Error {
        Error::new(Code::AuthenticationFailed, format!("{} {what}", self.place)).help(help)
    }

    fn odd(&self, why: &str) -> Error {
        Error::new(
            Code::ConnectFailed,
            format!("{} does not answer as PostgreSQL does: {why}", self.place),
        )
        .help("check host and port: another service may answer there")
    }
}

fn number(body: &[u8]) -> Option<i32> {
    match body {
        [a, b, c, d, ..] => Some(i32::from_be_bytes([*a, *b, *c, *d])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ANSWER: &[u8] =
        b"R\0\0\0\x08\0\0\0\0S\0\0\0\x16in_hot_standby\0on\0K\0\0\0\x0c\0\x01\x02\x03\0\0\0\x09Z\0\0\0\x05I";

    fn login(channel: Channel, methods: &str) -> Login {
        Login::new("h:1".into(), channel, Methods::parse(methods).unwrap())
    }

    #[test]
    fn what_is_told_is_read_however_the_bytes_arrive() {
        for size in 1..=ANSWER.len() {
            let mut login = login(Channel::Clear, "");
            let over: Vec<bool> = ANSWER
                .chunks(size)
                .map(|c| login.read(c).unwrap())
                .collect();
            assert_eq!(login.session, Some(0x0001_0203), "{size}");
            assert_eq!(login.standing.standby, Some(true), "{size}");
            assert_eq!(over.iter().filter(|over| **over).count(), 1, "{size}");
        }
    }

    #[test]
    fn what_is_no_login_is_refused() {
        let refuse = |bytes: &[u8]| login(Channel::Clear, "").read(bytes).unwrap_err().code();
        assert_eq!(refuse(b"HTTP/1.1 400 Bad Request"), Code::ConnectFailed);
        assert_eq!(refuse(b"N\0\0\0\0"), Code::ConnectFailed);
        assert_eq!(refuse(b"N\xff\xff\xff\xff"), Code::ConnectFailed);
        let notice = b"N\0\0\0\x05\0".repeat(MOST / 6 + 1);
        assert_eq!(refuse(&notice), Code::ConnectFailed);
    }

    #[test]
    fn a_password_in_the_clear_is_asked_for_in_vain() {
        let question = b"R\0\0\0\x08\0\0\0\x03";
        let error = login(Channel::Clear, "").read(question).unwrap_err();
        assert_eq!(error.code(), Code::AuthenticationFailed);
        assert!(!login(Channel::Encrypted, "").read(question).unwrap());
        assert!(
            login(Channel::Encrypted, "!password")
                .read(question)
                .is_err()
        );
        assert!(
            login(Channel::Encrypted, "scram-sha-256")
                .read(ANSWER)
                .is_err()
        );
    }

    #[test]
    fn a_hash_of_days_is_not_begun() {
        let question = |rounds: &str| {
            let body = format!("\0\0\0\x0br=x,s=AAAA,i={rounds}");
            let length = (body.len() as u32 + 4).to_be_bytes();
            [b"R", &length[..], body.as_bytes()].concat()
        };
        let mut login = login(Channel::Clear, "");
        assert!(!login.read(&question("4096")).unwrap());
        assert!(login.read(&question("2147483648")).is_err());
    }
}

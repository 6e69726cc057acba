//! A password for the holder of an RSA key: where a server asks for the password itself on a
//! connection in the clear, it is sent like this (PKCS #1 OAEP with SHA-1, as servers want it). The
//! key comes over the same connection, so this keeps listeners away, not somebody in between; who
//! may be asked at all is decided in `plugin`.

use crate::error::Fault;
use mysql_common::crypto::rsa::{GetRandom, Pkcs1OaepPadding, PublicKey};
use mysql_common::num_bigint::BigUint;

const HASH: usize = 20;
const ODD: Fault = Fault::Torn("its RSA key is none");

/// A key that was looked at before `mysql_common` uses it: there, what is none is a panic.
pub struct Key(PublicKey);

impl Key {
    /// Reads `-----BEGIN PUBLIC KEY-----`.
    pub fn read(pem: &[u8]) -> Result<Key, Fault> {
        let text = std::str::from_utf8(pem).map_err(|_| ODD)?;
        let (_, text) = text.split_once("-----BEGIN PUBLIC KEY-----").ok_or(ODD)?;
        let (text, _) = text.split_once("-----END PUBLIC KEY-----").ok_or(ODD)?;
        let der = decoded(text).ok_or(ODD)?;
        let mut der = &der[..];
        let mut whole = part(&mut der, SEQUENCE)?;
        part(&mut whole, SEQUENCE)?;
        let mut bits = part(&mut whole, BITS)?.strip_prefix(&[0]).ok_or(ODD)?;
        let mut pair = part(&mut bits, SEQUENCE)?;
        let modulus = BigUint::from_bytes_be(part(&mut pair, INTEGER)?);
        let exponent = BigUint::from_bytes_be(part(&mut pair, INTEGER)?);
        // What servers make has 2048 bits; a long exponent would keep us busy for ever.
        if !(1024..=16_384).contains(&modulus.bits()) || !modulus.bit(0) || exponent.bits() > 33 {
            return Err(ODD);
        }
        Ok(Key(PublicKey::new(modulus, exponent)))
    }

    /// The password, hidden behind the nonce and encrypted.
    pub fn encrypt(&self, password: &[u8], nonce: &[u8]) -> Result<Vec<u8>, Fault> {
        let hidden: Vec<u8> = password
            .iter()
            .chain(&[0])
            .zip(nonce.iter().cycle())
            .map(|(byte, nonce)| byte ^ nonce)
            .collect();
        if hidden.len() != password.len() + 1 {
            return Err(Fault::Torn("its nonce is empty"));
        }
        // What the padding takes.
        let room = self.0.num_octets() - 2 * HASH - 2;
        if hidden.len() > room {
            return Err(Fault::Password(room - 1));
        }
        Ok(self
            .0
            .encrypt_block(hidden, Pkcs1OaepPadding::new(GetRandom)))
    }
}

const INTEGER: u8 = 2;
const BITS: u8 = 3;
const SEQUENCE: u8 = 0x30;

/// The contents of the next part, which must be of this kind.
fn part<'a>(der: &mut &'a [u8], kind: u8) -> Result<&'a [u8], Fault> {
    let [found, length, rest @ ..] = *der else {
        return Err(ODD);
    };
    let (length, rest) = match (*length, rest) {
        (short @ 0..=0x7f, rest) => (usize::from(short), rest),
        (0x81, [length, rest @ ..]) => (usize::from(*length), rest),
        (0x82, [high, low, rest @ ..]) => (usize::from(*high) << 8 | usize::from(*low), rest),
        _ => return Err(ODD),
    };
    let (contents, rest) = rest.split_at_checked(length).ok_or(ODD)?;
    if *found != kind {
        return Err(ODD);
    }
    *der = rest;
    Ok(contents)
}

/// Base64 in lines.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0u32, 0);
    for letter in text.bytes() {
        let six = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' | b'\r' | b'\n' | b' ' => continue,
            _ => return None,
        };
        held = held << 6 | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_key_is_refused() {
        for text in [
            "",
            "-----BEGIN PUBLIC KEY-----",
            "-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----",
            "-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----",
            "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
            // A modulus of one.
            "-----BEGIN PUBLIC KEY-----\nMA4wAAMKADAHAgEBAgMBAAE=\n-----END PUBLIC KEY-----",
        ] {
            assert!(Key::read(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_password_that_is_too_long_for_the_key_is_no_panic() {
        let modulus = (BigUint::from(1u8) << 2048u32) - BigUint::from(1u8);
        let key = Key(PublicKey::new(modulus, BigUint::from(3u8)));
        assert_eq!(
            key.encrypt(b"secret", b"nonce").expect("a block").len(),
            256
        );
        assert!(key.encrypt(&[b'x'; 213], b"nonce").is_ok());
        assert!(key.encrypt(&[b'x'; 214], b"nonce").is_err());
        assert!(key.encrypt(b"secret", b"").is_err());
    }
}

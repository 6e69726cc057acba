//! A password for the holder of an RSA key: where a server asks for the password itself on a
//! connection in the clear, it is sent like this (PKCS #1 OAEP with SHA-1, as servers want it). The
//! key comes over the same connection, so this keeps listeners away, not somebody in between; who
//! may be asked at all is decided in `plugin`.

use super::scramble::random;
use crate::error::Fault;
use num_bigint::BigUint;
use sha1::{Digest, Sha1};

const HASH: usize = 20;
const ODD: Fault = Fault::Torn("its RSA key is none");

pub struct Key {
    modulus: BigUint,
    exponent: BigUint,
}

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
        Ok(Key { modulus, exponent })
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
        let length = (self.modulus.bits() as usize).div_ceil(8);
        let room = length - 2 * HASH - 2;
        if hidden.len() > room {
            return Err(Fault::Password(room - 1));
        }
        let mut seed = [0; HASH];
        random(&mut seed)?;
        let mut block = Sha1::digest([]).to_vec();
        block.resize(HASH + room - hidden.len(), 0);
        block.push(1);
        block.extend_from_slice(&hidden);
        mask(&mut block, &seed);
        mask(&mut seed, &block);
        let message = BigUint::from_bytes_be(&[&seed[..], &block].concat());
        let sealed = message.modpow(&self.exponent, &self.modulus).to_bytes_be();
        let mut padded = vec![0; length - sealed.len()];
        padded.extend_from_slice(&sealed);
        Ok(padded)
    }
}

/// MGF1 with SHA-1.
fn mask(bytes: &mut [u8], seed: &[u8]) {
    for (count, chunk) in bytes.chunks_mut(HASH).enumerate() {
        let hash = Sha1::new().chain_update(seed);
        let hash = hash.chain_update((count as u32).to_be_bytes()).finalize();
        for (byte, hash) in chunk.iter_mut().zip(hash) {
            *byte ^= hash;
        }
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
    fn a_block_comes_out_as_it_went_in() {
        // With the exponent one, what is encrypted can be read.
        let key = Key {
            modulus: (BigUint::from(1u8) << 2048u32) - BigUint::from(1u8),
            exponent: BigUint::from(1u8),
        };
        let mut sealed = key.encrypt(b"secret", b"nonce").expect("a block");
        assert_eq!((sealed.len(), sealed[0]), (256, 0));
        let (seed, block) = sealed[1..].split_at_mut(HASH);
        mask(seed, block);
        mask(block, seed);
        let hidden = &block[block.len() - 7..];
        let plain: Vec<u8> = hidden.iter().zip(b"noncenon").map(|(a, b)| a ^ b).collect();
        assert_eq!(plain, b"secret\0");
        assert!(key.encrypt(&[b'x'; 300], b"nonce").is_err());
        assert!(key.encrypt(b"secret", b"").is_err());
    }
}

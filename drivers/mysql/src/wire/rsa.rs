//! The password under the server's public key (RSA, OAEP with SHA-1), as caching_sha2_password wants
//! it on a connection without TLS. Anything odd about the key is `None`, never a panic.

use num_bigint::BigUint;
use sha1::{Digest, Sha1};

const HASH: usize = 20;

/// The secret, masked with the nonce and sealed with a key in PEM.
pub fn seal(secret: &[u8], nonce: &[u8], pem: &[u8]) -> Option<Vec<u8>> {
    let (modulus, exponent) = key(&base64(std::str::from_utf8(pem).ok()?)?)?;
    if nonce.is_empty() {
        return None;
    }
    let masked: Vec<u8> = secret
        .iter()
        .zip(nonce.iter().cycle())
        .map(|(a, b)| a ^ b)
        .collect();
    let size = modulus.bits().div_ceil(8) as usize;
    let padded = BigUint::from_bytes_be(&pad(&masked, size)?);
    let sealed = padded.modpow(&exponent, &modulus).to_bytes_be();
    let mut full = vec![0; size.checked_sub(sealed.len())?];
    full.extend(sealed);
    Some(full)
}

/// EME-OAEP of RFC 8017 with an empty label.
fn pad(message: &[u8], size: usize) -> Option<Vec<u8>> {
    let room = size.checked_sub(2 * HASH + 2)?;
    let mut block = Sha1::digest(b"").to_vec();
    block.resize(HASH + room.checked_sub(message.len())?, 0);
    block.push(1);
    block.extend(message);
    let mut seed = [0; HASH];
    getrandom::fill(&mut seed).ok()?;
    mask(&mut block, &seed);
    mask(&mut seed, &block);
    let mut padded = vec![0];
    padded.extend(seed);
    padded.extend(block);
    Some(padded)
}

fn mask(target: &mut [u8], seed: &[u8]) {
    for (counter, chunk) in (0u32..).zip(target.chunks_mut(HASH)) {
        let hash = Sha1::new()
            .chain_update(seed)
            .chain_update(counter.to_be_bytes())
            .finalize();
        chunk.iter_mut().zip(hash).for_each(|(a, b)| *a ^= b);
    }
}

/// Modulus and exponent of a SubjectPublicKeyInfo.
fn key(der: &[u8]) -> Option<(BigUint, BigUint)> {
    let (info, _) = field(der, 0x30)?;
    let (_, rest) = field(info, 0x30)?;
    let (bits, _) = field(rest, 0x03)?;
    let (pair, _) = field(bits.strip_prefix(&[0])?, 0x30)?;
    let (modulus, rest) = field(pair, 0x02)?;
    let (exponent, _) = field(rest, 0x02)?;
    let modulus = BigUint::from_bytes_be(modulus);
    // Below 1024 bits no server makes keys, and above 16384 the arithmetic would be an attack.
    (1024..=16384)
        .contains(&modulus.bits())
        .then(|| (modulus, BigUint::from_bytes_be(exponent)))
}

/// The content of the first field, if it has this tag, and what follows it.
fn field(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&[found, first], rest) = der.split_first_chunk()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81 => (usize::from(*rest.first()?), &rest[1..]),
        0x82 => {
            let (&[high, low], rest) = rest.split_first_chunk()?;
            (usize::from(high) << 8 | usize::from(low), rest)
        }
        _ => return None,
    };
    (found == tag).then(|| rest.split_at_checked(length))?
}

fn base64(pem: &str) -> Option<Vec<u8>> {
    let body = pem
        .split_once("-----BEGIN PUBLIC KEY-----")?
        .1
        .split_once("-----END")?
        .0;
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0u32, 0);
    for byte in body.bytes().filter(|b| !b.is_ascii_whitespace()) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ => return None,
        };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = include_str!("../../tests/key.pem");

    #[test]
    fn a_key_is_read_and_seals_to_its_size() {
        let sealed = seal(b"hunter2\0", &[7; 20], KEY.as_bytes()).expect("a sealed text");
        assert_eq!(sealed.len(), 256);
        // Fresh randomness each time.
        assert_ne!(Some(sealed), seal(b"hunter2\0", &[7; 20], KEY.as_bytes()));
    }

    #[test]
    fn a_bad_key_is_refused() {
        for pem in [
            "",
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
            "-----BEGIN PUBLIC KEY-----\nMIIBIjANBg\n-----END",
        ] {
            assert_eq!(seal(b"x", &[1], pem.as_bytes()), None);
        }
        assert_eq!(seal(&[1; 300], &[1], KEY.as_bytes()), None);
        assert_eq!(seal(b"x", &[], KEY.as_bytes()), None);
    }
}

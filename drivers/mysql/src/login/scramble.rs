//! How a password is proven without being said. Pure.

use crate::error::Fault;
use curve25519_dalek::scalar::clamp_integer;
use curve25519_dalek::{EdwardsPoint, Scalar};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

fn xor<const N: usize>(one: [u8; N], other: [u8; N]) -> Vec<u8> {
    one.iter().zip(other).map(|(a, b)| a ^ b).collect()
}

/// SHA1(password) XOR SHA1(nonce, SHA1(SHA1(password))).
pub fn native(password: &[u8], nonce: &[u8]) -> Vec<u8> {
    let once: [u8; 20] = Sha1::digest(password).into();
    let hash = Sha1::new().chain_update(nonce);
    xor(
        once,
        hash.chain_update(Sha1::digest(once)).finalize().into(),
    )
}

/// SHA256(password) XOR SHA256(SHA256(SHA256(password)), nonce).
pub fn sha2(password: &[u8], nonce: &[u8]) -> Vec<u8> {
    let once: [u8; 32] = Sha256::digest(password).into();
    let hash = Sha256::new().chain_update(Sha256::digest(once));
    xor(once, hash.chain_update(nonce).finalize().into())
}

/// An Ed25519 signature (RFC 8032, 5.1.6), but of a secret of any length: MariaDB's `ed25519` takes
/// the password itself where the RFC has 32 random bytes.
pub fn signature(secret: &[u8], message: &[u8]) -> Vec<u8> {
    let mut low = [0; 32];
    let hash = Sha512::digest(secret);
    let (left, prefix) = hash.split_at(32);
    low.copy_from_slice(left);
    let secret = Scalar::from_bytes_mod_order(clamp_integer(low));
    let public = EdwardsPoint::mul_base(&secret).compress();
    let number = |parts: &[&[u8]]| {
        let hash = parts
            .iter()
            .fold(Sha512::new(), |hash, part| hash.chain_update(part));
        Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
    };
    let once = number(&[prefix, message]);
    let point = EdwardsPoint::mul_base(&once).compress();
    let answer = once + number(&[point.as_bytes(), public.as_bytes(), message]) * secret;
    [point.to_bytes(), answer.to_bytes()].concat()
}

/// The answer to MariaDB's `parsec`: a nonce of ours, and both nonces signed with a key that is
/// derived from the password. `salt` is the server's packet: P, how often, 18 bytes of salt.
pub fn parsec(password: &[u8], nonce: &[u8], salt: &[u8]) -> Result<Vec<u8>, Fault> {
    let odd = || Fault::Torn("its parsec salt is none");
    // The server has four levels; without a limit it could keep us busy for ever.
    let (rounds, salt) = match salt {
        [b'P', level @ 0..=3, salt @ ..] if salt.len() == 18 => (1024u32 << level, salt),
        _ => return Err(odd()),
    };
    let nonce: &[u8; 32] = nonce.first_chunk().ok_or_else(odd)?;
    let mut key = [0; 32];
    pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, rounds, &mut key);
    let mut own = [0; 32];
    random(&mut own)?;
    let signed = signature(&key, &[*nonce, own].concat());
    Ok([&own[..], &signed].concat())
}

pub fn random(into: &mut [u8]) -> Result<(), Fault> {
    getrandom::fill(into).map_err(|error| std::io::Error::other(error.to_string()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn proofs_are_those_of_the_servers_own_client() {
        let nonce = b"NR3HP:qIYa_9=db?Sd{`";
        assert_eq!(
            hex(&native(b"G!ider27", nonce)),
            "09cff8855e9e705340ff2270d8fb9fadba906b70"
        );
        assert_eq!(
            hex(&sha2(b"G!ider27", nonce)),
            "4f97bbfd202401c42a69deaae53bda077ed7578563c1a80eb816c82119b68d2e"
        );
    }

    #[test]
    fn a_signature_is_that_of_the_rfc() {
        // RFC 8032, 7.1, test 1.
        let secret = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let secret: Vec<u8> = (0..32)
            .map(|n| u8::from_str_radix(&secret[2 * n..2 * n + 2], 16).expect("hex"))
            .collect();
        assert_eq!(
            hex(&signature(&secret, b"")),
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        );
    }

    #[test]
    fn a_server_cannot_ask_for_endless_work() {
        let nonce = [7; 32];
        for level in [4, 255] {
            let salt = [&[b'P', level][..], &[1; 18]].concat();
            assert!(parsec(b"secret", &nonce, &salt).is_err());
        }
        let salt = [&b"P\0"[..], &[1; 18]].concat();
        assert_eq!(
            parsec(b"secret", &nonce, &salt).expect("an answer").len(),
            96
        );
        assert!(parsec(b"secret", &nonce[..31], &salt).is_err());
        assert!(parsec(b"secret", &nonce, &salt[..19]).is_err());
    }
}

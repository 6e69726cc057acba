//! How a password is proven without being said: the proofs of `mysql_common`, held to lengths that do
//! not make them panic or work for ever. Pure but for random bytes.

use crate::error::Fault;
use mysql_common::scramble::{
    create_response_for_ed25519, create_response_for_parsec, scramble_native, scramble_sha256,
};

/// SHA1(password) XOR SHA1(nonce, SHA1(SHA1(password))).
pub fn native(password: &[u8], nonce: &[u8]) -> Vec<u8> {
    scramble_native(nonce, password).map_or_else(Vec::new, Vec::from)
}

/// SHA256(password) XOR SHA256(SHA256(SHA256(password)), nonce).
pub fn sha2(password: &[u8], nonce: &[u8]) -> Vec<u8> {
    scramble_sha256(nonce, password).map_or_else(Vec::new, Vec::from)
}

/// An Ed25519 signature, but of a secret of any length: MariaDB's `ed25519` takes the password itself
/// where the RFC has 32 random bytes.
pub fn signature(password: &[u8], nonce: &[u8]) -> Vec<u8> {
    create_response_for_ed25519(password, nonce).to_vec()
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
    Ok(create_response_for_parsec(password, nonce, rounds, salt).to_vec())
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

//! Proving the password without sending it: the two plugins that need no other key.

use sha1::Sha1;
use sha2::{Digest, Sha256};

pub const NATIVE: &str = "mysql_native_password";
pub const CACHING: &str = "caching_sha2_password";

/// What to send for a plugin; `None` where we do not know it.
pub fn answer(plugin: &str, password: &str, nonce: &[u8]) -> Option<Vec<u8>> {
    if !matches!(plugin, NATIVE | CACHING) {
        return None;
    }
    if password.is_empty() {
        return Some(Vec::new());
    }
    let password = password.as_bytes();
    Some(match plugin {
        NATIVE => {
            let once = Sha1::digest(password);
            let mask = Sha1::new()
                .chain_update(nonce)
                .chain_update(Sha1::digest(once))
                .finalize();
            xor(&once, &mask)
        }
        _ => {
            let once = Sha256::digest(password);
            let mask = Sha256::new()
                .chain_update(Sha256::digest(once))
                .chain_update(nonce)
                .finalize();
            xor(&once, &mask)
        }
    })
}

fn xor(a: &[u8], b: &[u8]) -> Vec<u8> {
    a.iter().zip(b).map(|(a, b)| a ^ b).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_plugin_gets_no_password() {
        assert_eq!(answer("mysql_clear_password", "hunter2", b"n"), None);
        assert_eq!(answer("dialog", "hunter2", b"n"), None);
        assert_eq!(answer(NATIVE, "", b"n"), Some(Vec::new()));
    }
}

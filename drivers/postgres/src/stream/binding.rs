//! What ties a login to one TLS channel: the hash of the server's certificate (`tls-server-end-point`,
//! RFC 5929), made by the hash that its signature uses. Pure; a certificate that cannot be read
//! gives none, never a wrong one.

use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

/// `None`: the signature has no hash of its own (Ed25519), or one that is not known here.
pub fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    let whole = Element::first(certificate, SEQUENCE)?;
    let signed = Element::first(whole.body, SEQUENCE)?;
    let algorithm = Element::first(signed.rest, SEQUENCE)?;
    let name = Element::first(algorithm.body, NAME)?;
    Some(match hash(name.body, name.rest)? {
        Hash::Sha224 => Sha224::digest(certificate).to_vec(),
        Hash::Sha256 => Sha256::digest(certificate).to_vec(),
        Hash::Sha384 => Sha384::digest(certificate).to_vec(),
        Hash::Sha512 => Sha512::digest(certificate).to_vec(),
    })
}

enum Hash {
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// 1.2.840.113549.1.1, 1.2.840.10045.4 and 2.16.840.1.101.3.4.2.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04];
const SHA2: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];

/// What is weaker than SHA-256 counts as SHA-256.
fn hash(name: &[u8], parameters: &[u8]) -> Option<Hash> {
    if let Some(last) = name.strip_prefix(RSA) {
        return Some(match last {
            [4 | 5 | 11] => Hash::Sha256,
            [12] => Hash::Sha384,
            [13] => Hash::Sha512,
            [14] => Hash::Sha224,
            [10] => return salted(parameters),
            _ => return None,
        });
    }
    Some(match name.strip_prefix(ECDSA)? {
        [1] | [3, 2] => Hash::Sha256,
        [3, 1] => Hash::Sha224,
        [3, 3] => Hash::Sha384,
        [3, 4] => Hash::Sha512,
        _ => return None,
    })
}

/// RSA-PSS names its hash in its parameters; SHA-1, which counts as SHA-256, where it does not.
fn salted(parameters: &[u8]) -> Option<Hash> {
    let all = Element::first(parameters, SEQUENCE)?;
    let Some(given) = Element::first(all.body, FIRST) else {
        return Some(Hash::Sha256);
    };
    let algorithm = Element::first(given.body, SEQUENCE)?;
    let name = Element::first(algorithm.body, NAME)?;
    Some(match name.body.strip_prefix(SHA2) {
        Some([1]) => Hash::Sha256,
        Some([2]) => Hash::Sha384,
        Some([3]) => Hash::Sha512,
        Some([4]) => Hash::Sha224,
        _ => return None,
    })
}

const SEQUENCE: u8 = 0x30;
const NAME: u8 = 0x06;
const FIRST: u8 = 0xa0;

/// One element of DER, and what stands behind it.
struct Element<'a> {
    body: &'a [u8],
    rest: &'a [u8],
}

impl Element<'_> {
    fn first(bytes: &[u8], kind: u8) -> Option<Element<'_>> {
        let (found, bytes) = bytes.split_first()?;
        let (first, bytes) = bytes.split_first()?;
        let (length, bytes) = match first {
            0..=0x7f => (usize::from(*first), bytes),
            0x81..=0x83 => {
                let (length, bytes) = bytes.split_at_checked(usize::from(first & 3))?;
                let length = length
                    .iter()
                    .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
                (length, bytes)
            }
            _ => return None,
        };
        let (body, rest) = bytes.split_at_checked(length)?;
        (*found == kind).then_some(Element { body, rest })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn element(kind: u8, body: &[u8]) -> Vec<u8> {
        let mut all = vec![kind, 0x82];
        all.extend((body.len() as u16).to_be_bytes());
        all.extend(body);
        all
    }

    /// As much of a certificate as counts.
    fn signed_with(name: &[u8], parameters: &[u8]) -> Vec<u8> {
        let algorithm = [element(NAME, name), parameters.to_vec()].concat();
        let parts = [
            element(SEQUENCE, &[0x5a; 300]),
            element(SEQUENCE, &algorithm),
            element(3, &[0; 65]),
        ];
        element(SEQUENCE, &parts.concat())
    }

    fn length(name: &[u8], parameters: &[u8]) -> Option<usize> {
        end_point(&signed_with(name, parameters)).map(|hash| hash.len())
    }

    #[test]
    fn the_hash_is_that_of_the_signature() {
        let rsa = |last: u8| length(&[RSA, &[last]].concat(), &[5, 0]);
        let lengths = [4, 5, 11, 12, 13, 14, 99].map(rsa);
        let wanted = [32, 32, 32, 48, 64, 28].map(Some);
        assert_eq!(lengths[..6], wanted);
        assert_eq!(lengths[6], None);
        let ecdsa = |last: &[u8]| length(&[ECDSA, last].concat(), &[]);
        assert_eq!(ecdsa(&[1]), Some(32));
        assert_eq!(ecdsa(&[3, 3]), Some(48));
        assert_eq!(ecdsa(&[3, 4]), Some(64));
        // Ed25519.
        assert_eq!(length(&[0x2b, 0x65, 0x70], &[]), None);
    }

    #[test]
    fn salted_signatures_name_their_hash_inside() {
        let pss = [RSA, &[10]].concat();
        let given = |last: u8| {
            let name = element(NAME, &[SHA2, &[last]].concat());
            element(SEQUENCE, &element(FIRST, &element(SEQUENCE, &name)))
        };
        assert_eq!(length(&pss, &given(2)), Some(48));
        assert_eq!(length(&pss, &given(9)), None);
        assert_eq!(length(&pss, &element(SEQUENCE, &[])), Some(32));
    }

    #[test]
    fn what_is_cut_off_gives_none_and_no_panic() {
        let whole = signed_with(&[RSA, &[11]].concat(), &[5, 0]);
        let body = 4 + 304;
        for end in 0..body {
            assert_eq!(end_point(&whole[..end]), None, "{end}");
        }
        assert_eq!(end_point(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }
}

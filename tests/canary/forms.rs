//! How a secret may be spelt, and the search for it. Proven able to find: a test plants each form.

use std::fmt::Write;

/// Letters and digits that stand in no text of ours, around each sign that some spelling treats
/// specially.
const FIRST: &str = "Kq7vZ";
const LAST: &str = "mT4xP";

const SIGNS: &[&str] = &[
    "@",
    ":",
    "/",
    "?",
    "#",
    "%",
    "+",
    "'",
    "\"",
    "\\",
    " ",
    "\n",
    "&",
    "=",
    "%41",
    // All at once.
    "@:/?#%+'\" \\\n&=",
];

pub fn passwords() -> Vec<String> {
    SIGNS.iter().map(|s| format!("{FIRST}{s}{LAST}")).collect()
}

/// The worst of them.
pub fn worst() -> String {
    passwords().pop().unwrap()
}

/// Every spelling of a secret. Halves are among them: a URL that is cut at the wrong sign spreads a
/// password over its parts. They survive percent-encoding, quoting and escaping as they are.
pub fn forms(secret: &str) -> Vec<(&'static str, String)> {
    let bytes = secret.as_bytes();
    let every = |format: fn(u8) -> String| bytes.iter().map(|b| format(*b)).collect::<String>();
    let mut all = vec![
        ("raw", secret.to_string()),
        ("percent, upper", percent(secret, true)),
        ("percent, lower", percent(secret, false)),
        ("percent, every byte", every(|b| format!("%{b:02X}"))),
        ("percent, every byte, lower", every(|b| format!("%{b:02x}"))),
        ("form", percent(secret, true).replace("%20", "+")),
        ("json", trimmed(serde_json::to_string(secret).unwrap())),
        ("debug", trimmed(format!("{secret:?}"))),
        ("unicode", secret.escape_unicode().to_string()),
        ("doubled quotes", secret.replace('\'', "''")),
        (
            "backslashes",
            secret.replace('\\', "\\\\").replace('\'', "\\'"),
        ),
        ("hex", every(|b| format!("{b:02x}"))),
        ("hex, upper", every(|b| format!("{b:02X}"))),
        ("bytes", format!("{bytes:?}")),
        ("first half", FIRST.into()),
        ("last half", LAST.into()),
        ("first half, lower", FIRST.to_lowercase()),
        ("last half, lower", LAST.to_lowercase()),
    ];
    all.extend((0..3).map(|shift| ("base64", base64_within(bytes, shift))));
    all
}

/// The first spelling that a text holds.
pub fn found(text: &str, secret: &str) -> Option<&'static str> {
    let hit = |(name, form): (&'static str, String)| text.contains(&form).then_some(name);
    forms(secret).into_iter().find_map(hit)
}

fn trimmed(quoted: String) -> String {
    quoted[1..quoted.len() - 1].to_string()
}

/// As it has to be written in a URL.
pub fn percent(text: &str, upper: bool) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        let _ = match (byte.is_ascii_alphanumeric(), upper) {
            (true, _) => write!(out, "{}", byte as char),
            (_, true) => write!(out, "%{byte:02X}"),
            (_, false) => write!(out, "%{byte:02x}"),
        };
    }
    out
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks_exact(3) {
        let n = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        for at in [18, 12, 6, 0] {
            out.push(SIGNS[(n >> at) as usize & 63] as char);
        }
    }
    out
}

/// What every base64 text that holds these bytes behind `shift` others has in common.
fn base64_within(bytes: &[u8], shift: usize) -> String {
    let skipped = (3 - shift) % 3;
    base64(&bytes[skipped..])
}

#[test]
fn every_planted_spelling_is_found() {
    for secret in passwords() {
        for (name, form) in forms(&secret) {
            assert!(form.len() >= 5, "{name} of {secret:?} is too short: {form}");
            let planted = format!("error: no connection to {form} here\n");
            assert!(found(&planted, &secret).is_some(), "{name} of {secret:?}");
        }
        assert_eq!(
            found("error: no connection to db.example:5432\n", &secret),
            None
        );
    }
}

#[test]
fn base64_is_found_wherever_the_secret_begins() {
    assert_eq!(base64(b"Many hands"), "TWFueSBoYW5k");
    let secret = worst();
    for before in 0..7 {
        let text = format!("{}{secret}tail", "x".repeat(before));
        assert_eq!(found(&base64(text.as_bytes()), &secret), Some("base64"));
    }
}

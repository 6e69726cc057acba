//! AWS Signature Version 4, in a query. Pure: the time is handed in. It signs and must never send.

use super::credentials::Credentials;
use hmac::{Hmac, Mac};
use initium_driver::{Code, Error, Result, Secret};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

/// A GET that somebody else may send later.
pub struct Presigned<'a> {
    pub service: &'a str,
    pub region: &'a str,
    pub host: &'a str,
    pub port: u16,
    /// Percent-encoded.
    pub path: &'a str,
    pub query: &'a [(&'a str, &'a str)],
    /// How long it holds.
    pub seconds: u32,
    /// The hash of the body.
    pub payload: &'a str,
}

/// The query of the URL, the signature at its end.
pub fn presigned(
    request: &Presigned,
    credentials: &Credentials,
    now: OffsetDateTime,
) -> Result<Secret> {
    let (day, moment) = stamps(now);
    let scope = format!("{day}/{}/{}/aws4_request", request.region, request.service);
    let key = format!("{}/{scope}", credentials.key);
    let seconds = request.seconds.to_string();
    let mut query: Vec<(&str, &str)> = request.query.to_vec();
    query.extend([
        ("X-Amz-Algorithm", ALGORITHM),
        ("X-Amz-Credential", &key),
        ("X-Amz-Date", &moment),
        ("X-Amz-Expires", &seconds),
        ("X-Amz-SignedHeaders", "host"),
    ]);
    if let Some(session) = &credentials.session {
        query.push(("X-Amz-Security-Token", session.reveal()));
    }
    let mut query: Vec<(String, String)> = query
        .iter()
        .map(|(name, value)| (encoded(name), encoded(value)))
        .collect();
    let sent = joined(&query);
    // Clients agree on the order of what is signed, not on that of what is sent.
    query.sort_unstable();
    let canonical = format!(
        "GET\n{}\n{}\nhost:{}\n\nhost\n{}",
        request.path,
        joined(&query),
        header(request.host, request.port),
        request.payload
    );
    let hash = hex(&Sha256::digest(canonical));
    let text = format!("{ALGORITHM}\n{moment}\n{scope}\n{hash}");
    let mut signature = format!("AWS4{}", credentials.secret.reveal()).into_bytes();
    for part in [&day, request.region, request.service, "aws4_request", &text] {
        signature = keyed(&signature, part)?;
    }
    let signature = hex(&signature);
    Ok(Secret::new(format!("{sent}&X-Amz-Signature={signature}")))
}

fn joined(query: &[(String, String)]) -> String {
    let pairs: Vec<_> = query.iter().map(|(n, v)| format!("{n}={v}")).collect();
    pairs.join("&")
}

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const HTTPS: u16 = 443;

/// The header as every client writes it: the scheme's own port is left out.
fn header(host: &str, port: u16) -> String {
    let host = host.to_ascii_lowercase();
    match port {
        HTTPS => host,
        port => format!("{host}:{port}"),
    }
}

/// `20261121` and `20261121T133709Z`.
fn stamps(now: OffsetDateTime) -> (String, String) {
    let day = format!(
        "{:04}{:02}{:02}",
        now.year(),
        u8::from(now.month()),
        now.day()
    );
    let moment = format!(
        "{day}T{:02}{:02}{:02}Z",
        now.hour(),
        now.minute(),
        now.second()
    );
    (day, moment)
}

/// Percent-encoded as RFC 3986 wants it, which is what AWS signs.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(byte as char);
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn keyed(key: &[u8], text: &str) -> Result<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key)
        .map_err(|_| Error::new(Code::ConnectionInvalid, "the AWS secret key cannot sign"))?;
    mac.update(text.as_bytes());
    Ok(mac.finalize().into_bytes().to_vec())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

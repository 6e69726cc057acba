//! Why a handshake failed, in words for people: each cause has its own code, because each has
//! another remedy.

use initium_driver::error::{Code, Error};
use initium_driver::{Mode, Tls};
use rustls::{AlertDescription, CertificateError};

/// The server does not speak TLS, or somebody between says so.
pub fn refused(place: &str, mode: Mode) -> Error {
    Error::new(
        Code::TlsRefused,
        format!(
            "{place} does not offer TLS, and the connection asks for it ({})",
            mode.word()
        ),
    )
    .help("switch TLS on at the server; if it is on, somebody between strips it. Only where the network is trusted: sslmode=disable")
}

/// What went wrong in a handshake with `place`.
pub fn trouble(error: &rustls::Error, place: &str, tls: &Tls) -> Error {
    let with = |code, what: String, help: &str| Error::new(code, what).help(help);
    match error {
        rustls::Error::InvalidCertificate(why) => certificate(why, place, tls),
        rustls::Error::AlertReceived(
            alert @ (AlertDescription::CertificateRequired
            | AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::HandshakeFailure
            | AlertDescription::AccessDenied),
        ) => match tls.certificate {
            None if *alert == AlertDescription::HandshakeFailure => with(
                Code::TlsFailed,
                format!("{place} ended the TLS handshake"),
                "it may speak only versions or ciphers that are not spoken here (TLS 1.2 and 1.3), or want a client certificate: sslcert and sslkey",
            ),
            None => client_wanted(place),
            Some(_) => with(
                Code::TlsClientCertificate,
                format!("{place} does not take the client certificate: {alert:?}"),
                "is it expired, and signed by an authority that the server trusts?",
            ),
        },
        rustls::Error::InvalidMessage(_) | rustls::Error::InappropriateMessage { .. } => with(
            Code::TlsFailed,
            format!("{place} answered the TLS handshake with something else"),
            "somebody between may have put it there; check host and port, and whether the server expects sslnegotiation=direct",
        ),
        other => with(
            Code::TlsFailed,
            format!("the TLS handshake with {place} failed: {other}"),
            "spoken here: TLS 1.2 and 1.3; see the server's log for its side",
        ),
    }
}

/// The server wants to see a certificate of this side.
pub fn client_wanted(place: &str) -> Error {
    Error::new(
        Code::TlsClientCertificate,
        format!("{place} asks for a client certificate, and none is given"),
    )
    .help("name its files with sslcert and sslkey (ssl-cert and ssl-key for MySQL)")
}

fn certificate(why: &CertificateError, place: &str, tls: &Tls) -> Error {
    let with = |code, what: String, help: &str| Error::new(code, what).help(help);
    match why {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => with(
            Code::TlsCertificateExpired,
            format!("the certificate of {place} is expired"),
            "renew it at the server; if it is not expired, this machine's clock is wrong",
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => with(
            Code::TlsCertificateExpired,
            format!("the certificate of {place} is not valid yet"),
            "this machine's clock or the server's was wrong",
        ),
        CertificateError::NotValidForName => with(
            Code::TlsWrongHost,
            format!("the certificate of {place} is for another host"),
            WRONG_HOST,
        ),
        CertificateError::NotValidForNameContext { presented, .. } => with(
            Code::TlsWrongHost,
            format!(
                "the certificate of {place} is for another host: {}",
                listed(presented)
            ),
            WRONG_HOST,
        ),
        CertificateError::UnknownIssuer | CertificateError::BadSignature => with(
            Code::TlsUnknownAuthority,
            format!(
                "the certificate of {place} is signed by an authority that is not trusted{}",
                match tls.roots.as_deref() {
                    None | Some("system") => " by this system".to_string(),
                    Some(path) => format!(": it is not in {path}"),
                }
            ),
            "get the authority's certificate from whoever runs the server and name its file with sslrootcert (ssl-ca for MySQL) or SSL_CERT_FILE",
        ),
        CertificateError::UnhandledCriticalExtension => with(
            Code::TlsFailed,
            format!("the certificate of {place} says something that is not understood here"),
            "it has a critical extension that is unknown here",
        ),
        other => with(
            Code::TlsFailed,
            format!("the certificate of {place} cannot be used: {other}"),
            "a server's certificate must be signed by an authority and be no authority itself",
        ),
    }
}

const WRONG_HOST: &str = "connect by a name that stands in the certificate, or have it issued for this one; verify-ca does without the name";

/// The names of a certificate, as it spells them.
fn listed(presented: &[String]) -> String {
    match presented {
        [] => "it names none".into(),
        some => format!(
            "it names {}",
            some.iter()
                .take(5)
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

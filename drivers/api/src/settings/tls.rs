//! How a connection is to be encrypted, as far as that can be known without looking at a file.

use crate::error::{Code, Error};

/// The names are libpq's; MySQL's say the same in capitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Never.
    Disable,
    /// Only where the server insists.
    Allow,
    /// Where the server can; nothing is verified.
    Prefer,
    /// Always; who answers is not verified.
    Require,
    /// Always, with a certificate of an authority that is trusted, whatever name it carries.
    VerifyCa,
    /// Always, and the certificate carries the name of the host.
    VerifyFull,
}

impl Mode {
    /// Every spelling that databases, drivers and frameworks have for it.
    pub fn of(word: &str) -> Option<Mode> {
        let word = word.to_ascii_lowercase().replace('_', "-");
        Some(match word.as_str() {
            "disable" | "disabled" | "false" | "off" | "0" => Mode::Disable,
            "allow" => Mode::Allow,
            "prefer" | "preferred" => Mode::Prefer,
            "require" | "required" | "skip-verify" => Mode::Require,
            "verify-ca" => Mode::VerifyCa,
            "verify-full" | "verify-identity" | "true" | "on" | "1" => Mode::VerifyFull,
            _ => return None,
        })
    }

    pub fn word(self) -> &'static str {
        match self {
            Mode::Disable => "disable",
            Mode::Allow => "allow",
            Mode::Prefer => "prefer",
            Mode::Require => "require",
            Mode::VerifyCa => "verify-ca",
            Mode::VerifyFull => "verify-full",
        }
    }

    /// Whether an answer in the clear is a failure.
    pub fn is_demanded(self) -> bool {
        self >= Mode::Require
    }

    pub fn verifies(self) -> bool {
        self >= Mode::VerifyCa
    }
}

/// What is said of TLS; the paths are PEM files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    pub mode: Option<Mode>,
    /// The authorities that are trusted, instead of those of the system.
    pub roots: Option<String>,
    /// Where this system keeps its own list of them, if somebody says so (`SSL_CERT_FILE`). It is
    /// only looked at where one is needed: it makes no connection stricter.
    pub system: Option<String>,
    /// What this side shows of itself.
    pub certificate: Option<String>,
    pub key: Option<String>,
}

impl Tls {
    /// What holds for a host: libpq's rule that a file of authorities is there to be used, and
    /// verification for whatever is not this machine.
    pub fn mode(&self, local: Locality) -> Mode {
        match (self.mode, local) {
            (Some(Mode::Require), _) if self.roots.is_some() => Mode::VerifyCa,
            (Some(mode), _) => mode,
            (None, Locality::Here) if self.roots.is_some() => Mode::VerifyFull,
            (None, Locality::Here) => Mode::Allow,
            (None, Locality::Elsewhere) => Mode::VerifyFull,
        }
    }
}

/// What a build without TLS says where it is demanded.
pub fn missing(place: &str, mode: Mode) -> Error {
    Error::new(
        Code::TlsMissing,
        format!(
            "the connection to {place} is to be encrypted ({}), and this build has no TLS",
            mode.word()
        ),
    )
    .help(
        "take a build with the feature `tls`, or say sslmode=disable where the network is trusted",
    )
}

/// Whether bytes leave this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locality {
    Here,
    Elsewhere,
}

impl Locality {
    /// By name or address; a path is a socket.
    pub fn of(host: &str) -> Locality {
        let here = host == "localhost"
            || host.is_empty()
            || host.starts_with(['/', '@'])
            || host
                .parse::<core::net::IpAddr>()
                .is_ok_and(|address| address.to_canonical().is_loopback());
        match here {
            true => Locality::Here,
            false => Locality::Elsewhere,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_this_machine_is_verified_unless_somebody_says_otherwise() {
        let said = |mode| Tls {
            mode,
            ..Tls::default()
        };
        for (host, mode, expected) in [
            ("db.example", None, Mode::VerifyFull),
            ("10.0.0.1", None, Mode::VerifyFull),
            ("127.0.0.1.example", None, Mode::VerifyFull),
            ("127.8.8.8", None, Mode::Allow),
            ("::ffff:127.0.0.1", None, Mode::Allow),
            ("/run/postgresql", None, Mode::Allow),
            ("db.example", Some(Mode::Disable), Mode::Disable),
            ("db.example", Some(Mode::Require), Mode::Require),
        ] {
            assert_eq!(said(mode).mode(Locality::of(host)), expected, "{host}");
        }
    }

    #[test]
    fn a_file_of_authorities_is_there_to_be_used() {
        let with = |mode| Tls {
            mode,
            roots: Some("ca.crt".into()),
            ..Tls::default()
        };
        assert_eq!(
            with(Some(Mode::Require)).mode(Locality::Here),
            Mode::VerifyCa
        );
        assert_eq!(with(None).mode(Locality::Here), Mode::VerifyFull);
        assert_eq!(with(Some(Mode::Prefer)).mode(Locality::Here), Mode::Prefer);
    }
}

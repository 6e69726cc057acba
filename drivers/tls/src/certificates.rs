//! PEM files: the authorities that are trusted, and what this side shows of itself.

use initium_driver::Tls;
use initium_driver::error::{Code, Error, Result};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};

/// Where Debian, Red Hat, Alpine and SUSE keep what the system trusts.
const BUNDLES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
    "/etc/ssl/ca-bundle.pem",
];

/// The file of authorities: the one that is named, or the system's.
pub fn roots(tls: &Tls) -> Result<PathBuf> {
    if let Some(path) = named(tls) {
        return Ok(path.into());
    }
    if let Some(path) = &tls.system {
        return Ok(path.into());
    }
    system(BUNDLES)
}

fn system(bundles: &[&str]) -> Result<PathBuf> {
    bundles
        .iter()
        .map(PathBuf::from)
        .find(|path| path.is_file())
        .ok_or_else(|| {
            Error::new(
                Code::TlsUnknownAuthority,
                "nothing says which authorities are trusted, and this system has no list of them",
            )
            .help("name the authority's file with sslrootcert (ssl-ca for MySQL) or SSL_CERT_FILE; an image FROM scratch needs a copy of it")
        })
}

fn named(tls: &Tls) -> Option<&str> {
    tls.roots.as_deref().filter(|path| *path != "system")
}

/// The authorities. A file that somebody named must be right; of the system's list, what can be
/// read is taken.
pub fn authorities(tls: &Tls) -> Result<RootCertStore> {
    let path = roots(tls)?;
    let mut store = RootCertStore::empty();
    let found = certificates(&path)?;
    if named(tls).is_none() {
        store.add_parsable_certificates(found);
    } else {
        for certificate in found {
            store
                .add(certificate)
                .map_err(|error| unusable(&path, "a certificate", &error))?;
        }
    }
    Ok(store)
}

/// The certificate chain and key of this side; both or none.
pub fn identity(
    tls: &Tls,
) -> Result<Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>> {
    let (certificate, key) = match (&tls.certificate, &tls.key) {
        (None, None) => return Ok(None),
        (Some(certificate), Some(key)) => (Path::new(certificate), Path::new(key)),
        (Some(_), None) => return Err(half("sslcert", "sslkey")),
        (None, Some(_)) => return Err(half("sslkey", "sslcert")),
    };
    let chain = certificates(certificate)?;
    let key = PrivateKeyDer::from_pem_slice(&read(key)?)
        .map_err(|error| unusable(key, "a private key", &error))?;
    Ok(Some((chain, key)))
}

fn half(given: &str, lacking: &str) -> Error {
    Error::new(
        Code::ConnectionInvalid,
        format!("{given} is given, {lacking} is not"),
    )
    .help("a client certificate needs both files")
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let text = read(path)?;
    let found = CertificateDer::pem_slice_iter(&text)
        .collect::<std::result::Result<Vec<_>, _>>()
        .map_err(|error| unusable(path, "certificates", &error))?;
    match found.is_empty() {
        true => Err(unusable(path, "a certificate", &"it has none in PEM form")),
        false => Ok(found),
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| {
        Error::new(
            Code::FileUnreadable,
            format!("cannot read '{}' for TLS: {error}", path.display()),
        )
        .help("is the secret mounted, and may this user read it?")
    })
}

fn unusable(path: &Path, what: &str, error: &dyn std::fmt::Display) -> Error {
    Error::new(
        Code::ConnectionInvalid,
        format!("'{}' cannot be read as {what}: {error}", path.display()),
    )
    .help("it must be PEM: -----BEGIN CERTIFICATE----- or -----BEGIN PRIVATE KEY-----")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_without_a_list_of_authorities_says_how_to_name_one() {
        let Err(error) = system(&["/no/such/bundle"]) else {
            panic!("found one");
        };
        assert_eq!(error.code(), Code::TlsUnknownAuthority);
        assert!(
            error
                .help_text()
                .is_some_and(|help| help.contains("SSL_CERT_FILE"))
        );
    }
}

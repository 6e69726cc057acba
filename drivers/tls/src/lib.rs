//! TLS for the drivers that have it: one provider, one choice of authorities, one set of errors, so
//! that the same mistake has the same name on every database. It must never trust more than what
//! was asked for, and never fall back to the clear: that is a driver's mode, said by a person.

#![forbid(unsafe_code)]

mod certificates;
mod error;
mod verify;

pub use certificates::roots;
pub use error::{client_wanted, refused, trouble};
pub use rustls;

use initium_driver::error::{Code, Error, Result};
use initium_driver::{Mode, Tls};
use rustls::ClientConfig;
use rustls::crypto::ring;
use std::sync::Arc;

/// What a handshake needs; reads the files that `tls` names.
pub fn config(tls: &Tls, mode: Mode) -> Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(&error))?
        .dangerous()
        .with_custom_certificate_verifier(verify::verifier(tls, mode, provider)?);
    match certificates::identity(tls)? {
        None => Ok(builder.with_no_client_auth()),
        Some((chain, key)) => builder.with_client_auth_cert(chain, key).map_err(|error| {
            Error::new(
                Code::ConnectionInvalid,
                format!("the client's certificate and key cannot be used: {error}"),
            )
            .help("sslkey must be the key of the certificate in sslcert")
        }),
    }
}

/// What was agreed in a handshake, for people: `TLSv1.3, TLS13_AES_256_GCM_SHA384`.
pub fn agreed(session: &rustls::CommonState) -> Option<String> {
    let version = session.protocol_version()?.as_str()?.replace('_', ".");
    let suite = session.negotiated_cipher_suite()?.suite();
    Some(format!("{version}, {}", suite.as_str()?))
}

fn failed(error: &rustls::Error) -> Error {
    Error::new(Code::TlsFailed, format!("TLS cannot begin: {error}"))
}

//! Who is believed. Three ways: nobody is asked (`require`), an authority (`verify-ca`), an
//! authority and the name (`verify-full`).

use crate::certificates::authorities;
use initium_driver::error::{Code, Error, Result};
use initium_driver::{Mode, Tls};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, SignatureScheme};
use std::sync::Arc;

pub fn verifier(
    tls: &Tls,
    mode: Mode,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>> {
    let authority = match mode.verifies() {
        false => None,
        true => {
            let known = Arc::new(authorities(tls)?);
            let built = WebPkiServerVerifier::builder_with_provider(known, provider.clone());
            Some(built.build().map_err(|error| {
                Error::new(
                    Code::ConnectionInvalid,
                    format!("the list of authorities cannot be used: {error}"),
                )
            })?)
        }
    };
    Ok(match (mode, authority) {
        (Mode::VerifyFull, Some(authority)) => authority,
        (_, authority) => Arc::new(AnyName {
            authority,
            provider,
        }),
    })
}

/// Believes a certificate whatever name it was given for: an authority's, or where none is asked
/// anybody's. That the other side has the key of its certificate is checked all the same.
#[derive(Debug)]
struct AnyName {
    authority: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        let Some(authority) = &self.authority else {
            return Ok(ServerCertVerified::assertion());
        };
        // The name is looked at last: whoever fails there has passed everything else.
        match authority.verify_server_cert(certificate, chain, name, ocsp, now) {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            answer => answer,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let known = &self.provider.signature_verification_algorithms;
        known.supported_schemes()
    }
}

//! A PostgreSQL server as far as the TLS handshake, wrong in one way.

use super::Folder;
use super::certificates::{Authority, Pair, Validity};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    NoTls,
    UnknownAuthority,
    WrongHost,
    Expired,
    WantsCertificate,
    /// Puts something of its own behind the answer.
    Garbage,
}

/// The URL that leads to it and verifies.
pub fn impostor(folder: &Folder, fault: Fault) -> String {
    let (port, query) = standing(folder, fault);
    format!("postgres://u:hunter2@localhost:{port}/db?{query}")
}

/// Its port, and what verifies it.
pub fn standing(folder: &Folder, fault: Fault) -> (u16, String) {
    let trusted = Authority::new("trusted");
    let roots = trusted.write(folder.root(), "roots.crt");
    let (name, validity) = match fault {
        Fault::WrongHost => ("db.example", Validity::Now),
        Fault::Expired => ("localhost", Validity::Over),
        _ => ("localhost", Validity::Now),
    };
    let other = Authority::new("another");
    let signer = match fault {
        Fault::UnknownAuthority => &other,
        _ => &trusted,
    };
    let pair = signer.issue(folder.root(), "server", &[name], validity);
    let config = Arc::new(config(&pair, fault));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            answer(socket, fault, config.clone());
        }
    });
    let query = format!("sslmode=verify-full&sslrootcert={}", roots.display());
    (port, query)
}

fn answer(mut socket: TcpStream, fault: Fault, config: Arc<ServerConfig>) {
    let mut question = [0; 8];
    let _ = socket.read_exact(&mut question);
    let _ = socket.write_all(match fault {
        Fault::NoTls => b"N",
        _ => b"S",
    });
    if fault == Fault::Garbage {
        let _ = socket.write_all(b"E\0\0\0\x20FATAL: put in by somebody");
    } else if fault != Fault::NoTls {
        let mut tls = ServerConnection::new(config).unwrap();
        while tls.complete_io(&mut socket).is_ok() && tls.is_handshaking() {}
        // Whatever was said to the client has left.
        let _ = tls.complete_io(&mut socket);
    }
}

fn config(pair: &Pair, fault: Fault) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let certificate = CertificateDer::from_pem_file(&pair.certificate).unwrap();
    let key = PrivateKeyDer::from_pem_file(&pair.key).unwrap();
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match fault {
        Fault::WantsCertificate => {
            let mut roots = RootCertStore::empty();
            roots.add(certificate.clone()).unwrap();
            builder.with_client_cert_verifier(
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                    .build()
                    .unwrap(),
            )
        }
        _ => builder.with_no_client_auth(),
    };
    builder.with_single_cert(vec![certificate], key).unwrap()
}

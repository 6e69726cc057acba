//! Somebody between client and server who ends TLS on both sides and reads along.

use crate::support::certificates::Pair;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Shows `pair` to clients, and takes what the server shows if `roots` vouches for it; its port.
pub fn before(server: u16, pair: &Pair, roots: &Path) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let certificate = CertificateDer::from_pem_file(&pair.certificate).unwrap();
    let key = PrivateKeyDer::from_pem_file(&pair.key).unwrap();
    let ours = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let mut store = RootCertStore::empty();
    store
        .add(CertificateDer::from_pem_file(roots).unwrap())
        .unwrap();
    let theirs = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(store)
        .with_no_client_auth();
    let (ours, theirs) = (Arc::new(ours), Arc::new(theirs));
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let near = ServerConnection::new(ours.clone()).unwrap();
            let name = ServerName::try_from("localhost").unwrap();
            let far = ClientConnection::new(theirs.clone(), name).unwrap();
            std::thread::spawn(move || read_along(client, near, server, far));
        }
    });
    port
}

fn read_along(
    mut client: TcpStream,
    near: ServerConnection,
    server: u16,
    far: ClientConnection,
) -> Option<()> {
    let mut server = TcpStream::connect(("127.0.0.1", server)).ok()?;
    let mut question = [0; 8];
    client.read_exact(&mut question).ok()?;
    server.write_all(&question).ok()?;
    let mut answer = [0];
    server.read_exact(&mut answer).ok()?;
    client.write_all(&answer).ok()?;
    for end in [&client, &server] {
        end.set_read_timeout(Some(Duration::from_millis(2))).ok()?;
    }
    let mut near = rustls::StreamOwned::new(near, client);
    let mut far = rustls::StreamOwned::new(far, server);
    let mut buffer = [0; 1 << 14];
    loop {
        let n = heard(near.read(&mut buffer))?;
        far.write_all(&buffer[..n]).ok()?;
        far.flush().ok()?;
        let n = heard(far.read(&mut buffer))?;
        near.write_all(&buffer[..n]).ok()?;
        near.flush().ok()?;
    }
}

/// How much; `None`: it is over.
fn heard(read: std::io::Result<usize>) -> Option<usize> {
    match read {
        Ok(0) => None,
        Ok(n) => Some(n),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            Some(0)
        }
        Err(_) => None,
    }
}

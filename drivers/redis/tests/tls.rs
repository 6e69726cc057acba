//! Encryption: `rediss://` and nothing less. (Catches a password said to whoever listens, and a
//! certificate that nobody looks at.)
#![cfg(feature = "tls")]

mod bench;
mod own;

use bench::{ready, run};
use initium_driver::{Code, Error, Settings};
use own::{Folder, Server, port};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

struct Secured {
    server: Server,
    folder: Folder,
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params
        .distinguished_name
        .push(DnType::CommonName, "an authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority")
}

/// A server whose certificate is for `name`; both files of the authority's lie in the folder.
fn secured(name: &str, clients: &str) -> Option<Secured> {
    let folder = Folder::new();
    let ca = authority();
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec![name.to_string()]).expect("parameters");
    params
        .distinguished_name
        .push(DnType::CommonName, "a server");
    let certificate = params.signed_by(&key, &ca).expect("a certificate");
    folder.write("ca.crt", &ca.as_ref().pem());
    folder.write("other.crt", &authority().as_ref().pem());
    let crt = folder.write("server.crt", &certificate.pem());
    let pem = folder.write("server.key", &key.serialize_pem());
    let port = port();
    let lines = [
        "port 0".into(),
        format!("tls-port {port}"),
        format!("tls-cert-file {crt}"),
        format!("tls-key-file {pem}"),
        format!("tls-ca-cert-file {}", folder.0.join("ca.crt").display()),
        format!("tls-auth-clients {clients}"),
        "requirepass sesame".into(),
    ];
    let server = Server::start(&folder, "tls", port, &lines)?;
    Some(Secured { server, folder })
}

impl Secured {
    fn url(&self, scheme: &str, query: &str) -> Settings {
        let file = |name: &str| self.folder.0.join(name).display().to_string();
        let query = query
            .replace("CA", &file("ca.crt"))
            .replace("OTHER", &file("other.crt"))
            .replace("CRT", &file("server.crt"))
            .replace("KEY", &file("server.key"));
        let port = self.server.port;
        let url = format!("{scheme}://:sesame@localhost:{port}/0{query}");
        Settings::parse(&url, "TEST").expect("a URL")
    }

    fn refused(&self, scheme: &str, query: &str) -> Error {
        match (initium_redis::OPENER.open)(&self.url(scheme, query), &run("r")) {
            Ok(_) => panic!("{scheme} {query} gets in"),
            Err(error) => error,
        }
    }
}

#[test]
fn a_certificate_is_looked_at_and_its_name_too() {
    let Some(good) = secured("localhost", "no") else {
        return;
    };
    let driver = ready(&good.url("rediss", "?ssl_ca_certs=CA"));
    let said = driver.encryption().expect("it is encrypted");
    assert!(said.starts_with("TLS"), "{said}");
    drop(driver);
    drop(ready(&good.url("rediss", "?ssl_cert_reqs=none")));
    for (query, code) in [
        ("", Code::TlsUnknownAuthority),
        ("?ssl_ca_certs=OTHER", Code::TlsUnknownAuthority),
    ] {
        assert_eq!(good.refused("rediss", query).code(), code, "{query}");
    }
    let Some(other) = secured("elsewhere.example", "no") else {
        return;
    };
    let error = other.refused("rediss", "?ssl_ca_certs=CA");
    assert_eq!(error.code(), Code::TlsWrongHost, "{error}");
}

#[test]
fn a_scheme_that_does_not_fit_the_server_is_told() {
    let Some(good) = secured("localhost", "no") else {
        return;
    };
    let error = good.refused("redis", "");
    assert_eq!(error.code(), Code::ConnectFailed, "{error}");
    assert!(
        error.help_text().unwrap_or_default().contains("rediss://"),
        "{error:?}"
    );
    let folder = Folder::new();
    let at = port();
    let Some(clear) = Server::start(&folder, "clear", at, &[format!("port {at}")]) else {
        return;
    };
    let Err(error) =
        (initium_redis::OPENER.open)(&clear.settings("rediss", "?connect_timeout=1"), &run("r"))
    else {
        panic!("it is not encrypted");
    };
    assert!(
        matches!(error.code(), Code::TlsFailed | Code::ConnectFailed),
        "{error}"
    );
}

#[test]
fn a_server_that_wants_a_certificate_gets_one() {
    let Some(strict) = secured("localhost", "yes") else {
        return;
    };
    let error = strict.refused("rediss", "?ssl_ca_certs=CA");
    assert_eq!(error.code(), Code::TlsClientCertificate, "{error}");
    ready(&strict.url(
        "rediss",
        "?ssl_ca_certs=CA&ssl_certfile=CRT&ssl_keyfile=KEY",
    ))
    .unlock()
    .expect("an unlock");
}

//! Somebody who lends AWS credentials, or does not: HTTP in a few lines, plain or with TLS.

use super::certificates::Pair;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub enum Reply {
    Text(String),
    /// Nothing, and the connection stays open.
    Silence,
    /// A byte from time to time, and no end.
    Drip,
}

pub struct Lender {
    pub port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Lender {
    /// Plain HTTP; `reply` gets the request and how many came before it.
    pub fn plain(reply: impl Fn(&str, usize) -> Reply + Send + 'static) -> Lender {
        Lender::start(None, reply)
    }

    /// HTTPS with this certificate.
    pub fn encrypted(pair: &Pair, reply: impl Fn(&str, usize) -> Reply + Send + 'static) -> Lender {
        let certificate = CertificateDer::from_pem_file(&pair.certificate).unwrap();
        let key = PrivateKeyDer::from_pem_file(&pair.key).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        Lender::start(Some(Arc::new(config)), reply)
    }

    fn start(
        config: Option<Arc<ServerConfig>>,
        reply: impl Fn(&str, usize) -> Reply + Send + 'static,
    ) -> Lender {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&heard);
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let limit = Some(Duration::from_secs(10));
                socket.set_read_timeout(limit).unwrap();
                let answer = |request: &str| {
                    let mut heard = shared.lock().unwrap();
                    heard.push(request.to_string());
                    reply(request, heard.len() - 1)
                };
                match &config {
                    None => serve(socket, answer),
                    Some(config) => {
                        let connection = ServerConnection::new(Arc::clone(config)).unwrap();
                        serve(StreamOwned::new(connection, socket), answer);
                    }
                }
            }
        });
        Lender { port, heard }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What it was asked so far.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

fn serve(stream: impl Read + Write, answer: impl Fn(&str) -> Reply) {
    let mut stream = BufReader::new(stream);
    let mut request = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        match stream.read_line(&mut line) {
            Ok(n) if n > 0 => request += &line,
            Ok(_) => return,
            // A handshake that failed, or one where none is expected: told as web servers tell it.
            Err(_) => {
                let bad = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
                let _ = stream.get_mut().write_all(bad);
                return;
            }
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    request += &String::from_utf8(body).unwrap();
    match answer(&request) {
        Reply::Text(text) => {
            let _ = stream.get_mut().write_all(text.as_bytes());
            let _ = stream.get_mut().flush();
        }
        Reply::Silence => {
            let _ = stream.read(&mut [0]);
        }
        Reply::Drip => {
            let _ = stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\nX: ");
            while stream.get_mut().write_all(b"x").is_ok() && stream.get_mut().flush().is_ok() {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

/// An answer with this status and body.
pub fn answer(status: u16, body: &str) -> Reply {
    dated(status, body, "")
}

/// The same with more lines in its head.
pub fn dated(status: u16, body: &str, head: &str) -> Reply {
    Reply::Text(format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {}\r\n{head}\r\n{body}",
        body.len()
    ))
}

/// As containers get them.
pub fn json(key: &str, expires: &str) -> String {
    format!(
        r#"{{"AccessKeyId":"{key}","SecretAccessKey":"hunter2","Token":"hunter3","Expiration":"{expires}"}}"#
    )
}

/// As STS writes them.
pub fn xml(key: &str, expires: &str) -> String {
    format!(
        "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <AssumeRoleWithWebIdentityResult>\n    <AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/app/initium</Arn><AssumedRoleId>AROA:initium</AssumedRoleId></AssumedRoleUser>\n    <Credentials>\n      <AccessKeyId>{key}</AccessKeyId>\n      <SecretAccessKey>hunter2</SecretAccessKey>\n      <SessionToken>hunter3</SessionToken>\n      <Expiration>{expires}</Expiration>\n    </Credentials>\n  </AssumeRoleWithWebIdentityResult>\n  <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>\n</AssumeRoleWithWebIdentityResponse>\n"
    )
}

/// As STS says no.
pub fn error(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    <Type>Sender</Type>\n    <Code>{code}</Code>\n    <Message>{message}</Message>\n  </Error>\n  <RequestId>r</RequestId>\n</ErrorResponse>\n"
    )
}

/// Somebody who accepts and closes.
#[allow(dead_code)]
pub fn closing() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            drop::<TcpStream>(socket);
        }
    });
    port
}

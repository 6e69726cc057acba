//! The connection under an exchange: TCP, with TLS around it for https, and a deadline that each read
//! and write looks at. It must never go on in the clear where TLS fails.

use super::http::{Reach, Scheme, Url};
use initium_driver::{Code, Error, Mode, Result, Tls};
use initium_tls::rustls::pki_types::ServerName;
use initium_tls::rustls::{self, ClientConnection, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub enum Line {
    Clear(Bounded),
    Tls(Box<StreamOwned<ClientConnection, Bounded>>),
}

pub struct Bounded {
    socket: TcpStream,
    deadline: Instant,
}

pub fn open(url: &Url, reach: &Reach) -> Result<Line> {
    let place = url.shown();
    let socket = connected(url, reach.deadline).map_err(|error| reach.silent(&place, &error))?;
    let bounded = Bounded {
        socket,
        deadline: reach.deadline,
    };
    if url.scheme == Scheme::Http {
        return Ok(Line::Clear(bounded));
    }
    let name = ServerName::try_from(url.host.clone()).map_err(|_| {
        Error::new(
            Code::ConnectionInvalid,
            format!("{place} is no name that a certificate can have"),
        )
        .help("see AWS_ENDPOINT_URL_STS and AWS_CONTAINER_CREDENTIALS_FULL_URI")
    })?;
    let config = initium_tls::config(&tls(reach), Mode::VerifyFull).map_err(named)?;
    let connection = ClientConnection::new(Arc::new(config), name)
        .map_err(|error| named(initium_tls::trouble(&error, &place, &tls(reach))))?;
    Ok(Line::Tls(Box::new(StreamOwned::new(connection, bounded))))
}

fn tls(reach: &Reach) -> Tls {
    Tls {
        mode: Some(Mode::VerifyFull),
        roots: reach.roots.clone(),
        ..Tls::default()
    }
}

/// The authorities have other names here than for a database.
fn named(error: Error) -> Error {
    match error.code() {
        Code::TlsUnknownAuthority => error.help("AWS is signed by public authorities: put a bundle of them into the image and name it with AWS_CA_BUNDLE or SSL_CERT_FILE; the bundle of RDS is another one. EKS Pod Identity needs none"),
        _ => error,
    }
}

/// What became of an exchange that broke.
pub fn trouble(error: &io::Error, url: &Url, reach: &Reach, place: &str) -> Error {
    let inner = error
        .get_ref()
        .and_then(|e| e.downcast_ref::<rustls::Error>());
    match inner {
        Some(inner) if url.scheme == Scheme::Https => {
            named(initium_tls::trouble(inner, place, &tls(reach)))
        }
        _ => reach.silent(place, error),
    }
}

/// The system's resolver has limits of its own; everything behind it has the deadline.
fn connected(url: &Url, deadline: Instant) -> io::Result<TcpStream> {
    let mut failed = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in (url.host.as_str(), url.port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, left(deadline)?) {
            Ok(socket) => {
                socket.set_nodelay(true)?;
                return Ok(socket);
            }
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    match left.is_zero() {
        true => Err(io::ErrorKind::TimedOut.into()),
        false => Ok(left),
    }
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.set_read_timeout(Some(left(self.deadline)?))?;
        self.socket.read(buffer)
    }
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.set_write_timeout(Some(left(self.deadline)?))?;
        self.socket.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

impl Read for Line {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Line::Clear(bounded) => bounded.read(buffer),
            Line::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Line::Clear(bounded) => bounded.write(bytes),
            Line::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Line::Clear(bounded) => bounded.flush(),
            Line::Tls(stream) => stream.flush(),
        }
    }
}

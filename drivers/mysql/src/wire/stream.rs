//! Where the server is, and the bytes to and from it: TCP or a socket file. No TLS yet: what asks
//! for it is refused before anything is sent.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    Tcp { host: String, port: u16 },
    Socket(String),
}

pub enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Socket(UnixStream),
}

/// A peer that went away without a word is noticed within a minute, not in two hours.
const IDLE: Duration = Duration::from_secs(30);
const BETWEEN: Duration = Duration::from_secs(10);
const GIVE_UP: Duration = Duration::from_secs(60);

impl Stream {
    /// `limit` bounds the connecting and, until [`Stream::connected`], every read. Zero: none.
    pub fn open(address: &Address, limit: Duration) -> io::Result<Stream> {
        let stream = match address {
            Address::Tcp { host, port } => tcp(host, *port, limit)?,
            #[cfg(unix)]
            Address::Socket(path) => Stream::Socket(UnixStream::connect(path)?),
            #[cfg(not(unix))]
            Address::Socket(_) => return Err(io::ErrorKind::Unsupported.into()),
        };
        stream.read_limit(Some(limit).filter(|l| !l.is_zero()))?;
        Ok(stream)
    }

    /// From here on a statement takes as long as it takes.
    pub fn connected(&self) -> io::Result<()> {
        self.read_limit(None)
    }

    /// Nobody can listen in.
    pub fn is_private(&self) -> bool {
        !matches!(self, Stream::Tcp(_))
    }

    fn read_limit(&self, limit: Option<Duration>) -> io::Result<()> {
        match self {
            Stream::Tcp(tcp) => tcp.set_read_timeout(limit),
            #[cfg(unix)]
            Stream::Socket(socket) => socket.set_read_timeout(limit),
        }
    }
}

fn tcp(host: &str, port: u16, limit: Duration) -> io::Result<Stream> {
    let mut failed = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in (host, port).to_socket_addrs()? {
        let tried = match limit.is_zero() {
            true => TcpStream::connect(address),
            false => TcpStream::connect_timeout(&address, limit),
        };
        match tried {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                let socket = socket2::SockRef::from(&stream);
                let alive = socket2::TcpKeepalive::new()
                    .with_time(IDLE)
                    .with_interval(BETWEEN);
                socket.set_tcp_keepalive(&alive)?;
                #[cfg(target_os = "linux")]
                socket.set_tcp_user_timeout(Some(GIVE_UP))?;
                return Ok(Stream::Tcp(stream));
            }
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(tcp) => tcp.read(buffer),
            #[cfg(unix)]
            Stream::Socket(socket) => socket.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(tcp) => tcp.write(bytes),
            #[cfg(unix)]
            Stream::Socket(socket) => socket.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

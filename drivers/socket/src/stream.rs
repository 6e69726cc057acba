//! The bytes to the server: TCP or a Unix socket, in the clear or through TLS, with an end to the
//! patience as long as there is one, and a pulse in every wait, of which nobody above hears. Knows
//! nothing of any protocol.

use initium_driver::driver::Pulse;
use socket2::{SockRef, TcpKeepalive};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// A peer that went away without a word is noticed within a minute, not in two hours.
const IDLE: Duration = Duration::from_secs(30);
const BETWEEN: Duration = Duration::from_secs(10);
#[cfg(target_os = "linux")]
const GIVE_UP: Duration = Duration::from_secs(60);

#[derive(Debug)]
enum Kind {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixStream),
}

/// One connection in the clear.
#[derive(Debug)]
pub struct Socket {
    kind: Kind,
    /// Nothing may take longer than this; `None`: a statement takes as long as it takes.
    until: Option<Instant>,
    pulse: Pulse,
    /// When it beats next; many short waits are one long one to it.
    due: Instant,
}

/// Like a read, a connection is waited for in slices. A kernel that would not wait a second time is
/// asked again at once, but for a pause.
#[cfg(target_os = "linux")]
fn connected(address: SocketAddr, until: Option<Instant>, pulse: Pulse) -> io::Result<TcpStream> {
    use socket2::{Domain, Type};
    let socket = socket2::Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_write_timeout(Some(Pulse::EVERY))?;
    loop {
        let Err(error) = socket.connect(&address.into()) else {
            return Ok(socket.into());
        };
        match error.raw_os_error() {
            Some(libc::EISCONN) => return Ok(socket.into()),
            Some(libc::EINPROGRESS | libc::EALREADY | libc::EINTR) => {}
            _ => return Err(error),
        }
        pulse.beat();
        if until.is_some_and(|until| Instant::now() >= until) {
            return Err(late());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// In one piece: nothing beats before the patience is over.
#[cfg(not(target_os = "linux"))]
fn connected(address: SocketAddr, until: Option<Instant>, _: Pulse) -> io::Result<TcpStream> {
    let Some(until) = until else {
        return TcpStream::connect(address);
    };
    match until.saturating_duration_since(Instant::now()) {
        Duration::ZERO => Err(late()),
        left => TcpStream::connect_timeout(&address, left),
    }
}

fn late() -> io::Error {
    io::ErrorKind::TimedOut.into()
}

impl Socket {
    pub fn tcp(address: SocketAddr, until: Option<Instant>, pulse: Pulse) -> io::Result<Socket> {
        let stream = connected(address, until, pulse)?;
        stream.set_nodelay(true)?;
        let options = SockRef::from(&stream);
        options.set_tcp_keepalive(&TcpKeepalive::new().with_time(IDLE).with_interval(BETWEEN))?;
        #[cfg(target_os = "linux")]
        options.set_tcp_user_timeout(Some(GIVE_UP))?;
        // Once and for all: what is left of the patience is looked at between two of them.
        stream.set_read_timeout(Some(Pulse::EVERY))?;
        stream.set_write_timeout(Some(Pulse::EVERY))?;
        Ok(Socket::new(Kind::Tcp(stream), until, pulse))
    }

    #[cfg(unix)]
    pub fn unix(path: &str, until: Option<Instant>, pulse: Pulse) -> io::Result<Socket> {
        let stream = std::os::unix::net::UnixStream::connect(path)?;
        stream.set_read_timeout(Some(Pulse::EVERY))?;
        stream.set_write_timeout(Some(Pulse::EVERY))?;
        Ok(Socket::new(Kind::Unix(stream), until, pulse))
    }

    #[cfg(not(unix))]
    pub fn unix(_: &str, _: Option<Instant>, _: Pulse) -> io::Result<Socket> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn new(kind: Kind, until: Option<Instant>, pulse: Pulse) -> Socket {
        Socket {
            kind,
            until,
            pulse,
            due: Instant::now() + Pulse::EVERY,
        }
    }

    /// Whether what is said stays inside this machine's kernel.
    pub fn is_private(&self) -> bool {
        !matches!(self.kind, Kind::Tcp(_))
    }

    /// From here on nothing may take longer than this; `None`: it takes as long as it takes.
    pub fn hurry_until(&mut self, until: Option<Instant>) {
        self.until = until;
    }

    /// Again and again until bytes pass or the patience is over: a server that says one byte now
    /// and then is given up as well.
    fn patiently(
        &mut self,
        mut call: impl FnMut(&mut Kind) -> io::Result<usize>,
    ) -> io::Result<usize> {
        loop {
            let now = Instant::now();
            if now >= self.due {
                self.pulse.beat();
                self.due = Instant::now() + Pulse::EVERY;
            }
            if self.until.is_some_and(|until| now >= until) {
                return Err(late());
            }
            match call(&mut self.kind) {
                Err(error) if only_waited(&error) => {}
                answer => return answer,
            }
        }
    }
}

/// Nothing passed in one slice of the wait, or a signal ended it.
fn only_waited(error: &io::Error) -> bool {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => true,
        // Elsewhere it says that the peer is gone.
        io::ErrorKind::TimedOut => cfg!(windows),
        _ => false,
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.patiently(|kind| match kind {
            Kind::Tcp(stream) => stream.read(buffer),
            #[cfg(unix)]
            Kind::Unix(stream) => stream.read(buffer),
        })
    }
}

impl Write for Socket {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.patiently(|kind| match kind {
            Kind::Tcp(stream) => stream.write(buffer),
            #[cfg(unix)]
            Kind::Unix(stream) => stream.write(buffer),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// In the clear, or not.
#[derive(Debug)]
pub enum Stream {
    Clear(Socket),
    #[cfg(feature = "tls")]
    Tls(Box<Encrypted>),
}

#[cfg(feature = "tls")]
type Encrypted = initium_tls::rustls::StreamOwned<initium_tls::rustls::ClientConnection, Socket>;

impl Stream {
    pub fn socket(&mut self) -> &mut Socket {
        match self {
            Stream::Clear(socket) => socket,
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => &mut tls.sock,
        }
    }

    /// What was agreed in the handshake of TLS, if there was one.
    pub fn agreed(&self) -> Option<String> {
        match self {
            Stream::Clear(_) => None,
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => initium_tls::agreed(&tls.conn),
        }
    }

    /// Nobody on the way reads it.
    pub fn is_safe(&self) -> bool {
        match self {
            Stream::Clear(socket) => socket.is_private(),
            #[cfg(feature = "tls")]
            Stream::Tls(_) => true,
        }
    }
}

/// The handshake, to its end: what is wrong with it is told here and not by the first packet.
#[cfg(feature = "tls")]
pub fn encrypt(
    mut socket: Socket,
    config: std::sync::Arc<initium_tls::rustls::ClientConfig>,
    name: initium_tls::rustls::pki_types::ServerName<'static>,
) -> io::Result<Stream> {
    use initium_tls::rustls::{ClientConnection, StreamOwned};
    let mut session = ClientConnection::new(config, name).map_err(io::Error::other)?;
    while session.is_handshaking() {
        session.complete_io(&mut socket)?;
    }
    Ok(Stream::Tls(Box::new(StreamOwned::new(session, socket))))
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Clear(socket) => socket.read(buffer),
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => tls.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Clear(socket) => socket.write(buffer),
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => tls.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Stream::Clear(socket) => socket.flush(),
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => tls.flush(),
        }
    }
}

//! A stream that stands where the crate expects TLS, because there one can be put in. It asks for
//! TLS by itself, passes each byte on as it is, and knows what the crate keeps to itself: which
//! session the server promised, what it asks for in the login, until when an answer may take. It
//! must never change or hold back a byte; what must not be answered ends the connection.

mod answers;
#[cfg(feature = "tls")]
mod binding;
mod client;
mod login;
mod methods;
#[cfg(feature = "tls")]
mod negotiate;
#[cfg(feature = "tls")]
mod secure;
mod timed;
mod watch;

pub use client::{Client, cancel};
pub use methods::Methods;
#[cfg(feature = "tls")]
pub use secure::{Negotiation, Terms};
pub use watch::{Standing, Watch};

use answers::Answers;
#[cfg(feature = "tls")]
use initium_driver::error::Code;
use initium_driver::error::Error;
use login::{Channel, Login};
#[cfg(feature = "tls")]
use negotiate::Beginning;
use postgres::Socket;
use postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use std::io;
use std::pin::Pin;
#[cfg(feature = "tls")]
use std::sync::Arc;
use std::task::{Context, Poll};
use timed::Timed;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How a stream begins.
#[derive(Clone)]
pub enum Begin {
    Clear,
    #[cfg(feature = "tls")]
    Secure(Arc<Terms>),
}

/// Begins streams to one place.
#[derive(Clone)]
pub struct Through {
    #[cfg_attr(not(feature = "tls"), allow(dead_code))]
    pub begin: Begin,
    pub methods: Methods,
    /// Host and port, as people write them.
    pub place: String,
    pub watch: Watch,
}

impl Through {
    /// For a connection of its own to the same place.
    pub fn again(&self) -> Through {
        Through {
            watch: Watch::default(),
            ..self.clone()
        }
    }

    /// The network's fault, or that of whoever is at its other end.
    #[cfg(feature = "tls")]
    fn failed(&self, why: &dyn std::fmt::Display) -> Error {
        Error::new(
            Code::ConnectFailed,
            format!("no connection to {}: {why}", self.place),
        )
        .help(format!(
            "is a server listening at {}, and may this machine reach it?",
            self.place
        ))
    }

    fn passing(self, carrier: Carrier) -> Passing {
        let (channel, binding) = carrier.secured();
        self.watch.encrypted(carrier.agreed());
        let login = Login::new(self.place.clone(), channel, self.methods.clone());
        Passing {
            carrier,
            reading: Reading::Login(login),
            binding,
            through: self,
        }
    }
}

impl MakeTlsConnect<Socket> for Through {
    type Stream = Passing;
    type TlsConnect = Through;
    type Error = Error;

    fn make_tls_connect(&mut self, _: &str) -> Result<Through, Error> {
        Ok(self.clone())
    }
}

impl TlsConnect<Socket> for Through {
    type Stream = Passing;
    type Error = Error;
    #[cfg(feature = "tls")]
    type Future = Beginning;
    #[cfg(not(feature = "tls"))]
    type Future = std::future::Ready<Result<Passing, Error>>;

    fn connect(self, socket: Socket) -> Self::Future {
        let timed = Timed::new(socket, self.watch.clone());
        #[cfg(feature = "tls")]
        let begun = Beginning::new(self, timed);
        #[cfg(not(feature = "tls"))]
        let begun = std::future::ready(Ok(self.passing(Carrier::Clear(timed))));
        begun
    }
}

enum Carrier {
    Clear(Timed),
    #[cfg(feature = "tls")]
    Secure(Box<tokio_rustls::client::TlsStream<Timed>>),
}

impl Carrier {
    fn agreed(&self) -> Option<String> {
        match self {
            Carrier::Clear(_) => None,
            #[cfg(feature = "tls")]
            Carrier::Secure(stream) => initium_tls::agreed(stream.get_ref().1),
        }
    }

    /// Whether others can read along, and what ties a login to this channel alone.
    fn secured(&self) -> (Channel, Option<Vec<u8>>) {
        match self {
            Carrier::Clear(_) => (Channel::Clear, None),
            #[cfg(feature = "tls")]
            Carrier::Secure(stream) => {
                let shown = stream.get_ref().1.peer_certificates();
                let first = shown.and_then(|chain| chain.first());
                (
                    Channel::Encrypted,
                    first.and_then(|certificate| binding::end_point(certificate)),
                )
            }
        }
    }
}

enum Reading {
    Login(Login),
    Answers(Answers),
}

pub struct Passing {
    carrier: Carrier,
    reading: Reading,
    binding: Option<Vec<u8>>,
    through: Through,
}

impl Passing {
    fn note(&mut self, bytes: &[u8]) -> io::Result<()> {
        let watch = &self.through.watch;
        match &mut self.reading {
            Reading::Answers(answers) => answers.read(bytes, watch),
            Reading::Login(login) => {
                if !login.read(bytes).map_err(io::Error::other)? {
                    return Ok(());
                }
                watch.met(login.session, login.standing);
                let mut answers = Answers::default();
                let rest = std::mem::take(&mut self.reading);
                let rest = rest.rest();
                let read = answers.read(&rest, watch);
                self.reading = Reading::Answers(answers);
                read
            }
        }
    }

    /// A server may say only now, in its first words, that it does not like our certificate.
    fn told(&self, error: io::Error) -> io::Error {
        #[cfg(feature = "tls")]
        if let (Begin::Secure(terms), Reading::Login(_)) = (&self.through.begin, &self.reading)
            && let Some(known) = terms.trouble(&error, &self.through.place)
        {
            return io::Error::other(known);
        }
        error
    }
}

impl Default for Reading {
    fn default() -> Reading {
        Reading::Answers(Answers::default())
    }
}

impl Reading {
    fn rest(self) -> Vec<u8> {
        match self {
            Reading::Login(login) => login.rest(),
            Reading::Answers(_) => Vec::new(),
        }
    }
}

macro_rules! carried {
    ($passing:expr, $stream:ident => $call:expr) => {
        match &mut $passing.carrier {
            Carrier::Clear($stream) => $call,
            #[cfg(feature = "tls")]
            Carrier::Secure($stream) => $call,
        }
    };
}

impl AsyncRead for Passing {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        match carried!(this, stream => Pin::new(stream).poll_read(cx, buffer)) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(Err(this.told(error))),
            Poll::Ready(Ok(())) => {
                let new = buffer.filled().get(before..).unwrap_or_default();
                Poll::Ready(this.note(new))
            }
        }
    }
}

impl AsyncWrite for Passing {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        carried!(self, stream => Pin::new(stream).poll_write(cx, bytes))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        carried!(self, stream => Pin::new(stream).poll_flush(cx))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        carried!(self, stream => Pin::new(stream).poll_shutdown(cx))
    }
}

impl TlsStream for Passing {
    fn channel_binding(&self) -> ChannelBinding {
        match &self.binding {
            Some(hash) => ChannelBinding::tls_server_end_point(hash.clone()),
            None => ChannelBinding::none(),
        }
    }
}

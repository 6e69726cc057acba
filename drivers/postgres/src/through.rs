//! A stream that passes every byte on as it is, and knows two things that the crate keeps to itself:
//! which session the server promised in its handshake, and until when an answer may take. It stands
//! where the crate expects TLS, because there a stream can be put in. It must never change, hold
//! back or look past the handshake at what it carries.

use postgres::Socket;
use postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// What is known of a connection from the outside.
#[derive(Clone, Debug, Default)]
pub struct Watch(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    session: Option<i32>,
    /// Each connection that is tried may take this long to its first answer to a question.
    patience: Option<Duration>,
    until: Option<Instant>,
}

impl Watch {
    pub fn new(patience: Option<Duration>) -> Watch {
        let watch = Watch::default();
        watch.seen().patience = patience;
        watch
    }

    /// The session that the server, or whoever speaks for it, promised.
    pub fn session(&self) -> Option<i32> {
        self.seen().session
    }

    /// From now on an answer may take this long; `None`: as long as it takes.
    pub fn within(&self, limit: Option<Duration>) {
        self.seen().until = limit.map(|limit| Instant::now() + limit);
    }

    fn begin(&self) {
        let mut seen = self.seen();
        seen.session = None;
        seen.until = seen.patience.map(|limit| Instant::now() + limit);
    }

    fn left(&self) -> Option<Duration> {
        let until = self.seen().until?;
        Some(until.saturating_duration_since(Instant::now()))
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Begins a stream; no TLS is spoken.
#[derive(Clone, Debug)]
pub struct Through(pub Watch);

impl MakeTlsConnect<Socket> for Through {
    type Stream = Passing;
    type TlsConnect = Through;
    type Error = Infallible;

    fn make_tls_connect(&mut self, _: &str) -> Result<Through, Infallible> {
        Ok(self.clone())
    }
}

impl TlsConnect<Socket> for Through {
    type Stream = Passing;
    type Error = Infallible;
    type Future = Ready<Result<Passing, Infallible>>;

    fn connect(self, socket: Socket) -> Self::Future {
        self.0.begin();
        ready(Ok(Passing {
            socket,
            watch: self.0,
            handshake: Some(Handshake::default()),
            timer: None,
        }))
    }
}

pub struct Passing {
    socket: Socket,
    watch: Watch,
    /// Until it is over.
    handshake: Option<Handshake>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Passing {
    fn note(&mut self, bytes: &[u8]) {
        let Some(handshake) = &mut self.handshake else {
            return;
        };
        if handshake.read(bytes) {
            self.watch.seen().session = handshake.session;
            self.handshake = None;
        }
    }

    /// Nothing came: may it still?
    fn wait(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(left) = self.watch.left() else {
            self.timer = None;
            return Poll::Pending;
        };
        if left.is_zero() {
            return Poll::Ready(Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "the server did not answer in time",
            )));
        }
        // The clock counts whole milliseconds upwards: a timer of its own is never over when it is
        // made, it only has this looked at again.
        let mut timer = Box::pin(sleep(left));
        if timer.as_mut().poll(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
        self.timer = Some(timer);
        Poll::Pending
    }
}

impl AsyncRead for Passing {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        match Pin::new(&mut this.socket).poll_read(cx, buffer) {
            Poll::Pending => this.wait(cx),
            answer => {
                this.note(buffer.filled().get(before..).unwrap_or_default());
                answer
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
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

impl TlsStream for Passing {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

/// The server's messages up to its first ReadyForQuery: a letter, a length of four bytes that
/// counts itself, and a body.
#[derive(Debug, Default)]
struct Handshake {
    /// Of the message that is not here as a whole.
    begun: Vec<u8>,
    session: Option<i32>,
}

/// Longer messages of a handshake are none; then nothing is known.
const LONGEST: usize = 1 << 16;

impl Handshake {
    /// Whether it is over.
    fn read(&mut self, bytes: &[u8]) -> bool {
        self.begun.extend_from_slice(bytes);
        loop {
            let [kind, a, b, c, d, body @ ..] = self.begun.as_slice() else {
                return false;
            };
            let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
            if !(4..=LONGEST).contains(&length) {
                return true;
            }
            if body.len() + 4 < length {
                return false;
            }
            match (kind, body) {
                (b'K', [a, b, c, d, ..]) => {
                    self.session = Some(i32::from_be_bytes([*a, *b, *c, *d]));
                }
                (b'Z', _) => return true,
                _ => {}
            }
            self.begun.drain(..=length);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &[u8] =
        b"R\0\0\0\x08\0\0\0\0S\0\0\0\x09a\0bc\0K\0\0\0\x0c\0\x01\x02\x03\0\0\0\x09Z\0\0\0\x05I";

    #[test]
    fn the_promised_session_is_read_however_the_bytes_arrive() {
        for size in 1..=ANSWER.len() {
            let mut handshake = Handshake::default();
            let over: Vec<bool> = ANSWER.chunks(size).map(|c| handshake.read(c)).collect();
            assert_eq!(handshake.session, Some(0x0001_0203), "{size}");
            assert_eq!(over.iter().filter(|over| **over).count(), 1, "{size}");
        }
    }

    #[test]
    fn what_is_no_handshake_ends_the_reading() {
        let mut handshake = Handshake::default();
        assert!(handshake.read(b"HTTP/1.1 400 Bad Request"));
        assert_eq!(handshake.session, None);
    }
}

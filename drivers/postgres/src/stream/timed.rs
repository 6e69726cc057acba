//! The socket, and until when it may be read. It must never look at what it carries.

use super::watch::Watch;
use postgres::Socket;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

pub struct Timed {
    socket: Socket,
    watch: Watch,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Timed {
    pub fn new(socket: Socket, watch: Watch) -> Timed {
        Timed {
            socket,
            watch,
            timer: None,
        }
    }

    /// Nothing came: may it still?
    fn wait(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(left) = self.watch.left() else {
            self.timer = None;
            return Poll::Pending;
        };
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

impl AsyncRead for Timed {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // Whoever speaks without end is not in time either.
        if this.watch.left().is_some_and(|left| left.is_zero()) {
            return Poll::Ready(Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "the server did not answer in time",
            )));
        }
        match Pin::new(&mut this.socket).poll_read(cx, buffer) {
            Poll::Pending => this.wait(cx),
            answer => answer,
        }
    }
}

impl AsyncWrite for Timed {
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

//! From a socket to a stream: the question for TLS, its answer of one byte, the handshake. Nothing
//! behind that byte is read in the clear, so what somebody puts there meets the handshake and ends
//! it (CVE-2021-23222). It must never go on in the clear unless the mode says so.

use super::secure::{Negotiation, OLDER, Terms};
use super::timed::Timed;
use super::{Begin, Carrier, Passing, Through};
use initium_driver::Mode;
use initium_driver::error::Code;
use initium_driver::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A length and a code that no version of the protocol has.
const QUESTION: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

pub struct Beginning {
    through: Through,
    state: State,
}

enum State {
    Clear(Timed),
    Asking(Timed, usize),
    Hearing(Timed),
    Shaking(Box<tokio_rustls::Connect<Timed>>),
    Over,
}

impl Beginning {
    pub fn new(through: Through, stream: Timed) -> Beginning {
        let state = match &through.begin {
            Begin::Clear => State::Clear(stream),
            Begin::Secure(terms) => match terms.negotiation {
                Negotiation::Postgres => State::Asking(stream, 0),
                Negotiation::Direct => State::Shaking(Box::new(terms.shake(stream))),
            },
        };
        Beginning { through, state }
    }
}

impl Future for Beginning {
    type Output = Result<Passing, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        loop {
            let state = std::mem::replace(&mut this.state, State::Over);
            let (answer, next) = match (state, this.through.begin.clone()) {
                (State::Asking(stream, sent), _) => this.ask(stream, sent, cx),
                (State::Hearing(stream), Begin::Secure(terms)) => this.hear(stream, &terms, cx),
                (State::Shaking(shaking), Begin::Secure(terms)) => this.shake(shaking, &terms, cx),
                (State::Clear(stream), _) => {
                    let passing = this.through.clone().passing(Carrier::Clear(stream));
                    (Some(Poll::Ready(Ok(passing))), State::Over)
                }
                _ => this.end(this.through.failed(&"it is over")),
            };
            this.state = next;
            if let Some(answer) = answer {
                return answer;
            }
        }
    }
}

impl Beginning {
    fn ask(&self, mut stream: Timed, sent: usize, cx: &mut Context<'_>) -> Step {
        let left = QUESTION.get(sent..).unwrap_or_default();
        if left.is_empty() {
            return (None, State::Hearing(stream));
        }
        match Pin::new(&mut stream).poll_write(cx, left) {
            Poll::Pending => (Some(Poll::Pending), State::Asking(stream, sent)),
            Poll::Ready(Ok(n @ 1..)) => (None, State::Asking(stream, sent + n)),
            Poll::Ready(Ok(0)) => self.end(self.through.failed(&"the server takes no word")),
            Poll::Ready(Err(error)) => self.end(self.through.failed(&error)),
        }
    }

    fn hear(&self, mut stream: Timed, terms: &Arc<Terms>, cx: &mut Context<'_>) -> Step {
        let mut byte = [0];
        let mut buffer = ReadBuf::new(&mut byte);
        match Pin::new(&mut stream).poll_read(cx, &mut buffer) {
            Poll::Pending => return (Some(Poll::Pending), State::Hearing(stream)),
            Poll::Ready(Err(error)) => return self.end(self.through.failed(&error)),
            Poll::Ready(Ok(())) => {}
        }
        let place = &self.through.place;
        match buffer.filled() {
            b"S" => (None, State::Shaking(Box::new(terms.shake(stream)))),
            // Allowed: it was tried in the clear before.
            b"N" if terms.mode == Mode::Prefer => (None, State::Clear(stream)),
            b"N" => self.end(initium_tls::refused(place, terms.mode)),
            b"" => self.end(self.through.failed(
                &"it was closed when TLS was asked for",
            )),
            // What it says is not shown: nobody vouches for it (CVE-2024-10977).
            b"E" => self.end(self.through.failed(
                &"it answered the question for TLS with an error: it may be short of memory or very old, or somebody stands between",
            )),
            _ => self.end(
                Error::new(
                    Code::TlsFailed,
                    format!("{place} does not answer the question for TLS as PostgreSQL does"),
                )
                .help("check host and port: another service may answer there"),
            ),
        }
    }

    fn shake(
        &self,
        mut shaking: Box<tokio_rustls::Connect<Timed>>,
        terms: &Arc<Terms>,
        cx: &mut Context<'_>,
    ) -> Step {
        let place = &self.through.place;
        match Pin::new(&mut *shaking).poll(cx) {
            Poll::Pending => (Some(Poll::Pending), State::Shaking(shaking)),
            Poll::Ready(Err(error)) => self.end(match terms.trouble(&error, place) {
                Some(known) => known,
                None => {
                    let broke = format!("it broke during the TLS handshake: {error}");
                    let failed = self.through.failed(&broke);
                    match terms.negotiation {
                        Negotiation::Postgres => failed,
                        Negotiation::Direct => failed.help(OLDER),
                    }
                }
            }),
            Poll::Ready(Ok(stream)) => match terms.agreed(&stream, place) {
                Err(error) => self.end(error),
                Ok(()) => {
                    let carrier = Carrier::Secure(Box::new(stream));
                    let passing = self.through.clone().passing(carrier);
                    (Some(Poll::Ready(Ok(passing))), State::Over)
                }
            },
        }
    }

    fn end(&self, error: Error) -> Step {
        (Some(Poll::Ready(Err(error))), State::Over)
    }
}

/// What is known, and where it stands now.
type Step = (Option<Poll<Result<Passing, Error>>>, State);

//! The crate's connection, driven on the calling thread. A wait for the server is cut into slices,
//! and between two of them the pulse beats: outside the runtime, because whoever hears of a signal
//! there ends the statement with a runtime of its own. It must never give a wait up.

use crate::error::Trouble;
use futures_util::{SinkExt, Stream};
use initium_driver::driver::Pulse;
use postgres::tls::MakeTlsConnect;
use postgres::{AsyncMessage, CancelToken, Config, CopyInSink, Error, SimpleQueryMessage, Socket};
use std::future::{Future, poll_fn};
use std::io::{self, Cursor, Write};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Sleep, sleep_until, timeout};

pub struct Client {
    // Dropped before the line, which then says goodbye.
    client: postgres::Client,
    line: Line,
    /// `server_version`, as the login told it.
    version: Option<String>,
}

impl Client {
    pub fn connect<T>(config: &Config, tls: T, pulse: Pulse) -> Result<Client, Trouble>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
    {
        let runtime = runtime().map_err(|error| Trouble::Lost(error.to_string()))?;
        let mut pace = Pace::new(pulse);
        let mut connecting = pin!(config.connect(tls));
        let (client, mut connection) =
            wait(&runtime, &mut pace, |cx| connecting.as_mut().poll(cx))?;
        let version = connection.parameter("server_version").map(String::from);
        let messages = Box::new(move |cx: &mut Context<'_>| connection.poll_message(cx));
        Ok(Client {
            client,
            line: Line {
                runtime,
                messages,
                pace,
            },
            version,
        })
    }

    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    pub fn batch_execute(&mut self, text: &str) -> Result<(), Error> {
        self.line.answer(self.client.batch_execute(text))
    }

    pub fn simple_query(&mut self, text: &str) -> Result<Vec<SimpleQueryMessage>, Error> {
        self.line.answer(self.client.simple_query(text))
    }

    /// Hands every message of the answer on as it comes; none is kept.
    pub fn each(
        &mut self,
        text: &str,
        hear: &mut dyn FnMut(SimpleQueryMessage),
    ) -> Result<(), Error> {
        let answer = self.line.answer(self.client.simple_query_raw(text))?;
        let mut answer = pin!(answer);
        self.line.answer(poll_fn(|cx| {
            loop {
                match answer.as_mut().poll_next(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(None) => return Poll::Ready(Ok(())),
                    Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error)),
                    Poll::Ready(Some(Ok(message))) => hear(message),
                }
            }
        }))
    }

    pub fn copy_in(&mut self, command: &str) -> Result<Copying<'_>, Error> {
        let sink = self.line.answer(self.client.copy_in(command))?;
        Ok(Copying {
            line: &mut self.line,
            sink: Box::pin(sink),
            held: Vec::new(),
        })
    }

    pub fn cancel_token(&self) -> CancelToken {
        self.client.cancel_token()
    }
}

/// Ends what a connection is running, over one of its own that nothing but the limit ends: no pulse
/// beats in it.
pub fn cancel<T: MakeTlsConnect<Socket>>(token: &CancelToken, tls: T, limit: Duration) {
    let Ok(runtime) = runtime() else { return };
    let _inside = runtime.enter();
    // It comes too late or not at all: the statement goes on, which everybody sees.
    let _ = runtime.block_on(timeout(limit, token.cancel_query(tls)));
}

/// The rows of a COPY on their way. Broken off where it is not finished.
pub struct Copying<'a> {
    line: &'a mut Line,
    sink: Pin<Box<CopyInSink<Cursor<Vec<u8>>>>>,
    held: Vec<u8>,
}

/// Less than this is not worth a message.
const MESSAGE: usize = 4096;

impl Copying<'_> {
    pub fn finish(mut self) -> Result<u64, Error> {
        self.send()?;
        self.line.answer(self.sink.as_mut().finish())
    }

    fn send(&mut self) -> Result<(), Error> {
        if self.held.is_empty() {
            return Ok(());
        }
        let rows = Cursor::new(std::mem::take(&mut self.held));
        self.line.answer(self.sink.as_mut().send(rows))
    }
}

impl Write for Copying<'_> {
    fn write(&mut self, rows: &[u8]) -> io::Result<usize> {
        if self.held.len() > MESSAGE {
            self.flush()?;
        }
        self.held.extend_from_slice(rows);
        Ok(rows.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send().map_err(io::Error::other)
    }
}

type Messages = dyn FnMut(&mut Context<'_>) -> Poll<Option<Result<AsyncMessage, Error>>> + Send;

struct Line {
    runtime: Runtime,
    messages: Box<Messages>,
    pace: Pace,
}

impl Line {
    /// What a request brings, while the connection works for it.
    fn answer<T>(&mut self, request: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let mut request = pin!(request);
        let messages = &mut self.messages;
        wait(&self.runtime, &mut self.pace, |cx| {
            // What the server remarks on the way is nobody's business here.
            while let Poll::Ready(Some(message)) = messages(cx) {
                if let Err(error) = message {
                    return Poll::Ready(Err(error));
                }
            }
            request.as_mut().poll(cx)
        })
    }
}

impl Drop for Line {
    /// Until the last word is said and the server has hung up.
    fn drop(&mut self) {
        let messages = &mut self.messages;
        wait(&self.runtime, &mut self.pace, |cx| {
            loop {
                match messages(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(None | Some(Err(_))) => return Poll::Ready(()),
                    Poll::Ready(Some(Ok(_))) => {}
                }
            }
        });
    }
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Until `poll` is ready.
fn wait<T>(
    runtime: &Runtime,
    pace: &mut Pace,
    mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>,
) -> T {
    loop {
        pace.look_up();
        let due = pace.due;
        // Only who waits needs one.
        let mut timer: Option<Pin<Box<Sleep>>> = None;
        let slice = runtime.block_on(poll_fn(|cx| {
            if let Poll::Ready(answer) = poll(cx) {
                return Poll::Ready(Some(answer));
            }
            // A server that never stops speaking leaves the timer no turn.
            if Instant::now() >= due {
                return Poll::Ready(None);
            }
            let timer = timer.get_or_insert_with(|| Box::pin(sleep_until(due.into())));
            timer.as_mut().poll(cx).map(|()| None)
        }));
        if let Some(answer) = slice {
            return answer;
        }
    }
}

/// When the pulse is due; many short waits are one long one to it.
struct Pace {
    pulse: Pulse,
    due: Instant,
}

impl Pace {
    fn new(pulse: Pulse) -> Pace {
        Pace {
            pulse,
            due: Instant::now() + Pulse::EVERY,
        }
    }

    fn look_up(&mut self) {
        if Instant::now() >= self.due {
            self.pulse.beat();
            self.due = Instant::now() + Pulse::EVERY;
        }
    }
}

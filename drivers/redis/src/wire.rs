//! One connection: commands there, replies back, in order. Knows no command.

use crate::resp::{Reply, Sending};
use initium_socket::Stream;
use std::io::{self, BufReader, Write};
use std::time::{Duration, Instant};

pub struct Wire {
    stream: BufReader<Stream>,
    /// A reply was left unread: what comes next answers nothing that is asked.
    broken: bool,
}

impl Wire {
    pub fn new(stream: Stream) -> Wire {
        Wire {
            stream: BufReader::with_capacity(1 << 16, stream),
            broken: false,
        }
    }

    pub fn agreed(&self) -> Option<String> {
        self.stream.get_ref().agreed()
    }

    /// From here on nothing may take longer than this.
    pub fn hurry(&mut self, patience: Option<Duration>) {
        let until = patience.and_then(|patience| Instant::now().checked_add(patience));
        self.stream.get_mut().socket().hurry_until(until);
    }

    pub fn ask(&mut self, sending: &Sending) -> io::Result<Vec<Reply>> {
        if self.broken {
            return Err(io::ErrorKind::NotConnected.into());
        }
        self.broken = true;
        let stream = self.stream.get_mut();
        stream.write_all(&sending.bytes)?;
        stream.flush()?;
        let mut replies = Vec::with_capacity(sending.count);
        for _ in 0..sending.count {
            replies.push(Reply::read(&mut self.stream)?);
        }
        self.broken = false;
        Ok(replies)
    }
}

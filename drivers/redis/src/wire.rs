//! One connection: commands there, replies back, in order. Knows no command.

use crate::resp::{Reply, Sending};
use initium_socket::Stream;
use std::collections::VecDeque;
use std::io::{self, BufReader, Write};
use std::time::{Duration, Instant};

pub struct Wire {
    stream: BufReader<Stream>,
    /// Replies to what was sent ahead, that were read before anybody asked for them.
    early: VecDeque<Reply>,
    /// Replies to what was sent ahead, that are still to come.
    owed: usize,
    /// A reply was left unread: what comes next answers nothing that is asked.
    broken: bool,
}

impl Wire {
    pub fn new(stream: Stream) -> Wire {
        Wire {
            stream: BufReader::with_capacity(1 << 16, stream),
            early: VecDeque::new(),
            owed: 0,
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
        self.sound()?;
        self.broken = true;
        self.write(sending)?;
        for _ in 0..std::mem::take(&mut self.owed) {
            self.early.push_back(Reply::read(&mut self.stream)?);
        }
        let mut replies = Vec::with_capacity(sending.count);
        for _ in 0..sending.count {
            replies.push(Reply::read(&mut self.stream)?);
        }
        self.broken = false;
        Ok(replies)
    }

    /// Sends ahead: each reply is fetched by `receive`, whatever is asked in between.
    pub fn send(&mut self, sending: &Sending) -> io::Result<()> {
        self.sound()?;
        self.broken = true;
        self.write(sending)?;
        self.owed += sending.count;
        self.broken = false;
        Ok(())
    }

    /// The next reply to what was sent ahead.
    pub fn receive(&mut self) -> io::Result<Reply> {
        if let Some(reply) = self.early.pop_front() {
            return Ok(reply);
        }
        self.sound()?;
        self.broken = true;
        let reply = Reply::read(&mut self.stream)?;
        self.owed = self.owed.saturating_sub(1);
        self.broken = false;
        Ok(reply)
    }

    fn sound(&self) -> io::Result<()> {
        match self.broken {
            true => Err(io::ErrorKind::NotConnected.into()),
            false => Ok(()),
        }
    }

    fn write(&mut self, sending: &Sending) -> io::Result<()> {
        let stream = self.stream.get_mut();
        stream.write_all(&sending.bytes)?;
        stream.flush()
    }
}

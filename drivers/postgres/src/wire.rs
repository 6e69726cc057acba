//! One connection: a text goes out as one message, the answers come back. Blocking, on the calling
//! thread. It must never decide anything, and never send a second message on its own.

use crate::error::Trouble;
use crate::through::{Through, Watch};
use initium_driver::driver::Rows;
use postgres::config::{Host, SslMode, SslNegotiation};
use postgres::{Client, Config, Error, NoTls, SimpleQueryMessage};
use std::io;
use std::time::Duration;

pub struct Wire {
    client: Client,
    /// For a second connection to the same place.
    config: Config,
    watch: Watch,
}

impl Wire {
    /// The crate's own time limit ends with the TCP handshake; ours ends with the login.
    pub fn open(mut config: Config) -> Result<Wire, Trouble> {
        let watch = Watch::new(config.get_connect_timeout().copied());
        let client = if over_tcp(&config) {
            // In this mode the crate hands the stream over at once, without a word to the server.
            config
                .ssl_mode(SslMode::Require)
                .ssl_negotiation(SslNegotiation::Direct);
            config.connect(Through(watch.clone()))?
        } else {
            config.connect(NoTls)?
        };
        watch.within(None);
        Ok(Wire {
            client,
            config,
            watch,
        })
    }

    /// A second connection to the same place.
    pub fn beside(&self) -> Result<Wire, Trouble> {
        Wire::open(self.config.clone())
    }

    /// The session that was promised in the handshake; nobody looks into a Unix socket.
    pub fn promised(&self) -> Option<i32> {
        self.watch.session()
    }

    /// How long each answer may take from now on; a connection that took longer is lost.
    pub fn within(&self, limit: Option<Duration>) {
        self.watch.within(limit);
    }

    /// Ends what this connection is running, over a connection of its own.
    pub fn stopper(&self) -> Box<dyn Fn() + Send> {
        let token = self.client.cancel_token();
        let patience = self.config.get_connect_timeout().copied();
        match over_tcp(&self.config) {
            // It comes too late or not at all: the statement goes on, which everybody sees.
            true => Box::new(move || {
                let _ = token.cancel_query(Through(Watch::new(patience)));
            }),
            false => Box::new(move || {
                let _ = token.cancel_query(NoTls);
            }),
        }
    }

    /// Sends one message. What its statements answer is read and let go, so that memory stays
    /// bounded whatever a migration selects.
    pub fn run(&mut self, text: &str) -> Result<(), Trouble> {
        readable(text)?;
        Ok(self.client.batch_execute(text)?)
    }

    /// Sends one message; the rows of every statement in order, no columns where it returns none.
    pub fn rows(&mut self, text: &str) -> Result<Vec<Rows>, Trouble> {
        readable(text)?;
        let mut all = Vec::new();
        let mut rows = Rows::default();
        for message in self.client.simple_query(text)? {
            match message {
                SimpleQueryMessage::RowDescription(columns) => {
                    rows.columns = columns.iter().map(|c| c.name().to_string()).collect();
                }
                SimpleQueryMessage::Row(row) => {
                    let cells = (0..row.len()).map(|i| row.try_get(i));
                    let cells: Result<Vec<_>, Error> =
                        cells.map(|cell| Ok(cell?.map(String::from))).collect();
                    rows.rows.push(cells?);
                }
                SimpleQueryMessage::CommandComplete(_) => all.push(std::mem::take(&mut rows)),
                _ => {}
            }
        }
        Ok(all)
    }
}

/// Only there the crate lets a stream be put in.
fn over_tcp(config: &Config) -> bool {
    let tcp = |host: &Host| matches!(host, Host::Tcp(_));
    !config.get_hosts().is_empty() && config.get_hosts().iter().all(tcp)
}

fn readable(text: &str) -> Result<(), Trouble> {
    match text.contains('\0') {
        false => Ok(()),
        true => Err(Trouble::Odd(
            "the text holds a NUL character, which no statement can".into(),
        )),
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        use std::error::Error as _;
        if let Some(said) = error.as_db_error() {
            return Trouble::Server(Box::new(said.clone()));
        }
        let source = error.source();
        let text = source.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
        if error.is_closed() || source.is_some_and(|cause| cause.is::<io::Error>()) {
            return Trouble::Lost(text);
        }
        Trouble::Odd(text)
    }
}
